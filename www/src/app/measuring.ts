/** Scores results against the reference, and maps their differences from it. */

import type { ClassInfo } from "../engine";
import type { PictureInfo } from "../protocol";
import type { Bench } from "./bench";
import type { Method } from "./catalogue";
import type { Photo } from "./photo";
import { ENLARGED, type Pair, type Pictures, sameSize } from "./pictures";
import type { Result } from "./result";
import { unscored } from "./size";
import { shownClasses } from "./stages";
import { isDegraded, isMasked, isUnchanged, noticeFor, plainNotice, type State } from "./state";
import type { Store } from "./state-store";

/** Factor by which differences are amplified. */
export const GAIN = 4;

export class Measuring {
  #mask: Photo | null = null;
  #store: Store;
  #bench: Bench;
  #pictures: Pictures;
  #show: (change: Partial<State>) => void;

  constructor(store: Store, bench: Bench, pictures: Pictures, show: (change: Partial<State>) => void) {
    this.#store = store;
    this.#bench = bench;
    this.#pictures = pictures;
    this.#show = show;
  }

  /** Sets the mask; null: none. By default the current one, for another crop of the photo. */
  useMask(mask = this.#mask): void {
    this.#mask = mask;
    this.#show({ mask: mask && { name: mask.name, labels: null }, original: null });
  }

  /** Computes the scores, and difference maps if they are wanted; then all work is done. */
  async measure(results: Result[], pair: Pair, signal: AbortSignal): Promise<void> {
    const { original, input } = pair;
    const { state } = this.#store;
    const test = isDegraded(state);
    const done = results.filter(({ state }) => state.status === "done");
    if (done.length === 0) {
      const kind = results.some(({ state }) => state.status === "failed") ? "failed" : "stopped";
      return this.#store.update({ outcome: { kind }, expected: null });
    }
    const sum = done.reduce((sum, { state }) => sum + (state.milliseconds ?? 0), 0);
    const backend = done.find(({ state }) => state.backend)?.state.backend ?? state.engine?.backend ?? "cpu";
    this.#store.update({ outcome: { kind: "done", milliseconds: sum, backend }, expected: null });
    this.#store.now({ kind: "score" });
    if (test && state.input && !state.input.scores && sameSize(input, original)) {
      const scores = await this.#bench.client.call(
        "score",
        { picture: input.id, reference: original.id, border: 0 },
        { signal },
      );
      this.#store.update({ input: { ...state.input, scores } });
      if (isUnchanged(this.#store.state)) this.#store.update({ notice: plainNotice("notice.unchanged") });
    }
    const scored = test && !isUnchanged(this.#store.state);
    const truth = await this.#truth(done, pair, signal);
    const reference = scored ? original : null;
    for (const result of done) {
      const { classes, gray } = result.state;
      const like = reference && gray ? await this.#pictures.gray(reference, signal) : reference;
      await result.measure(classes.length > 0 ? truth : like, unscored(state.task, state.settings), signal);
    }
    const mask = truth && (await this.#showMask(truth, done, input, signal));
    if (!this.#store.state.settings.tools.includes("difference")) return;
    if (!state.colors) this.#store.update({ colors: await this.#bench.client.call("differenceScale", {}, { signal }) });
    const enlarges = !mask && !test && state.task.scale > 1;
    this.#store.update({ against: mask ? "mask" : test ? "original" : enlarges ? "bicubic" : "input" });
    for (const result of done) {
      const { size, method } = result.state;
      if (enlarges && isReference(method)) continue; // it would be compared with itself
      const reference = mask ?? (test || !size ? original : await this.#pictures.sizedAs(size, input, signal));
      if (reference && size && sameSize(reference, size)) await result.compare(reference, GAIN, signal);
    }
  }

  /** The mask's label picture, if there is one to score against; an invalid mask is removed. */
  async #truth(done: Result[], pair: Pair, signal: AbortSignal): Promise<PictureInfo | null> {
    const mask = this.#mask;
    const classes = classesOf(done).length;
    if (!mask || !isMasked(this.#store.state) || classes === 0) return null;
    try {
      const truth = await this.#pictures.truth(mask, pair, classes, signal);
      this.#store.update({ mask: { name: mask.name, labels: truth.id } });
      return truth;
    } catch (error) {
      const notice = noticeFor(error, mask.name);
      if (signal.aborted || notice.message === "error.engine-crashed") throw error;
      this.useMask(null);
      this.#store.update({ notice });
      return null;
    }
  }

  /** The mask, drawn like the results. */
  async #showMask(truth: PictureInfo, done: Result[], input: PictureInfo, signal: AbortSignal): Promise<PictureInfo> {
    const { settings } = this.#store.state;
    const how = { mode: settings.labels, classes: shownClasses(classesOf(done), settings) };
    const drawn = await this.#pictures.drawn(truth, input, how, signal);
    const layer = await this.#pictures.layer("mask", drawn, signal);
    this.#show({ original: { layer, picture: drawn.id } });
    return drawn;
  }
}

/** Whether a method is the reference of difference maps of enlarged pictures. */
export function isReference({ stages: [first] }: Method): boolean {
  return first?.kind === "filter" && first.filter.kind === "upscale" && first.filter.interpolation === ENLARGED;
}

function classesOf(results: Result[]): ClassInfo[] {
  return results.find(({ state }) => state.classes.length > 0)?.state.classes ?? [];
}
