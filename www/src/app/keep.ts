/** Export: pictures, a comparison sheet, a report. */

import type { Client } from "../client";
import type { Rect } from "../engine";
import { CallError } from "../protocol";
import { resultName } from "./files";
import { report } from "./report";
import { comparisonSheet } from "./sheet";
import { type Activity, noticeFor, type Outcome } from "./state";
import type { Store } from "./state-store";

/** What the page asks of the browser. */
export interface Outside {
  save(file: Blob, name: string): void;
  copy(png: Promise<Blob>): Promise<void>;
  /** Shares a file with another app, or saves it if the browser refuses; null if the user cancelled. */
  share(file: File): Promise<"shared" | "saved" | null>;
  /** Writes the settings to the address; `step`: as a new history entry. */
  note(query: string, step: boolean): void;
}

/** File formats for results; only PNG is lossless. */
export const FORMATS = ["png", "jpeg", "webp"] as const;
export type Format = (typeof FORMATS)[number];

export class Keeper {
  #store: Store;
  #client: Client;
  #outside: Outside;

  constructor(store: Store, client: Client, outside: Outside) {
    this.#store = store;
    this.#client = client;
    this.#outside = outside;
  }

  save(): Promise<void> {
    const { chosen, task } = this.#store.state;
    return this.#saved(`${task.id}-${chosen}`, "png", () => this.png());
  }

  /** Saves a file from `encoded`. */
  saveAs(file: Blob): Promise<void> {
    const { chosen, task } = this.#store.state;
    const extension = file.type === "image/jpeg" ? "jpg" : file.type.replace("image/", "");
    return this.#saved(`${task.id}-${chosen}`, extension, async () => file);
  }

  copy(): Promise<void> {
    return this.#work(async () => {
      await this.#outside.copy(this.png());
      return { kind: "copied" };
    });
  }

  share(): Promise<void> {
    return this.#work(async () => {
      const { chosen, task } = this.#store.state;
      const name = this.name(`${task.id}-${chosen}`);
      const done = await this.#outside.share(new File([await this.png()], name, { type: "image/png" }));
      return done === "saved" ? { kind: done, name } : { kind: done ?? "ready" };
    });
  }

  /** Saves a sheet of the visible part, given as fractions of the pictures; `title` is printed above it. */
  sheet(part: Rect, title: string): Promise<void> {
    const { state } = this.#store;
    return this.#saved(`${state.task.id}-comparison`, "png", () => comparisonSheet(this.#client, state, part, title));
  }

  /** Saves comma-separated values. */
  table(csv: string, name: string): void {
    this.#outside.save(new Blob([csv], { type: "text/csv" }), `${name}.csv`);
  }

  report(): Promise<void> {
    const { state } = this.#store;
    const json = async () => JSON.stringify(await report(state), null, 2);
    return this.#saved(state.task.id, "json", async () => new Blob([await json()], { type: "application/json" }));
  }

  /** The chosen result as PNG. */
  async png(location = false): Promise<Blob> {
    const png = await this.#client.call("encodePng", { picture: this.#picture(), location });
    return new Blob([png], { type: "image/png" });
  }

  /**
   * The chosen result in a format; `quality` from 0 to 1, ignored for PNG. `location`: includes where the photo was
   * taken.
   */
  async encoded(format: Format, quality: number, location: boolean): Promise<Blob> {
    if (format === "png") return this.png(location);
    const type = `image/${format}` as const;
    const file = await this.#client.call("encode", { picture: this.#picture(), type, quality, location });
    return new Blob([file], { type });
  }

  #picture(): number {
    const { chosen, results } = this.#store.state;
    const picture = results.find(({ id }) => id === chosen)?.picture;
    if (picture === undefined || picture === null) throw new CallError("no-result", "");
    return picture;
  }

  /** A file name for a result of the photo. */
  name(suffix: string, extension = "png"): string {
    return resultName(this.#store.state.photo?.name ?? "", suffix, extension);
  }

  #saved(suffix: string, extension: string, make: () => Promise<Blob>): Promise<void> {
    return this.#work(async () => {
      const name = this.name(suffix, extension);
      this.#outside.save(await make(), name);
      return { kind: "saved", name };
    });
  }

  /** Whether there is a chosen result and nothing is pending. */
  get ready(): boolean {
    const { activity, chosen, results } = this.#store.state;
    const free = activity === null || activity.kind === "saving";
    return free && results.some(({ id, picture }) => id === chosen && picture !== null);
  }

  async #work(work: () => Promise<Outcome>): Promise<void> {
    if (!this.ready || this.#store.state.activity) return;
    const saving: Activity = { kind: "saving" };
    this.#store.now(saving);
    // A run that began meanwhile reports its own progress.
    const still = () => this.#store.state.activity === saving;
    try {
      const outcome = await work();
      if (still()) this.#store.update({ outcome });
    } catch (error) {
      this.#store.update({ notice: noticeFor(error) });
    } finally {
      if (still()) this.#store.now(null);
    }
  }
}
