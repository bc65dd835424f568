/** Messages between a restorer and its worker. Everything here is structured-cloneable. */

import type { Crash, Failure } from "./traps.js";
import type { EngineOptions, Restored, RestoredTile, RestoreOptions, RestoreProgress, View } from "./types.js";

/** A picture for the worker. */
export type PictureMessage =
  | Blob
  | Uint8Array
  | ImageBitmap
  | { data: Uint8ClampedArray; width: number; height: number };

/** A file of a network: its address and hash, or its content. */
export type FileMessage = { url: string; sha256: string } | Blob | Uint8Array;

/** A network for the worker, which caches the latest by `key`. */
export interface ModelMessage {
  key: string;
  name: string;
  task: string;
  method: string;
  file: FileMessage;
  data: Record<string, FileMessage>;
  metadata: Record<string, string>;
}

export interface Job {
  /** Null: only loads what a picture would need. */
  picture: PictureMessage | null;
  model: ModelMessage;
  /** The network for compressed photos. */
  forCompressed: ModelMessage | null;
  engine: Required<EngineOptions>;
  near: { x: number; y: number } | null;
  view: View | null;
  tiles: boolean;
  /** Null: writes no file. */
  encode: { type: NonNullable<RestoreOptions["type"]>; quality: number } | null;
}

/** The result of a job: the file's bytes, instead of the blob. */
export type Made = Omit<Restored, "blob"> & { bytes: Uint8Array<ArrayBuffer> };

export type ToWorker = { id: number; job: Job } | { id: number; abort: true };

export type FromWorker =
  | { id: number; progress: RestoreProgress }
  | { id: number; tile: RestoredTile }
  | { id: number; result: Made | null }
  | Failure
  | Crash;
