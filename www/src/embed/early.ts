/**
 * Requests made before the page's own scripts have loaded, so that they run in parallel: the engine's worker, which
 * loads and compiles the engine, the messages, and the files of the usual first view.
 */

import { isFirstVisit } from "../app/visited";
import { preferred } from "../i18n/preferred";

declare global {
  interface Window {
    /** Null if it failed or was taken. */
    engineWorker?: Worker | null;
  }
}

/** File addresses, as named by the build. */
export interface Early {
  /** Script of the engine's worker. */
  engine: string;
  /** Messages, by language. */
  languages: Record<string, string>;
  /** The manifest of the networks. */
  manifest: string;
  /** Photo and networks of the opening comparison. */
  opening: string[];
}

/** Must be called by the script that runs first. */
export function ask({ engine, languages, manifest, opening }: Early): void {
  hint({ rel: "modulepreload", href: languages[preferred(Object.keys(languages))] ?? "" });
  // A frame may share another frame's engine; the gallery needs none, and some views need no networks.
  const [, view = ""] = /^#([a-z]+)(?:[/?]|$)/.exec(location.hash) ?? [];
  if (new URLSearchParams(location.search).has("embed") || view === "gallery") return;
  startEngine(engine);
  if (view !== "") return;
  hint({ rel: "preload", as: "fetch", href: manifest });
  if (location.hash.length > 1 || !isFirstVisit()) return;
  // Later visits have the weights cached by hash. The page's own requests find these in the browser's cache.
  for (const url of opening)
    fetch(url, { priority: "low" })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
}

/** Returns the worker once, for the page. */
export function takeEarly(): Worker | null {
  const worker = window.engineWorker ?? null;
  window.engineWorker = null;
  return worker;
}

function startEngine(script: string): void {
  const worker = new Worker(script, { type: "module", name: "engine" });
  window.engineWorker = worker;
  worker.onerror = () => {
    if (window.engineWorker === worker) window.engineWorker = null;
  };
}

function hint(link: { rel: string; href: string; as?: string }): void {
  document.head.append(Object.assign(document.createElement("link"), { ...link, crossOrigin: "anonymous" }));
}
