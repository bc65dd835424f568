/** What a layer costs on one slice and on a whole volume (3D TransUNet; Chen et al. 2023): numbers alone. */

export interface Layer {
  /** Of the input and of the output. */
  channels: number;
  kernel: number;
  /** Height and width of a slice, in pixels. */
  side: number;
  /** Slices of a volume. */
  depth: number;
}

/** What is compared, in the table's order. */
export const COUNTS = ["weights", "flops", "memory", "tokens", "attention"] as const;
export type Count = (typeof COUNTS)[number];

/** Bytes of a float32. */
const FLOAT = 4;
/** A token is a square or a cube of so many pixels. */
export const PATCH = 16;

/** In `axes` dimensions: weights of a convolution without bias, its multiplications and additions, bytes of its output, tokens of a
 *  transformer at a sixteenth of the resolution, and bytes of one head's attention, each token with each. */
export function costs({ channels, kernel, side, depth }: Layer, axes: 2 | 3): Record<Count, number> {
  const weights = channels ** 2 * kernel ** axes;
  const places = side ** 2 * (axes === 3 ? depth : 1);
  const tokens = Math.ceil(side / PATCH) ** 2 * (axes === 3 ? Math.ceil(depth / PATCH) : 1);
  return {
    weights,
    flops: 2 * weights * places,
    memory: FLOAT * channels * places,
    tokens,
    attention: FLOAT * tokens ** 2,
  };
}
