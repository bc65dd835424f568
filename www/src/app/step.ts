import { CallError } from "../protocol";

/**
 * One step from a photo to its result, cached under the settings that produced it: the same key returns the same value,
 * another key makes a new value and disposes of the old one.
 */
export class Step<T> {
  #dispose: (value: T) => void;
  #key: string | null = null;
  #made: Promise<T> | null = null;

  constructor(dispose: (value: T) => void = () => {}) {
    this.#dispose = dispose;
  }

  /** `signal` stops the making; a stopped value is made again at the next request. */
  get(key: string, make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#made && this.#key === key) return this.#made;
    const made = make();
    this.set(key, made);
    const stopped = () => this.#forget(made);
    signal?.addEventListener("abort", stopped, { once: true });
    made.then(() => signal?.removeEventListener("abort", stopped)).catch(() => {});
    return made;
  }

  /** Stores a value made elsewhere. */
  set(key: string, made: Promise<T>): void {
    this.clear();
    this.#key = key;
    this.#made = made;
    made.catch(() => this.#forget(made));
  }

  clear(): void {
    this.#made?.then(this.#dispose, () => {});
    this.forget();
  }

  /** Like `clear`, but disposes of nothing: the worker is gone. */
  forget(): void {
    this.#key = null;
    this.#made = null;
  }

  #forget(made: Promise<T>): void {
    if (this.#made === made) this.forget();
  }
}

/** Waits for something that continues without us when we are stopped. */
export function unlessAborted<T>(made: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new CallError("aborted", ""));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    made.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
