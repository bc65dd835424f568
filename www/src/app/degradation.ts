/**
 * How a test degrades the photo: the kinds that the engine offers (`crates/image/src/degradations.rs`), and the chosen
 * settings.
 */

import type { Degradation, DegradationKind, FilterSpec } from "../engine";
import offered from "../generated/degradations.json";
import type { Size } from "../view/viewport";
import type { TaskFacts } from "./tasks";

export interface DegradationSettings {
  kind: DegradationKind;
  /** Values of the kind's controls, by name. */
  values: Values;
  seed: number;
  /** Quality of the JPEG that the degraded photo is saved as; null: not saved as JPEG. */
  saved: number | null;
}

export type Values = Record<string, number | string>;

/** One setting of a kind, in the engine's own unit. */
export type Control = RangeControl | ChoiceControl;

export interface RangeControl {
  name: string;
  min: number;
  max: number;
  step: number;
}

export interface ChoiceControl {
  name: string;
  options: string[];
}

export interface Offer {
  usual: Degradation;
  controls: Control[];
}

const OFFERS = new Map((offered as Offer[]).map((offer) => [offer.usual.kind, offer]));
/** Default quality when saving is switched on. */
const USUAL_SAVED = 90;

export const SAVED = { usual: USUAL_SAVED, ...range("jpeg", "quality") };

export function isKind(kind: string): kind is DegradationKind {
  return OFFERS.has(kind as DegradationKind);
}

export function offerOf(kind: DegradationKind): Offer {
  const offer = OFFERS.get(kind);
  if (!offer) throw new Error(`the engine has no ${kind}`);
  return offer;
}

export function isRange(control: Control): control is RangeControl {
  return "step" in control;
}

function range(kind: DegradationKind, name: string): RangeControl {
  const control = offerOf(kind).controls.find((one) => one.name === name);
  if (!control || !isRange(control)) throw new Error(`${kind} has no range of ${name}`);
  return control;
}

/** Whether another seed makes a visible difference; it does not for faint noise on top of a blur. */
export function isRandom(kind: DegradationKind): boolean {
  const { usual } = offerOf(kind);
  return "seed" in usual && !("noise" in usual);
}

export function usual(kind: DegradationKind): DegradationSettings {
  const { usual, controls } = offerOf(kind);
  const values = Object.fromEntries(controls.map(({ name }) => [name, usual[name as keyof Degradation]]));
  return { kind, values, seed: "seed" in usual ? (usual.seed ?? 0) : 0, saved: null };
}

/** The default degradation of a task, or null. */
export function usualOf(task: TaskFacts): DegradationSettings | null {
  const [kind] = task.kinds;
  if (kind === undefined) return null;
  const settings = usual(kind);
  return { ...settings, values: { ...settings.values, ...task.usual } };
}

/** The settings, if the task is tested with that kind, else the task's defaults. */
export function fitting(task: TaskFacts, settings: DegradationSettings): DegradationSettings {
  const usually = usualOf(task);
  if (usually === null || task.kinds.includes(settings.kind)) return settings;
  return { ...usually, saved: settings.saved };
}

/** The degradation after a change of task: the new task's default if the old task's default was untouched. */
export function carried(from: TaskFacts, to: TaskFacts, settings: DegradationSettings): DegradationSettings {
  const [before, usually] = [usualOf(from), usualOf(to)];
  const isLeft = before !== null && formatDegradation(settings) === formatDegradation(before);
  return isLeft && usually !== null ? { ...usually, saved: settings.saved } : fitting(to, settings);
}

/**
 * All steps from the original to the networks' input. `reduced`: size that the photo is downscaled to; null: by the
 * task's scale.
 */
export function degradations(
  task: TaskFacts,
  settings: DegradationSettings,
  reduced: Size | null = null,
): FilterSpec[] {
  const kinds = [task.before, settings.kind, task.after].filter((kind) => kind !== undefined);
  const steps = kinds.map((kind): FilterSpec => {
    if (kind === "downscale" && reduced) return { kind: "resize", ...reduced, interpolation: "bicubic" };
    const chosen = kind === settings.kind ? settings : { ...usual(kind), seed: settings.seed };
    const { usual: spec } = offerOf(kind);
    const seed = "seed" in spec ? { seed: chosen.seed } : {};
    const scale = kind === "downscale" ? { scale: task.scale } : {};
    return { ...spec, ...chosen.values, ...seed, ...scale } as Degradation;
  });
  const { saved } = settings;
  return saved === null ? steps : [...steps, { kind: "jpeg", quality: saved, subsampling: "420" }];
}

/** The form used in addresses: the kind, its values in the order of its controls, the seed. */
export function formatDegradation({ kind, values, seed }: DegradationSettings): string {
  return [kind, ...offerOf(kind).controls.map(({ name }) => values[name]), seed].join(",");
}

/** Parses the form used in addresses; malformed values become defaults. The seed is the last number. */
export function parseDegradation(
  text: string | null,
  saved: string | null,
  otherwise: DegradationSettings,
): DegradationSettings {
  const [kind = "", ...rest] = (text ?? "").split(",");
  const first = isKind(kind) ? usual(kind) : otherwise;
  const { controls } = offerOf(first.kind);
  const given = isKind(kind) ? rest : [];
  const values = controls.map((control, index): [string, number | string] => {
    const value = given[index];
    const usual = first.values[control.name] ?? 0;
    if (!isRange(control)) return [control.name, value && control.options.includes(value) ? value : usual];
    return [control.name, within(value, control.min, control.max) ?? usual];
  });
  const last = given.length > controls.length ? given.at(-1) : undefined;
  const quality = within(saved ?? undefined, SAVED.min, SAVED.max);
  return {
    kind: first.kind,
    values: Object.fromEntries(values),
    seed: Math.trunc(within(last, 0, 2 ** 32 - 1) ?? first.seed),
    saved: quality === null ? null : Math.round(quality),
  };
}

function within(text: string | undefined, min: number, max: number): number | null {
  const number = text ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? Math.min(Math.max(number, min), max) : null;
}
