/**
 * Color hints: colors that the user knows at places of the photo, for networks that take them; and the other optional
 * inputs.
 */

import type { OptionalInput, OptionalValues } from "../engine";
import { type Point, pixelAt, type Size } from "../view/viewport";
import type { Cut } from "./cut";

/** CIE a* and b*, −128 to 128. */
export interface Color {
  a: number;
  b: number;
}

/** `x`, `y`: fractions of the width and height: of the whole photo in the settings, of the crop elsewhere. */
export interface Hint extends Point, Color {}

/** Values of the networks' optional inputs. */
export interface Told {
  numbers: Readonly<Record<string, number>>;
  /** Noise level, of 255; null: as the engine estimates it. */
  sigma: number | null;
  hints: readonly Hint[];
}

/** More than anybody sets, and short enough for an address. */
export const MOST_HINTS = 40;
const MOST_AB = 128;

/** The form used in addresses. */
export function formatHints(hints: readonly Hint[]): string {
  return hints.map(({ x, y, a, b }) => [x.toFixed(4), y.toFixed(4), Math.round(a), Math.round(b)].join(",")).join(";");
}

/** Parses the form used in addresses; skips malformed hints. */
export function parseHints(text: string | null): Hint[] {
  const hints = (text ?? "").split(";").flatMap((one) => {
    const numbers = one.split(",").map(Number);
    const [x = -1, y = -1, a = 0, b = 0] = numbers;
    const isHint =
      one !== "" && numbers.length === 4 && isShare(x) && isShare(y) && [a, b].every((ab) => Math.abs(ab) <= MOST_AB);
    return isHint ? [{ x, y, a, b }] : [];
  });
  return hints.slice(0, MOST_HINTS);
}

export function formatNumbers(numbers: Told["numbers"]): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name}:${value}`)
    .join(",");
}

/**
 * Parses the form used in addresses; skips what is not a number. Values outside a network's range are dropped later.
 */
export function parseNumbers(text: string | null): Record<string, number> {
  const pairs = (text ?? "").split(",").flatMap((one) => {
    const [name = "", value = ""] = one.split(":");
    return name && value && Number.isFinite(Number(value)) ? [[name, Number(value)] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** The hints within a crop of a photo of this size, in the crop's coordinates. */
export function hintsIn(hints: readonly Hint[], cut: Cut | null, size: Size): Hint[] {
  return hints.flatMap((hint) => {
    const at = intoCut(hint, cut, size);
    return isShare(at.x) && isShare(at.y) ? [{ ...hint, ...at }] : [];
  });
}

/** A place in the whole photo in coordinates of the crop; outside of the crop, beyond 0 to 1. */
function intoCut({ x, y }: Point, cut: Cut | null, { width, height }: Size): Point {
  if (!cut) return { x, y };
  const { rect, quarters, mirrored } = cut;
  let at = { x: (x * width - rect.x) / rect.width, y: (y * height - rect.y) / rect.height };
  if (mirrored) at = { x: 1 - at.x, y: at.y };
  for (let turn = 0; turn < quarters; turn++) at = { x: 1 - at.y, y: at.x };
  return at;
}

/** The inverse of `intoCut`. */
export function outOfCut(at: Point, cut: Cut | null, { width, height }: Size): Point {
  if (!cut) return at;
  const { rect, quarters, mirrored } = cut;
  let { x, y } = at;
  for (let turn = 0; turn < quarters; turn++) [x, y] = [y, 1 - x];
  if (mirrored) x = 1 - x;
  return { x: (rect.x + x * rect.width) / width, y: (rect.y + y * rect.height) / height };
}

/** Values for a network with these optional inputs, for a picture of this size; null: none. */
export function valuesFor(
  optional: Readonly<Record<string, OptionalInput>>,
  { numbers, sigma, hints }: Told,
  size: Size,
): OptionalValues | null {
  const inputs = Object.entries(optional);
  const known = inputs.flatMap(([name, input]) => {
    if (input.kind === "color-hints") return [];
    const value = input.kind === "noise-level" ? sigma : numbers[name];
    if (value === undefined || value === null) return [];
    const [low, high] = input.range;
    return [[name, Math.min(Math.max(value, low), high)] as const];
  });
  const taken = takesHints(optional) ? hints : [];
  if (known.length === 0 && taken.length === 0) return null;
  return {
    numbers: Object.fromEntries(known),
    hints: taken.map(({ a, b, ...at }) => ({ ...pixelAt(at, size), a, b })),
  };
}

/** Whether a network with these optional inputs takes the noise level. */
export function takesNoiseLevel(optional: Readonly<Record<string, OptionalInput>>): boolean {
  return Object.values(optional).some(({ kind }) => kind === "noise-level");
}

export function takesHints(optional: Readonly<Record<string, OptionalInput>>): boolean {
  return Object.values(optional).some(({ kind }) => kind === "color-hints");
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
