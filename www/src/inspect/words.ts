/** What is to be told of a network, in the person's language. */

import { decimal, t, thousands } from "../i18n";
import type { Profile } from "../inspection";
import type { Box } from "./graph";
import { shapeWords } from "./names";

export type Metric = "shape" | "parameters" | "cost" | "time";

export function milliseconds(value: number): string {
  return t("inspect.ms", { value: decimal(value, value < 10 ? 2 : value < 100 ? 1 : 0) });
}

/** What a box took: its own nodes', null as long as it is not known. */
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

/** All of a box, to be heard. */
export function spoken(box: Box): string {
  const words = { name: box.name, ops: kindWords(box), shape: shapeWords(box.shape) };
  const cost = { ...words, parameters: thousands(box.parameters), flops: thousands(box.flops) };
  return box.kind === "input" ? t("inspect.box.input", words) : t("inspect.box", cost);
}
