/** Room for the label under a box of the drawing, and what fits there. */

import type { Box, Graph } from "./graph";
import type { Layout } from "./layout";
import { briefShape, shortName } from "./names";

/** As in `net.styles.ts`; the selected box's label is bolder, by less than `GAP`. */
const FONT = '500 10px "Inter", system-ui, sans-serif';
/** Between the labels of two boxes. */
const GAP = 5;
/** Letters of the longest and of the shortest name. */
const MOST = 16;
const LEAST = 4;
/** Vertical distance at which boxes do not interfere. */
const APART = 40;

let context: OffscreenCanvasRenderingContext2D | null = null;

/** In CSS pixels. */
export function wordWidth(text: string): number {
  context ??= new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return text.length * 6;
  context.font = FONT;
  return context.measureText(text).width;
}

/**
 * The distance to the nearest labelled box on either side: a label of that width touches no neighbor. In pixels of the
 * layout. Joins have no label, and are above those of others.
 */
export function roomOf({ boxes }: Layout, graph: Graph, at: number): number {
  const { x, y } = boxes[at] ?? { x: 0, y: 0 };
  const beside = boxes.filter(
    (other, index) => graph.boxes[index]?.kind !== "join" && other.x !== x && Math.abs(other.y - y) < APART,
  );
  return Math.min(...beside.map((other) => Math.abs(other.x - x)));
}

/** The longest short form of a box's name that fits `room`. */
export function fitting(box: Box, room: number): string {
  for (let most = MOST; most > LEAST; most--) {
    const name = shortName(box, most);
    if (wordWidth(name) + GAP <= room) return name;
  }
  return shortName(box, LEAST);
}

/** A shape, without spaces if they do not fit; at worst only its channels, since the level shows rows and columns. */
export function fittingShape(shape: readonly number[], room: number): string {
  const whole = briefShape(shape);
  const forms = [whole, whole.replaceAll(" ", "")];
  return forms.find((form) => wordWidth(form) + GAP <= room) ?? String(shape[1] ?? shape[0]);
}
