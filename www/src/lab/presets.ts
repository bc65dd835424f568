/** The lecture's worked examples, and a few more, each with its own address: `#lab/<id>`. */

import type { UpsampleOperator } from "../engine";
import { type Matrix, matrix } from "./matrix";
import { DEFAULTS, type Settings } from "./settings";

const CORNERS = matrix([1, 5], [4, 8]);
const DATA = matrix([1, 2], [3, 4]);
const KERNEL_2 = matrix([0.1, -0.2], [0.3, -0.1]);
const KERNEL_3 = matrix([3, 0, -2], [1, 1, 1], [-3, 0, 2]);
const RISING = matrix([1, 2, 3, 4], [5, 6, 7, 8], [9, 8, 7, 6], [5, 4, 3, 2]);
const PLANES: Matrix = { channels: 4, height: 2, width: 2, values: Array.from({ length: 16 }, (_, at) => at) };

const flat = (side: number): Matrix => ({
  channels: 1,
  height: side,
  width: side,
  values: new Array<number>(side * side).fill(1),
});

function preset(operator: UpsampleOperator, settings: Partial<Settings>): Settings {
  return { ...DEFAULTS, operator, ...settings };
}

const transposed = (input: Matrix, kernel: Matrix, more: Partial<Settings> = {}) =>
  preset("transposed-conv", { input, kernel, kernelSize: kernel.width, ...more });

export const PRESETS = {
  nearest: preset("nearest", { input: CORNERS }),
  bilinear: preset("bilinear", { input: CORNERS }),
  "bilinear-corners": preset("bilinear", { input: CORNERS, alignCorners: true }),
  bicubic: preset("bicubic", { input: RISING }),
  "pixel-shuffle": preset("pixel-shuffle", { input: PLANES }),
  "max-unpool": preset("max-unpool", { input: RISING }),
  "transposed-conv-1": transposed(DATA, KERNEL_2, { stride: 1 }),
  "transposed-conv-2": transposed(DATA, KERNEL_2),
  "transposed-conv-3": transposed(DATA, KERNEL_3),
  "transposed-conv-3-crop": transposed(DATA, KERNEL_3, { padding: 1, bias: 0.1 }),
  "transposed-conv-3-output-padding": transposed(DATA, KERNEL_3, { padding: 1, outputPadding: 1, bias: 0.1 }),
  "transposed-conv-uneven": transposed(flat(4), flat(3)),
  "transposed-conv-even": transposed(flat(4), flat(4)),
} satisfies Record<string, Settings>;

export type PresetId = keyof typeof PRESETS;

export const PRESET_IDS = Object.keys(PRESETS) as PresetId[];

/** The preset with this name, or the first of the operator with this name. */
export function presetOf(id: string): PresetId {
  return (
    PRESET_IDS.find((preset) => preset === id) ??
    PRESET_IDS.find((preset) => PRESETS[preset].operator === id) ??
    "nearest"
  );
}

/** The presets of an operator; its own link leads to the first. */
export function presetsOf(operator: UpsampleOperator): PresetId[] {
  return PRESET_IDS.filter((id) => PRESETS[id].operator === operator);
}
