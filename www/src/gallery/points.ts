/** Networks as points of quality over cost. */

import { type Entry, methodId } from "../../../npm/src/manifest";

export const COSTS = ["flops", "parameters", "time"] as const;
export type Cost = (typeof COSTS)[number];

export interface Point {
  /** The method's, as the playground knows it. */
  id: string;
  entry: Entry;
  quality: number;
  cost: number;
}

/** The scores that every network of these has, by name; what has a comma is of something else, for comparison. */
export function commonScores(entries: readonly Entry[]): string[] {
  const [first, ...others] = entries;
  const own = Object.keys(first?.scores ?? {}).filter((name) => !name.includes(", "));
  return own.filter((name) => others.every(({ scores }) => name in scores));
}

/** What a score is without any network, where that was measured. */
export function reference(entries: readonly Entry[], score: string): { name: string; value: number } | null {
  for (const { scores } of entries) {
    const key = Object.keys(scores).find((name) => name.startsWith(`${score}, `));
    if (key) return { name: key.slice(score.length + 2), value: scores[key] ?? 0 };
  }
  return null;
}

/** Milliseconds for a megapixel by file: those of one machine alone, this one where any of the networks was measured on it. */
export function timesOf(
  entries: readonly Entry[],
  measured: ReadonlyMap<string, number>,
): { here: boolean; times: ReadonlyMap<string, number> } {
  if (entries.some(({ file }) => measured.has(file))) return { here: true, times: measured };
  const stored = entries.filter(({ millisecondsPerMegapixel }) => millisecondsPerMegapixel > 0);
  return {
    here: false,
    times: new Map(stored.map(({ file, millisecondsPerMegapixel }) => [file, millisecondsPerMegapixel])),
  };
}

/** `times`: milliseconds for a megapixel by file, of those that have been measured; the others have no point by time. */
export function pointsOf(
  entries: readonly Entry[],
  score: string,
  cost: Cost,
  times: ReadonlyMap<string, number> = new Map(),
): Point[] {
  const spent: Record<Cost, (entry: Entry) => number> = {
    flops: ({ flopsPerPixel }) => flopsPerPixel,
    parameters: ({ parameters }) => parameters,
    time: ({ file }) => times.get(file) ?? 0,
  };
  return entries.flatMap((entry) => {
    const quality = entry.scores[score];
    const costs = spent[cost](entry);
    return quality === undefined || costs <= 0 ? [] : [{ id: methodId(entry), entry, quality, cost: costs }];
  });
}

/** The Pareto front, from the cheapest on: those that no other one beats at the same cost or less. */
export function paretoFront(points: readonly Point[]): Point[] {
  const front: Point[] = [];
  for (const point of [...points].sort((a, b) => a.cost - b.cost || b.quality - a.quality)) {
    if (point.quality > (front.at(-1)?.quality ?? Number.NEGATIVE_INFINITY)) front.push(point);
  }
  return front;
}

export interface Axis {
  /** 0 to 1. */
  at(value: number): number;
  ticks: number[];
}

/** From below the least value to above the greatest, with ticks at round values: steps of 1, 2 or 5 times a power of ten. */
export function linearAxis(values: readonly number[], count = 5): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const [from, to] = [low - room, high + room];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  const ticks = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
  return { at: (value) => (value - from) / (to - from), ticks: ticks.map((tick) => Number(tick.toPrecision(12))) };
}

/** The same of positive values by their logarithms. */
export function logarithmicAxis(values: readonly number[]): Axis {
  const [low, high] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const room = (high - low || 1) * 0.08;
  const [from, to] = [low - room, high + room];
  const at = (value: number) => (Math.log10(value) - from) / (to - from);
  // Within less than a factor of five, round steps say more than powers of ten.
  if (to - from < 0.7) return { at, ticks: linearAxis(values, 4).ticks.filter((tick) => tick > 0) };
  const ticks: number[] = [];
  for (let power = Math.floor(from); power <= to; power++) {
    for (const times of to - from > 1.5 ? [1, 3] : [1, 2, 3, 5]) ticks.push(times * 10 ** power);
  }
  return { at, ticks: ticks.filter((tick) => at(tick) >= 0 && at(tick) <= 1) };
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where each label stands: beside its point, or above or below it, whichever first is free of points and other labels;
 *  null where none is. */
export function placed(
  points: readonly { x: number; y: number; width: number }[],
  height: number,
  [right, bottom]: [number, number],
): (Box | null)[] {
  const taken: Box[] = points.map(({ x, y }) => ({ x: x - 7, y: y - 7, width: 14, height: 14 }));
  return points.map(({ x, y, width }) => {
    const beside = [
      [x + 10, y - height / 2],
      [x - 10 - width, y - height / 2],
      [x - width / 2, y - 10 - height],
      [x - width / 2, y + 10],
    ];
    for (const [left = 0, top = 0] of beside) {
      const box = { x: left, y: top, width, height };
      const inside = left >= 0 && top >= 0 && left + width <= right && top + height <= bottom;
      if (!inside || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      return box;
    }
    return null;
  });
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
