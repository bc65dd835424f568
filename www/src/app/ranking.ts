/** Who won, and in what order the table lists the results. */

import seeds from "../../../models/seeds.json";
import type { Scores } from "../engine";
import type { LabelScores } from "../protocol";

/** Decibels that chance is worth: by so much the same network differs when it is trained with another seed. */
export const TIE = seeds.spread;
/** The same of a mean intersection over union. */
const TIE_OVERLAP = 0.001;

/** What the table compares: results, and the input and the original for reference. */
export interface Row {
  id: string;
  scores: Scores | null;
  agreement: LabelScores | null;
  milliseconds: number | null;
  parameters: number | null;
  checkerboard: number | null;
}

export type Column = "psnr" | "ssim" | "mae" | "iou" | "accuracy" | "time" | "parameters" | "checkerboard";

/** Columns where less is better, which come with the least on top. */
const LESS: readonly Column[] = ["mae", "time", "parameters", "checkerboard"];

export function columnValue(row: Row, column: Column): number | null {
  if (column === "time") return row.milliseconds;
  if (column === "parameters") return row.parameters;
  if (column === "checkerboard") return row.checkerboard;
  if (column === "iou") return row.agreement?.meanIou ?? null;
  if (column === "accuracy") return row.agreement?.pixelAccuracy ?? null;
  return row.scores?.[column] ?? null;
}

/** The best first, or the worst first where `turned`; rows without a value last; equals as they were. */
export function sorted<T extends Row>(rows: readonly T[], column: Column, turned: boolean): T[] {
  const sign = LESS.includes(column) !== turned ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [columnValue(a, column), columnValue(b, column)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return x === y ? 0 : sign * (x - y); // equal infinities have no difference
  });
}

/**
 * The ids of the best by PSNR, or by mean intersection over union where results are made of labels: one, or several
 * that tie; none where there is nothing to win against.
 */
export function winners(rows: readonly Row[]): string[] {
  const column = rows.some(({ agreement }) => agreement) ? "iou" : "psnr";
  const tie = column === "iou" ? TIE_OVERLAP : TIE;
  const scored = rows.flatMap((row) => {
    const value = columnValue(row, column);
    return value === null ? [] : [{ id: row.id, value }];
  });
  if (scored.length < 2) return [];
  const best = Math.max(...scored.map(({ value }) => value));
  return scored.filter(({ value }) => value === best || best - value <= tie).map(({ id }) => id);
}
