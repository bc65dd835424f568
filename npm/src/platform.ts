/** The differences between browsers and Node. */

import type { PictureMessage, ToWorker } from "./protocol.js";
import type { Source } from "./types.js";

/** A worker of a browser, or an equivalent. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  /** Sets whether it keeps the process alive (Node). */
  ref?(): void;
  unref?(): void;
}

export interface Platform {
  startWorker(): WorkerLike;
  /** The absolute address of a relative one, or of a path. */
  resolve(url: string | URL): string;
  /** The message with a picture for the worker, and what of it is transferred instead of copied. */
  read(source: Source, signal: AbortSignal): Promise<{ picture: PictureMessage; transfer: Transferable[] }>;
  /** Fetches a JSON file. */
  json(url: string, signal: AbortSignal): Promise<unknown>;
}
