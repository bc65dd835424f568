/** Shapes, names and operator signs in the drawing: independent of the language. */

import type { Box } from "./graph";

/** [1, 16, 128, 128] → "16 × 128 × 128", without the batch axis. */
export function shapeWords(shape: readonly number[]): string {
  return (shape.length > 1 ? shape.slice(1) : shape).join(" × ");
}

/** The short form for the drawing. */
export function briefShape(shape: readonly number[]): string {
  const [channels, rows, columns] = shape.slice(1);
  return shape.length === 4 && rows === columns ? `${channels} × ${rows}²` : shapeWords(shape).replaceAll(" ", "");
}

/**
 * A name shortened for the drawing: without the exporter's additions, and without the middle if it is still too long.
 */
export function shortName({ name, main, value }: Box, most = 12): string {
  const bare = name
    .replace(/^(\/+|node_)/, "")
    .replace(new RegExp(`/${main?.op ?? ""}$`), "")
    .replace(/_output_\d+$/, "");
  const called = main?.op === "MaxUnpool" ? value : bare.replace(/\.(maxpool|concat)$/, "").replaceAll("/", ".");
  if (called.length <= most) return called;
  const parts = called.split(".");
  const last = parts.length > 1 ? (parts.at(-1) ?? "") : "";
  const ends = parts.length > 2 ? `${parts[0]}…${last}` : called;
  if (ends.length <= most) return ends;
  const kept = last && last.length < most - 3 ? last : called.slice(-4);
  return `${called.slice(0, most - 1 - kept.length)}…${kept}`;
}

/** The operator sign on a box that joins values. */
export function joinSign(box: Box): string {
  const op = box.nodes[0]?.op ?? "";
  return { Concat: "⧺", Add: "+", Sum: "+", Mul: "×", Sub: "−", Div: "÷" }[op] ?? "∗";
}
