/** How large a result becomes: as its network makes it, or as a person wants it. */

import type { Size } from "../view/viewport";
import type { Settings } from "./settings";
import type { TaskFacts } from "./tasks";

/** The least that a result is larger than the photo; the most is twice what the network does. */
const LEAST = 1;

/** What brings a network's result to the size that is wanted. */
export const RESIZER = "lanczos3";

export function largest({ scale }: TaskFacts): number {
  return 2 * scale;
}

/** Whether a person can choose: where photos are enlarged, and not to be compared with an original of one size. */
export function isFree({ scale }: TaskFacts, { mode }: Pick<Settings, "mode">): boolean {
  return scale > 1 && mode === "apply";
}

/** How many times larger than the input a result is. */
export function factorOf(task: TaskFacts, settings: Pick<Settings, "mode" | "enlarge">): number {
  if (!isFree(task, settings) || settings.enlarge === null) return task.scale;
  return Math.min(Math.max(settings.enlarge, LEAST), largest(task));
}

export function resultSize(task: TaskFacts, settings: Pick<Settings, "mode" | "enlarge">, input: Size): Size {
  const factor = factorOf(task, settings);
  const side = (length: number) => Math.max(Math.round(length * factor), 1);
  return { width: side(input.width), height: side(input.height) };
}
