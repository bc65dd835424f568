/** How large a result becomes: as its network makes it, or as a person wants it. */

import type { Size } from "../view/viewport";
import type { Settings } from "./settings";
import type { TaskFacts } from "./tasks";

/** The least that a result is larger than the photo; the most is twice what the network does. */
const LEAST = 1;
/** The least that a photo is reduced by in a test: of one that keeps its size nothing is lost. */
const LEAST_TESTED = 1.1;

/** What brings a network's result to the size that is wanted. */
export const RESIZER = "lanczos3";

type Choice = Pick<Settings, "mode" | "enlarge">;

export function smallest({ mode }: Pick<Settings, "mode">): number {
  return mode === "test" ? LEAST_TESTED : LEAST;
}

export function largest({ scale }: TaskFacts): number {
  return 2 * scale;
}

/** Whether a person can choose the size: where photos are enlarged. */
export function isFree({ scale }: TaskFacts): boolean {
  return scale > 1;
}

/** How many times larger than the input a result is; in a test also how many times smaller than the photo the input is. */
export function factorOf(task: TaskFacts, settings: Choice): number {
  if (!isFree(task) || settings.enlarge === null) return task.scale;
  return Math.min(Math.max(settings.enlarge, smallest(settings)), largest(task));
}

/** The size of the result of a photo as it is. */
export function resultSize(task: TaskFacts, settings: Choice, input: Size): Size {
  const factor = factorOf(task, settings);
  return scaled(input, (length) => length * factor);
}

/**
 * The size that a test reduces a photo to, so that a result has the photo's own size and is scored against its own
 * pixels, none of them interpolated; null: by the task's whole scale, as papers do, where no size was chosen.
 */
export function reducedSize(task: TaskFacts, settings: Choice, original: Size): Size | null {
  const factor = factorOf(task, settings);
  return factor === task.scale ? null : scaled(original, (length) => length / factor);
}

/** Pixels along the edges that scores leave out, as papers on super-resolution do. */
export function unscored(task: TaskFacts, settings: Choice): number {
  return isFree(task) ? Math.ceil(factorOf(task, settings)) : 0;
}

function scaled({ width, height }: Size, scale: (length: number) => number): Size {
  const side = (length: number) => Math.max(Math.round(scale(length)), 1);
  return { width: side(width), height: side(height) };
}
