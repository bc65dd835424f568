/** Routes of the lines between boxes: straight if nothing is in the way, else around corners, else over the row. */

import type { Edge } from "./graph";

/** Position of a box: row, lane within the row, column. */
export interface Cell {
  row: number;
  lane: number;
  column: number;
}

/**
 * `late` and `early`: along the first or the second box's line, turning at the end or at the beginning; `arc`: over the
 * row, in one of several tracks.
 */
export type Way = { kind: "straight" | "upright" | "late" | "early" } | { kind: "arc"; track: number };

interface Spot extends Cell {
  x: number;
  y: number;
  width: number;
  height: number;
  cards: number;
}

export interface Drawn {
  path: string;
  /** A point on the line for a mark. */
  middle: { x: number; y: number };
}

/** Gap between columns, and below a box for its label. */
export const GAP = 18;
export const WORDS = 30;
const CORNER = 9;

export function waysOf(edges: readonly Pick<Edge, "from" | "to">[], cells: readonly Cell[]): Way[] {
  const taken = new Set(cells.map(({ row, lane, column }) => `${row} ${lane} ${column}`));
  const free = ({ row, lane }: Cell, from: number, to: number) => {
    for (let column = from + 1; column < to; column++) if (taken.has(`${row} ${lane} ${column}`)) return false;
    return true;
  };
  const ways = edges.map(({ from, to }): Way => {
    const [a, b] = [cells[from], cells[to]];
    if (!a || !b) return { kind: "straight" };
    if (a.column >= b.column) return { kind: "upright" };
    if (free(a, a.column, b.column)) {
      return a.row === b.row && a.lane === b.lane ? { kind: "straight" } : { kind: "late" };
    }
    if (a.row !== b.row || (a.lane !== b.lane && free(b, a.column, b.column))) return { kind: "early" };
    return { kind: "arc", track: 0 };
  });
  return withTracks(ways, edges, cells);
}

/** Assigns tracks to arcs that would overlap, short ones below long ones. */
function withTracks(ways: Way[], edges: readonly Pick<Edge, "from" | "to">[], cells: readonly Cell[]): Way[] {
  const used: { row: number; track: number; from: number; to: number }[] = [];
  const spans = ways.flatMap(({ kind }, at) => {
    const edge = edges[at];
    const [a, b] = [cells[edge?.from ?? 0], cells[edge?.to ?? 0]];
    return kind === "arc" && a && b ? [{ at, row: b.row, from: a.column, to: b.column }] : [];
  });
  spans.sort((a, b) => a.to - a.from - (b.to - b.from));
  for (const { at, row, from, to } of spans) {
    let track = 0;
    while (used.some((one) => one.row === row && one.track === track && one.from < to && from < one.to)) track++;
    used.push({ row, track, from, to });
    ways[at] = { kind: "arc", track };
  }
  return ways;
}

/** `over`: height of an arc's track. Joins are entered from the side that the line comes from. */
export function draw(a: Spot, b: Spot, join: boolean, { kind }: Way, over: number): Drawn {
  const [right, left] = [a.x + a.width / 2, b.x - b.width / 2];
  const top = (spot: Spot) => spot.y - spot.height / 2 - spot.cards * 3;
  if (kind === "straight") return { path: `M${right} ${a.y}H${left - 4}`, middle: { x: (right + left) / 2, y: a.y } };
  if (kind === "arc") {
    const path = `M${a.x} ${top(a)}${bend(a.x, top(a), a.x, over, b.x, over)}${bend(a.x, over, b.x, over, b.x, top(b))}V${top(b) - 4}`;
    return { path, middle: { x: (a.x + b.x) / 2, y: over } };
  }
  if (kind === "upright") {
    const [from, to] =
      b.y > a.y ? [a.y + a.height / 2 + WORDS, top(b) - 4] : [top(a) - 2, b.y + b.height / 2 + (join ? 4 : WORDS + 2)];
    return { path: `M${a.x} ${from}L${b.x} ${to}`, middle: { x: b.x, y: (from + to) / 2 } };
  }
  if (kind === "late" && join) {
    const end = a.y > b.y ? b.y + b.height / 2 + 4 : top(b) - 4;
    return {
      path: `M${right} ${a.y}${bend(right, a.y, b.x, a.y, b.x, end)}V${end}`,
      middle: { x: (right + b.x) / 2, y: a.y },
    };
  }
  const x = kind === "late" ? left - GAP / 2 : right + GAP / 2;
  const path = `M${right} ${a.y}${bend(right, a.y, x, a.y, x, b.y)}${bend(x, a.y, x, b.y, left, b.y)}H${left - 4}`;
  return { path, middle: { x: (right + left) / 2, y: kind === "late" ? a.y : b.y } };
}

/** A rounded corner between two points. */
function bend(x0: number, y0: number, x: number, y: number, x1: number, y1: number): string {
  const r = Math.min(CORNER, Math.hypot(x - x0, y - y0) / 2, Math.hypot(x1 - x, y1 - y) / 2);
  const towards = (to: number, from: number) => Math.sign(to - from) * r;
  return `L${x - towards(x, x0)} ${y - towards(y, y0)}Q${x} ${y} ${x + towards(x1, x)} ${y + towards(y1, y)}`;
}
