/** The errors of this package, and access to the code and message of any error. */

/**
 * What can go wrong.
 *
 * - `unknown-task`, `unknown-method`: no such network in the package or folder.
 * - `unsupported-source`: the given value is not a picture.
 * - `cross-origin-image`: an image or canvas whose pixels this page may not read (no CORS).
 * - `invalid-picture`, `unsupported-picture`, `picture-too-large`: the picture's file.
 * - `download-failed`, `wrong-weights`: a file could not be fetched, or has the wrong SHA-256.
 * - `invalid-model`, `unsupported-operator`, `invalid-node`, `missing-external-data`, `invalid-input`: the network's
 *   file.
 * - `no-engine`: WebAssembly with SIMD is missing, or the engine's file could not be fetched. `no-worker`: the worker's
 *   script did not start.
 * - `too-large`, `out-of-memory`: the run needs more memory than is available.
 * - `encoder`: this platform cannot write files of that type.
 * - `crashed`: the engine crashed; the next call starts another. `closed`: the restorer was closed.
 * - `no-gpu`, `device-lost`, `gpu-out-of-memory`, `gpu-error`: WebGPU was requested, and failed.
 * - `internal`, `unknown`: a bug in this package.
 *
 * An aborted call rejects with the signal's `reason` instead, an `AbortError`.
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

/** An error with a `code` for programs and a `message` for people. */
export class RestoreError extends Error {
  override readonly name = "RestoreError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The code of any thrown value: the engine's, `aborted` for a DOM AbortError, otherwise `unknown`. */
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
