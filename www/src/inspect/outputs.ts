/** The network's output with all connections and with some cut, and the difference between them. */

import { partOf } from "../app/cut";
import { Kept } from "../app/kept";
import type { Job } from "../app/task-queue";
import type { Client } from "../client";
import type { PictureInfo } from "../protocol";
import type { InspectedModel } from "./inspected";

/** Factor by which differences are amplified. */
export const GAIN = 4;

/** Inputs of all the values below. */
export interface Source {
  key: string;
  inspected: InspectedModel;
  cut: string[];
  /** The network's input, and the original if it was degraded. */
  input: PictureInfo;
  original: PictureInfo | null;
}

export interface Made {
  picture: PictureInfo;
  bitmap: ImageBitmap;
  /** PSNR in dB against the original; null without one, or for label pictures. */
  psnr: number | null;
}

/** Displayed outputs; null where there is none. */
export interface Shown {
  whole: Made | null;
  cut: Made | null;
  difference: ImageBitmap | null;
  apart: number | null;
}

export class Outputs {
  readonly whole: Kept<Made>;
  readonly cut: Kept<Made>;
  readonly difference = new Kept<ImageBitmap>((bitmap) => bitmap.close());
  /** PSNR between the two, in dB. */
  readonly apart = new Kept<number>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
    const free = ({ picture, bitmap }: Made) => {
      client.free("picture", picture.id);
      bitmap.close();
    };
    this.whole = new Kept(free);
    this.cut = new Kept(free);
  }

  /** Cache keys of the uncut output, and of everything that depends on the cuts. */
  keys({ key, original, cut }: Source): { whole: string; cut: string } {
    const whole = `output ${key} ${original?.id}`;
    return { whole, cut: `${whole} ${cut}` };
  }

  *wanted(source: Source, changed: () => void): Generator<Job> {
    const { whole, cut } = this.keys(source);
    if (!this.whole.is(whole)) yield this.#making(this.whole, whole, source, [], changed);
    if (source.cut.length === 0) return;
    if (!this.cut.is(cut)) yield this.#making(this.cut, cut, source, source.cut, changed);
    const [one, other] = [this.whole.value, this.cut.value];
    if (!one || !other || this.difference.is(cut)) return;
    yield {
      key: `difference ${cut}`,
      run: async (signal) => {
        const recipe = { make: "difference", of: other.picture.id, from: one.picture.id, gain: GAIN } as const;
        const map = await this.#client.call("make", { recipe }, { signal });
        const preview = this.#client.call("preview", { picture: map.id, maxSide: 1024 }, { signal });
        const bitmap = await preview.finally(() => this.#client.free("picture", map.id));
        const args = { picture: other.picture.id, reference: one.picture.id, border: 0 };
        const scoring = this.#client.call("score", args, { signal });
        const { psnr } = await scoring.catch((error: unknown) => {
          bitmap.close();
          throw error;
        });
        // Sets both or neither: a partial result would pass for a complete one.
        this.difference.set(cut, bitmap);
        this.apart.set(cut, psnr);
        changed();
      },
    };
  }

  /** The pictures were in another engine: computes them again. */
  expire(): void {
    for (const kept of [this.whole, this.cut, this.difference, this.apart]) kept.clear();
  }

  #making(into: Kept<Made>, key: string, source: Source, cut: string[], changed: () => void): Job {
    return {
      key,
      run: async (signal) => {
        const raw = await this.#client.call(
          "inspectedOutput",
          { inspection: source.inspected.inspection.id, cut },
          { signal },
        );
        const picture = await this.#drawn(raw, source, signal);
        try {
          const psnr = await this.#psnr(picture, source, signal);
          const bitmap = await this.#client.call("preview", { picture: picture.id, maxSide: 1024 }, { signal });
          into.set(key, { picture, bitmap, psnr });
        } catch (error) {
          this.#client.free("picture", picture.id);
          throw error;
        }
        changed();
      },
    };
  }

  /** Labels are drawn in colors; pictures stay as they are. */
  async #drawn(raw: PictureInfo, { inspected, input }: Source, signal: AbortSignal): Promise<PictureInfo> {
    const { classes } = inspected.model;
    if (classes.length === 0) return raw;
    const cropping = this.#cropped(input, inspected.inspection.rect, signal);
    const below = await cropping.catch((error: unknown) => {
      this.#client.free("picture", raw.id);
      throw error;
    });
    const how = {
      mode: "overlay",
      classes: classes.flatMap(({ name }, at) => (name === "background" ? [] : [at])),
    } as const;
    const drawing = this.#client.call(
      "make",
      { recipe: { make: "drawn-labels", of: raw.id, over: below.id, how } },
      { signal },
    );
    return drawing.finally(() => {
      this.#client.free("picture", raw.id);
      this.#client.free("picture", below.id);
    });
  }

  async #psnr(
    picture: PictureInfo,
    { inspected, input, original }: Source,
    signal: AbortSignal,
  ): Promise<number | null> {
    if (!original || inspected.model.classes.length > 0) return null;
    const scale = original.width / input.width;
    const { x, y, width, height } = inspected.inspection.rect;
    const rect = { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
    if (rect.width !== picture.width || rect.height !== picture.height) return null;
    const part = await this.#cropped(original, rect, signal);
    const score = this.#client.call("score", { picture: picture.id, reference: part.id, border: 0 }, { signal });
    return (await score.finally(() => this.#client.free("picture", part.id))).psnr;
  }

  #cropped(
    of: PictureInfo,
    rect: { x: number; y: number; width: number; height: number },
    signal: AbortSignal,
  ): Promise<PictureInfo> {
    return this.#client.call("make", { recipe: { make: "cut", of: of.id, cut: partOf(rect) } }, { signal });
  }
}
