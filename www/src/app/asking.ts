/** Asks the user how to interpret a network's output, with a preview of each interpretation on the photo. */

import type { PictureInfo } from "../protocol";
import type { Bench } from "./bench";
import type { OwnModel } from "./catalogue";
import { readAs } from "./own-model";
import type { Reading, ReadingId } from "./reading";
import { shownClasses } from "./stages";
import type { Store } from "./state-store";
import { unlessAborted } from "./step";

/** Longest side of a preview's input, in pixels. */
const SIDE = 256;

export class Asking {
  #store: Store;
  #bench: Bench;
  #answer: (id: ReadingId) => void = () => {};

  constructor(store: Store, bench: Bench) {
    this.#store = store;
    this.#bench = bench;
  }

  answer(id: ReadingId): void {
    this.#answer(id);
  }

  /** `photo`: input of the previews; null: no previews. */
  async ask(own: OwnModel, readings: Reading[], photo: PictureInfo | null, signal: AbortSignal): Promise<Reading> {
    const shown = new AbortController();
    const previews = AbortSignal.any([signal, shown.signal]);
    const answered = new Promise<ReadingId>((resolve) => (this.#answer = resolve));
    this.#store.update({ question: { name: own.name, readings, previews: {}, chosen: own.reading } });
    this.#store.now({ kind: "asking" });
    if (photo) void this.#show(own, readings, photo, previews).catch(() => {}); // previews are optional
    try {
      const id = await unlessAborted(answered, signal);
      return readings.find((reading) => reading.id === id) ?? (readings[0] as Reading);
    } finally {
      shown.abort();
      for (const bitmap of Object.values(this.#store.state.question?.previews ?? {})) bitmap.close();
      this.#store.update({ question: null });
    }
  }

  async #show(own: OwnModel, readings: Reading[], photo: PictureInfo, signal: AbortSignal): Promise<void> {
    const { client } = this.#bench;
    const small = await client.call("make", { recipe: { make: "reduced", of: photo.id, maxSide: SIDE } }, { signal });
    try {
      for (const reading of readings) {
        const bitmap = await this.#preview(own, reading, small, signal).catch(() => null);
        if (signal.aborted) return bitmap?.close();
        const { question } = this.#store.state;
        if (bitmap && question)
          this.#store.update({ question: { ...question, previews: { ...question.previews, [reading.id]: bitmap } } });
      }
    } finally {
      client.free("picture", small.id);
    }
  }

  async #preview(own: OwnModel, reading: Reading, small: PictureInfo, signal: AbortSignal): Promise<ImageBitmap> {
    const { client } = this.#bench;
    const model = await client.call("loadModel", { source: readAs(own, reading).source }, { signal });
    const made: PictureInfo[] = [];
    const keep = (picture: PictureInfo) => {
      made.push(picture);
      return picture;
    };
    try {
      const { picture } = await client.call("process", { picture: small.id, model: model.id, near: null }, { signal });
      let seen = keep(picture);
      if (model.classes.length > 0) {
        const how = { mode: "overlay", classes: shownClasses(model.classes, { classes: null }) } as const;
        seen = keep(
          await client.call(
            "make",
            { recipe: { make: "drawn-labels", of: picture.id, over: small.id, how } },
            { signal },
          ),
        );
      }
      return await client.call("preview", { picture: seen.id, maxSide: SIDE }, { signal });
    } finally {
      for (const { id } of made) client.free("picture", id);
      client.free("model", model.id);
    }
  }
}
