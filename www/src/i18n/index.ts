/**
 * The page's messages in the chosen language. Each language is one JSON file; only the chosen one is loaded. All text
 * in elements comes from here.
 */

import { LitElement } from "lit";
import { choose, type Language, preferred } from "./preferred";

type Messages = typeof import("./en.json");
export type MessageKey = keyof Messages;
export type Params = Record<string, string | number>;

const FILES = import.meta.glob<Messages>("./*.json", { import: "default" });
const changed = new EventTarget();

/** Tags of all languages with a file. */
export const LANGUAGES: readonly Language[] = Object.keys(FILES)
  .map((path) => path.slice("./".length, -".json".length))
  .sort();

let current: Language = preferred(LANGUAGES);
let messages: Messages = await load(current);
declare(current);

async function load(language: Language): Promise<Messages> {
  const file = FILES[`./${language}.json`];
  if (!file) throw new Error(`there are no messages in ${language}`);
  return file();
}

function declare(language: Language): void {
  if (typeof document !== "undefined") document.documentElement.lang = language;
}

export function language(): Language {
  return current;
}

/** A language's name for itself. */
export function languageName(language: Language): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** Keeps the current language if the messages cannot be fetched. */
export async function setLanguage(language: Language): Promise<void> {
  messages = await load(language);
  current = language;
  declare(language);
  choose(language);
  changed.dispatchEvent(new Event("change"));
}

/** The message under `key` in the current language, `{name}` replaced by `params.name`. */
export function t(key: MessageKey, params: Params = {}): string {
  return fill(messages[key], params);
}

/** Keys of messages with plural forms, `key.one`, `key.few` and so on; all have `key.other`. */
export type PluralKey = { [K in MessageKey]: K extends `${infer Base}.other` ? Base : never }[MessageKey];

/** The message for a count, by the plural rules of the current language. */
export function plural(key: PluralKey, count: number, params: Params = {}): string {
  const form = `${key}.${new Intl.PluralRules(current).select(count)}`;
  return t(hasMessage(form) ? form : `${key}.other`, params);
}

export function fill(message: string, params: Params): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(messages, key);
}

/** 0.34 → "34%" */
export function percent(fraction: number): string {
  return new Intl.NumberFormat(current, { style: "percent", maximumFractionDigits: 0 }).format(fraction);
}

/** 0.8125 → "81.3%" */
export function share(fraction: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(current, { style: "percent", ...digits }).format(fraction);
}

/** Bytes as kilobytes or megabytes, powers of 1000. */
export function bytes(count: number): string {
  const [value, unit] = count < 1e6 ? [count / 1e3, "kilobyte"] : [count / 1e6, "megabyte"];
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(current, { style: "unit", unit, maximumFractionDigits }).format(value);
}

/** In seconds below 1.5 minutes, in minutes below 1.5 hours, then in hours. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const [value, unit] =
    seconds < 90 ? [seconds, "second"] : seconds < 5400 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  const least = unit === "second" ? 20 : 10;
  const maximumFractionDigits = value < 1 ? 2 : value < least ? 1 : 0;
  return new Intl.NumberFormat(current, { style: "unit", unit, maximumFractionDigits }).format(value);
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(current, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** 30.123 → "30.1 dB" */
export function decibels(value: number): string {
  return `${Number.isFinite(value) ? decimal(value, 1) : "∞"} dB`;
}

/** 536211 → "536K", "536 nghìn" */
export function thousands(value: number): string {
  const compactDisplay = current === "vi" ? "long" : "short";
  const said = new Intl.NumberFormat(current, {
    notation: "compact",
    compactDisplay,
    maximumSignificantDigits: 3,
  }).format(value);
  return said.replace("tỷ", "tỉ"); // the spelling used on the page
}

/** An element that renders again when the language changes. */
export class Localized extends LitElement {
  #redraw = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    changed.addEventListener("change", this.#redraw);
    if (this.hasUpdated) this.requestUpdate(); // the language may have changed while it was detached
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    changed.removeEventListener("change", this.#redraw);
  }
}
