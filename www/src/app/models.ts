/** Loads the user's networks, and asks what their files do not say. */

import { Asking } from "./asking";
import type { Bench } from "./bench";
import type { OwnModel } from "./catalogue";
import type { Given } from "./files";
import { copiedModel, keepModel, readAs, unread } from "./own-model";
import type { Photo } from "./photo";
import { keepReading, keptReading, type ReadingId, readingsOf } from "./reading";
import type { Settings } from "./settings";
import type { Store } from "./state-store";
import { unlessAborted } from "./step";
import { tellsClasses } from "./tasks";

export class Models {
  #store: Store;
  #bench: Bench;
  #asking: Asking;
  #pick: (index: number) => void = () => {};

  constructor(store: Store, bench: Bench) {
    this.#store = store;
    this.#bench = bench;
    this.#asking = new Asking(store, bench);
  }

  answer(id: ReadingId): void {
    this.#asking.answer(id);
  }

  pick(index: number): void {
    this.#pick(index);
  }

  /** Lets the user choose one of several networks. */
  async which(models: readonly Given[], signal: AbortSignal): Promise<Given | undefined> {
    const picked = new Promise<number>((resolve) => (this.#pick = resolve));
    this.#store.update({ networks: models.map(({ path }) => path) });
    this.#store.now({ kind: "asking" });
    try {
      return models[await unlessAborted(picked, signal)];
    } finally {
      this.#store.update({ networks: [] });
    }
  }

  /**
   * The model with its output's interpretation: from its file, from an earlier answer on this device, or by asking;
   * `again` always asks. `photo`: input of the previews.
   */
  async load(given: OwnModel, photo: Photo | null, again: boolean, signal: AbortSignal): Promise<OwnModel> {
    const own = await this.#read(await copiedModel(given), photo, again, signal);
    void keepModel(own);
    return own;
  }

  async #read(own: OwnModel, photo: Photo | null, again: boolean, signal: AbortSignal): Promise<OwnModel> {
    const { undeclared } = await this.#bench.model({ kind: "own", model: unread(own) }, signal);
    const readings = undeclared ? readingsOf(undeclared) : [];
    const [first, ...others] = readings;
    if (!first) return own;
    const kept = await keptReading(own.source.file);
    const known = readings.find(({ id }) => id === kept);
    if (known && !again) return readAs(own, known);
    if (others.length === 0 && !again) return readAs(own, first);
    const original = photo && (await this.#bench.original(photo, signal));
    const reading = await this.#asking.ask(own, readings, original, signal);
    await keepReading(own.source.file, reading.id);
    return readAs(own, reading);
  }

  /**
   * Settings for the user's network: a classifier is no restorer of damaged photos, one with a*b* output is a
   * colorizer.
   */
  fitting({ reading }: OwnModel): Settings {
    const settings = { ...this.#store.state.settings, methods: ["own"] };
    const { tasks } = this.#store.state;
    const labels = tasks.find(tellsClasses);
    if ((reading === "mask" || reading === "classes") && labels)
      return { ...settings, task: labels.id, mode: "apply", classes: null };
    const colors = tasks.find(({ output }) => output === "lab-ab");
    return reading === "colors" && colors ? { ...settings, task: colors.id } : settings;
  }
}
