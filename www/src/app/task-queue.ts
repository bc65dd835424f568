/** Runs jobs one after another, the most wanted first. Asks for the wanted jobs again after each one. */

import { codeOf } from "../protocol";

export interface Job {
  /** Identifies the job; a failed job is not retried until `forgive` or `retry`. */
  key: string;
  run(signal: AbortSignal): Promise<void>;
  /** Receives its failure; without it, the queue's handler does. */
  failed?(error: unknown): void;
}

export class TaskQueue {
  /** Key of the running job. */
  now: string | null = null;
  #wanted: () => Iterable<Job>;
  #failed: (error: unknown) => void;
  #turned: () => void;
  #refused = new Set<string>();
  #work = new AbortController();
  #turning = false;
  #held = false;

  /** `wanted`: missing jobs, most wanted first; `turned`: called when another job runs, or none. */
  constructor(wanted: () => Iterable<Job>, failed: (error: unknown) => void, turned: () => void) {
    this.#wanted = wanted;
    this.#failed = failed;
    this.#turned = turned;
  }

  /** The wanted jobs may have changed. A job that is no longer the first is aborted. */
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

  /** Allows failed jobs to run again. */
  forgive(): void {
    this.#refused.clear();
  }

  /** Resumes after a stop. */
  resume(): void {
    this.#held = false;
    this.turn();
  }

  /** Resumes after a stop, and retries failed jobs. */
  retry(): void {
    this.forgive();
    this.resume();
  }

  #next(): Job | null {
    if (this.#held) return null;
    for (const job of this.#wanted()) if (!this.#refused.has(job.key)) return job;
    return null;
  }

  async #run(): Promise<void> {
    this.#turning = true;
    for (let job = this.#next(); job; job = this.#next()) {
      this.#work = new AbortController();
      this.now = job.key;
      this.#turned();
      try {
        await job.run(this.#work.signal);
      } catch (error) {
        if (codeOf(error) !== "aborted" || !this.#work.signal.aborted) {
          this.#refused.add(job.key);
          (job.failed ?? this.#failed)(error);
        }
      }
      this.now = null;
    }
    this.#turning = false;
    this.#turned();
  }
}
