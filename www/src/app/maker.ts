import { codeOf } from "../protocol";
import type { Kept } from "./kept";
import { type Notice, noticeFor } from "./state";
import { type Job, TaskQueue } from "./task-queue";

/** Base of views that compute piece by piece: stop, resume, failures, and change events. */
export abstract class Maker extends EventTarget {
  notice: Notice | null = null;
  readonly queue = new TaskQueue(
    () => this.wanted(),
    (error) => this.#fail(error),
    () => this.tell(),
  );

  stop(): void {
    this.queue.stop();
    this.tell();
  }

  retry(): void {
    this.notice = null;
    this.queue.retry();
    this.tell();
  }

  /** Retries what failed. */
  protected forgive(): void {
    this.notice = null;
    this.queue.forgive();
  }

  /** The user asks for something else: resumes after a stop. */
  protected wish(): void {
    this.notice = null;
    this.tell();
    this.queue.resume();
  }

  /** The kept value, unless it belongs to another key and nothing will replace it. */
  protected standing<T>(kept: Kept<T>, key: string): T | null {
    return kept.is(key) || this.queue.now !== null ? kept.value : null;
  }

  /** Missing jobs, most wanted first. */
  protected abstract wanted(): Iterable<Job>;

  protected tell(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** The wanted jobs may have changed. */
  protected changed(): void {
    this.tell();
    this.queue.turn();
  }

  #fail(error: unknown): void {
    if (codeOf(error) !== "engine-crashed") this.notice = noticeFor(error);
    this.tell();
  }
}
