/** Chores one after another, the most wanted first. After each it is asked anew what is wanted. */

import { codeOf } from "../protocol";

export interface Chore {
  /** Tells it from others; a chore that failed is not tried again until `forgive` or `retry`. */
  key: string;
  run(signal: AbortSignal): Promise<void>;
  /** Where its failure is told; without it, of the whole. */
  failed?(error: unknown): void;
}

export class Pump {
  /** What is under way. */
  now: string | null = null;
  #wanted: () => Iterable<Chore>;
  #failed: (error: unknown) => void;
  #turned: () => void;
  #refused = new Set<string>();
  #work = new AbortController();
  #turning = false;
  #held = false;

  /** `wanted`: what is missing, most wanted first; `turned`: another chore is under way, or none. */
  constructor(wanted: () => Iterable<Chore>, failed: (error: unknown) => void, turned: () => void) {
    this.#wanted = wanted;
    this.#failed = failed;
    this.#turned = turned;
  }

  /** What is wanted may have changed. A chore that is no longer the first is given up. */
  turn(): void {
    if (this.now !== null && this.#next()?.key !== this.now) this.#work.abort();
    if (!this.#turning) void this.#run();
  }

  stop(): void {
    this.#held = true;
    this.#work.abort();
  }

  get stopped(): boolean {
    return this.#held;
  }

  /** What has failed is to be tried once more, when it is wanted. */
  forgive(): void {
    this.#refused.clear();
  }

  /** Goes on after a stop. */
  resume(): void {
    this.#held = false;
    this.turn();
  }

  /** Goes on after a stop, and tries what has failed once more. */
  retry(): void {
    this.forgive();
    this.resume();
  }

  #next(): Chore | null {
    if (this.#held) return null;
    for (const chore of this.#wanted()) if (!this.#refused.has(chore.key)) return chore;
    return null;
  }

  async #run(): Promise<void> {
    this.#turning = true;
    for (let chore = this.#next(); chore; chore = this.#next()) {
      this.#work = new AbortController();
      this.now = chore.key;
      this.#turned();
      try {
        await chore.run(this.#work.signal);
      } catch (error) {
        if (codeOf(error) !== "aborted" || !this.#work.signal.aborted) {
          this.#refused.add(chore.key);
          (chore.failed ?? this.#failed)(error);
        }
      }
      this.now = null;
    }
    this.#turning = false;
    this.#turned();
  }
}
