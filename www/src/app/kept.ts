/** The latest value and the key that it was made from; it stays visible until the next one is ready. */
export class Kept<T> {
  value: T | null = null;
  #key: string | null = null;
  #dispose: (value: T) => void;

  constructor(dispose: (value: T) => void = () => {}) {
    this.#dispose = dispose;
  }

  get key(): string | null {
    return this.#key;
  }

  is(key: string): boolean {
    return this.#key === key;
  }

  set(key: string, value: T): void {
    this.clear();
    this.#key = key;
    this.value = value;
  }

  clear(): void {
    if (this.value !== null) this.#dispose(this.value);
    this.forget();
  }

  /** Like `clear`, but disposes of nothing: the worker is gone. */
  forget(): void {
    this.value = null;
    this.#key = null;
  }
}
