/**
 * The pictures around the results: the original, the methods' input, and their layers. Replaced ones are freed once
 * they are no longer visible, since a stop may come before their replacements are ready.
 */

import type { FilterSpec, LabelView } from "../engine";
import { CallError, type PictureInfo, type Recipe } from "../protocol";
import { Layer, OVERVIEW_SIDE } from "../view/layer";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import { type Cut, wholeOf } from "./cut";
import type { Photo } from "./photo";
import { Step } from "./step";

/** Method that enlarges the input for comparison with a larger result. */
export const ENLARGED = "bicubic";

export interface Pair {
  original: PictureInfo;
  /** The original itself if it is not degraded. */
  input: PictureInfo;
  /** The size of the whole photo, and the crop. */
  whole: Size;
  cut: Cut | null;
}

export class Pictures {
  #bench: Bench;
  #isShown: (thing: Layer | number) => boolean;
  #cropped = this.#pictureStep();
  #input = this.#pictureStep();
  #enlarged = this.#pictureStep();
  #truth = this.#pictureStep();
  #gray = this.#pictureStep();
  #mask = this.#pictureStep();
  #layers = { original: this.#layerStep(), input: this.#layerStep(), mask: this.#layerStep() };
  /** Layers and picture ids to free once they are no longer visible. */
  #leaving: (Layer | number)[] = [];

  /** `isShown`: whether a layer, or the picture with this id, is visible. */
  constructor(bench: Bench, isShown: (thing: Layer | number) => boolean) {
    this.#bench = bench;
    this.#isShown = isShown;
  }

  /**
   * `worsen`: the degradation for an original of this size; null: none. `scale`: the original's sides become multiples
   * of it.
   */
  async pair(
    photo: Photo,
    worsen: ((original: Size) => readonly FilterSpec[]) | null,
    scale: number,
    signal: AbortSignal,
  ): Promise<Pair> {
    const whole = await this.#bench.whole(photo, signal);
    const used = await this.#bench.original(photo, signal);
    const { cut } = photo;
    if (!worsen) return { original: used, input: used, whole, cut };
    const original = await this.#multiple(used, scale, signal);
    const how = worsen(original);
    const degrade = () => this.#bench.degraded(original, how, signal);
    return {
      original,
      input: await this.#input.get(`${original.id} ${JSON.stringify(how)}`, degrade, signal),
      whole,
      cut,
    };
  }

  layer(which: "original" | "input" | "mask", picture: PictureInfo, signal: AbortSignal): Promise<Layer> {
    return this.#layers[which].get(String(picture.id), () => layerOf(this.#bench, picture, signal), signal);
  }

  /** The input at the size of a result: itself, or enlarged; null if the aspect ratio differs. */
  async sizedAs({ width, height }: Size, input: PictureInfo, signal: AbortSignal): Promise<PictureInfo | null> {
    if (Math.abs(height - (input.height * width) / input.width) > 1) return null;
    if (width === input.width && height === input.height) return input;
    const recipe = {
      make: "filtered",
      of: input.id,
      how: { kind: "resize", width, height, interpolation: ENLARGED },
    } as const;
    return this.#make(this.#enlarged, `${input.id} ${width} ${height}`, recipe, signal);
  }

  /** The label picture of a mask. A mask of the whole photo is cropped like the photo. */
  truth(mask: Photo, { input, whole, cut }: Pair, classes: number, signal: AbortSignal): Promise<PictureInfo> {
    const { client } = this.#bench;
    const make = async () => {
      const made: PictureInfo[] = [];
      const keep = async (picture: Promise<PictureInfo>) => made[made.push(await picture) - 1] as PictureInfo;
      try {
        let file = await keep(client.call("decode", { file: mask.file }, { signal }));
        if (cut && sameSize(file, whole)) {
          file = await keep(client.call("make", { recipe: { make: "cut", of: file.id, cut } }, { signal }));
        }
        if (!sameSize(file, input)) {
          const { width, height } = file;
          throw new CallError("mask-size", "", { width, height, photoWidth: input.width, photoHeight: input.height });
        }
        return await client.call("make", { recipe: { make: "labels", of: file.id, classes } }, { signal });
      } finally {
        for (const { id } of made) client.free("picture", id);
      }
    };
    return this.#truth.get(`${mask.key} ${input.id} ${classes}`, make, signal);
  }

  /** An original without its colors. */
  gray(original: PictureInfo, signal: AbortSignal): Promise<PictureInfo> {
    return this.#make(
      this.#gray,
      String(original.id),
      { make: "filtered", of: original.id, how: { kind: "gray" } },
      signal,
    );
  }

  /** A mask, drawn like the results. */
  drawn(truth: PictureInfo, over: PictureInfo, how: LabelView, signal: AbortSignal): Promise<PictureInfo> {
    const recipe = { make: "drawn-labels", of: truth.id, over: over.id, how } as const;
    return this.#make(this.#mask, JSON.stringify(recipe), recipe, signal);
  }

  /** A new photo: derived pictures of the last one are dropped. Its layers stay visible until there are others. */
  clear(): void {
    for (const step of [this.#cropped, this.#input, this.#enlarged, this.#truth, this.#gray, this.#mask]) step.clear();
  }

  /** Frees what is no longer visible. */
  tidy(): void {
    for (const thing of this.#leaving.splice(0)) this.#letGo(thing);
  }

  /** The worker and everything in it is gone. */
  forget(): void {
    for (const step of [
      this.#cropped,
      this.#input,
      this.#enlarged,
      this.#truth,
      this.#gray,
      this.#mask,
      ...Object.values(this.#layers),
    ])
      step.forget();
    this.#leaving = [];
  }

  #letGo(thing: Layer | number): void {
    if (this.#isShown(thing)) this.#leaving.push(thing);
    else if (typeof thing === "number") this.#bench.client.free("picture", thing);
    else thing.close();
  }

  #pictureStep(): Step<PictureInfo> {
    return new Step(({ id }) => this.#letGo(id));
  }

  #layerStep(): Step<Layer> {
    return new Step((layer) => this.#letGo(layer));
  }

  /** Cropped at the right and bottom to a multiple of the scale, as papers on super-resolution do. */
  #multiple(picture: PictureInfo, scale: number, signal: AbortSignal): Promise<PictureInfo> {
    const width = picture.width - (picture.width % scale);
    const height = picture.height - (picture.height % scale);
    if (width * height === 0 || (width === picture.width && height === picture.height)) return Promise.resolve(picture);
    return this.#make(
      this.#cropped,
      `${picture.id} ${scale}`,
      { make: "cut", of: picture.id, cut: wholeOf({ width, height }) },
      signal,
    );
  }

  #make(step: Step<PictureInfo>, key: string, recipe: Recipe, signal: AbortSignal): Promise<PictureInfo> {
    return step.get(key, () => this.#bench.client.call("make", { recipe }, { signal }), signal);
  }
}

export function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** A layer that shows a picture of the worker. */
export async function layerOf({ client }: Bench, picture: PictureInfo, signal: AbortSignal): Promise<Layer> {
  const overview = await client.call("preview", { picture: picture.id, maxSide: OVERVIEW_SIDE }, { signal });
  const layer = new Layer(picture);
  layer.show(overview, (rect) => client.call("region", { picture: picture.id, rect }));
  return layer;
}
