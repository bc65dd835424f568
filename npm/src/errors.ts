/** The errors of this package, and what can be read of any other. */

/**
 * What can go wrong.
 *
 * - `unknown-task`, `unknown-method`: there is no such network where networks were looked for.
 * - `unsupported-source`: the picture is given as something that none can be made of.
 * - `cross-origin-image`: an image or canvas whose pixels the browser keeps from this page (no CORS).
 * - `invalid-picture`, `unsupported-picture`, `picture-too-large`: the picture's file.
 * - `download-failed`, `wrong-weights`: a file did not come, or is not the one that was meant (SHA-256).
 * - `invalid-model`, `unsupported-operator`, `invalid-node`, `missing-external-data`, `invalid-input`: the network's file.
 * - `no-engine`: no WebAssembly with SIMD here, or its file did not come. `no-worker`: the worker's script did not start.
 * - `too-large`, `out-of-memory`: the run takes more memory than there is.
 * - `encoder`: this platform writes no file of that type.
 * - `crashed`: the engine stopped in the middle; the next call starts another. `closed`: the restorer was closed.
 * - `no-gpu`, `device-lost`, `gpu-out-of-memory`, `gpu-error`: asked for WebGPU, and it failed.
 * - `internal`, `unknown`: a fault of this package.
 *
 * Of a call that was aborted the promise rejects with the signal's `reason`, an `AbortError`, and not with one of these.
 */
export type ErrorCode =
  | "unknown-task"
  | "unknown-method"
  | "unsupported-source"
  | "cross-origin-image"
  | "invalid-picture"
  | "unsupported-picture"
  | "picture-too-large"
  | "download-failed"
  | "wrong-weights"
  | "invalid-model"
  | "unsupported-operator"
  | "invalid-node"
  | "missing-external-data"
  | "invalid-input"
  | "no-engine"
  | "no-worker"
  | "too-large"
  | "out-of-memory"
  | "encoder"
  | "crashed"
  | "closed"
  | "no-gpu"
  | "device-lost"
  | "gpu-out-of-memory"
  | "gpu-error"
  | "internal"
  | "unknown";

/** An error with a `code` to tell it by and a `message` for people. */
export class RestoreError extends Error {
  override readonly name = "RestoreError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The code of any thrown value: the engine's, `aborted` for a DOM AbortError, else `unknown`. */
export function codeOf(error: unknown): string {
  if (error instanceof Error) {
    const code: unknown = "code" in error ? error.code : undefined;
    if (typeof code === "string") return code;
    if (error.name === "AbortError") return "aborted";
  }
  return "unknown";
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
