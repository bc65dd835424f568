/** What differs between browsers and Node. */

import type { PictureMessage, ToWorker } from "./protocol.js";
import type { Source } from "./types.js";

/** A worker, of a browser or made alike. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  /** Whether it keeps the process alive (Node). */
  ref?(): void;
  unref?(): void;
}

export interface Platform {
  startWorker(): WorkerLike;
  /** The absolute address of what callers name by a relative one, or by a path. */
  resolve(url: string | URL): string;
  /** A picture as the worker takes it, and what of it need not be copied. */
  read(source: Source, signal: AbortSignal): Promise<{ picture: PictureMessage; transfer: Transferable[] }>;
  /** The JSON of a file. */
  json(url: string, signal: AbortSignal): Promise<unknown>;
}
