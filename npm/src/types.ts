/** What callers of this package give and get. */

import type { ByBrowser } from "./decode.js";
import type { ModelInfo } from "./models.js";
import type { BackendReasonCode, PictureNotice } from "./unet_playground.js";

/**
 * A picture: its file (`File`, `Blob`, bytes), its address (`URL` or text; relative to the document, in Node also a path), or its
 * pixels (`ImageData`, `ImageBitmap`, an image, a canvas, a video's frame).
 */
export type Source = string | URL | Blob | ArrayBuffer | Uint8Array | ImageData | CanvasImageSource;

/** A file of a network: its bytes, or where they are. */
export type ModelSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** A network of your own, picture to picture: an ONNX file, and what goes with it. */
export interface OwnModel {
  file: ModelSource;
  /** External data files beside it, by the names that the ONNX file has for them. */
  data?: Record<string, ModelSource>;
  /** Entries in place of the file's own `metadata_props`: what goes in and comes out. */
  metadata?: Record<string, string>;
  /** SHA-256 of a file given by its address, in hexadecimal digits: another is refused, and it is kept for the next visit. */
  sha256?: string;
}

/** How a segmentation is drawn: the classes in color over the picture, the picture cut out, or the classes alone. */
export interface View {
  mode: "overlay" | "cutout" | "classes";
  /** Names of the classes that are drawn, by default all but `background`. */
  classes?: string[];
  /** Of the color over the picture, 0 to 1, by default 0.5. */
  opacity?: number;
}

/** How far a call is. `fraction` is that of the stage, null where it cannot be told. */
export interface RestoreProgress {
  stage: "download" | "prepare" | "compute" | "encode";
  fraction: number | null;
  /** Bytes of the file that is downloaded. */
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
  /** RGBA, row by row: `new ImageData(pixels, width, height)`. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Size of the whole result. */
  image: { width: number; height: number };
}

/** Where networks run, and on how many cores. */
export interface EngineOptions {
  /** `auto` (the default) tries WebGPU and takes what is faster; `cpu` gives the same result on every machine, nearly to the bit. */
  backend?: "auto" | "webgpu" | "cpu";
  /** Tiles that are computed at once on the CPU; `auto` (the default): as many as there are cores. */
  threads?: number | "auto";
}

/** Which network. */
export interface ModelOptions {
  /** `denoise` (the default), `super-resolve-x2`, `colorize` or another one that `models.list()` names. */
  task?: string;
  /** How the network upsamples: `bilinear` (the default); from a folder of models also `nearest`, `pixel-shuffle`, `max-unpool`, `transposed-conv`. */
  method?: string;
  /** The folder of models to choose from, with their `manifest.json`, in place of those in this package. */
  models?: string | URL;
  /** In place of all these: a network of your own, or one of `models.list()`. */
  model?: ModelSource | OwnModel | ModelInfo;
  /** Takes the networks for compressed photos where a task has such; by default where the photo's file is lossy. */
  compressed?: boolean;
}

export interface StreamOptions extends EngineOptions, ModelOptions {
  /** Stops the work; the call rejects with the signal's `reason`. */
  signal?: AbortSignal;
  onProgress?: (progress: RestoreProgress) => void;
  /** Tiles around this point of the input come first. */
  near?: { x: number; y: number };
  /** Of segmentation. */
  view?: View;
}

export interface RestoreOptions extends StreamOptions {
  /** Called with every finished tile, while others are computed. */
  onTile?: (tile: RestoredTile) => void;
  /** Type of the file: PNG without loss (the default), JPEG, or WebP where a browser writes it. */
  type?: "image/png" | "image/jpeg" | "image/webp";
  /** Of JPEG and WebP, 0 to 1, by default 0.9. */
  quality?: number;
}

export interface Restored {
  /** The file, with date, camera and resolution of the photo's; never with the place where it was taken. */
  blob: Blob;
  width: number;
  height: number;
  /** What made it; of a network of your own as far as its file says. */
  task: string;
  method: string;
  /** Name of the network's file. */
  model: string;
  backend: "webgpu" | "cpu";
  /** Why it ran there. */
  backendReason: BackendReasonCode;
  /** Of the computation alone. */
  milliseconds: number;
  /** What should be known of the picture's file: missing rows, for example. */
  notices: (PictureNotice | ByBrowser)[];
  /** Names of a segmentation's classes. */
  classes: string[];
}
