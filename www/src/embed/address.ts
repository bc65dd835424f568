/** The element's attributes as the address of the page in its frame. */

import type { Attributes } from "./protocol";

/** Attributes and the settings of the page's address that they are. */
const SETTINGS: Record<string, string> = {
  task: "task",
  with: "with",
  chosen: "chosen",
  sample: "picture",
  mode: "mode",
  strength: "strength",
  saturation: "saturation",
  size: "size",
  labels: "labels",
  classes: "classes",
  backend: "backend",
  source: "source",
  layout: "layout",
  left: "left",
};

/** Attributes that say how the page shows itself. */
const SHOWN = ["controls", "hide", "lang", "theme"] as const;

/** Attributes that another frame is needed for. */
export const LOADED: readonly string[] = [...SHOWN, "lock", "view", "preset"];
/** Attributes that the playground follows while it is there. */
export const FOLLOWED: readonly string[] = [...Object.keys(SETTINGS), "degradation", "level", "seed"];

/** Names between spaces or commas. */
export function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** The settings of the attributes as `a=b&c=d`; the kind, level and seed of the degradation are one of them. */
export function queryOf(attributes: Attributes): string {
  const query = new URLSearchParams();
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const value = attributes[name];
    if (value !== undefined) query.set(setting, ["with", "classes"].includes(name) ? listed(value).join(",") : value);
  }
  const { degradation, level, seed } = attributes;
  if (degradation) {
    query.set("degrade", [degradation, ...(level ? listed(level) : []), ...(level && seed ? [seed] : [])].join(","));
    query.set("mode", attributes.mode ?? "test");
  }
  return query.toString().replaceAll("%2C", ",");
}

/** The address of the page at `base`. */
export function frameAddress(base: string, attributes: Attributes): string {
  const address = new URL("index.html", base);
  address.searchParams.set("embed", "1");
  for (const name of SHOWN) if (attributes[name]) address.searchParams.set(name, attributes[name]);
  if (attributes.lock !== undefined) address.searchParams.set("lock", "1");
  const { view = "playground", preset = "" } = attributes;
  const query = queryOf(attributes);
  if (view === "playground") address.hash = query;
  else address.hash = `${view}${preset && `/${preset}`}${query && `?${query}`}`;
  return address.href;
}
