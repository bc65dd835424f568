/** What the page uses of the engine to look inside a model: part of the interface in `engine.ts`. */

import type { FeaturesView, PlanNode, PoolingWindow, Profile } from "unet-playground";
import type { Attended, Picture, Rect } from "./engine";

export type { KernelTime, PoolingWindow, Profile, Weights } from "unet-playground";
/** A node of the graph at the size that is looked at. */
export type InspectedNode = PlanNode;
/** Channels as pictures in a grid, one pixel a value. */
export type FeatureLook = FeaturesView;

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
  /** Times on the engine's backend, of every kernel and of each node; one that runs within another's kernel has null, and `within` its index. */
  profile(options?: Attended): Promise<Profile>;
  /** Of the output against an original of the picture's size: absolute error, mean over channels, 0 to 1; of classes cross-entropy in nats. */
  loss(reference: Picture, options?: Cutting): Promise<{ map: Picture; mean: number; max: number }>;
  free(): void;
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
