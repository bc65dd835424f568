/**
 * Messages between a page and the playground in its frame, by `postMessage`.
 *
 * The frame posts `hello`, without any data, to its parent; the element answers with `hello`, and from then on both
 * accept only that window and origin. Messages of another version are ignored.
 */

import type { Given } from "./given";

export const VERSION = 1;

/** Settings, by attribute name. */
export type Attributes = Record<string, string>;

/** Calls to the frame: arguments and result. */
export interface Calls {
  hello: { args: null; result: null };
  run: { args: null; result: null };
  stop: { args: null; result: null };
  /** Runs nothing until further notice; `false`: resumes, and answers when idle. */
  rest: { args: boolean; result: null };
  /** Opens the photo that the settings name, instead of one that could not be fetched. */
  open: { args: null; result: null };
  set: { args: Attributes; result: null };
  /** Photos, or an ONNX file with its data files. */
  load: { args: Given[]; result: null };
  /** The result of a method as PNG; null: the chosen one. */
  result: { args: string | null; result: Blob };
  report: { args: null; result: object };
}

export interface Figures {
  method: string;
  status: string;
  width: number | null;
  height: number | null;
  milliseconds: number | null;
  psnr: number | null;
  ssim: number | null;
}

/** Events of the frame. */
export interface Events {
  /** `task`: empty in a view without one. */
  ready: { task: string };
  progress: { fraction: number };
  result: { task: string; chosen: string | null; results: Figures[] };
  /** The settings, as in the playground's address. */
  change: { settings: Attributes };
  error: { code: string; message: string };
}

export type ToFrame = {
  [K in keyof Calls]: { unetPlayground: number; id: number; call: K; args: Calls[K]["args"] };
}[keyof Calls];

export type FromFrame =
  | { unetPlayground: number; hello: true }
  | { unetPlayground: number; id: number; result: Calls[keyof Calls]["result"] }
  | { unetPlayground: number; id: number; error: { code: string; message: string } }
  | { [K in keyof Events]: { unetPlayground: number; event: K; detail: Events[K] } }[keyof Events];

/** A message of this protocol and version. */
export function isMessage(data: unknown): data is { unetPlayground: number } {
  return typeof data === "object" && data !== null && (data as { unetPlayground?: unknown }).unetPlayground === VERSION;
}

/** Target of messages to an origin; an opaque origin (a sandbox, a file) cannot be named. */
export function target(origin: string): string {
  return origin === "null" ? "*" : origin;
}
