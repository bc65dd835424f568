/** The kernels of a run as rows of a table, and as a file. */

import type { KernelTime } from "../inspection";
import type { InspectedModel } from "./inspected";

/** Milliseconds of the coarsest clock that browsers have: of what takes less, a rate would be made up. */
const TICK = 0.1;

export const ORDERS = ["network", "time"] as const;
export type Order = (typeof ORDERS)[number];

export interface KernelRow extends KernelTime {
  /** The box of the drawing that it computes; null for what the drawing does not have. */
  box: number | null;
  /** Of the time of all, 0 to 1. */
  share: number;
  /** 10⁹ operations in a second; null of one that computes none, or took less than the clock tells. */
  rate: number | null;
  /** How much of what it took it would need at the least; null where that is not known, or no time to speak of. */
  ofBound: number | null;
}

/** In the order of the run. */
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

/** Those that take longest first, if asked for; in the order of the run where they tie. */
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

/** Comma-separated values, a line for each row, the same in every language. */
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
