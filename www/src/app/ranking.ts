/** Who won, and in what order the table lists the results. */

import type { Scores } from "../engine";

/** Decibels that nobody sees: results this near to the best are as good as it. */
export const TIE = 0.05;

/** What the table compares: results, and the input and the original for reference. */
export interface Row {
  id: string;
  scores: Scores | null;
  milliseconds: number | null;
  parameters: number | null;
  checkerboard: number | null;
}

export type Column = "psnr" | "ssim" | "mae" | "time" | "parameters" | "checkerboard";

/** Columns where less is better, which come with the least on top. */
const LESS: readonly Column[] = ["mae", "time", "parameters", "checkerboard"];

export function valueOf(row: Row, column: Column): number | null {
  if (column === "time") return row.milliseconds;
  if (column === "parameters") return row.parameters;
  if (column === "checkerboard") return row.checkerboard;
  return row.scores?.[column] ?? null;
}

/** The best first, or the worst first where `turned`; rows without a value last; equals as they were. */
export function sorted<T extends Row>(rows: readonly T[], column: Column, turned: boolean): T[] {
  const sign = LESS.includes(column) !== turned ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [valueOf(a, column), valueOf(b, column)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return x === y ? 0 : sign * (x - y); // equal infinities have no difference
  });
}

/** The ids of the best by PSNR: one, or several that tie; none where there is nothing to win against. */
export function winners(rows: readonly Row[]): string[] {
  const scored = rows.flatMap(({ id, scores }) => (scores ? [{ id, psnr: scores.psnr }] : []));
  if (scored.length < 2) return [];
  const best = Math.max(...scored.map(({ psnr }) => psnr));
  return scored.filter(({ psnr }) => psnr === best || best - psnr <= TIE).map(({ id }) => id);
}
