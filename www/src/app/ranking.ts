/** The winners, and the order of the table's rows. */

import seeds from "../../../models/seeds.json";
import type { Scores } from "../engine";
import type { LabelScores } from "../protocol";

/** Difference in dB that counts as a tie: the spread of one network trained with different seeds. */
export const TIE = seeds.spread;
/** The same for mean intersection over union. */
const TIE_OVERLAP = 0.001;

/** A row of the table: a result, or the input or original for reference. */
export interface Row {
  id: string;
  scores: Scores | null;
  agreement: LabelScores | null;
  milliseconds: number | null;
  parameters: number | null;
  checkerboard: number | null;
}

export type Column = "psnr" | "ssim" | "mae" | "iou" | "accuracy" | "time" | "parameters" | "checkerboard";

/** Columns where less is better; they sort ascending. */
const LESS: readonly Column[] = ["mae", "time", "parameters", "checkerboard"];

export function columnValue(row: Row, column: Column): number | null {
  if (column === "time") return row.milliseconds;
  if (column === "parameters") return row.parameters;
  if (column === "checkerboard") return row.checkerboard;
  if (column === "iou") return row.agreement?.meanIou ?? null;
  if (column === "accuracy") return row.agreement?.pixelAccuracy ?? null;
  return row.scores?.[column] ?? null;
}

/** Best first, or worst first if `turned`; rows without a value last. Stable. */
export function sorted<T extends Row>(rows: readonly T[], column: Column, turned: boolean): T[] {
  const sign = LESS.includes(column) !== turned ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [columnValue(a, column), columnValue(b, column)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return x === y ? 0 : sign * (x - y); // infinities would subtract to NaN
  });
}

/**
 * Ids of the best results by PSNR, or by mean intersection over union for label pictures: one, or several that tie;
 * empty if there is no competition.
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
