/** The largest size that fits in memory. */

import type { BackendChoice } from "../engine";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import type { Method } from "./catalogue";
import { expected } from "./stages";

/** Smallest size worth offering (longer side, in pixels). */
const LEAST = 64;
/** Tolerance of the search, as a fraction of the longer side. */
const NEAR = 0.02;

/**
 * The size of the largest copy of a photo that a method can process, within `NEAR`; null if none. `input`: the method's
 * input for the whole photo, which may have another size.
 */
export async function fittingSize(
  bench: Bench,
  method: Method,
  photo: Size,
  input: Size,
  choice: BackendChoice,
  signal: AbortSignal,
): Promise<Size | null> {
  const fits = async (side: number) => {
    const { width, height } = reduced(photo, side);
    const size = {
      width: Math.max(Math.floor((width * input.width) / photo.width), 1),
      height: Math.max(Math.floor((height * input.height) / photo.height), 1),
    };
    return !(await expected(bench, method, size, choice, signal)).refused;
  };
  const side = await largest(LEAST, Math.max(photo.width, photo.height), fits);
  return side === null ? null : reduced(photo, side);
}

/** The largest number in [`low`, `high`) that passes, within `NEAR`; `high` itself is known to fail. */
export async function largest(
  low: number,
  high: number,
  passes: (number: number) => Promise<boolean>,
): Promise<number | null> {
  if (low >= high || !(await passes(low))) return null;
  while (high - low > Math.max(NEAR * low, 1)) {
    const middle = Math.floor((low + high) / 2);
    if (await passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The size of the engine's copy whose longer side is `side`. */
export function reduced({ width, height }: Size, side: number): Size {
  const longest = Math.max(width, height);
  if (side >= longest) return { width, height };
  return { width: Math.ceil((width * side) / longest), height: Math.ceil((height * side) / longest) };
}
