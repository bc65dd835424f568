/** A line drawing as strokes on a background, so that it can be undone and drawn at any size. */

import type { Point } from "../protocol";

/** In fractions of the drawing's width. */
export interface Stroke {
  readonly points: readonly Point[];
  readonly width: number;
  /** Draws with the color of the paper. */
  readonly erases: boolean;
}

export interface Drawing {
  /** The background; null: blank paper. */
  readonly ground: ImageBitmap | null;
  readonly strokes: readonly Stroke[];
}

const PAPER = "#fff";
const INK = "#000";

/** A stroke as an SVG path for canvases: curves through the midpoints between its points. */
export function pathOf({ points }: Stroke, width: number): string {
  const [first, ...others] = points.map(({ x, y }) => ({ x: x * width, y: y * width }));
  if (!first) return "";
  const parts = [`M${first.x} ${first.y}`];
  let from = first;
  for (const to of others) {
    parts.push(`Q${from.x} ${from.y} ${(from.x + to.x) / 2} ${(from.y + to.y) / 2}`);
    from = to;
  }
  return `${parts.join("")}L${from.x} ${from.y}`;
}

/** Share of a line drawing that is paper, at least, and that is colored, at most. */
const PAPER_SHARE = 0.5;
const COLORED_SHARE = 0.02;

/** Whether RGBA bytes are those of a line drawing: dark lines on white paper, without colors. */
export function isLineArt(rgba: Uint8ClampedArray): boolean {
  let paper = 0;
  let colored = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const rgb = rgba.subarray(at, at + 3);
    const [low, high] = [Math.min(...rgb), Math.max(...rgb)];
    if (low >= 225) paper++;
    if (high - low > 40) colored++;
  }
  const pixels = rgba.length / 4;
  return paper >= PAPER_SHARE * pixels && colored <= COLORED_SHARE * pixels;
}

export function paint(context: CanvasRenderingContext2D, { ground, strokes }: Drawing): void {
  const { width, height } = context.canvas;
  context.fillStyle = PAPER;
  context.fillRect(0, 0, width, height);
  if (ground) context.drawImage(ground, 0, 0, width, height);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.strokeStyle = stroke.erases ? PAPER : INK;
    context.lineWidth = stroke.width * width;
    context.stroke(new Path2D(pathOf(stroke, width)));
  }
}
