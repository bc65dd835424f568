/** From an input to a method's picture, and from there to what is shown: the work itself, without remembering. */

import type { BackendChoice, ClassInfo, Estimate, OptionalInput } from "../engine";
import type { EngineInfo, PictureInfo, Point, Progress, Recipe, Tile } from "../protocol";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import type { Method } from "./catalogue";
import { type Told, valuesFor } from "./hints";
import type { Settings } from "./settings";
import { isFree, RESIZER } from "./size";
import type { Expected } from "./state";
import { type TaskFacts, takesOriginal } from "./tasks";

/** What a result is made from. */
export interface Order {
  task: TaskFacts;
  settings: Settings;
  input: PictureInfo;
  /** What the input was before it was degraded; the input itself where it was not. */
  original: PictureInfo;
  /** What it is brought to where photos are enlarged. */
  size: Size;
  /** The part of the input to make first. */
  near: Point | null;
  told: Told;
}

export interface Watch {
  /** The last stage begins: the size of what it makes. */
  onLast?(size: Size): void;
  onTile?(tile: Tile): void;
  /** Of all stages, 0 to 1. */
  onFraction?(fraction: number): void;
}

export interface Made {
  picture: PictureInfo;
  /** Computing alone, without downloads. */
  milliseconds: number;
  /** What networks ran on, last heard. */
  engine: EngineInfo | null;
  flops: number;
  /** What the picture tells apart, where it is one of labels. */
  classes: ClassInfo[];
  /** Whether it has no colors because its network makes none. */
  gray: boolean;
  /** What its networks can be told beside the picture. */
  optional: Record<string, OptionalInput>;
}

/** Whether a method works on the input; others make inputs of their own, of the original. */
export function worksOnInput({ stages: [first] }: Method): boolean {
  return !(first?.kind === "filter" && takesOriginal(first.filter));
}

/** What a method works on. */
export function sourceOf(method: Method, { input, original }: Pick<Order, "input" | "original">): PictureInfo {
  return worksOnInput(method) ? input : original;
}

/** What a method will take of a picture of this size: each stage works on what the one before it makes. */
export async function expected(
  bench: Bench,
  method: Method,
  input: Size,
  choice: BackendChoice,
  signal: AbortSignal,
): Promise<Expected & { refused: Estimate | null }> {
  const total: Expected & { refused: Estimate | null } = {
    tiles: 0,
    peakBytes: 0,
    milliseconds: 0,
    resized: null,
    refused: null,
  };
  let { width, height } = input;
  for (const stage of method.stages) {
    if (stage.kind === "filter") continue; // filters before a network leave the size as it is
    const model = await bench.model(stage, signal);
    const pace = await bench.pace(choice, model, signal);
    const estimate = await bench.client.call("estimate", { width, height, model: model.id }, { signal });
    if (!estimate.fits) return { ...total, peakBytes: estimate.peakBytes, refused: estimate };
    if (estimate.exact === false) total.resized = estimate.frame ?? null;
    total.tiles += estimate.tiles;
    total.peakBytes = Math.max(total.peakBytes, estimate.peakBytes);
    total.milliseconds += eachDoes(estimate) / pace;
    ({ width, height } = estimate);
  }
  return total;
}

/** About how many operations a pixel of the result takes; of networks that no manifest tells of, more than any. */
export function costOf({ stages }: Method): number {
  const costs = stages.map((stage) => {
    if (stage.kind === "filter") return 0;
    return stage.kind === "model" ? stage.entry.flopsPerPixel : Number.POSITIVE_INFINITY;
  });
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** What each of the threads that run at once computes, if the tiles go around evenly. */
function eachDoes({ flops, tiles, threads = 1 }: Estimate): number {
  return (flops * Math.ceil(tiles / threads)) / Math.max(tiles, 1);
}

/** Runs all stages of a method; what lies between them is freed. */
export async function runStages(
  bench: Bench,
  method: Method,
  input: PictureInfo,
  near: Point | null,
  told: Told,
  watch: Watch,
  signal: AbortSignal,
): Promise<Made> {
  const { client } = bench;
  let last = input;
  let engine: EngineInfo | null = null;
  let milliseconds = 0;
  let flops = 0;
  let classes: ClassInfo[] = [];
  let gray = false;
  let optional: Made["optional"] = {};
  const free = () => last !== input && client.free("picture", last.id);
  try {
    for (const [index, stage] of method.stages.entries()) {
      const isLast = index === method.stages.length - 1;
      let next: PictureInfo;
      if (stage.kind === "filter") {
        const began = performance.now();
        next = await client.call("make", { recipe: { make: "filtered", of: last.id, how: stage.filter } }, { signal });
        milliseconds += performance.now() - began;
      } else {
        const model = await bench.model(stage, signal);
        ({ classes, gray } = model);
        optional = { ...optional, ...model.optional };
        const ids = { picture: last.id, model: model.id };
        const estimate = await client.call(
          "estimate",
          { width: last.width, height: last.height, model: model.id },
          { signal },
        );
        flops += eachDoes(estimate);
        if (isLast) watch.onLast?.(estimate);
        const onProgress = (progress: Progress) => {
          if (progress.stage === "compute") watch.onFraction?.((index + progress.fraction) / method.stages.length);
        };
        const began = performance.now();
        const scaled = near && { x: (near.x * last.width) / input.width, y: (near.y * last.height) / input.height };
        const done = await client.call(
          "process",
          { ...ids, near: scaled, optional: valuesFor(model.optional, told, last) },
          { signal, onProgress, onTile: isLast ? watch.onTile : undefined },
        );
        milliseconds += performance.now() - began;
        ({ engine, picture: next } = done);
      }
      free();
      last = next;
    }
    return { picture: last, milliseconds, engine, flops, classes, gray, optional };
  } catch (error) {
    free();
    throw error;
  }
}

/**
 * What is done to a raw result before it is shown: strength, saturation, the size, the look of labels. It needs no new
 * run. `from`: what it is done to; a filter goes from the input to the wanted size at once.
 */
export function touches(
  method: Method,
  raw: Made,
  { task, settings, input, size: { width, height } }: Omit<Order, "near" | "told" | "original">,
): { from: PictureInfo; recipes: Recipe[] } {
  const isWanted =
    (raw.picture.width === width && raw.picture.height === height) || raw.classes.length > 0 || !isFree(task);
  const recipes = finished(task, settings, raw, input);
  if (isWanted) return { from: raw.picture, recipes };
  const [only] = method.stages;
  const enlarges = only?.kind === "filter" && only.filter.kind === "upscale" ? only.filter.interpolation : null;
  const from = enlarges ? input : raw.picture;
  return {
    from,
    recipes: [
      ...recipes,
      { make: "filtered", of: from.id, how: { kind: "resize", width, height, interpolation: enlarges ?? RESIZER } },
    ],
  };
}

function finished({ finish }: TaskFacts, settings: Settings, raw: Made, input: PictureInfo): Recipe[] {
  const { strength, saturation, labels: mode } = settings;
  const over = input.id;
  const of = raw.picture.id;
  if (raw.classes.length > 0) {
    return [{ make: "drawn-labels", of, over, how: { mode, classes: shownClasses(raw.classes, settings) } }];
  }
  const recipes: Recipe[] = [];
  if (finish.includes("saturation") && saturation !== 1) {
    recipes.push({ make: "filtered", of, how: { kind: "saturation", factor: saturation } });
  }
  if (finish.includes("strength") && strength !== 1) recipes.push({ make: "mixed", of, over, strength });
  return recipes;
}

/** Indices of the classes that are shown. */
export function shownClasses(classes: readonly ClassInfo[], settings: Pick<Settings, "classes">): number[] {
  // Where classes have numbers in place of names, the background is the first by custom.
  const isBackground = (name: string) => name === "background" || name === "0";
  const shown = ({ name }: ClassInfo) => (settings.classes ? settings.classes.includes(name) : !isBackground(name));
  return classes.flatMap((one, index) => (shown(one) ? [index] : []));
}
