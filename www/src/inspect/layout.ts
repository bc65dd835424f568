/**
 * Positions of the boxes, in pixels: one row for each size of feature maps, data flowing to the right. Pooling is below
 * its input and upsampling above it, so that a U-Net is drawn as a U.
 */

import type { Box, Graph } from "./graph";
import { type Cell, draw, GAP, WORDS, waysOf } from "./routes";

export interface Placed extends Cell {
  /** Center of the box. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Number of cards drawn behind the first, for many channels. */
  cards: number;
}

export interface Layout {
  width: number;
  height: number;
  boxes: Placed[];
  /** SVG paths, one for each edge of the graph. */
  paths: string[];
  /** For each edge, a point on it for a mark. */
  middles: { x: number; y: number }[];
  /** Center line of each row, and its level. */
  rows: { y: number; level: number }[];
}

const JOIN = 22;
const LARGEST = 50;
const SMALLEST = 30;
/** Offset of a card from the next, in pixels. */
export const CARD = 3;
const MARGIN = 14;
/** Lane of the boxes that lead up to a join: half a lane below the skip connection's. */
const ASIDE = 0.5;
/** Height of the track that a line uses above boxes. */
const TRACK = 13;

export function layout(graph: Graph): Layout {
  const { boxes, edges } = graph;
  const levels = [...new Set(boxes.map(({ level }) => level))].sort((a, b) => a - b);
  const row = boxes.map(({ level }) => levels.indexOf(level));
  const column = columns(graph, row);
  const lane = lanes(graph, row, column);
  const sizes = boxes.map((box, at) => sizeOf(box, row[at] ?? 0));

  const widths: number[] = [];
  for (const [at, { width, cards }] of sizes.entries()) {
    const c = column[at] ?? 0;
    widths[c] = Math.max(widths[c] ?? 0, width + cards * CARD);
  }
  const lefts = [MARGIN];
  for (const width of widths) lefts.push((lefts.at(-1) ?? MARGIN) + width + GAP);
  const cells = boxes.map((_, at): Cell => ({ row: row[at] ?? 0, lane: lane[at] ?? 0, column: column[at] ?? 0 }));
  const ways = waysOf(edges, cells);

  const rows: Layout["rows"] = [];
  const middles: ((lane: number) => number)[] = [];
  const tops: number[] = [];
  let y = MARGIN;
  for (const [at, level] of levels.entries()) {
    const mine = [...boxes.keys()].filter((box) => row[box] === at);
    const arcs = Math.max(
      0,
      ...ways.map((way, edge) => (way.kind === "arc" && row[edges[edge]?.to ?? 0] === at ? way.track + 1 : 0)),
    );
    const tall = Math.max(...mine.map((box) => (sizes[box]?.height ?? 0) + (sizes[box]?.cards ?? 0) * CARD));
    const lines = new Set(mine.map((box) => lane[box] ?? 0));
    const half = lines.has(ASIDE) ? tall / 2 + 14 : 0;
    const line = tall + WORDS + 6;
    y += arcs * TRACK;
    tops[at] = y;
    const middle = (lane: number) => (tops[at] ?? 0) + tall / 2 + (lane > 0 ? half : 0) + Math.floor(lane) * line;
    middles.push(middle);
    rows.push({ y: middle(0), level });
    y += half + (1 + Math.floor(Math.max(...lines))) * line + 8;
  }

  const placed = cells.map((cell, at): Placed => {
    const size = sizes[at] ?? { width: 0, height: 0, cards: 0 };
    const x = (lefts[cell.column] ?? 0) + (widths[cell.column] ?? 0) / 2;
    return { ...size, ...cell, x, y: middles[cell.row]?.(cell.lane) ?? 0 };
  });
  const drawn = edges.map(({ from, to }, at) => {
    const [start, end, way] = [placed[from], placed[to], ways[at]];
    if (!start || !end || !way) return { path: "", middle: { x: 0, y: 0 } };
    return draw(
      start,
      end,
      boxes[to]?.kind === "join",
      way,
      (tops[end.row] ?? 0) - 9 - (way.kind === "arc" ? way.track : 0) * TRACK,
    );
  });
  return {
    width: (lefts.at(-1) ?? 0) - GAP + MARGIN,
    height: y - 8 + MARGIN,
    boxes: placed,
    paths: drawn.map(({ path }) => path),
    middles: drawn.map(({ middle }) => middle),
    rows,
  };
}

function sizeOf(box: Box, row: number): Pick<Placed, "width" | "height" | "cards"> {
  if (box.kind === "join") return { width: JOIN, height: JOIN, cards: 0 };
  const side = Math.max(SMALLEST, LARGEST - 6 * row);
  const [, channels = 1, rows = 1, across = 1] = box.shape;
  const shape = box.shape.length === 4 ? Math.min(2, Math.max(0.5, across / rows)) : 1;
  const cards = box.kind === "input" || channels <= 4 ? 0 : Math.min(3, Math.floor(Math.log2(channels) / 2));
  const small = box.kind === "other" ? 0.72 : 1;
  return { width: small * side * Math.min(1, shape), height: (small * side) / Math.max(1, shape), cards };
}

/** Column of each box by its longest path; a step to another row adds none, unless it joins others there. */
function columns({ boxes, edges }: Graph, row: number[]): number[] {
  const column = boxes.map(() => 0);
  for (const [at, box] of boxes.entries()) {
    for (const { from } of edges.filter(({ to }) => to === at)) {
      const upright = box.kind !== "join" && row[from] !== row[at] && box.kind !== "input";
      const rests = edges.some(({ to, from: other }) => to === at && row[other] === row[at]);
      column[at] = Math.max(column[at] ?? 0, (column[from] ?? 0) + (upright && !rests ? 0 : 1));
    }
  }
  return column;
}

/**
 * Lanes that separate boxes at the same place of a row. Boxes that lead up to a join leave its lane to the skip
 * connection.
 */
function lanes(graph: Graph, row: number[], column: number[]): number[] {
  const { boxes, edges } = graph;
  const taken = new Set<string>();
  const lane: number[] = [];
  const aside = approaches(graph, row, column);
  const order = [...boxes.keys()].sort((a, b) => (column[a] ?? 0) - (column[b] ?? 0) || a - b);
  for (const at of order) {
    const before = edges.find(({ from, to, skip }) => to === at && !skip && row[from] === row[at]);
    const wanted = boxes[at]?.kind === "join" ? 0 : (before && lane[before.from]) || 0;
    let one = aside.has(at) ? ASIDE : Math.floor(wanted);
    while (taken.has(`${row[at]} ${one} ${column[at]}`)) one = Math.floor(one) + 1;
    taken.add(`${row[at]} ${one} ${column[at]}`);
    lane[at] = one;
  }
  return lane;
}

/** Boxes that only lead from another row into a join whose skip connection has a free lane. */
function approaches({ boxes, edges }: Graph, row: number[], column: number[]): Set<number> {
  const found = new Set<number>();
  for (const { from: start, to: join } of edges.filter(({ skip, from, to }) => skip && row[from] === row[to])) {
    const chain = new Set<number>();
    let elsewhere = false;
    for (const edge of edges.filter(({ to, skip }) => to === join && !skip)) {
      let at: number | undefined = edge.from;
      while (at !== undefined && row[at] === row[join] && boxes[at]?.kind !== "join") {
        const [into, ...others] = edges.filter(({ to, indices }) => to === at && !indices);
        if (others.length > 0 || edges.filter(({ from }) => from === at).length > 1) break;
        chain.add(at);
        at = into?.from;
      }
      elsewhere ||= at !== undefined && row[at] !== row[join];
    }
    const between = (at: number) =>
      row[at] === row[join] && (column[at] ?? 0) > (column[start] ?? 0) && (column[at] ?? 0) < (column[join] ?? 0);
    const blocked = [...boxes.keys()].some((at) => between(at) && !chain.has(at));
    const beside = [...chain].some((at) => (column[at] ?? 0) <= (column[start] ?? 0));
    if (elsewhere && !blocked && !beside) for (const at of chain) found.add(at);
  }
  return found;
}
