/** Small matrices: numbers, text and tensors. */

import type { FloatTensor } from "../engine";

/** Row-major over channels, rows, columns. */
export interface Matrix {
  channels: number;
  height: number;
  width: number;
  values: readonly number[];
}

export const MAX_SIDE = 8;
export const MAX_CHANNELS = 16;
/** Maximum number of decimals, in input and output. */
const DECIMALS = 4;
const MAX_VALUE = 1e6;

export function matrix(...rows: number[][]): Matrix {
  return { channels: 1, height: rows.length, width: rows[0]?.length ?? 0, values: rows.flat() };
}

/** Rows as `1,2;3,4`; channels are separated by bars. */
export function formatMatrix({ height, width, values }: Matrix): string {
  let text = "";
  values.forEach((value, at) => {
    if (at > 0) text += at % (height * width) === 0 ? "|" : at % width === 0 ? ";" : ",";
    text += format(value);
  });
  return text;
}

/** The inverse of `formatMatrix`; null if the text is no matrix within the limits. */
export function parseMatrix(text: string): Matrix | null {
  const channels = text.split("|").map((channel) => channel.split(";").map((row) => row.split(",")));
  const height = channels[0]?.length ?? 0;
  const width = channels[0]?.[0]?.length ?? 0;
  if (channels.length > MAX_CHANNELS || height > MAX_SIDE || width > MAX_SIDE) return null;
  const even = channels.every((rows) => rows.length === height && rows.every((row) => row.length === width));
  const values = channels.flat(2).map(parseNumber);
  if (!even || values.some((value) => value === null)) return null;
  return { channels: channels.length, height, width, values: values as number[] };
}

/** A typed number, rounded to the displayed decimals; null if invalid, or beyond a million. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = plain === "" ? Number.NaN : Number(plain);
  return Math.abs(value) <= MAX_VALUE ? Number(format(value)) : null;
}

export function format(value: number): string {
  const rounded = Number(value.toFixed(DECIMALS));
  return rounded === 0 ? "0" : String(rounded);
}

/** A matrix of another size: existing cells stay, new cells take numbers from `fill`. */
export function resized(from: Matrix, channels: number, height: number, width: number, fill: number[] = [0]): Matrix {
  const values: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const inside = c < from.channels && y < from.height && x < from.width;
        const old = inside ? from.values[(c * from.height + y) * from.width + x] : undefined;
        values.push(old ?? fill[values.length % fill.length] ?? 0);
      }
    }
  }
  return { channels, height, width, values };
}

export function withValue(from: Matrix, cell: number, value: number): Matrix {
  return { ...from, values: from.values.with(cell, value) };
}

export function toTensor({ channels, height, width, values }: Matrix): FloatTensor {
  return { data: Float32Array.from(values), shape: [1, channels, height, width] };
}

export function fromTensor({ data, shape }: FloatTensor): Matrix {
  const [, channels = 1, height = 1, width = 1] = shape;
  return { channels, height, width, values: [...data] };
}

/** Channel, row and column of a cell. */
export function place({ height, width }: Matrix, cell: number): [number, number, number] {
  return [Math.floor(cell / (height * width)), Math.floor(cell / width) % height, cell % width];
}
