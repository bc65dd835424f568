/**
 * The tasks this page has words and settings for. Which of them can be chosen is for the manifest to say; one
 * it lists that is not here appears under its model's own title.
 */

import type { DegradationKind, FilterSpec } from "../engine";
import { classicalOf } from "./classical";

export interface TaskFacts {
  id: string;
  /** How much larger the result is. */
  scale: number;
  /** What a photo can be made worse with to test the task, the usual one first; `[]`: nothing. */
  kinds: readonly DegradationKind[];
  /** Whether it is tested with a mask, which a person has to give. */
  masked?: true;
  /** What is done besides, whatever the kind chosen: before it, and after it. */
  before?: DegradationKind;
  after?: DegradationKind;
  baselines: readonly BaselineId[];
  /** What can be changed of a result without running again. */
  finish: readonly ("strength" | "saturation")[];
  /** The tasks that are done one after another; only where it is not one network's work. */
  chain?: readonly string[];
}

const NOISE = ["gaussian-noise", "poisson", "salt-and-pepper", "speckle", "sensor", "jpeg"] as const;
const COLOUR = ["strength", "saturation"] as const;
const INTERPOLATIONS = ["nearest", "bilinear", "bicubic", "lanczos3"] as const;
const ENLARGERS = [...INTERPOLATIONS, "back-projection"] as const;
const SMOOTHERS = ["mean", "median", "gaussian-blur", "bilateral", "non-local-means"] as const;

export const TASKS: readonly TaskFacts[] = [
  { id: "denoise", scale: 1, kinds: NOISE, baselines: SMOOTHERS, finish: ["strength"] },
  {
    id: "deblur",
    scale: 1,
    kinds: ["gaussian-blur", "motion", "defocus"],
    baselines: ["unsharp"],
    finish: ["strength"],
  },
  { id: "super-resolve-x2", scale: 2, kinds: ["downscale"], baselines: ENLARGERS, finish: [] },
  { id: "super-resolve-x4", scale: 4, kinds: ["downscale"], baselines: ENLARGERS, finish: [] },
  { id: "colorize", scale: 1, kinds: ["gray"], baselines: ["gray"], finish: COLOUR },
  {
    id: "denoise-colorize",
    scale: 1,
    kinds: [...NOISE, "old-photo"],
    after: "gray",
    baselines: ["gray"],
    finish: COLOUR,
  },
  { id: "edges-to-scene", scale: 1, kinds: ["edges"], baselines: [], finish: ["saturation"] },
  { id: "segment", scale: 1, kinds: [], masked: true, baselines: [], finish: [] },
];

/**
 * One click for an old photo: cleaned, colorized, enlarged. One network does the first two: noise of a gray photo is
 * the same in all channels, which is not what networks for noise in colour have learned to take away.
 */
export const OLD_PHOTO: TaskFacts = {
  id: "old-photo",
  scale: 2,
  kinds: ["old-photo", ...NOISE],
  before: "downscale",
  after: "gray",
  baselines: [],
  finish: ["saturation"],
  chain: ["denoise-colorize", "super-resolve-x2"],
};

export type BaselineId = (typeof SMOOTHERS)[number] | "unsharp" | "gray" | (typeof ENLARGERS)[number];

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
      return classicalOf(id).usual;
    case "bilateral":
    case "non-local-means":
      return sigma === null ? { kind: id } : { kind: id, sigma };
    case "back-projection":
      return { kind: id, scale };
    default:
      return { kind: "upscale", scale, interpolation: id };
  }
}

/** Whether a baseline is told how strong the noise is. */
export function takesSigma(filter: FilterSpec): boolean {
  return filter.kind === "bilateral" || filter.kind === "non-local-means";
}

/** How a sample is opened: what a mask would score has none at first. */
export function usualMode({ masked }: TaskFacts): "apply" | "test" {
  return masked ? "apply" : "test";
}

/** The facts of a task the page does not know: a picture goes in and one comes out. */
export function factsOf(id: string): TaskFacts {
  const known = [...TASKS, OLD_PHOTO].find((task) => task.id === id);
  return known ?? { id, scale: 1, kinds: [], baselines: [], finish: ["strength"] };
}
