/** Runs one piece of work at a time, and owns the photo and the settings. */

import type { Client } from "../client";
import type { Rect } from "../engine";
import { CallError } from "../protocol";
import { Bench } from "./bench";
import { fitsIn } from "./cut";
import { fitting } from "./degradation";
import type { Given } from "./files";
import { Keeper, type Outside } from "./keep";
import type { PendingPhoto } from "./pending";
import { IDLE, next, type Phase, type PhaseEvent, pendingOf, subjectOf } from "./phase";
import type { Photo } from "./photo";
import { formatSettings, parseSettings, type Settings } from "./settings";
import { initialState, noticeFor } from "./state";
import { Store } from "./state-store";
import { factsOf } from "./tasks";
import { type Wish, Workshop } from "./workshop";

export abstract class Desk extends Store {
  readonly keep: Keeper;
  /** The visible part as fractions of the picture: its center is computed first. */
  looking: Rect = { x: 0, y: 0, width: 1, height: 1 };
  protected readonly client: Client;
  protected readonly outside: Outside;
  protected readonly bench: Bench;
  protected readonly workshop: Workshop;
  protected photo: Photo | null = null;
  protected many: readonly Given[] = [];
  /** Delays work that another change may still replace. */
  protected timer: ReturnType<typeof setTimeout> | undefined;
  #phase: Phase = IDLE;
  #work = new AbortController();
  /** Number of pieces of work that wait for the worker. */
  #waiting = 0;

  /** `query`: the settings in the address. */
  constructor(client: Client, outside: Outside, query = "") {
    super(initialState(parseSettings(query)));
    this.client = client;
    this.outside = outside;
    this.keep = new Keeper(this, client, outside);
    // Cancelled calls keep running in the worker; their progress is ignored.
    this.bench = new Bench(client, (activity) => this.#waiting > 0 && !this.restores && this.now(activity));
    this.workshop = new Workshop(this, this.bench);
    client.onCrash = (detail) => {
      this.#forget();
      this.update({ notice: noticeFor(new CallError("engine-crashed", detail)) });
    };
    client.onLost = () => this.#lost();
  }

  /** Opens a sample, or the photo of the last visit for null; by default as in the settings. */
  abstract open(sample?: Settings["sample"]): Promise<void>;
  /** Loads a photo. */
  protected abstract bringIn(pending: PendingPhoto): Promise<void>;

  /** The photo that is being loaded. */
  protected get pending(): PendingPhoto | null {
    return pendingOf(this.#phase);
  }

  /** A photo that failed to load. */
  protected get missed(): PendingPhoto | null {
    return this.#phase.kind === "idle" ? this.#phase.missed : null;
  }

  /** Whether folders are being searched. */
  protected get gathers(): boolean {
    return this.#phase.kind === "gathering";
  }

  protected on(event: PhaseEvent): void {
    this.#phase = next(this.#phase, event);
  }

  /** Whether a batch is running. */
  get restores(): boolean {
    return this.state.activity?.kind === "batch";
  }

  /** Whether all requested work is done and the results match the settings. */
  get settled(): boolean {
    return this.#waiting === 0 && this.timer === undefined && this.state.activity === null;
  }

  /** Frees the page at once; the worker stops at its next check. */
  stop(): void {
    this.on({ kind: "stopped" });
    this.#work.abort();
  }

  /** Shows the worker's other activity while `work` waits for it. */
  protected async waiting<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      return await work();
    } finally {
      this.#waiting--;
    }
  }

  /** Brings everything up to date with the settings; a photo that was still loading starts over. */
  protected again(): Promise<void> {
    if (this.gathers) return Promise.resolve();
    if (this.pending) return this.bringIn(this.pending);
    return this.photo ? this.attempt((signal) => this.make(signal)) : this.open();
  }

  protected async make(signal: AbortSignal, wish: Wish = "short"): Promise<void> {
    const photo = this.used;
    if (!photo) throw new CallError("aborted", "");
    const { x, y, width, height } = this.looking;
    const made = await this.workshop.make(photo, { x: x + width / 2, y: y + height / 2 }, wish, signal);
    if (made.kind === "no-such-task") {
      this.adopt({ ...this.state.settings, task: made.instead });
      return this.make(signal, wish);
    }
    if (made.kind === "waits") this.update({ outcome: made.outcome, expected: made.expected });
  }

  /** The photo with its crop. */
  protected get used(): Photo | null {
    const { settings, photo } = this.state;
    const cut = settings.cut && photo && fitsIn(settings.cut, photo.size) ? settings.cut : null;
    return this.photo && { ...this.photo, cut };
  }

  /** Queues photos for a ZIP. */
  protected waitFor(many: readonly Given[]): void {
    this.many = many;
    this.update({ many: many.length });
  }

  /** Runs a piece of work in place of the current one, and reports its failure. `pending`: the photo that it loads. */
  protected async attempt(
    work: (signal: AbortSignal) => Promise<void>,
    pending: PendingPhoto | null = null,
  ): Promise<void> {
    this.#work.abort();
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.restores) this.now(null);
    const controller = new AbortController();
    this.#work = controller;
    this.on({ kind: "begins", pending });
    this.update({ notice: null });
    this.#waiting++;
    try {
      await work(controller.signal);
    } catch (error) {
      if (controller !== this.#work) return;
      this.workshop.stop();
      this.update({ outcome: { kind: controller.signal.aborted ? "stopped" : "failed" } });
      if (controller.signal.aborted) return;
      const { pending } = this;
      const subject = subjectOf(this.#phase);
      this.on({ kind: "failed" });
      if (pending?.many.length) this.waitFor(pending.many); // the other photos may be readable
      this.update({ notice: noticeFor(error, subject) });
    } finally {
      this.#waiting--;
      if (controller === this.#work) {
        this.on({ kind: "done" });
        this.now(null);
      }
    }
  }

  /**
   * Adopts settings and writes them to the address; `step`: as a new history entry. A change of task brings its own
   * degradation.
   */
  protected adopt(wanted: Settings, step = false): void {
    const task = factsOf(wanted.task);
    const settings = { ...wanted, degradation: fitting(task, wanted.degradation) };
    this.update({ settings, task });
    this.outside.note(formatSettings(settings), step);
  }

  /** Another page's call, or its closed frame, took the engine: rebuilds everything as soon as it may run. */
  #lost(): void {
    const { restores } = this;
    this.#forget();
    if (restores) return; // the batch reports it
    if (this.workshop.rests) this.#work.abort();
    else if (this.pending || this.photo) void this.again();
  }

  /** The worker and everything in it is gone. */
  #forget(): void {
    this.bench.forget();
    this.workshop.forget();
    this.update({ engine: null });
  }
}
