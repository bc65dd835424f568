/**
 * Which view the address names, and what that view is to show: all after `#`, so that any static host serves it.
 *
 *     #task=denoise&model=a          playground, "task=denoise&model=a"
 *     #inspect?task=denoise&node=b   inspect, "", "task=denoise&node=b"
 *     #lab/bilinear?input=1,5;4,8    lab, "bilinear", "input=1,5;4,8"
 *     #slides/pixel-shuffle          slides, "pixel-shuffle"
 *     #gallery/denoise?scale=linear  gallery, "denoise", "scale=linear"
 */

export const VIEWS = ["playground", "inspect", "learn", "lab", "slides", "gallery"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  view: ViewName;
  /** What is between the view and `?`; empty for the playground. */
  path: string;
  /** Settings of the view, which writes and reads them. */
  query: string;
}

export function parseRoute(hash: string): Route {
  const address = hash.replace(/^#/, "");
  const [, view, path = "", query = ""] = /^([a-z]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(address) ?? [];
  const named = VIEWS.find((name) => name === view);
  if (!named) return { view: "playground", path: "", query: address };
  return { view: named, path, query: named === "playground" ? "" : query };
}

export function formatRoute({ view, path, query }: Route): string {
  if (view === "playground") return query ? `#${query}` : "#";
  return `#${view}${path && `/${path}`}${query && `?${query}`}`;
}

/** Milliseconds before a refused history update is retried. */
const LATER = 1000;

/** The address bar. Emits `change` when a link or the back button changes the address. */
export class Router extends EventTarget {
  #refused: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    window.addEventListener("hashchange", () => {
      clearTimeout(this.#refused);
      this.dispatchEvent(new Event("change"));
    });
  }

  get route(): Route {
    return parseRoute(location.hash);
  }

  /** Writes the current view to the address, without `change`. `step`: as a new history entry. */
  note(route: Route, step = false): void {
    clearTimeout(this.#refused);
    const address = formatRoute(route);
    try {
      if (step && address !== location.hash) history.pushState(history.state, "", address);
      else history.replaceState(history.state, "", address);
    } catch {
      // Safari and Firefox limit history updates per time, and dragging a slider exceeds the limit: the last one
      // counts.
      this.#refused = setTimeout(() => this.note(route, step), LATER);
    }
  }
}
