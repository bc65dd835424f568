/** The cells of all matrices that are related to the selected cell. */

import { place } from "./matrix";
import type { Term, Worked } from "./worked";

export type GridName = "input" | "kernel" | "spread" | "maxima" | "indices" | "output";

/** A cell of one of the matrices. */
export interface Target {
  grid: GridName;
  cell: number;
}

export interface Mark {
  /** Whether it is the selected cell. */
  chosen?: boolean;
  /** From −1 to 1: its weight relative to the largest. */
  strength: number;
  /** Its factor. */
  weight?: number;
}

export type Marks = Record<GridName, Map<number, Mark>>;

const NAMES: GridName[] = ["input", "kernel", "spread", "maxima", "indices", "output"];

export function noMarks(): Marks {
  return Object.fromEntries(NAMES.map((name) => [name, new Map<number, Mark>()])) as Marks;
}

export function marksOf(worked: Worked, target: Target): Marks {
  const marks = noMarks();
  const { pooled, spread } = worked;
  if (target.grid === "maxima" || target.grid === "indices") markWindow(worked, target.cell, marks);
  else if (target.grid === "output") {
    markTerms(worked.madeOf(target.cell), "input", marks);
    markView(worked, target.cell, marks);
    const at = pooled?.indices.values.indexOf(target.cell) ?? -1;
    if (at >= 0) markWindow(worked, at, marks);
  } else if (target.grid === "kernel") {
    const terms = worked.usesOfKernel(target.cell);
    for (const { input, output, weight } of terms) {
      marks.input.set(input, { strength: Math.sign(weight) || 1 });
      marks.output.set(output, { strength: Math.sign(weight) || 1 });
    }
  } else {
    const input = target.grid === "spread" ? (spread?.origin[target.cell] ?? -1) : target.cell;
    if (input >= 0) {
      markTerms(worked.usesOf(input), "output", marks);
      marks.input.set(input, { strength: 1 });
      spread?.origin.forEach((origin, cell) => origin === input && marks.spread.set(cell, { strength: 1 }));
      pooled?.windows.forEach((window, at) => {
        if (!window.includes(input)) return;
        const strength = pooled.indices.values[at] === input ? 1 : 0.3;
        marks.maxima.set(at, { strength });
        marks.indices.set(at, { strength });
      });
    }
  }
  marks[target.grid].set(target.cell, { strength: 1, ...marks[target.grid].get(target.cell), chosen: true });
  return marks;
}

/** The cells at the other end of some terms, and their kernel cells. */
function markTerms(terms: readonly Term[], end: "input" | "output", marks: Marks): void {
  const largest = Math.max(...terms.map(({ weight }) => Math.abs(weight)), 1e-9);
  for (const term of terms) {
    const strength = term.weight / largest || 0.12;
    marks[end].set(term[end], { strength, weight: term.weight });
    if (term.kernel >= 0) marks.kernel.set(term.kernel, { strength });
  }
}

/** The window of the zero-inserted input that the flipped kernel covers for an output cell. */
function markView({ settings, output, spread }: Worked, cell: number, marks: Marks): void {
  if (!spread) return;
  const { kernel } = settings;
  const [, row, column] = place(output, cell);
  const largest = Math.max(...kernel.values.map(Math.abs), 1e-9);
  kernel.values.forEach((_, at) => {
    const weight = kernel.values[kernel.values.length - 1 - at] ?? 0;
    const y = row + Math.floor(at / kernel.width);
    const x = column + (at % kernel.width);
    const there = (spread.origin[y * spread.width + x] ?? -1) >= 0;
    marks.spread.set(y * spread.width + x, { strength: there ? weight / largest || 0.12 : 0.12, weight });
  });
}

function markWindow({ pooled }: Worked, at: number, marks: Marks): void {
  if (!pooled) return;
  const place = pooled.indices.values[at] ?? -1;
  for (const cell of pooled.windows[at] ?? []) marks.input.set(cell, { strength: cell === place ? 1 : 0.3 });
  marks.maxima.set(at, { strength: 1 });
  marks.indices.set(at, { strength: 1 });
  marks.output.set(place, { strength: 1 });
}
