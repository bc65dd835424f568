/** The part of the engine that the inspector uses; belongs to `engine.ts`. */

import type { FeaturesView, PlanNode, PoolingWindow, Profile } from "unet-playground";
import type { Abortable, Picture, Rect } from "./engine";

export type { KernelTime, PoolingWindow, Profile, Weights } from "unet-playground";
/** A node of the graph at the inspected size. */
export type InspectedNode = PlanNode;
/** Channels as a grid of pictures, one pixel per value. */
export type FeatureLook = FeaturesView;

/** Values set to zero: `"value"` for all its readers, or `"value>node"` for one. */
export interface Cutting extends Abortable {
  cut?: string[];
}

export interface Inspection {
  /** The visible part of the picture, in its pixels. */
  readonly rect: Rect;
  /** Shape of the model's input. */
  readonly shape: number[];
  /** Nodes that depend on the picture, in topological order. */
  readonly nodes: InspectedNode[];
  /** The model's output for `rect`, as from `process`. */
  output(options?: Cutting): Promise<Picture>;
  /** The model's input. */
  input(): Picture;
  /** Runs up to one value. */
  features(value: string, options?: Cutting): Promise<Features>;
  /**
   * Times on the engine's backend, of every kernel and of each node; a node computed within another's kernel has null,
   * and `within` its index.
   */
  profile(options?: Abortable): Promise<Profile>;
  /**
   * Loss of the output against a reference of the picture's size: absolute error, mean over channels, 0 to 1; for
   * classes, cross-entropy in nats.
   */
  loss(reference: Picture, options?: Cutting): Promise<{ map: Picture; mean: number; max: number }>;
  free(): void;
}

/** A value of a run: feature maps, or any other values, as channels of rows and columns. */
export interface Features {
  readonly shape: number[];
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly range: [number, number];
  /** Minimum and maximum of each channel, alternating. */
  readonly ranges: Float32Array;
  /** For max-pooling indices: the pooling window, and how `picture` draws its positions, in row-major order. */
  readonly window: PoolingWindow | undefined;
  picture(options: FeatureLook): Picture;
  value(channel: number, x: number, y: number): number;
  free(): void;
}
