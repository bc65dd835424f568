/** Descriptions of a network's boxes, in the user's language. */

import { decimal, t, thousands } from "../i18n";
import type { Profile } from "../inspection";
import type { Box } from "./graph";
import { shapeWords } from "./names";

export type Metric = "shape" | "parameters" | "cost" | "time";

export function milliseconds(value: number): string {
  return t("inspect.ms", { value: decimal(value, value < 10 ? 2 : value < 100 ? 1 : 0) });
}

/** The time of a box, the sum over its nodes; null until it is known. */
export function timeOf(box: Box, nodes: readonly { name: string }[], profile: Profile | undefined): number | null {
  if (!profile) return null;
  const own = box.nodes.map((node) => profile.milliseconds[nodes.findIndex(({ name }) => name === node.name)] ?? null);
  return own.some((value) => value !== null) ? own.reduce<number>((sum, value) => sum + (value ?? 0), 0) : null;
}

export function kindWords(box: Box): string {
  if (box.kind === "input") return t("inspect.input");
  const ops = [...new Set(box.nodes.map(({ op }) => op))].join(" + ");
  return box.isOutput ? t("inspect.output.of", { ops }) : ops;
}

/** The full description of a box, for screen readers. */
export function spoken(box: Box): string {
  const words = { name: box.name, ops: kindWords(box), shape: shapeWords(box.shape) };
  const cost = { ...words, parameters: thousands(box.parameters), flops: thousands(box.flops) };
  return box.kind === "input" ? t("inspect.box.input", words) : t("inspect.box", cost);
}
