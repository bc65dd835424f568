/** The kernels of a run as rows of a table, and as CSV. */

import type { KernelTime } from "../inspection";
import type { InspectedModel } from "./inspected";

/** Resolution of the coarsest browser clock, in milliseconds: below it, a rate would be meaningless. */
const TICK = 0.1;

export const ORDERS = ["network", "time"] as const;
export type Order = (typeof ORDERS)[number];

export interface KernelRow extends KernelTime {
  /** Index of the box that it computes; null if the drawing has none. */
  box: number | null;
  /** Fraction of the total time, 0 to 1. */
  share: number;
  /** 10⁹ operations per second; null without operations, or below the clock's resolution. */
  rate: number | null;
  /** Least possible time divided by measured time; null if unknown, or below the clock's resolution. */
  ofBound: number | null;
}

/** In execution order. */
export function kernelRows(kernels: readonly KernelTime[], inspected: Pick<InspectedModel, "find">): KernelRow[] {
  const all = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return kernels.map((kernel) => {
    const { node, milliseconds: ms, flops, bound } = kernel;
    const timed = ms >= TICK;
    return {
      ...kernel,
      box: inspected.find(node),
      share: all > 0 ? ms / all : 0,
      rate: timed && flops > 0 ? flops / ms / 1e6 : null,
      ofBound: timed && bound !== null ? bound / ms : null,
    };
  });
}

/** In execution order, or slowest first; the sort is stable. */
export function ordered(rows: readonly KernelRow[], order: Order): readonly KernelRow[] {
  return order === "network" ? rows : [...rows].sort((a, b) => b.milliseconds - a.milliseconds);
}

const HEAD = [
  "node",
  "operator",
  "kernel",
  "shape",
  "milliseconds",
  "share",
  "flops",
  "gflops_per_second",
  "bytes",
  "bound_milliseconds",
  "share_of_bound",
];

/** Comma-separated values, one line per row, independent of the language. */
export function csv(rows: readonly KernelRow[]): string {
  const number = (value: number | null) => (value === null ? "" : String(Number(value.toPrecision(6))));
  const text = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const line = (row: KernelRow) => [
    text(row.node),
    text(row.op),
    text(row.kernel),
    row.shape.join("x"),
    number(row.milliseconds),
    number(row.share),
    String(row.flops),
    number(row.rate),
    String(row.bytes),
    number(row.bound),
    number(row.ofBound),
  ];
  return [HEAD, ...rows.map(line)].map((cells) => `${cells.join()}\r\n`).join("");
}
