/**
 * The part of the engine package (`pkg/`, built from `src/web.rs`) that the page uses; only the worker calls it. Data
 * types are the package's; the interfaces name the methods that it, and its fake in tests, must have.
 */

import type * as pkg from "unet-playground";
import type { Inspection, Weights } from "./inspection";

export type {
  BackendReasonCode as ReasonCode,
  ColorHint,
  DegradationKind,
  Estimate,
  FilterSpec,
  FirstLook,
  LabelView,
  LikelyColor,
  NoiseLevel,
  OptionalInput,
  OptionalValues,
  PictureNotice,
  Scores,
  Upsampled,
} from "unet-playground";

export type BackendChoice = "auto" | "webgpu" | "cpu";
export type BackendName = "webgpu" | "cpu";

/** A rectangle in picture pixels, origin at the top left. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface EngineModule {
  /** Fetches and compiles the wasm build that this browser runs best. */
  default(): Promise<unknown>;
  Engine: {
    create(options: { backend: BackendChoice }): Promise<Engine>;
    /** 256 RGBA pixels: the colors of `difference`, from least to greatest. */
    differenceScale(signed: boolean): Uint8ClampedArray;
  };
  /** Works without an engine. */
  upsample(request: UpsampleRequest): pkg.Upsampled;
}

export type UpsampleOperator = pkg.UpsampleRequest["operator"];

/** All settings of an operator, including those that it ignores. */
export type UpsampleRequest = Required<Omit<pkg.UpsampleRequest, "input" | "kernel">> & {
  input: FloatTensor;
  kernel: FloatTensor;
};

export type ClassInfo = pkg.Task["classes"][number];

export interface FloatTensor {
  data: Float32Array;
  shape: number[];
}

export interface Engine {
  readonly backend: BackendName;
  /** Why this backend was chosen, as an identifier and as a sentence. Changes if the GPU is lost during a run. */
  readonly backendReasonCode: pkg.BackendReasonCode;
  readonly backendReason: string;
  /** `metadata`: overrides the file's own entries. */
  load(
    bytes: Uint8Array,
    options?: { externalData?: Record<string, Uint8Array>; metadata?: Record<string, string> },
  ): Promise<Model>;
  decode(bytes: Uint8Array): Promise<Picture>;
  pictureFromRgba(rgba: Uint8Array, width: number, height: number): Picture;
  /** Degrades a picture, restores it without a network, or adjusts it; equal seeds give equal noise. */
  filter(picture: Picture, kind: pkg.FilterSpec, options?: Abortable): Promise<Picture>;
  /** Similarity of two pictures of the same size. */
  score(picture: Picture, reference: Picture, options?: { border?: number } & Abortable): Promise<pkg.Scores>;
  /** Blend: `strength` 0 is `original`, 1 is `result`; an original of another size is resized first. */
  mix(original: Picture, result: Picture, options: { strength: number } & Abortable): Promise<Picture>;
  /** A heat map of differences; a difference of 255 / `gain` has the last color of the scale. */
  difference(picture: Picture, reference: Picture, options: { gain: number } & Abortable): Promise<Picture>;
  /** Energy at a period relative to its surroundings, in dB: 0 if ×2 upsampling leaves no pattern of period 2. */
  checkerboard(picture: Picture, options: { period: 2 | 4 | 8 } & Abortable): Promise<number>;
  /** Noise level: standard deviations of Gaussian noise, of 255, in luma and in chroma. */
  noiseLevel(picture: Picture): pkg.NoiseLevel;
  /** What a picture seems to need. */
  firstLook(picture: Picture): pkg.FirstLook;
  /** Draws a label picture, the output of a classifier, over the picture it belongs to. */
  view(picture: Picture, labels: Picture, options: pkg.LabelView): Promise<Picture>;
  /** The label picture of a mask: gray levels are class indices, or the colors are those of `view`. */
  labels(mask: Picture, classes: number): Picture;
  /** Agreement of a label picture with a true one: pixel accuracy, mean IoU, and each class's IoU. */
  scoreLabels(labels: Picture, truth: Picture, classes: number): Float64Array;
  /** The cost of `process` for a picture of this size. */
  estimate(size: { width: number; height: number }, model: Model): pkg.Estimate;
  process(picture: Picture, model: Model, options: ProcessOptions): Promise<Picture>;
  /** The colors that a network of color classes finds likely at a pixel, most likely first. */
  likelyColors(
    picture: Picture,
    model: Model,
    at: { x: number; y: number },
    options?: { optional?: pkg.OptionalValues } & Abortable,
  ): Promise<pkg.LikelyColor[]>;
  /** CIE L*, a* and b* of an sRGB color, as bytes. */
  lab(red: number, green: number, blue: number): Float32Array;
  /**
   * Inspects a model at this picture. A model that works on tiles gets a square of `side` pixels around `at`, by
   * default at the center.
   */
  inspect(
    picture: Picture,
    model: Model,
    options?: { at?: { x: number; y: number }; side?: number },
  ): Promise<Inspection>;
  free(): void;
}

/** Options of abortable work. */
export interface Abortable {
  signal?: AbortSignal;
}

/** Filters that degrade a picture; `FilterSpec` has the units. */
export type Degradation = Extract<pkg.FilterSpec, { kind: pkg.DegradationKind }>;

export interface Model {
  /** `metadata_props` of the file. */
  readonly metadata: Record<string, string>;
  /** Input and output pictures; undefined for a model that only runs on tensors. */
  readonly task:
    | { classes: ClassInfo[]; output: { color: string }; optional: Record<string, pkg.OptionalInput> }
    | undefined;
  /** Shapes have null for free dimensions, and are null if unknown. */
  readonly inputs: { name: string; shape: (number | null)[] | null }[];
  readonly outputs: { name: string }[];
  /** The plan of a run with this input shape; throws if there is none. */
  plan(shape: number[]): { outputShape: number[]; nodes: { op: string; outputs: string[] }[] };
  /** Values of each initializer that a node reads. */
  weights(node: string): Weights[];
  /** Frees the memory of the last run. */
  release(): void;
  free(): void;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** Notices about the file it was decoded from. */
  readonly notices: pkg.PictureNotice[];
  /** RGBA of a region. */
  pixels(x: number, y: number, width: number, height: number): Uint8ClampedArray;
  thumbnail(maxSide: number): Picture;
  /** A crop, mirrored left to right, then rotated clockwise by `quarters` × 90°. */
  cut(x: number, y: number, width: number, height: number, quarters: number, mirrored: boolean): Picture;
  /** Files keep the photo's date, camera and resolution; `location`: its GPS position as well. */
  encodePng(options?: { location?: boolean }): Uint8Array;
  /** The browser's WebP file of this picture, with the same metadata. */
  completeWebp(webp: Uint8Array, options?: { location?: boolean }): Uint8Array;
  /** `quality` 1 to 100, on libjpeg's scale; chroma at half the resolution ("420") by default. */
  encodeJpeg(quality: number, subsampling?: "420" | "444", options?: { location?: boolean }): Uint8Array;
  /** Whether the file contains a location. */
  readonly hasLocation: boolean;
  /** Whether its file's compression was lossy. */
  readonly isLossy: boolean;
  free(): void;
}

export interface ProcessOptions {
  signal: AbortSignal;
  /** The input point around which tiles are finished first. */
  near?: { x: number; y: number };
  /** Values of the network's optional inputs. */
  optional?: pkg.OptionalValues;
  /** A finished tile of the result. */
  onTile: (tile: Rect & { pixels: Uint8ClampedArray }) => void;
  onProgress: (progress: { fraction: number; tilesDone: number; tiles: number }) => void;
}
