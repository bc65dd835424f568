/** The lab's state (an operator, its settings, a matrix) and its form in the address. */

import type { UpsampleOperator, UpsampleRequest } from "../engine";
import {
  formatMatrix,
  MAX_CHANNELS,
  MAX_SIDE,
  type Matrix,
  matrix,
  parseMatrix,
  parseNumber,
  toTensor,
} from "./matrix";

export const OPERATORS: readonly UpsampleOperator[] = [
  "nearest",
  "bilinear",
  "bicubic",
  "pixel-shuffle",
  "max-unpool",
  "transposed-conv",
];

export interface Settings {
  operator: UpsampleOperator;
  input: Matrix;
  factor: number;
  alignCorners: boolean;
  kernelSize: number;
  stride: number;
  padding: number;
  outputPadding: number;
  kernel: Matrix;
  bias: number;
}

export type CountName = "factor" | "kernelSize" | "stride" | "padding" | "outputPadding";

/** Minimum and maximum of each count. */
export const RANGES: Record<CountName, [number, number]> = {
  factor: [2, 4],
  kernelSize: [1, 5],
  stride: [1, 4],
  padding: [0, 4],
  outputPadding: [0, 3],
};

/** The settings of each operator, in PyTorch's order. */
export const COUNTS: Record<UpsampleOperator, CountName[]> = {
  nearest: ["factor"],
  bilinear: ["factor"],
  bicubic: ["factor"],
  "pixel-shuffle": ["factor"],
  "max-unpool": ["kernelSize", "stride", "padding"],
  "transposed-conv": ["kernelSize", "stride", "padding", "outputPadding"],
};

export const DEFAULTS: Settings = {
  operator: "nearest",
  input: matrix([1, 5], [4, 8]),
  factor: 2,
  alignCorners: false,
  kernelSize: 2,
  stride: 2,
  padding: 0,
  outputPadding: 0,
  kernel: matrix([0.1, -0.2], [0.3, -0.1]),
  bias: 0,
};

/** The PyTorch name of a setting. */
export function nameOf(name: CountName, operator: UpsampleOperator): string {
  if (name === "factor") return operator === "pixel-shuffle" ? "upscale_factor" : "scale_factor";
  return { kernelSize: "kernel_size", stride: "stride", padding: "padding", outputPadding: "output_padding" }[name];
}

/** The settings that differ from `from`, as the query of an address. */
export function formatSettings(settings: Settings, from: Settings): string {
  const parts: string[] = [];
  const add = (name: string, value: string, before: string) => value !== before && parts.push(`${name}=${value}`);
  add("input", formatMatrix(settings.input), formatMatrix(from.input));
  for (const name of COUNTS[settings.operator]) add(name, String(settings[name]), String(from[name]));
  if (hasCorners(settings)) add("alignCorners", String(settings.alignCorners), String(from.alignCorners));
  if (settings.operator === "transposed-conv") {
    add("kernel", formatMatrix(settings.kernel), formatMatrix(from.kernel));
    add("bias", String(settings.bias), String(from.bias));
  }
  return parts.join("&");
}

/** `from` with the changes in the query; invalid ones are ignored. */
export function parseSettings(query: string, from: Settings): Settings {
  const settings = { ...from };
  for (const part of query.split("&")) {
    const [name = "", value = ""] = part.split("=").map(decode);
    if (name === "input" || name === "kernel") settings[name] = parseMatrix(value) ?? settings[name];
    else if (name === "alignCorners") settings.alignCorners = value === "true";
    else if (name === "bias") settings.bias = parseNumber(value) ?? settings.bias;
    else if (Object.hasOwn(RANGES, name)) {
      const count = name as CountName;
      const [least, most] = RANGES[count];
      if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) settings[count] = Number(value);
    }
  }
  return fitting(settings, from);
}

/** Makes kernel and channels match the counts. */
function fitting(settings: Settings, from: Settings): Settings {
  const { operator, input, kernel, factor } = settings;
  const square = kernel.channels === 1 && kernel.height === kernel.width && kernel.width <= RANGES.kernelSize[1];
  const fits = square ? settings : { ...settings, kernel: from.kernel };
  if (operator === "transposed-conv") fits.kernelSize = fits.kernel.width;
  const unit = operator === "pixel-shuffle" ? factor * factor : 1;
  const channels = operator === "pixel-shuffle" ? input.channels % unit === 0 : input.channels === 1;
  return channels ? fits : { ...fits, input: from.input, factor: from.factor };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

export function hasCorners({ operator }: Settings): boolean {
  return operator === "bilinear" || operator === "bicubic";
}

/** Maximum number of output channels that the lab allows for pixel shuffle. */
export function mostChannels(factor: number): number {
  return Math.floor(MAX_CHANNELS / (factor * factor));
}

export function toRequest(settings: Settings): UpsampleRequest {
  return { ...settings, input: toTensor(settings.input), kernel: toTensor(settings.kernel) };
}

/** A matrix and kernel of ones: the result counts the input cells that reach each output cell. */
export function overlapRequest(kernel: number, stride: number, height: number): UpsampleRequest {
  const ones = (h: number, w: number): Matrix => ({
    channels: 1,
    height: h,
    width: w,
    values: new Array<number>(h * w).fill(1),
  });
  return toRequest({
    ...DEFAULTS,
    operator: "transposed-conv",
    input: ones(height, MAX_SIDE),
    kernel: ones(kernel, kernel),
    stride,
  });
}
