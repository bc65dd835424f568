/** The engine's answer, indexed by cell: the terms of each output cell, and the uses of each input cell. */

import type { FloatTensor, Upsampled } from "../engine";
import { fromTensor, type Matrix } from "./matrix";
import type { Settings } from "./settings";

export interface Term {
  input: number;
  output: number;
  weight: number;
  /** Cell of the kernel; −1 without a kernel. */
  kernel: number;
}

export interface Pooled {
  maxima: Matrix;
  indices: Matrix;
  /** For each maximum, the input cells of its window. */
  windows: number[][];
}

export interface Spread {
  height: number;
  width: number;
  /** The input cell at this place; −1 for an inserted zero. */
  origin: number[];
}

/** A worked example. */
export class Worked {
  readonly output: Matrix;
  readonly pooled: Pooled | null;
  readonly spread: Spread | null;
  #sums: Float32Array | null;
  #made: Term[][];
  #uses: Term[][];

  constructor(
    readonly settings: Settings,
    answer: Upsampled,
  ) {
    this.output = fromTensor(answer.output);
    this.pooled = pooledOf(answer);
    this.spread = answer.spread ? spreadOf(answer.spread) : null;
    this.#sums = answer.sums?.data ?? null;
    this.#made = this.output.values.map(() => []);
    this.#uses = settings.input.values.map(() => []);
    for (const term of this.#terms(answer)) {
      this.#made[term.output]?.push(term);
      this.#uses[term.input]?.push(term);
    }
  }

  /** The terms of an output cell, without the bias. */
  madeOf(output: number): readonly Term[] {
    return this.#made[output] ?? [];
  }

  /** The terms that an input cell appears in. */
  usesOf(input: number): readonly Term[] {
    return this.#uses[input] ?? [];
  }

  usesOfKernel(cell: number): Term[] {
    return this.#made.flat().filter(({ kernel }) => kernel === cell);
  }

  /** The output after the first `count` input cells were stamped, from 1. */
  stampedOutput(count: number): Matrix {
    const size = this.output.values.length;
    const values = this.#sums?.subarray((count - 1) * size, count * size) ?? [];
    return { ...this.output, values: [...values] };
  }

  *#terms({ weights, kernelCells }: Upsampled): Generator<Term> {
    const outputs = this.output.values.length;
    if (this.pooled) {
      for (const cell of new Set(this.pooled.indices.values))
        yield { input: cell, output: cell, weight: 1, kernel: -1 };
      return;
    }
    const { values } = this.settings.kernel;
    for (const [at, number] of (kernelCells ?? weights)?.data.entries() ?? []) {
      if (number === 0) continue;
      const [input, output] = [Math.floor(at / outputs), at % outputs];
      if (kernelCells) yield { input, output, weight: values[number - 1] ?? 0, kernel: number - 1 };
      else yield { input, output, weight: number, kernel: -1 };
    }
  }
}

function pooledOf({ maxima, indices, windows }: Upsampled): Pooled | null {
  if (!maxima || !indices || !windows) return null;
  const found = fromTensor(maxima);
  const count = found.values.length;
  const seen: number[][] = found.values.map(() => []);
  windows.data.forEach((sees, at) => sees !== 0 && seen[at % count]?.push(Math.floor(at / count)));
  return { maxima: found, indices: { ...found, values: [...indices.data].map(Number) }, windows: seen };
}

function spreadOf(spread: FloatTensor): Spread {
  const { height, width, values } = fromTensor(spread);
  return { height, width, origin: values.map((number) => number - 1) };
}
