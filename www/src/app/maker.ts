import { codeOf } from "../protocol";
import type { Kept } from "./kept";
import { type Chore, Pump } from "./pump";
import { type Notice, noticeFor } from "./state";

/** What a view shows that is made piece by piece: stops, goes on, says what failed, and tells of every change. */
export abstract class Maker extends EventTarget {
  notice: Notice | null = null;
  readonly pump = new Pump(
    () => this.wanted(),
    (error) => this.#fail(error),
    () => this.tell(),
  );

  stop(): void {
    this.pump.stop();
    this.tell();
  }

  retry(): void {
    this.notice = null;
    this.pump.retry();
    this.tell();
  }

  /** What has failed may go better from here on. */
  protected forgive(): void {
    this.notice = null;
    this.pump.forgive();
  }

  /** A person wants something else: goes on after a stop. */
  protected wish(): void {
    this.notice = null;
    this.tell();
    this.pump.resume();
  }

  /** What is kept, but not what is of something else than wanted where nothing more will come in its place. */
  protected standing<T>(kept: Kept<T>, key: string): T | null {
    return kept.is(key) || this.pump.now !== null ? kept.value : null;
  }

  /** What is missing, most wanted first. */
  protected abstract wanted(): Iterable<Chore>;

  protected tell(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** Something else may be wanted. */
  protected changed(): void {
    this.tell();
    this.pump.turn();
  }

  #fail(error: unknown): void {
    if (codeOf(error) !== "engine-crashed") this.notice = noticeFor(error);
    this.tell();
  }
}
