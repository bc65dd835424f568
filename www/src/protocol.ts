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

/** A notice about a picture's file; `by-browser`: the engine could not read it. */
export type FileNotice = PictureNotice | ByBrowser;

/** A picture in the worker; the page holds only its id and size. */
export interface PictureInfo {
  id: number;
  width: number;
  height: number;
  /** Whether it has transparency. */
  transparent?: boolean;
  /** Set on decoding. */
  notices?: FileNotice[];
  /** Set on decoding: whether the file contains a location. */
  located?: boolean;
  /** Set on decoding: whether its compression was lossy. */
  lossy?: boolean;
}

export interface ModelInfo {
  id: number;
  bytes: number;
  metadata: Record<string, string>;
  /** Its classes; empty if it outputs pictures. */
  classes: ClassInfo[];
  /** Whether its output is gray. */
  gray: boolean;
  /** Its optional inputs, by name. */
  optional: Record<string, OptionalInput>;
  /** For a user's own file that does not declare its output's meaning. */
  undeclared: UndeclaredOutput | null;
}

/** Numbers of channels, and the operator that produces the output. */
export interface UndeclaredOutput {
  input: number;
  output: number;
  operator: string;
}

/** A model inspected at a part of a picture; in the worker, as long as its engine. */
export interface InspectionInfo {
  id: number;
  rect: Rect;
  shape: number[];
  nodes: InspectedNode[];
  /** Names of the model's own inputs and outputs. */
  inputs: string[];
  outputs: string[];
}

/** A value of a run, in the worker. */
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
  /** The user's answers: overrides of the file's `metadata_props`. */
  metadata: Record<string, string>;
}

/** A file of this site, with the hash of its content. */
export interface WeightFile {
  url: string;
  sha256: string;
}

/** A shipped model; `data` lists its external data files by name; models may share them. */
export interface ShippedModel extends WeightFile {
  data: Record<string, WeightFile>;
}

/** The source of a model: shipped with the page and identified by hash, or the user's files. */
export type ModelSource = ShippedModel | ModelFiles;

/** Fractions from 0 to 1, null if undefined; `iou`: intersection over union of each class. */
export interface LabelScores {
  pixelAccuracy: number | null;
  meanIou: number | null;
  iou: (number | null)[];
}

/** Operations that make pictures from pictures. */
export type Recipe =
  | { make: "filtered"; of: number; how: FilterSpec }
  | { make: "mixed"; of: number; over: number; strength: number }
  | { make: "difference"; of: number; from: number; gain: number }
  | { make: "drawn-labels"; of: number; over: number; how: LabelView }
  /** The label picture of a user's mask. */
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

/** All calls of the page: arguments and result. */
export interface Calls {
  start: { args: { backend: BackendChoice }; result: EngineInfo };
  loadModel: { args: { source: ModelSource }; result: ModelInfo };
  freeModel: { args: { model: number }; result: null };
  decode: { args: { file: Blob }; result: PictureInfo };
  make: { args: { recipe: Recipe }; result: PictureInfo };
  firstLook: { args: { picture: number }; result: FirstLook };
  /** `border`: pixels along the edges that the PSNR of luma ignores. */
  score: { args: { picture: number; reference: number; border: number }; result: Scores };
  /** Scores of label pictures. */
  scoreLabels: { args: { labels: number; truth: number; classes: number }; result: LabelScores };
  /** The color scale of difference maps, 256 RGBA pixels. */
  differenceScale: { args: Record<string, never>; result: Uint8ClampedArray };
  checkerboard: { args: { picture: number; period: 2 | 4 | 8 }; result: number };
  /** Red, green, blue and alpha of one pixel. */
  pixel: { args: { picture: number; at: Point }; result: number[] };
  preview: { args: { picture: number; maxSide: number }; result: ImageBitmap };
  region: { args: { picture: number; rect: Rect }; result: ImageBitmap };
  estimate: { args: { width: number; height: number; model: number }; result: Estimate };
  /** Multiply-adds per millisecond of the engine, by a short run of the model. */
  calibrate: { args: { model: number }; result: number };
  /** Returns the engine again, since it may have switched to the CPU. `near`: where tiles are computed first. */
  process: {
    args: { picture: number; model: number; near: Point | null; optional?: OptionalValues | null };
    result: { picture: PictureInfo; engine: EngineInfo };
  };
  likelyColors: {
    args: { picture: number; model: number; at: Point; optional: OptionalValues | null };
    result: LikelyColor[];
  };
  /** CIE L*, a* and b* of an sRGB color, as bytes. */
  lab: { args: { rgb: [number, number, number] }; result: [number, number, number] };
  inspect: { args: { picture: number; model: number; at: Point | null; side: number }; result: InspectionInfo };
  inspectedInput: { args: { inspection: number }; result: PictureInfo };
  inspectedOutput: { args: { inspection: number; cut: string[] }; result: PictureInfo };
  features: { args: { inspection: number; value: string; cut: string[] }; result: FeaturesInfo };
  featureMaps: { args: { features: number; look: FeatureLook }; result: ImageBitmap };
  featureValue: { args: { features: number; channel: number; at: Point }; result: number };
  /** One row of every channel, channel by channel. */
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
  /** Addresses that the worker has fetched. */
  fetched: { args: Record<string, never>; result: string[] };
  freePicture: { args: { picture: number }; result: null };
  /** For the lab: works without an engine. */
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

/** Pages that connect by a port, and leave, by number; `by` above names those whose calls are at fault. */
export type Visit = { comes: number } | { goes: number };

/** An error of a call: `code` selects the page's sentence, `params` fill it, `message` is the detail. */
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
