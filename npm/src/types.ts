/** Arguments and results of this package. */

import type { ByBrowser } from "./decode.js";
import type { ModelInfo } from "./models.js";
import type { BackendReasonCode, PictureNotice } from "./unet_playground.js";

/**
 * A picture: its file (`File`, `Blob`, bytes), its address (`URL` or string; relative to the document, in Node also a
 * path), or its pixels (`ImageData`, `ImageBitmap`, an image, a canvas, a video frame).
 */
export type Source = string | URL | Blob | ArrayBuffer | Uint8Array | ImageData | CanvasImageSource;

/** A file of a network: its bytes, or its address. */
export type ModelSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** A network of your own, from picture to picture: an ONNX file, and its options. */
export interface OwnModel {
  file: ModelSource;
  /** External data files, by the names used in the ONNX file. */
  data?: Record<string, ModelSource>;
  /** Overrides of the file's `metadata_props`, which describe input and output. */
  metadata?: Record<string, string>;
  /**
   * SHA-256 of a file given by address, in hexadecimal: any other content is refused, and the file is kept for the next
   * visit.
   */
  sha256?: string;
}

/** How a segmentation is drawn: the classes in color over the picture, the picture cut out, or the classes alone. */
export interface View {
  mode: "overlay" | "cutout" | "classes";
  /** Names of the drawn classes, by default all but `background`. */
  classes?: string[];
  /** Opacity of the colors over the picture, 0 to 1, by default 0.5. */
  opacity?: number;
}

/** Progress of a call. `fraction`: of the current stage, null if unknown. */
export interface RestoreProgress {
  stage: "download" | "prepare" | "compute" | "encode";
  fraction: number | null;
  /** Bytes of the current download. */
  loaded?: number;
  total?: number | null;
  tilesDone?: number;
  tiles?: number;
}

/** A finished part of the result, in pixels of the result. */
export interface RestoredTile {
  x: number;
  y: number;
  width: number;
  height: number;
  /** RGBA in row-major order: `new ImageData(pixels, width, height)`. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Size of the whole result. */
  image: { width: number; height: number };
}

/** Where networks run, and on how many cores. */
export interface EngineOptions {
  /**
   * `auto` (the default) tries WebGPU and uses the faster backend; `cpu` gives nearly bit-identical results on every
   * machine.
   */
  backend?: "auto" | "webgpu" | "cpu";
  /** Tiles computed in parallel on the CPU; `auto` (the default): one per core. */
  threads?: number | "auto";
}

/** Selects the network. */
export interface ModelOptions {
  /** `denoise` (the default), `super-resolve-x2`, `colorize` or another task in `models.list()`. */
  task?: string;
  /**
   * Upsampling method: `bilinear` (the default); from a folder of models also `nearest`, `pixel-shuffle`, `max-unpool`,
   * `transposed-conv`.
   */
  method?: string;
  /** A folder of models with a `manifest.json`, instead of those in this package. */
  models?: string | URL;
  /** A network of your own, or one of `models.list()`; overrides the options above. */
  model?: ModelSource | OwnModel | ModelInfo;
  /** Uses the networks for compressed photos if a task has them; by default if the photo's file is lossy. */
  compressed?: boolean;
}

export interface StreamOptions extends EngineOptions, ModelOptions {
  /** Aborts the call, which rejects with the signal's `reason`. */
  signal?: AbortSignal;
  onProgress?: (progress: RestoreProgress) => void;
  /** Tiles around this point of the input are computed first. */
  near?: { x: number; y: number };
  /** For segmentation. */
  view?: View;
}

export interface RestoreOptions extends StreamOptions {
  /** Called with every finished tile, while others are being computed. */
  onTile?: (tile: RestoredTile) => void;
  /** File type: lossless PNG (the default), JPEG, or WebP where a browser writes it. */
  type?: "image/png" | "image/jpeg" | "image/webp";
  /** Quality of JPEG and WebP, 0 to 1, by default 0.9. */
  quality?: number;
}

export interface Restored {
  /** The file, with the photo's date, camera and resolution; never with its location. */
  blob: Blob;
  width: number;
  height: number;
  /** The network's task; for a network of your own, as far as its file says. */
  task: string;
  method: string;
  /** File name of the network. */
  model: string;
  backend: "webgpu" | "cpu";
  /** Why this backend was chosen. */
  backendReason: BackendReasonCode;
  /** Computation time only. */
  milliseconds: number;
  /** Notices about the picture's file, such as missing rows. */
  notices: (PictureNotice | ByBrowser)[];
  /** Names of a segmentation's classes. */
  classes: string[];
}
