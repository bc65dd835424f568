/** The cost of a layer on one slice and on a whole volume (3D TransUNet; Chen et al. 2023), as plain numbers. */

export interface Layer {
  /** Number of input channels, equal to the output channels. */
  channels: number;
  kernel: number;
  /** Height and width of a slice, in pixels. */
  side: number;
  /** Slices of a volume. */
  depth: number;
}

/** The compared quantities, in the table's order. */
export const COUNTS = ["weights", "flops", "memory", "tokens", "attention"] as const;
export type Count = (typeof COUNTS)[number];

/** Bytes of a float32. */
const FLOAT = 4;
/** Side of a token's square or cube, in pixels. */
export const PATCH = 16;

/**
 * Costs in `axes` dimensions: weights of a convolution without bias, its FLOPs, bytes of its output, transformer tokens
 * at 1/16 of the resolution, and bytes of one head's attention matrix.
 */
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
