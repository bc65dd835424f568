/**
 * The pictures around the results: the original, what the methods get of it, and their layers. What others take the
 * place of goes once it is no longer to be seen: a stop may come before these are there.
 */

import type { FilterSpec, LabelView } from "../engine";
import { CallError, type PictureInfo, type Recipe } from "../protocol";
import { Layer, OVERVIEW_SIDE } from "../view/layer";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import { type Cut, wholeOf } from "./cut";
import type { Photo } from "./photo";
import { Step } from "./step";

/** How the input is enlarged to be compared with a larger result. */
export const ENLARGED = "bicubic";

export interface Pair {
  original: PictureInfo;
  /** The original itself where nothing is done to it. */
  input: PictureInfo;
  /** The size of all of the photo, and the part that is used. */
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
  /** Layers, and numbers of pictures, that are needed only as long as they are to be seen. */
  #leaving: (Layer | number)[] = [];

  /** `isShown`: whether a layer, or the picture of this number, is to be seen. */
  constructor(bench: Bench, isShown: (thing: Layer | number) => boolean) {
    this.#bench = bench;
    this.#isShown = isShown;
  }

  /** `worsen`: how an original of this size is degraded; null: not at all. `scale`: what its sides are to be multiples of. */
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

  /** The input in the size of a result: itself, or enlarged; null where that has another shape. */
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

  /** The picture of labels that a mask of the photo gives. One of the whole photo is cut as the photo is. */
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

  /** A mask as results are drawn. */
  drawn(truth: PictureInfo, over: PictureInfo, how: LabelView, signal: AbortSignal): Promise<PictureInfo> {
    const recipe = { make: "drawn-labels", of: truth.id, over: over.id, how } as const;
    return this.#make(this.#mask, JSON.stringify(recipe), recipe, signal);
  }

  /** Another photo: what was made of the last one is no longer needed. Its layers are shown until there are others. */
  clear(): void {
    for (const step of [this.#cropped, this.#input, this.#enlarged, this.#truth, this.#gray, this.#mask]) step.clear();
  }

  /** Something else is to be seen. */
  tidy(): void {
    for (const thing of this.#leaving.splice(0)) this.#letGo(thing);
  }

  /** The worker is gone, and all that was in it. */
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

  /** Cut at the right and the bottom so that reducing it leaves no rest, as papers on super-resolution do. */
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
