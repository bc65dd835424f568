import { CallError } from "../protocol";

/**
 * One step of the way from a photo to its result, remembered under the settings that made it: asked again
 * with the same key it gives the same answer, with another key it makes a new one and disposes of the old.
 */
export class Step<T> {
  #dispose: (value: T) => void;
  #key: string | null = null;
  #made: Promise<T> | null = null;

  constructor(dispose: (value: T) => void = () => {}) {
    this.#dispose = dispose;
  }

  /** `signal` is what stops the making; what was stopped is made again when it is next asked for. */
  get(key: string, make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#made && this.#key === key) return this.#made;
    const made = make();
    this.set(key, made);
    const stopped = () => this.#forget(made);
    signal?.addEventListener("abort", stopped, { once: true });
    made.then(() => signal?.removeEventListener("abort", stopped)).catch(() => {});
    return made;
  }

  /** Puts in a value made elsewhere. */
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

  /** Like `clear` where there is nothing left to dispose of: the worker is gone. */
  forget(): void {
    this.#key = null;
    this.#made = null;
  }

  #forget(made: Promise<T>): void {
    if (this.#made === made) this.forget();
  }
}

/** Waits for something that goes on without us when we are stopped. */
export function unlessAborted<T>(made: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new CallError("aborted", ""));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    made.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
