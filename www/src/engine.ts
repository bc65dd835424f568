/**
 * What the page uses of the engine package (`pkg/`, built from `src/web.rs`), of which only the worker makes calls. Data are as
 * the package declares them; the interfaces name the methods that there have to be, on it and on what stands in for it in tests.
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
    /** 256 RGBA pixels: the colours of `difference` from the least to the greatest. */
    differenceScale(signed: boolean): Uint8ClampedArray;
  };
  /** Needs no engine. */
  upsample(request: UpsampleRequest): pkg.Upsampled;
}

export type UpsampleOperator = pkg.UpsampleRequest["operator"];

/** All of an operator's settings, whether it reads them or not. */
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
  /** Why it runs there, as an identifier and as a sentence. Changes when a GPU gives up in mid-run. */
  readonly backendReasonCode: pkg.BackendReasonCode;
  readonly backendReason: string;
  /** `metadata`: entries in place of the file's own. */
  load(
    bytes: Uint8Array,
    options?: { externalData?: Record<string, Uint8Array>; metadata?: Record<string, string> },
  ): Promise<Model>;
  decode(bytes: Uint8Array): Promise<Picture>;
  pictureFromRgba(rgba: Uint8Array, width: number, height: number): Picture;
  /** Makes a picture worse, restores it without a network, or adjusts it; equal seeds give equal noise. */
  filter(picture: Picture, kind: pkg.FilterSpec, options?: Attended): Promise<Picture>;
  /** How near two pictures of one size are. */
  score(picture: Picture, reference: Picture, options?: { border?: number } & Attended): Promise<pkg.Scores>;
  /** `strength` 0 is `original`, 1 is `result`; an original of another size is resized first. */
  mix(original: Picture, result: Picture, options: { strength: number } & Attended): Promise<Picture>;
  /** A heat map of how a picture differs; 255 / `gain` has the last colour of the scale. */
  difference(picture: Picture, reference: Picture, options: { gain: number } & Attended): Promise<Picture>;
  /** Energy at a period over that around it, in dB: 0 where upsampling by two leaves no pattern of period 2. */
  checkerboard(picture: Picture, options: { period: 2 | 4 | 8 } & Attended): Promise<number>;
  /** How noisy a picture is: standard deviations, of 255, as Gaussian noise, of luma and of chroma. */
  noiseLevel(picture: Picture): pkg.NoiseLevel;
  /** What a picture seems to need. */
  firstLook(picture: Picture): pkg.FirstLook;
  /** Draws a picture of labels, which a model that tells classes makes, over the picture it belongs to. */
  view(picture: Picture, labels: Picture, options: pkg.LabelView): Promise<Picture>;
  /** A picture of labels of a mask: gray levels are indices of classes, or the colours that `view` draws. */
  labels(mask: Picture, classes: number): Picture;
  /** How a picture of labels agrees with a true one: pixels that are right, mean and each class's intersection over union. */
  scoreLabels(labels: Picture, truth: Picture, classes: number): Float64Array;
  /** What `process` would take of a picture of this size. */
  estimate(size: { width: number; height: number }, model: Model): pkg.Estimate;
  process(picture: Picture, model: Model, options: ProcessOptions): Promise<Picture>;
  /** The colors that a network of color classes finds likely at a pixel, the likeliest first. */
  likelyColors(
    picture: Picture,
    model: Model,
    at: { x: number; y: number },
    options?: { optional?: pkg.OptionalValues } & Attended,
  ): Promise<pkg.LikelyColor[]>;
  /** CIE L*, a* and b* of an sRGB color of bytes. */
  lab(red: number, green: number, blue: number): Float32Array;
  /** What goes into a model for this picture. One that works on tiles sees a square of `side` pixels around `at`, by default the middle. */
  inspect(
    picture: Picture,
    model: Model,
    options?: { at?: { x: number; y: number }; side?: number },
  ): Promise<Inspection>;
  free(): void;
}

/** Work that can be stopped. */
export interface Attended {
  signal?: AbortSignal;
}

/** What makes a picture worse; `FilterSpec` has the units. */
export type Degradation = Extract<pkg.FilterSpec, { kind: pkg.DegradationKind }>;

export interface Model {
  /** `metadata_props` of the file. */
  readonly metadata: Record<string, string>;
  /** What goes in and comes out as pictures; undefined for a model that can only be run on tensors. */
  readonly task:
    | { classes: ClassInfo[]; output: { color: string }; optional: Record<string, pkg.OptionalInput> }
    | undefined;
  /** Shapes have null where a size is free, and are null themselves where nothing is known. */
  readonly inputs: { name: string; shape: (number | null)[] | null }[];
  readonly outputs: { name: string }[];
  /** What a run would do at this input shape; throws where there can be none. */
  plan(shape: number[]): { outputShape: number[]; nodes: { op: string; outputs: string[] }[] };
  /** Of each initializer that a node reads. */
  weights(node: string): Weights[];
  /** Gives the memory of the last run back. */
  release(): void;
  free(): void;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** Of the file that it was decoded from. */
  readonly notices: pkg.PictureNotice[];
  /** RGBA of a region. */
  pixels(x: number, y: number, width: number, height: number): Uint8ClampedArray;
  thumbnail(maxSide: number): Picture;
  /** A part, mirrored left to right, then turned clockwise by quarters of a circle. */
  cut(x: number, y: number, width: number, height: number, quarters: number, mirrored: boolean): Picture;
  /** Files keep date, camera and resolution of the photo; `location`: the place too. */
  encodePng(options?: { location?: boolean }): Uint8Array;
  /** A WebP file of this picture by the browser, with the same. */
  completeWebp(webp: Uint8Array, options?: { location?: boolean }): Uint8Array;
  /** `quality` 1 to 100, in libjpeg's measure; chroma at half the resolution ("420") by default. */
  encodeJpeg(quality: number, subsampling?: "420" | "444", options?: { location?: boolean }): Uint8Array;
  /** Whether the file says where the photo was taken. */
  readonly hasLocation: boolean;
  /** Whether the compression of its file has changed pixels. */
  readonly isLossy: boolean;
  free(): void;
}

export interface ProcessOptions {
  signal: AbortSignal;
  /** The point of the input around which tiles are finished first. */
  near?: { x: number; y: number };
  /** For the network's optional inputs. */
  optional?: pkg.OptionalValues;
  /** A finished tile of the result. */
  onTile: (tile: Rect & { pixels: Uint8ClampedArray }) => void;
  onProgress: (progress: { fraction: number; tilesDone: number; tiles: number }) => void;
}
