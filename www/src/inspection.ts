/** What the page uses of the engine to look inside a model: part of the interface in `engine.ts`. */

import type { Attended, Picture, Rect } from "./engine";

/** A node of the graph at the size that is looked at. */
export interface InspectedNode {
  /** ONNX's name of it, or that of its first output. */
  name: string;
  op: string;
  /** Names of values, weights among them. */
  inputs: string[];
  outputs: string[];
  /** Of the first output. */
  shape: number[];
  /** Multiplications and additions. */
  flops: number;
  parameters: number;
  /** Names of the initializers it reads. */
  weights: string[];
}

/** Values set to zero, `"value"` for all its readers or `"value>node"` for one of them. */
export interface Cutting extends Attended {
  cut?: string[];
}

export interface Inspection {
  /** The part of the picture that is seen, in its pixels. */
  readonly rect: Rect;
  /** Of the model's input. */
  readonly shape: number[];
  /** Those that depend on the picture, in topological order. */
  readonly nodes: InspectedNode[];
  /** What the model makes of `rect`, as `process` gives it. */
  output(options?: Cutting): Promise<Picture>;
  /** The input as the model sees it. */
  input(): Picture;
  /** Runs as far as one value. */
  features(value: string, options?: Cutting): Promise<Features>;
  /** Milliseconds of each node on the engine's backend; one that runs within another's kernel has null, and `within` its index. */
  profile(options?: Attended): Promise<Profile>;
  /** Of the output against an original of the picture's size: absolute error, mean over channels, 0 to 1; of classes cross-entropy in nats. */
  loss(reference: Picture, options?: Cutting): Promise<{ map: Picture; mean: number; max: number }>;
  free(): void;
}

export interface Profile {
  milliseconds: (number | null)[];
  within: (number | null)[];
}

/** A value of a run: feature maps, or whatever numbers a node makes, as channels of rows and columns. */
export interface Features {
  readonly shape: number[];
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly range: [number, number];
  /** Minimum and maximum of each channel, in turn. */
  readonly ranges: Float32Array;
  /** Of places of maxima: the pooling window, and how `picture` draws its places, row by row. */
  readonly window: PoolingWindow | undefined;
  picture(options: FeatureLook): Picture;
  value(channel: number, x: number, y: number): number;
  free(): void;
}

export interface PoolingWindow {
  height: number;
  width: number;
  colors: [number, number, number][];
}

/** Channels as pictures in a grid, one pixel a value. */
export interface FeatureLook {
  first: number;
  count: number;
  columns: number;
  /** Pixels between the pictures. */
  gap?: number;
  /** Black and white are the ends of each channel's own range, or of that of all. */
  scale: "local" | "global";
  /** `signed`: blue below zero, red above. */
  colors: "gray" | "signed";
}

export interface Weights {
  name: string;
  shape: number[];
  min: number;
  max: number;
  mean: number;
  std: number;
  /** Of equal bins from `min` to `max`. */
  counts: number[];
}
