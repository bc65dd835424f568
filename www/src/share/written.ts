/** The current view as text for other pages: a link, the element's tag, a frame. */

import type { Route } from "../app/router";
import { formatRoute } from "../app/router";
import { readable } from "../app/settings";
import { DAMAGE, FETCHED, frameAddress, LISTS, LOADED, SETTINGS, settingOf } from "../embed/address";
import { PARTS, type Part, USUAL } from "../embed/mode";
import type { Attributes } from "../embed/protocol";

/** Offered aspect ratios; the element's own is the first. */
export const SHAPES = ["4:3", "3:2", "16:9", "1:1"] as const;
export type Shape = (typeof SHAPES)[number];

/** Options for embedding. */
export interface Wish {
  /** Parts that readers may change. */
  parts: ReadonlySet<Part>;
  /** No files can be opened, and no shortcut works. */
  locked: boolean;
  /** Null: the language of the reader's browser. */
  lang: string | null;
  /** Null: the theme of the embedding page. */
  theme: "light" | "dark" | null;
  /** Width of the frame, in CSS pixels; null: full width. */
  width: number | null;
  shape: Shape;
}

/** Files on this device that a link cannot hold. */
export interface Files {
  /** Null if a sample is shown. */
  photo: string | null;
  model: string | null;
  mask: boolean;
}

export const NO_FILES: Files = { photo: null, model: null, mask: false };

/** Order in which the attributes are written. */
const ORDER: readonly string[] = [
  "view",
  "preset",
  "query",
  "task",
  "with",
  "chosen",
  "left",
  ...FETCHED,
  "sample",
  "cut",
  "mode",
  ...DAMAGE,
  ...SETTINGS,
  ...LOADED,
];
/** Maximum width of the tag's lines, in columns. */
const WIDE = 100;

/** The address of the current view. */
export function linkTo(base: string, route: Route): string {
  return new URL(formatRoute({ ...route, query: travelling(route.query) }), base).href;
}

/**
 * The element's attributes for the current view. A photo or network on this device is named as a file beside the other
 * page.
 */
export function attributesOf({ view, path, query }: Route, wish: Wish, files: Files): Attributes {
  const attributes: Attributes = {};
  if (view === "playground") {
    Object.assign(attributes, settingAttributes(query, wish));
    if (files.photo !== null) attributes.src = encodeURIComponent(files.photo);
    if (files.model !== null) attributes.model = encodeURIComponent(files.model);
    Object.assign(attributes, shownParts(wish.parts));
  } else {
    attributes.view = view;
    if (path) attributes.preset = path;
    const rest = travelling(query);
    if (rest) attributes.query = rest;
  }
  if (wish.locked) attributes.lock = "";
  if (wish.lang) attributes.lang = wish.lang;
  if (wish.theme) attributes.theme = wish.theme;
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)));
}

/** The tag, after its script. */
export function tagOf(base: string, attributes: Attributes, wish: Wish): string {
  const style = [
    ...(wish.width === null ? [] : [`width: ${wish.width}px`, "max-width: 100%"]),
    ...(wish.shape === SHAPES[0] ? [] : [`aspect-ratio: ${wish.shape.replace(":", " / ")}`]),
  ].join("; ");
  const written = Object.entries({ ...attributes, ...(style && { style }) }).map(([name, value]) =>
    value === "" && name === "lock" ? name : `${name}="${escaped(value)}"`,
  );
  const script = `<script src="${escaped(new URL("embed.js", base).href)}" defer></script>`;
  return `${script}\n${wrapped("<unet-playground", written)}></unet-playground>`;
}

/** Address of a frame that shows the same as the tag, except for files of the embedding page. */
export function previewOf(base: string, route: Route, wish: Wish): string {
  return frameAddress(base, attributesOf(route, wish, NO_FILES));
}

/** A frame that shows the same where scripts are not allowed. */
export function frameOf(base: string, route: Route, wish: Wish, title: string): string {
  const size = [
    wish.width === null ? "width: 100%" : `width: ${wish.width}px; max-width: 100%`,
    `aspect-ratio: ${wish.shape.replace(":", " / ")}`,
    "border: 0",
  ].join("; ");
  const written = [`src="${escaped(previewOf(base, route, wish))}"`, `title="${escaped(title)}"`];
  return `${wrapped("<iframe", [...written, `style="${size}"`, 'loading="lazy"', 'allow="clipboard-write"'])}></iframe>`;
}

function settingAttributes(query: string, { parts }: Wish): Attributes {
  const given = new URLSearchParams(travelling(query));
  const attributes: Attributes = {};
  for (const name of SETTINGS) {
    const value = given.get(settingOf(name));
    if (value !== null) attributes[name] = LISTS.includes(name) ? value.replaceAll(",", " ") : value;
  }
  if (attributes.layout === "wipe") delete attributes.layout;
  const [degradation, ...values] = (given.get("degrade") ?? "").split(",");
  // The degradation is irrelevant to readers who cannot apply it.
  if (!degradation || (attributes.mode === "apply" && !parts.has("mode"))) return attributes;
  const seed = values.pop();
  attributes.degradation = degradation;
  if (values.length > 0) attributes.level = values.join(" ");
  if (seed !== undefined) attributes.seed = seed;
  if (attributes.mode === "test") delete attributes.mode; // implied by the degradation
  return attributes;
}

/** The settings without those that depend on this device. */
function travelling(query: string): string {
  const given = new URLSearchParams(query);
  if (given.get("picture") === "own") {
    for (const name of ["picture", "cut", "hints"]) given.delete(name); // the last two belong to that photo
  }
  for (const name of ["with", "chosen", "left"]) {
    const kept = (given.get(name) ?? "").split(",").filter((method) => method !== "own");
    if (given.has(name) && kept.join() !== given.get(name)) given.set(name, kept.join());
    if (given.get(name) === "") given.delete(name);
  }
  const same = given.toString() === new URLSearchParams(query).toString();
  return same ? query : readable(given);
}

/** The shorter of two lists of parts: the visible ones, or the hidden ones. */
function shownParts(parts: ReadonlySet<Part>): Attributes {
  const hidden = PARTS.filter((part) => !parts.has(part));
  if (parts.size === USUAL.length && USUAL.every((part) => parts.has(part))) return {};
  if (hidden.length === 0) return { controls: "all" };
  if (hidden.length < parts.size) return { controls: "all", hide: hidden.join(" ") };
  return { controls: PARTS.filter((part) => parts.has(part)).join(" ") };
}

/** The start of a tag with its attributes, wrapped. */
function wrapped(start: string, attributes: readonly string[]): string {
  const lines = [start];
  for (const attribute of attributes) {
    const line = lines.at(-1) ?? "";
    if (`${line} ${attribute}`.length > WIDE && line !== start) {
      lines.push(`${" ".repeat(start.length)} ${attribute}`);
    } else lines[lines.length - 1] = `${line} ${attribute}`;
  }
  return lines.join("\n");
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
