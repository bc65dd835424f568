/** Output sizes by PyTorch's formulas, with numbers; and why settings are invalid. */

import type { MessageKey, Params } from "../i18n";
import type { Settings } from "./settings";

export interface SizeRule {
  /** As in PyTorch's documentation and the lecture. */
  formula: string;
  /** The formula with the numbers of one axis. */
  numbers: string;
  /** The formula's value. */
  result: number;
}

/** The rule for an axis with `side` input cells: the size of the output, or of the maxima before unpooling. */
export function sizeRule(settings: Settings, side: number): SizeRule {
  const { operator, factor, kernelSize: k, stride: s, padding: p, outputPadding: o } = settings;
  if (operator === "transposed-conv") {
    return {
      formula: "O = S(D − 1) + (K − 1) − 2P + Pₒ + 1",
      numbers: `${s}·(${side} − 1) + (${k} − 1) − 2·${p} + ${o} + 1`,
      result: s * (side - 1) + (k - 1) - 2 * p + o + 1,
    };
  }
  if (operator === "max-unpool") {
    return {
      formula: "D′ = ⌊(D + 2P − K) / S⌋ + 1",
      numbers: `⌊(${side} + 2·${p} − ${k}) / ${s}⌋ + 1`,
      result: Math.floor((side + 2 * p - k) / s) + 1,
    };
  }
  const formula = operator === "pixel-shuffle" ? "O = r·D" : "O = scale_factor·D";
  return { formula, numbers: `${factor}·${side}`, result: factor * side };
}

/** Why PyTorch rejects the settings, as a message of the page; null if it accepts them. */
export function impossible(settings: Settings): { message: MessageKey; params: Params } | null {
  const { operator, input, kernelSize, stride, padding, outputPadding } = settings;
  const side = Math.min(input.height, input.width);
  if (operator === "transposed-conv") {
    if (outputPadding >= stride) return { message: "lab.impossible.output-padding", params: { outputPadding, stride } };
    const { numbers, result } = sizeRule(settings, side);
    if (result < 1) return { message: "lab.impossible.no-output", params: { numbers, result } };
  } else if (operator === "max-unpool") {
    if (2 * padding > kernelSize) return { message: "lab.impossible.padding", params: { padding, kernelSize } };
    if (side + 2 * padding < kernelSize) {
      return { message: "lab.impossible.window", params: { kernelSize, side: side + 2 * padding } };
    }
  }
  return null;
}
