/** Computes a method's picture from its input, and the displayed picture from that. Stateless. */

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

/** Everything that a result depends on. */
export interface Order {
  task: TaskFacts;
  settings: Settings;
  input: PictureInfo;
  /** The input before degradation; the input itself if it was not degraded. */
  original: PictureInfo;
  /** Target size where photos are enlarged. */
  size: Size;
  /** The part of the input to compute first. */
  near: Point | null;
  told: Told;
}

export interface Watch {
  /** The last stage begins; `size` of its output. */
  onLast?(size: Size): void;
  onTile?(tile: Tile): void;
  /** Progress over all stages, 0 to 1. */
  onFraction?(fraction: number): void;
}

export interface Made {
  picture: PictureInfo;
  /** Computation only, without downloads. */
  milliseconds: number;
  /** The engine that ran the networks, as last reported. */
  engine: EngineInfo | null;
  flops: number;
  /** Classes, if the picture holds labels. */
  classes: ClassInfo[];
  /** Whether its network outputs gray only. */
  gray: boolean;
  /** Optional inputs of its networks. */
  optional: Record<string, OptionalInput>;
}

/** Whether a method works on the input; others derive inputs of their own from the original. */
export function worksOnInput({ stages: [first] }: Method): boolean {
  return !(first?.kind === "filter" && takesOriginal(first.filter));
}

/** The picture that a method works on. */
export function sourceOf(method: Method, { input, original }: Pick<Order, "input" | "original">): PictureInfo {
  return worksOnInput(method) ? input : original;
}

/** Estimated cost of a method on a picture of this size; each stage works on the output of the one before. */
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
    if (stage.kind === "filter") continue; // filters before a network keep the size
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

/** Approximate operations per pixel of the result; infinite for networks outside the manifest. */
export function costOf({ stages }: Method): number {
  const costs = stages.map((stage) => {
    if (stage.kind === "filter") return 0;
    return stage.kind === "model" ? stage.entry.flopsPerPixel : Number.POSITIVE_INFINITY;
  });
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** Work of each parallel thread, if tiles are distributed evenly. */
function eachDoes({ flops, tiles, threads = 1 }: Estimate): number {
  return (flops * Math.ceil(tiles / threads)) / Math.max(tiles, 1);
}

/** Runs all stages of a method; intermediate pictures are freed. */
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
 * Post-processing of a raw result before display: strength, saturation, size, label colors. Needs no new run. `from`:
 * its input; a filter resizes to the target size at once.
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

/** Indices of the visible classes. */
export function shownClasses(classes: readonly ClassInfo[], settings: Pick<Settings, "classes">): number[] {
  // If classes have numbers instead of names, the background comes first by convention.
  const isBackground = (name: string) => name === "background" || name === "0";
  const shown = ({ name }: ClassInfo) => (settings.classes ? settings.classes.includes(name) : !isBackground(name));
  return classes.flatMap((one, index) => (shown(one) ? [index] : []));
}
