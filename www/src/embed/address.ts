/** Maps the element's attributes to the address of the page in its frame. */

import type { Attributes } from "./protocol";

/** Attributes that are settings in the page's address. */
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
/** List attributes: separated by spaces or commas, by commas in the address. */
export const LISTS: readonly string[] = ["with", "classes", "tools", "without"];

/** The degradation kind, its values and its seed: one setting in the page's address. */
export const DAMAGE = ["degradation", "level", "seed"] as const;
/**
 * Upper bound on the number of values of a kind: blanks up to it stand for defaults, so that the seed has a fixed
 * position.
 */
const MOST_VALUES = 8;

/** Attributes for the layout of the page. */
const SHOWN = ["controls", "hide", "lang", "theme"] as const;
/** Attributes whose change reloads the frame. */
export const LOADED = [...SHOWN, "lock", "view", "preset", "query"] as const;
/** Attributes that the playground follows while it runs. */
export const FOLLOWED = [...SETTINGS, ...DAMAGE] as const;
/** Files of the embedding page, which fetches them: the frame's own policy forbids other origins. */
export const FETCHED = ["src", "model"] as const;
/** Attributes that the element itself handles. */
export const OWN = ["poster", "autorun", "loading", "title", "data-expect"] as const;

/** Attributes that every element has as properties, or under another name. */
export const NATIVE: readonly string[] = ["lang", "title", "data-expect"];

/** All attributes. */
export const ATTRIBUTES = [...FOLLOWED, ...FETCHED, ...LOADED, ...OWN] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];

/** Name of the setting in the page's address. */
export function settingOf(attribute: string): string {
  return attribute === "sample" ? "picture" : attribute;
}

/** Names separated by spaces or commas. */
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
  // A photo of the embedding page will follow: none is opened instead.
  if (attributes.src !== undefined) address.searchParams.set("waits", "1");
  if (attributes.lock !== undefined) address.searchParams.set("lock", "1");
  const { view = "playground", preset = "" } = attributes;
  const query = [queryOf(attributes), attributes.query].filter(Boolean).join("&");
  if (view === "playground") address.hash = query;
  else address.hash = `${view}${preset && `/${preset}`}${query && `?${query}`}`;
  return address.href;
}
