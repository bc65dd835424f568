/** The last of something that was made, and what it was made from: shown until the next one is there. */
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

  /** Like `clear` where there is nothing left to dispose of: the worker is gone. */
  forget(): void {
    this.value = null;
    this.#key = null;
  }
}
