/**
 * The crop of a photo, with rotation and mirroring, as plain numbers. Coordinates are pixels of the photo as opened.
 */

import type { Rect } from "../engine";
import type { Size } from "../view/viewport";

/** Applied in order: crop to `rect`, mirror left to right, rotate clockwise by `quarters` × 90°. */
export interface Cut {
  rect: Rect;
  quarters: number;
  mirrored: boolean;
}

export function partOf(rect: Rect): Cut {
  return { rect, quarters: 0, mirrored: false };
}

export function wholeOf({ width, height }: Size): Cut {
  return partOf({ x: 0, y: 0, width, height });
}

/** Whether it leaves a photo of this size unchanged. */
export function isWhole({ rect, quarters, mirrored }: Cut, { width, height }: Size): boolean {
  return rect.width === width && rect.height === height && quarters === 0 && !mirrored;
}

export function fitsIn({ rect: { x, y, width, height } }: Cut, size: Size): boolean {
  return x + width <= size.width && y + height <= size.height;
}

/** The size of the result. */
export function cutSize({ rect, quarters }: Cut): Size {
  return turnedSize(rect, quarters);
}

export function turnedSize({ width, height }: Size, quarters: number): Size {
  return quarters % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** The form used in addresses. */
export function formatCut({ rect: { x, y, width, height }, quarters, mirrored }: Cut): string {
  return [x, y, width, height, quarters, Number(mirrored)].join(",");
}

/** Parses the form used in addresses; null if it is malformed. */
export function parseCut(text: string | null): Cut | null {
  const numbers = (text ?? "").split(",").map(Number);
  const [x = -1, y = -1, width = 0, height = 0, quarters = 0, mirrored = 0] = numbers;
  const whole = numbers.length === 6 && numbers.every((number) => Number.isInteger(number) && number >= 0);
  if (!whole || width === 0 || height === 0 || quarters > 3 || mirrored > 1) return null;
  return { rect: { x, y, width, height }, quarters, mirrored: mirrored === 1 };
}

/** A crop as the user sees it: the whole photo mirrored and rotated, with a frame on it. */
export interface Framed {
  frame: Rect;
  quarters: number;
  mirrored: boolean;
}

export function framed({ rect, quarters, mirrored }: Cut, size: Size): Framed {
  let frame = mirrored ? mirroredIn(rect, size) : rect;
  for (let turn = 0; turn < quarters; turn++) frame = clockwise(frame, turnedSize(size, turn));
  return { frame, quarters, mirrored };
}

/** `size`: of the photo. */
export function cutOf({ frame, quarters, mirrored }: Framed, size: Size): Cut {
  let rect = frame;
  for (let turn = quarters; turn < 4 && quarters > 0; turn++) rect = clockwise(rect, turnedSize(size, turn));
  return { rect: mirrored ? mirroredIn(rect, size) : rect, quarters, mirrored };
}

/** Rotated by 90° clockwise; the frame keeps its content. */
export function turned({ frame, quarters, mirrored }: Framed, size: Size): Framed {
  return { frame: clockwise(frame, turnedSize(size, quarters)), quarters: (quarters + 1) % 4, mirrored };
}

/** Mirrored left to right, as displayed. */
export function flipped({ frame, quarters, mirrored }: Framed, size: Size): Framed {
  return { frame: mirroredIn(frame, turnedSize(size, quarters)), quarters: (4 - quarters) % 4, mirrored: !mirrored };
}

function clockwise({ x, y, width, height }: Rect, within: Size): Rect {
  return { x: within.height - y - height, y: x, width: height, height: width };
}

function mirroredIn({ x, y, width, height }: Rect, within: Size): Rect {
  return { x: within.width - x - width, y, width, height };
}

/**
 * Which edges of a frame move: −1 the left or top one, 1 the right or bottom one, 0 neither; both 0: the whole frame.
 */
export interface Grip {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

/** The frame after dragging a grip by whole pixels, clamped to the picture and never empty. */
export function dragged({ x, y, width, height }: Rect, grip: Grip, dx: number, dy: number, within: Size): Rect {
  if (grip.x === 0 && grip.y === 0) {
    return {
      x: limited(x + dx, 0, within.width - width),
      y: limited(y + dy, 0, within.height - height),
      width,
      height,
    };
  }
  const [left, right] = moved(x, x + width, grip.x, dx, within.width);
  const [top, bottom] = moved(y, y + height, grip.y, dy, within.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function moved(low: number, high: number, side: -1 | 0 | 1, by: number, most: number): [number, number] {
  if (side < 0) return [limited(low + by, 0, high - 1), high];
  return side > 0 ? [low, limited(high + by, low + 1, most)] : [low, high];
}

function limited(value: number, low: number, high: number): number {
  return Math.min(Math.max(Math.round(value), low), high);
}
