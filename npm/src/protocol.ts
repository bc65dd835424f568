/** Messages between a restorer and its worker. Everything here is structured-cloneable. */

import type { Crash, Failure } from "./traps.js";
import type { EngineOptions, Restored, RestoredTile, RestoreOptions, RestoreProgress, View } from "./types.js";

/** A picture on its way to the worker. */
export type PictureMessage =
  | Blob
  | Uint8Array
  | ImageBitmap
  | { data: Uint8ClampedArray; width: number; height: number };

/** A file of a network: where it is and what it has to be, or itself. */
export type FileMessage = { url: string; sha256: string } | Blob | Uint8Array;

/** A network on its way to the worker, which keeps the last ones by their `key`. */
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
  /** Null: only what a picture would need is made ready. */
  picture: PictureMessage | null;
  model: ModelMessage;
  /** The one for compressed photos. */
  forCompressed: ModelMessage | null;
  engine: Required<EngineOptions>;
  near: { x: number; y: number } | null;
  view: View | null;
  tiles: boolean;
  /** Null: no file is written. */
  encode: { type: NonNullable<RestoreOptions["type"]>; quality: number } | null;
}

/** What a job makes: the file's bytes, in place of the blob. */
export type Made = Omit<Restored, "blob"> & { bytes: Uint8Array<ArrayBuffer> };

export type ToWorker = { id: number; job: Job } | { id: number; abort: true };

export type FromWorker =
  | { id: number; progress: RestoreProgress }
  | { id: number; tile: RestoredTile }
  | { id: number; result: Made | null }
  | Failure
  | Crash;
