/** The size of a result: the network's own, or the user's choice. */

import type { Size } from "../view/viewport";
import type { Settings } from "./settings";
import type { TaskFacts } from "./tasks";

/** Smallest scale of a result; the largest is twice the network's own. */
const LEAST = 1;
/** Smallest downscaling factor of a test: at 1, nothing is lost. */
const LEAST_TESTED = 1.1;

/** Filter that brings a network's result to the chosen size. */
export const RESIZER = "lanczos3";

type Choice = Pick<Settings, "mode" | "enlarge">;

export function smallest({ mode }: Pick<Settings, "mode">): number {
  return mode === "test" ? LEAST_TESTED : LEAST;
}

export function largest({ scale }: TaskFacts): number {
  return 2 * scale;
}

/** Whether the user can choose the size: only where photos are enlarged. */
export function isFree({ scale }: TaskFacts): boolean {
  return scale > 1;
}

/** Scale of a result relative to the input; in a test also the factor that the photo is downscaled by. */
export function factorOf(task: TaskFacts, settings: Choice): number {
  if (!isFree(task) || settings.enlarge === null) return task.scale;
  return Math.min(Math.max(settings.enlarge, smallest(settings)), largest(task));
}

/** The size of the result for an undegraded photo. */
export function resultSize(task: TaskFacts, settings: Choice, input: Size): Size {
  const factor = factorOf(task, settings);
  return scaled(input, (length) => length * factor);
}

/**
 * The size that a test downscales the photo to, so that results have the photo's own size and are scored against its
 * pixels without interpolation; null: by the task's integer scale, as papers do, if no size was chosen.
 */
export function reducedSize(task: TaskFacts, settings: Choice, original: Size): Size | null {
  const factor = factorOf(task, settings);
  return factor === task.scale ? null : scaled(original, (length) => length / factor);
}

/** Width of the border that scores ignore, in pixels, as papers on super-resolution do. */
export function unscored(task: TaskFacts, settings: Choice): number {
  return isFree(task) ? Math.ceil(factorOf(task, settings)) : 0;
}

function scaled({ width, height }: Size, scale: (length: number) => number): Size {
  const side = (length: number) => Math.max(Math.round(scale(length)), 1);
  return { width: side(width), height: side(height) };
}
