/** How a photo is made worse in a test: kinds, the range of the one number each takes, and the engine's words for it. */

import type { Degradation } from "../engine";
import type { TaskFacts } from "./tasks";

export interface DegradationSettings {
  kind: DegradationKind;
  /** Strength in the kind's own unit; see `KINDS`. */
  level: number;
  /** Direction of motion, in degrees. */
  angle: number;
  seed: number;
}

export interface Kind {
  /** Of the level; null where there is nothing to set. */
  range: { min: number; max: number; step: number; usual: number } | null;
  /** Whether equal seeds matter. */
  random: boolean;
  /** What the engine is asked for. */
  options(settings: DegradationSettings, scale: number): Degradation;
}

/** A camera's own noise, σ of 255: without it a blur could be undone by arithmetic alone. */
const FAINT = 2;

/** `gaussian-noise`: σ of 255; `poisson`: photons at white; `salt-and-pepper`, `speckle`: percent; blurs: pixels. */
export const KINDS = {
  "gaussian-noise": {
    range: { min: 1, max: 75, step: 1, usual: 35 },
    random: true,
    options: ({ level: sigma, seed }) => ({ kind: "gaussian-noise", sigma, seed }),
  },
  poisson: {
    range: { min: 2, max: 128, step: 1, usual: 20 },
    random: true,
    options: ({ level: peak, seed }) => ({ kind: "poisson", peak, seed }),
  },
  "salt-and-pepper": {
    range: { min: 1, max: 50, step: 1, usual: 8 },
    random: true,
    options: ({ level, seed }) => ({ kind: "salt-and-pepper", probability: level / 100, seed }),
  },
  speckle: {
    range: { min: 1, max: 80, step: 1, usual: 25 },
    random: true,
    options: ({ level, seed }) => ({ kind: "speckle", sigma: level / 100, seed }),
  },
  "gaussian-blur": {
    range: { min: 0.5, max: 6, step: 0.1, usual: 1.8 },
    random: false,
    options: ({ level: sigma, seed }) => ({ kind: "gaussian-blur", sigma, noise: FAINT, seed }),
  },
  motion: {
    range: { min: 2, max: 30, step: 1, usual: 9 },
    random: false,
    options: ({ level: length, angle, seed }) => ({ kind: "motion", length, angle, noise: FAINT, seed }),
  },
  defocus: {
    range: { min: 1, max: 10, step: 0.5, usual: 3 },
    random: false,
    options: ({ level: radius, seed }) => ({ kind: "defocus", radius, noise: FAINT, seed }),
  },
  downscale: { range: null, random: false, options: (_settings, scale) => ({ kind: "downscale", scale }) },
  gray: { range: null, random: false, options: () => ({ kind: "gray" }) },
  edges: { range: null, random: false, options: () => ({ kind: "edges", side: 128 }) },
} as const satisfies Record<string, Kind>;

export type DegradationKind = keyof typeof KINDS;

export function isKind(kind: string): kind is DegradationKind {
  return Object.hasOwn(KINDS, kind);
}

export function kindOf(kind: DegradationKind): Kind {
  return KINDS[kind];
}

export function usual(kind: DegradationKind): DegradationSettings {
  return { kind, level: kindOf(kind).range?.usual ?? 0, angle: 0, seed: 1 };
}

/** The settings, if they are of a kind that the task is tested with, else the task's usual ones. */
export function fitting(task: TaskFacts, settings: DegradationSettings): DegradationSettings {
  const [usually] = task.kinds;
  return usually === undefined || task.kinds.includes(settings.kind) ? settings : usual(usually);
}

/** Every step from the original to what the networks get. */
export function degradations(task: TaskFacts, settings: DegradationSettings): Degradation[] {
  const kinds = [task.before, settings.kind, task.after].filter((kind) => kind !== undefined);
  return kinds.map((kind) => kindOf(kind).options(settings, task.scale));
}
