/** An inspected model: the engine's description, the drawn graph, and look-ups in it. */

import type { Method } from "../app/catalogue";
import type { InspectedNode } from "../inspection";
import type { InspectionInfo, ModelInfo } from "../protocol";
import { type Attention, attentionsOf } from "./attention";
import { type Box, cutName, downstream, type Edge, type Graph, graphOf } from "./graph";
import { type Layout, layout } from "./layout";

export class InspectedModel {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly attentions: readonly Attention[];

  constructor(
    readonly method: Method,
    readonly model: ModelInfo,
    readonly inspection: InspectionInfo,
  ) {
    this.graph = graphOf(inspection);
    this.layout = layout(this.graph);
    this.attentions = attentionsOf(inspection);
  }

  /** Edges that can be cut; those from the input itself come last. */
  get skips(): Edge[] {
    const skips = this.graph.edges.filter(({ skip }) => skip);
    const level = ({ to }: Edge) => this.graph.boxes[to]?.level ?? 0;
    return skips.sort((a, b) => Number(this.fromInput(a)) - Number(this.fromInput(b)) || level(a) - level(b));
  }

  fromInput({ from }: Edge): boolean {
    return this.graph.boxes[from]?.kind === "input";
  }

  /** Those of `names` that this network has. */
  cuts(names: readonly string[]): string[] {
    const there = new Set(this.skips.map(cutName));
    return names.filter((name) => there.has(name));
  }

  /** Those of these cuts that a box's values depend on, sorted. */
  cutsBefore(at: number, cut: readonly string[]): string[] {
    const edges = this.graph.edges.filter((edge) => cut.includes(cutName(edge)));
    return edges
      .filter(({ to }) => downstream(this.graph, to).has(at))
      .map(cutName)
      .sort();
  }

  /** The index of the box with a node, or of one of the model's inputs. */
  find(name: string | null): number | null {
    const at = this.graph.boxes.findIndex((box) => box.name === name || box.nodes.some((node) => node.name === name));
    return at < 0 ? null : at;
  }

  /** The box selected by default: the first layer. */
  get first(): number {
    return Math.max(
      0,
      this.graph.boxes.findIndex(({ kind }) => kind === "layer"),
    );
  }

  /** The first layer after the first upsampling, where networks with different upsampling begin to differ. */
  get afterUpsampling(): Box | null {
    const up = this.graph.boxes.findIndex(({ kind }) => kind === "up");
    const after = up < 0 ? [] : [...downstream(this.graph, up)].filter((at) => at !== up).sort((a, b) => a - b);
    return after.map((at) => this.graph.boxes[at]).find((box) => box?.kind === "layer") ?? null;
  }

  /** Width of a value, by its name. */
  widthOf(value: string | undefined): number {
    const node = this.inspection.nodes.find(({ outputs }) => value !== undefined && outputs.includes(value));
    return (node?.shape ?? this.inspection.shape).at(-1) ?? 1;
  }

  /** The corresponding box of another network: with the same name, or with the same value. */
  counterpart(box: Box): number | null {
    const same = this.find(box.name);
    if (same !== null) return same;
    const at = this.graph.boxes.findIndex(({ value }) => value === box.value);
    if (at >= 0) return at;
    const strategy = (name: string) => name.replace(/(nearest|bilinear|pixel-shuffle|max-unpool|transposed-conv)/, "");
    const alike = this.graph.boxes.findIndex(({ name }) => strategy(name) === strategy(box.name));
    return alike < 0 ? null : alike;
  }
}

/** The displayed node of a box: the one with this name, or the last. */
export function nodeOf(box: Box, name: string | null): InspectedNode | null {
  return box.nodes.find((node) => node.name === name) ?? box.nodes.at(-1) ?? null;
}

/** The name of one of a node's outputs, by index; the first if it has fewer. */
export function outputName(node: InspectedNode, output: number): string {
  return node.outputs[output] ?? node.outputs[0] ?? "";
}
