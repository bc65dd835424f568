/** The two message files and the choice between them. Elements read every word they show from here. */

import { LitElement } from "lit";
import en from "./en.json";
import vi from "./vi.json";

export type MessageKey = keyof typeof en;
export type Language = "en" | "vi";
export type Params = Record<string, string | number>;

const FILES: Record<Language, Record<MessageKey, string>> = { en, vi };
const STORED = "language";
const changed = new EventTarget();
let current: Language = preferred();

function preferred(): Language {
  const stored = read();
  if (stored === "en" || stored === "vi") return stored;
  return navigator.language.startsWith("vi") ? "vi" : "en";
}

/** Storage may be forbidden; the page then forgets its language and works on. */
function read(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export function language(): Language {
  return current;
}

export function setLanguage(language: Language): void {
  current = language;
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // Forbidden storage: see read().
  }
  changed.dispatchEvent(new Event("change"));
}

/** The message under `key` in the current language, `{name}` replaced by `params.name`. */
export function t(key: MessageKey, params: Params = {}): string {
  return fill(FILES[current][key], params);
}

export function fill(message: string, params: Params): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
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

export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  const maximumFractionDigits = value < 1 ? 2 : value < 20 ? 1 : 0;
  return new Intl.NumberFormat(current, { style: "unit", unit: "second", maximumFractionDigits }).format(value);
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(current, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** 30.123 → "30.1 dB" */
export function decibels(value: number): string {
  return `${Number.isFinite(value) ? decimal(value, 1) : "∞"} dB`;
}

/** 536211 → "536K" */
export function thousands(value: number): string {
  return new Intl.NumberFormat(current, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

/** An element that draws itself again when the language changes. */
export class Localized extends LitElement {
  #redraw = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    changed.addEventListener("change", this.#redraw);
    if (this.hasUpdated) this.requestUpdate(); // the language may have changed while it was away
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    changed.removeEventListener("change", this.#redraw);
  }
}
