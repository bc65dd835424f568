/** Messages between the page and its worker. Everything here is structured-cloneable. */

import type { ByBrowser } from "../../npm/src/decode";
import type { Crash, Failure } from "../../npm/src/traps";
import type { Cut } from "./app/cut";
import type {
  BackendChoice,
  BackendName,
  ClassInfo,
  Estimate,
  FilterSpec,
  FirstLook,
  LabelView,
  LikelyColor,
  OptionalInput,
  OptionalValues,
  PictureNotice,
  ReasonCode,
  Rect,
  Scores,
  Upsampled,
  UpsampleRequest,
} from "./engine";
import type { FeatureLook, InspectedNode, PoolingWindow, Profile, Weights } from "./inspection";

export { codeOf, messageOf } from "../../npm/src/errors";

export interface EngineInfo {
  backend: BackendName;
  code: ReasonCode;
  reason: string;
}

/** What a person should know of a picture's file; of `by-browser`, the engine could not read it at all. */
export type FileNotice = PictureNotice | ByBrowser;

/** A picture that lives in the worker; the page holds only its number and size. */
export interface PictureInfo {
  id: number;
  width: number;
  height: number;
  /** Whether any of it is transparent. */
  transparent?: boolean;
  /** Of one that has just been decoded. */
  notices?: FileNotice[];
  /** Of the same: whether its file says where the photo was taken. */
  located?: boolean;
  /** Of the same: whether compression has changed its pixels. */
  lossy?: boolean;
}

export interface ModelInfo {
  id: number;
  bytes: number;
  metadata: Record<string, string>;
  /** What its results tell apart; empty for one that makes pictures. */
  classes: ClassInfo[];
  /** Whether its results have no colors. */
  gray: boolean;
  /** What it can be told beside the picture, by name. */
  optional: Record<string, OptionalInput>;
  /** Of a person's own file that does not say what its output is. */
  undeclared: UndeclaredOutput | null;
}

/** Numbers of channels, and the operator that the output comes from. */
export interface UndeclaredOutput {
  input: number;
  output: number;
  operator: string;
}

/** A model at work on a part of a picture; lives in the worker, as long as its engine does. */
export interface InspectionInfo {
  id: number;
  rect: Rect;
  shape: number[];
  nodes: InspectedNode[];
  /** Names of the model's own inputs and outputs. */
  inputs: string[];
  outputs: string[];
}

/** A value of a run; lives in the worker. */
export interface FeaturesInfo {
  id: number;
  shape: number[];
  channels: number;
  width: number;
  height: number;
  range: [number, number];
  ranges: Float32Array;
  window: PoolingWindow | undefined;
}

export interface LossInfo {
  map: PictureInfo;
  mean: number;
  max: number;
}

/** A model and the files that hold its weights, by name. */
export interface ModelFiles {
  file: Blob;
  data: Record<string, Blob>;
  /** What a person has said of it: entries in place of the file's own `metadata_props`. */
  metadata: Record<string, string>;
}

/** A file of this site, and the hash of its content. */
export interface WeightFile {
  url: string;
  sha256: string;
}

/** A shipped model; `data` holds the external data files that it may share with others, by name. */
export interface ShippedModel extends WeightFile {
  data: Record<string, WeightFile>;
}

/** Where a model comes from: shipped with the page and known by its hash, or files a person brought. */
export type ModelSource = ShippedModel | ModelFiles;

/** Shares from 0 to 1, null where there is nothing to tell of; `iou`: of each class, intersection over union. */
export interface LabelScores {
  pixelAccuracy: number | null;
  meanIou: number | null;
  iou: (number | null)[];
}

/** Pictures made of pictures. */
export type Recipe =
  | { make: "filtered"; of: number; how: FilterSpec }
  | { make: "mixed"; of: number; over: number; strength: number }
  | { make: "difference"; of: number; from: number; gain: number }
  | { make: "drawn-labels"; of: number; over: number; how: LabelView }
  /** Of a mask that a person gave. */
  | { make: "labels"; of: number; classes: number }
  | { make: "cut"; of: number; cut: Cut }
  | { make: "reduced"; of: number; maxSide: number };

export interface Point {
  x: number;
  y: number;
}

export type Progress =
  | { stage: "download"; loaded: number; total: number | null }
  | { stage: "compile" }
  | { stage: "compute"; fraction: number; tilesDone: number; tiles: number };

export type Tile = Rect & { bitmap: ImageBitmap };

/** Every call the page can make: arguments and result. */
export interface Calls {
  start: { args: { backend: BackendChoice }; result: EngineInfo };
  loadModel: { args: { source: ModelSource }; result: ModelInfo };
  freeModel: { args: { model: number }; result: null };
  decode: { args: { file: Blob }; result: PictureInfo };
  make: { args: { recipe: Recipe }; result: PictureInfo };
  firstLook: { args: { picture: number }; result: FirstLook };
  /** `border`: pixels on each side that do not count for the PSNR of luma. */
  score: { args: { picture: number; reference: number; border: number }; result: Scores };
  /** Of pictures of labels. */
  scoreLabels: { args: { labels: number; truth: number; classes: number }; result: LabelScores };
  /** The colours of differences, 256 RGBA pixels. */
  differenceScale: { args: Record<string, never>; result: Uint8ClampedArray };
  checkerboard: { args: { picture: number; period: 2 | 4 | 8 }; result: number };
  /** Red, green, blue and alpha of one pixel. */
  pixel: { args: { picture: number; at: Point }; result: number[] };
  preview: { args: { picture: number; maxSide: number }; result: ImageBitmap };
  region: { args: { picture: number; rect: Rect }; result: ImageBitmap };
  estimate: { args: { width: number; height: number; model: number }; result: Estimate };
  /** Multiplications and additions that the engine does in a millisecond, by a short run of the model. */
  calibrate: { args: { model: number }; result: number };
  /** The engine is told of again: it may have gone on with the CPU. `near`: what comes first. */
  process: {
    args: { picture: number; model: number; near: Point | null; optional?: OptionalValues | null };
    result: { picture: PictureInfo; engine: EngineInfo };
  };
  likelyColors: {
    args: { picture: number; model: number; at: Point; optional: OptionalValues | null };
    result: LikelyColor[];
  };
  /** CIE L*, a* and b* of an sRGB color of bytes. */
  lab: { args: { rgb: [number, number, number] }; result: [number, number, number] };
  inspect: { args: { picture: number; model: number; at: Point | null; side: number }; result: InspectionInfo };
  inspectedInput: { args: { inspection: number }; result: PictureInfo };
  inspectedOutput: { args: { inspection: number; cut: string[] }; result: PictureInfo };
  features: { args: { inspection: number; value: string; cut: string[] }; result: FeaturesInfo };
  featureMaps: { args: { features: number; look: FeatureLook }; result: ImageBitmap };
  featureValue: { args: { features: number; channel: number; at: Point }; result: number };
  /** One row of every channel, channels one after the other. */
  featureRow: { args: { features: number; row: number }; result: Float32Array };
  profile: { args: { inspection: number }; result: { profile: Profile; engine: EngineInfo } };
  loss: { args: { inspection: number; reference: number; cut: string[] }; result: LossInfo };
  weights: { args: { model: number; node: string }; result: Weights[] };
  freeInspection: { args: { inspection: number }; result: null };
  freeFeatures: { args: { features: number }; result: null };
  /** By the browser's encoder; `quality` from 0 to 1. */
  encode: {
    args: { picture: number; type: "image/jpeg" | "image/webp"; quality: number; location: boolean };
    result: Uint8Array<ArrayBuffer>;
  };
  encodePng: { args: { picture: number; location?: boolean }; result: Uint8Array<ArrayBuffer> };
  /** Addresses of what the worker has fetched. */
  fetched: { args: Record<string, never>; result: string[] };
  freePicture: { args: { picture: number }; result: null };
  /** Of the lab: needs no engine to have been started. */
  upsample: { args: UpsampleRequest; result: Upsampled };
}

export type CallName = keyof Calls;

export type ToWorker =
  | { [K in CallName]: { id: number; call: K; args: Calls[K]["args"] } }[CallName]
  | { id: number; abort: true };

export type FromWorker =
  | { id: number; result: Calls[CallName]["result"] }
  | Failure
  | { id: number; progress: Progress }
  | { id: number; tile: Tile }
  | (Crash & { by: readonly number[] });

/** Pages that come by a port of their own, and go, by number; `by` above has those whose calls are to blame. */
export type Visit = { comes: number } | { goes: number };

/** An error of a call: `code` picks the sentence the page shows, `params` fill it, `message` is its detail. */
export class CallError extends Error {
  readonly code: string;
  readonly params: Record<string, string | number>;

  constructor(code: string, message: string, params: Record<string, string | number> = {}) {
    super(message);
    this.name = "CallError";
    this.code = code;
    this.params = params;
  }
}
