/** Runs jobs one after another; a failing job does not block the next. */
export class Lane {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(job: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    const result = this.#tail.then(() => {
      signal?.throwIfAborted();
      return job();
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
