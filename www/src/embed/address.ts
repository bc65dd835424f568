/** The element's attributes as the address of the page in its frame. */

import type { Attributes } from "./protocol";

/** Attributes that are settings of the page's address. */
export const SETTINGS = [
  "task",
  "with",
  "chosen",
  "sample",
  "cut",
  "hints",
  "tell",
  "without",
  "mode",
  "saved",
  "strength",
  "saturation",
  "sigma",
  "size",
  "labels",
  "classes",
  "backend",
  "source",
  "layout",
  "left",
  "tools",
] as const;
/** Attributes that are lists: between spaces or commas, in the address between commas. */
export const LISTS: readonly string[] = ["with", "classes", "tools", "without"];

/** The kind of damage, its values and its seed: one setting of the page's address. */
export const DAMAGE = ["degradation", "level", "seed"] as const;
/** No kind of damage has more values: blanks up to here stand for the usual ones, so that the seed is found behind them. */
const MOST_VALUES = 8;

/** Attributes that say how the page shows itself. */
const SHOWN = ["controls", "hide", "lang", "theme"] as const;
/** Attributes that another frame is needed for. */
export const LOADED = [...SHOWN, "lock", "view", "preset", "query"] as const;
/** Attributes that the playground follows while it is there. */
export const FOLLOWED = [...SETTINGS, ...DAMAGE] as const;
/** Files of the page around, fetched by it: the frame's own policy forbids other origins. */
export const FETCHED = ["src", "model"] as const;
/** Attributes of the element itself. */
export const OWN = ["poster", "autorun", "loading", "title", "data-expect"] as const;

/** Attributes that every element has as properties, or by another name. */
export const NATIVE: readonly string[] = ["lang", "title", "data-expect"];

/** Every attribute there is. */
export const ATTRIBUTES = [...FOLLOWED, ...FETCHED, ...LOADED, ...OWN] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];

/** The setting's name in the page's address. */
export function settingOf(attribute: string): string {
  return attribute === "sample" ? "picture" : attribute;
}

/** Names between spaces or commas. */
export function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** The settings of the attributes as `a=b&c=d`. */
export function queryOf(attributes: Attributes): string {
  const query = new URLSearchParams();
  for (const name of SETTINGS) {
    const value = attributes[name];
    if (value !== undefined) query.set(settingOf(name), LISTS.includes(name) ? listed(value).join(",") : value);
  }
  const { degradation, level = "", seed } = attributes;
  if (degradation) {
    const values: string[] = listed(level);
    if (seed) values.push(...Array(Math.max(MOST_VALUES - values.length, 0)).fill(""), seed);
    query.set("degrade", [degradation, ...values].join(","));
    query.set("mode", attributes.mode ?? "test");
  }
  return query.toString().replaceAll("%2C", ",");
}

/** The address of the page at `base`. */
export function frameAddress(base: string, attributes: Attributes): string {
  const address = new URL("index.html", base);
  address.searchParams.set("embed", "1");
  for (const name of SHOWN) {
    const value = attributes[name];
    if (value !== undefined) address.searchParams.set(name, value);
  }
  // A photo of the page around is on its way: none is opened in its place.
  if (attributes.src !== undefined) address.searchParams.set("waits", "1");
  if (attributes.lock !== undefined) address.searchParams.set("lock", "1");
  const { view = "playground", preset = "" } = attributes;
  const query = [queryOf(attributes), attributes.query].filter(Boolean).join("&");
  if (view === "playground") address.hash = query;
  else address.hash = `${view}${preset && `/${preset}`}${query && `?${query}`}`;
  return address.href;
}
