/**
 * What the recipes say of the tasks: `models/tasks.json`, which `training/manifest.py` writes. Which of them can be chosen is for
 * the manifest to say; one it lists that has no facts appears under its model's own title.
 */

import listed from "../../../models/tasks.json";
import type { DegradationKind, FilterSpec, FirstLook } from "../engine";
import { classicalOf } from "./classical";

export interface TaskFacts {
  id: string;
  /** How much larger the result is. */
  scale: number;
  /** How pictures are encoded for its networks, and what these return, as `color` in their metadata; chains have neither. */
  input?: string;
  output?: string;
  /** Names of the classes that a segmentation tells apart. */
  classes?: readonly string[];
  /** What a photo can be made worse with to test the task, the usual one first; `[]`: nothing. */
  kinds: readonly DegradationKind[];
  /** What of the usual kind's values is otherwise for this task. */
  usual?: Readonly<Record<string, number>>;
  /** What is done besides, whatever the kind chosen: before it, and after it. */
  before?: DegradationKind;
  after?: DegradationKind;
  baselines: readonly BaselineId[];
  /** What can be changed of a result without running again. */
  finish: readonly ("strength" | "saturation")[];
  /** What is done one after another, tasks by their id and classical methods; only where it is not one network's work. */
  chain?: readonly string[];
  /** When it is proposed: to photos that a first look finds in need of it, and after other tasks. */
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

/** Of how many small photos one large one is made. */
type Frames = 1 | 4 | 9 | 16;

/** What a baseline does where the task makes pictures `scale` times as large. `sigma`: of the noise that it is to
 *  remove; null: as the engine estimates it. */
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

/** The steps of a task that is a chain of others, but for those left out; the last one stays where nothing else would. */
export function stepsOf({ chain = [] }: TaskFacts, without: readonly string[] = []): ChainStep[] {
  const left = chain.filter((id) => !without.includes(id));
  return (left.length > 0 ? left : chain.slice(-1)).map((id) =>
    TASKS.some((task) => task.id === id) ? { kind: "task", id } : { kind: "filter", id: id as BaselineId },
  );
}

/** A chain's facts as they are without the steps that are left out: what enlarges no more is tested on no smaller photo. */
export function withoutSteps(task: TaskFacts, without: readonly string[]): TaskFacts {
  if (!task.chain) return task;
  const scales = stepsOf(task, without).map((step) => (step.kind === "task" ? factsOf(step.id).scale : 1));
  const scale = scales.reduce((product, factor) => product * factor, 1);
  const { before, ...others } = task;
  return { ...others, scale, ...(before && (scale > 1 || before !== "downscale") && { before }) };
}

/** Whether what a task makes still has the marks that a photo's compression left: colors alone leave them as they are. */
export function keepsCompression({ output }: TaskFacts): boolean {
  return output === "lab-ab";
}

/** Whether a filter makes small photos of the original by itself. */
export function takesOriginal({ kind }: FilterSpec): boolean {
  return kind === "multi-frame";
}

/** Whether a baseline is told how strong the noise is. */
export function takesSigma(filter: FilterSpec): boolean {
  return filter.kind === "bilateral" || filter.kind === "non-local-means";
}

/** Whether its results are classes, which are scored with a mask that a person has to give. */
export function tellsClasses({ classes = [] }: TaskFacts): boolean {
  return classes.length > 0;
}

/** Whether it removes noise. */
export function isAgainstNoise({ kinds }: TaskFacts): boolean {
  return kinds.includes("gaussian-noise");
}

/** How a sample is opened: what a mask would score has none at first. */
export function usualMode(task: TaskFacts): "apply" | "test" {
  return tellsClasses(task) ? "apply" : "test";
}

/** The facts of a task the page does not know: a picture goes in and one comes out. */
export function factsOf(id: string): TaskFacts {
  const known = TASKS.find((task) => task.id === id);
  return known ?? { id, scale: 1, kinds: [], baselines: [], finish: ["strength"] };
}
