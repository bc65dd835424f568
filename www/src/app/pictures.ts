/** The pictures around the results: the original, what the methods get of it, and their layers. */

import type { Degradation, LabelView } from "../engine";
import { CallError, type PictureInfo, type Recipe } from "../protocol";
import { Layer, OVERVIEW_SIDE } from "../view/layer";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import type { Photo } from "./photo";
import { Step } from "./step";

export interface Pair {
  original: PictureInfo;
  /** The original itself where nothing is done to it. */
  input: PictureInfo;
}

export class Pictures {
  #bench: Bench;
  #cropped: Step<PictureInfo>;
  #enlarged: Step<PictureInfo>;
  #truth: Step<PictureInfo>;
  #mask: Step<PictureInfo>;
  #layers = { original: layerStep(), input: layerStep(), mask: layerStep() };

  constructor(bench: Bench) {
    this.#bench = bench;
    const free = (picture: PictureInfo) => bench.client.free("picture", picture.id);
    this.#cropped = new Step(free);
    this.#enlarged = new Step(free);
    this.#truth = new Step(free);
    this.#mask = new Step(free);
  }

  async pair(photo: Photo, how: readonly Degradation[], scale: number, signal: AbortSignal): Promise<Pair> {
    const whole = await this.#bench.original(photo, signal);
    const original = how.length > 0 ? await this.#multiple(whole, scale, signal) : whole;
    return { original, input: await this.#bench.input(original, how, signal) };
  }

  layer(which: "original" | "input" | "mask", picture: PictureInfo, signal: AbortSignal): Promise<Layer> {
    return this.#layers[which].get(String(picture.id), () => layerOf(this.#bench, picture, signal), signal);
  }

  /** The input in the size of a result: itself, or enlarged by a whole factor; null where there is none. */
  async sizedAs(size: Size, input: PictureInfo, signal: AbortSignal): Promise<PictureInfo | null> {
    const scale = size.width / input.width;
    if (!Number.isInteger(scale) || size.height !== input.height * scale) return null;
    if (scale === 1) return input;
    const recipe = { make: "filtered", of: input.id, how: { kind: "upscale", scale, interpolation: "bicubic" } } as const;
    return this.#make(this.#enlarged, `${input.id} ${scale}`, recipe, signal);
  }

  /** The picture of labels that a mask of the photo gives. */
  truth(mask: Photo, photo: PictureInfo, classes: number, signal: AbortSignal): Promise<PictureInfo> {
    const { client } = this.#bench;
    const make = async () => {
      const file = await client.call("decode", { file: mask.file }, { signal });
      try {
        if (file.width !== photo.width || file.height !== photo.height) {
          const { width, height } = file;
          throw new CallError("mask-size", "", { width, height, photoWidth: photo.width, photoHeight: photo.height });
        }
        return await client.call("make", { recipe: { make: "labels", of: file.id, classes } }, { signal });
      } finally {
        client.free("picture", file.id);
      }
    };
    return this.#truth.get(`${mask.key} ${photo.id} ${classes}`, make, signal);
  }

  /** A mask as results are drawn. */
  drawn(truth: PictureInfo, over: PictureInfo, how: LabelView, signal: AbortSignal): Promise<PictureInfo> {
    const recipe = { make: "drawn-labels", of: truth.id, over: over.id, how } as const;
    return this.#make(this.#mask, JSON.stringify(recipe), recipe, signal);
  }

  /** Another photo: what was made of the last one is no longer needed. Its layers are shown until there are others. */
  clear(): void {
    for (const step of [this.#cropped, this.#enlarged, this.#truth, this.#mask]) step.clear();
  }

  /** The worker is gone, and all that was in it. */
  forget(): void {
    const { original, input, mask } = this.#layers;
    for (const step of [this.#cropped, this.#enlarged, this.#truth, this.#mask, original, input, mask]) step.forget();
  }

  /** Cut at the right and the bottom so that reducing it leaves no rest, as papers on super-resolution do. */
  #multiple(picture: PictureInfo, scale: number, signal: AbortSignal): Promise<PictureInfo> {
    const width = picture.width - (picture.width % scale);
    const height = picture.height - (picture.height % scale);
    if (width * height === 0 || (width === picture.width && height === picture.height)) return Promise.resolve(picture);
    return this.#make(this.#cropped, `${picture.id} ${scale}`, { make: "cropped", of: picture.id, rect: { x: 0, y: 0, width, height } }, signal);
  }

  #make(step: Step<PictureInfo>, key: string, recipe: Recipe, signal: AbortSignal): Promise<PictureInfo> {
    return step.get(key, () => this.#bench.client.call("make", { recipe }, { signal }), signal);
  }
}

/** A layer that shows a picture of the worker. */
export async function layerOf({ client }: Bench, picture: PictureInfo, signal: AbortSignal): Promise<Layer> {
  const overview = await client.call("preview", { picture: picture.id, maxSide: OVERVIEW_SIDE }, { signal });
  const layer = new Layer(picture);
  layer.show(overview, (rect) => client.call("region", { picture: picture.id, rect }));
  return layer;
}

function layerStep(): Step<Layer> {
  return new Step((layer) => layer.close());
}
