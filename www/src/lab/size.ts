/** Sizes by PyTorch's formulas, with the numbers in them; and why a setting is impossible. */

import type { MessageKey, Params } from "../i18n";
import type { Settings } from "./settings";

export interface SizeRule {
  /** As PyTorch's documentation and the lecture write it. */
  formula: string;
  /** The same with the numbers of one axis. */
  numbers: string;
  /** What the formula gives. */
  result: number;
}

/** The rule for an axis on which the input has `side` cells: of the output, or of the maxima that are then unpooled. */
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

/** Why the settings are impossible, in the words of the page; null where the rules of PyTorch allow them. */
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
