/**
 * Task facts from the recipes: `models/tasks.json`, which `training/manifest.py` writes. The manifest decides which
 * tasks are offered; a task without facts appears under its model's title.
 */

import listed from "../../../models/tasks.json";
import type { DegradationKind, FilterSpec, FirstLook } from "../engine";
import { classicalOf } from "./classical";

export interface TaskFacts {
  id: string;
  /** Scale of the result. */
  scale: number;
  /** Color encoding of the networks' input and output, as `color` in their metadata; absent for chains. */
  input?: string;
  output?: string;
  /** Class names of a segmentation. */
  classes?: readonly string[];
  /** Degradations that test the task, the default one first; `[]`: none. */
  kinds: readonly DegradationKind[];
  /** Overrides of the default kind's values. */
  usual?: Readonly<Record<string, number>>;
  /** Fixed degradation steps around the chosen kind: before it, and after it. */
  before?: DegradationKind;
  after?: DegradationKind;
  baselines: readonly BaselineId[];
  /** Adjustments of a result that need no new run. */
  finish: readonly ("strength" | "saturation")[];
  /** Steps of a chain, in order: ids of tasks and classical methods; only for chains. */
  chain?: readonly string[];
  /** When the task is proposed: for photos with this need, and after other tasks. */
  proposed?: { need?: NonNullable<FirstLook["need"]>; after?: "enlarging" | "other-tasks" };
}

/** In the page's order. */
export const TASKS = listed as readonly TaskFacts[];

export type BaselineId =
  | "mean"
  | "median"
  | "gaussian-blur"
  | "bilateral"
  | "non-local-means"
  | "unsharp"
  | "autocontrast"
  | "gray"
  | "nearest"
  | "bilinear"
  | "bicubic"
  | "lanczos3"
  | "back-projection"
  | `multi-frame-${Frames}`;

/** Number of small photos that one large photo is made from. */
type Frames = 1 | 4 | 9 | 16;

/** The filter of a baseline for a task of this scale. `sigma`: of the noise to remove; null: estimated. */
export function filterOf(id: BaselineId, scale: number, sigma: number | null): FilterSpec {
  switch (id) {
    case "gray":
      return { kind: id };
    case "mean":
    case "median":
    case "gaussian-blur":
    case "unsharp":
    case "autocontrast":
      return classicalOf(id).usual;
    case "bilateral":
    case "non-local-means":
      return sigma === null ? { kind: id } : { kind: id, sigma };
    case "back-projection":
      return { kind: id, scale };
    case "multi-frame-1":
    case "multi-frame-4":
    case "multi-frame-9":
    case "multi-frame-16":
      return { kind: "multi-frame", scale, frames: Number(id.slice("multi-frame-".length)) };
    case "nearest":
    case "bilinear":
    case "bicubic":
    case "lanczos3":
      return { kind: "upscale", scale, interpolation: id };
  }
}

/** A step of a chain. */
export type ChainStep = { kind: "task"; id: string } | { kind: "filter"; id: BaselineId };

/** The steps of a chain without the skipped ones; if none would be left, the last stays. */
export function stepsOf({ chain = [] }: TaskFacts, without: readonly string[] = []): ChainStep[] {
  const left = chain.filter((id) => !without.includes(id));
  return (left.length > 0 ? left : chain.slice(-1)).map((id) =>
    TASKS.some((task) => task.id === id) ? { kind: "task", id } : { kind: "filter", id: id as BaselineId },
  );
}

/** A chain's facts without the skipped steps: if nothing enlarges any more, tests do not downscale. */
export function withoutSteps(task: TaskFacts, without: readonly string[]): TaskFacts {
  if (!task.chain) return task;
  const scales = stepsOf(task, without).map((step) => (step.kind === "task" ? factsOf(step.id).scale : 1));
  const scale = scales.reduce((product, factor) => product * factor, 1);
  const { before, ...others } = task;
  return { ...others, scale, ...(before && (scale > 1 || before !== "downscale") && { before }) };
}

/** Whether the output keeps the compression artifacts of a photo: colorization keeps the luma as it is. */
export function keepsCompression({ output }: TaskFacts): boolean {
  return output === "lab-ab";
}

/** Whether a filter derives its own small photos from the original. */
export function takesOriginal({ kind }: FilterSpec): boolean {
  return kind === "multi-frame";
}

/** Whether a task takes line drawings. */
export function takesLines({ kinds }: TaskFacts): boolean {
  return kinds.includes("edges");
}

/** Whether a baseline takes the noise level. */
export function takesSigma(filter: FilterSpec): boolean {
  return filter.kind === "bilateral" || filter.kind === "non-local-means";
}

/** Whether its results are classes, which are scored with the user's mask. */
export function tellsClasses({ classes = [] }: TaskFacts): boolean {
  return classes.length > 0;
}

/** Whether it removes noise. */
export function isAgainstNoise({ kinds }: TaskFacts): boolean {
  return kinds.includes("gaussian-noise");
}

/** The mode in which a sample is opened: tasks scored by a mask have none at first. */
export function usualMode(task: TaskFacts): "apply" | "test" {
  return tellsClasses(task) ? "apply" : "test";
}

/** The facts of an unknown task: one picture in, one out. */
export function factsOf(id: string): TaskFacts {
  const known = TASKS.find((task) => task.id === id);
  return known ?? { id, scale: 1, kinds: [], baselines: [], finish: ["strength"] };
}
