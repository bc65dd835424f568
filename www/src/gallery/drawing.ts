/** A network as small as a card: the inspector's drawing without its words. */

import { type BoxKind, type Graph, graphOf } from "../inspect/graph";
import { CARD, layout } from "../inspect/layout";
import type { InspectionInfo } from "../protocol";

export const KINDS = ["input", "layer", "down", "up", "join", "other"] as const satisfies readonly BoxKind[];
export const LINES = ["data", "skip", "indices"] as const;

export interface Drawing {
  width: number;
  height: number;
  /** Left, top, width, height; the number of cards behind it; which of `KINDS` it is. */
  boxes: [number, number, number, number, number, number][];
  /** An SVG path, and which of `LINES` it is. */
  lines: [string, number][];
}

export type Net = Pick<InspectionInfo, "nodes" | "inputs" | "outputs" | "shape">;

/** Whole pixels will do: cards show it smaller than it is. */
export function drawingOf(net: Net): Drawing {
  const graph = graphOf(net);
  const { width, height, boxes, paths } = layout(graph);
  const rounded = (path: string) => path.replace(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number))));
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: boxes.map(({ x, y, width, height, cards }, at) => [
      Math.round(x - width / 2),
      Math.round(y - height / 2),
      Math.round(width),
      Math.round(height),
      cards,
      KINDS.indexOf(graph.boxes[at]?.kind ?? "other"),
    ]),
    lines: graph.edges.map((edge, at) => [rounded(paths[at] ?? ""), LINES.indexOf(lineOf(edge))]),
  };
}

function lineOf({ skip, indices }: Graph["edges"][number]): (typeof LINES)[number] {
  if (indices) return "indices";
  return skip ? "skip" : "data";
}

/** The ways of all lines of a kind as one. */
export function pathOf({ lines }: Drawing, kind: (typeof LINES)[number]): string {
  return lines.flatMap(([path, of]) => (LINES[of] === kind ? [path] : [])).join("");
}

/** The outlines of all boxes of a kind as one, cards behind them first. */
export function outlinesOf({ boxes }: Drawing, kind: BoxKind): string {
  return boxes
    .flatMap(([left, top, width, height, cards, of]) =>
      KINDS[of] === kind
        ? Array.from({ length: cards + 1 }, (_, at) => {
            const off = (cards - at) * CARD;
            return `M${left + off} ${top - off}h${width}v${height}h${-width}z`;
          })
        : [],
    )
    .join("");
}
