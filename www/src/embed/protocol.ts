/**
 * What a page and the playground in its frame say to each other, by `postMessage`.
 *
 * The frame says `hello` to whoever is above it, which tells nothing; the element answers with `hello`, and from then on both
 * speak to that window and that origin alone. Another version is not listened to.
 */

import type { Given } from "./given";

export const VERSION = 1;

/** Settings by the element's attributes. */
export type Attributes = Record<string, string>;

/** What can be asked of the frame: arguments and result. */
export interface Calls {
  hello: { args: null; result: null };
  run: { args: null; result: null };
  stop: { args: null; result: null };
  /** Runs nothing until told otherwise; `false`: goes on, and answers once nothing is left to do. */
  rest: { args: boolean; result: null };
  /** Opens the photo that the settings name, in place of one that could not be given. */
  open: { args: null; result: null };
  set: { args: Attributes; result: null };
  /** Photos, or an ONNX file with its data files. */
  load: { args: Given[]; result: null };
  /** The result of a method as PNG; of null, of the one that is chosen. */
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

/** What the frame tells of. */
export interface Events {
  /** `task`: empty in a view without one. */
  ready: { task: string };
  progress: { fraction: number };
  result: { task: string; chosen: string | null; results: Figures[] };
  /** The settings as the playground's address has them. */
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

/** Where messages to an origin go; one that is opaque (a sandbox, a file) cannot be named. */
export function target(origin: string): string {
  return origin === "null" ? "*" : origin;
}
