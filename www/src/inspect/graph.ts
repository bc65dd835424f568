/**
 * The graph that is drawn: groups of nodes as boxes, and the values passed between boxes. A convolution includes the
 * activation and normalization after it, an interpolation the convolution after it.
 */

import type { InspectedNode } from "../inspection";
import type { InspectionInfo } from "../protocol";

/** `join`: merges several values. `down` and `up`: by the sizes of input and output. */
export type BoxKind = "input" | "layer" | "down" | "up" | "join" | "other";

export interface Box {
  /** Name of its main node, or of the model's input. */
  name: string;
  kind: BoxKind;
  /** In order; empty for an input. */
  nodes: InspectedNode[];
  /** The node that names the box. */
  main: InspectedNode | null;
  /** Its output value. */
  value: string;
  shape: number[];
  flops: number;
  parameters: number;
  /** log2 of the downsampling factor: 0 at the input's size, negative where it is larger. */
  level: number;
  isOutput: boolean;
}

export interface Edge {
  /** Indices of boxes. */
  from: number;
  to: number;
  value: string;
  /** The node of `to` that reads it. */
  reader: string;
  /** Whether it can be cut without disconnecting the network: a longer path leads to the same place. */
  skip: boolean;
  /** Whether it carries max-pooling indices to unpooling. */
  indices: boolean;
}

export interface Graph {
  /** In topological order. */
  boxes: Box[];
  edges: Edge[];
}

/** Elementwise and per-channel operators, which join the box before them. */
const FOLLOWERS = new Set([
  ...["Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Clip", "Celu", "Elu", "Selu", "Gelu", "Mish", "Swish"],
  ...["HardSwish", "HardSigmoid", "Softplus"],
  ...["BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization"],
  ...["Identity", "Cast", "Dropout", "Softmax", "LogSoftmax", "Erf", "Exp", "Sqrt", "Neg", "Abs", "Pow"],
]);
const ARITHMETIC = new Set(["Add", "Sub", "Mul", "Div", "Sum", "Max", "Min"]);
/** Operators that only move values. */
const MOVERS = new Set([
  "Reshape",
  "Transpose",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
  "Slice",
  "Gather",
  "Expand",
  "Split",
  "Tile",
]);
const LAYERS = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);
/** Operators that skip connections lead into. */
const JOINS = new Set(["Concat", "Add", "Sum", "Sub"]);
/** Operators that join the box of the layer after them. */
const LEADERS = new Set(["Pad", "Resize", "Upsample"]);

export function graphOf({
  nodes,
  inputs,
  outputs,
  shape,
}: Pick<InspectionInfo, "nodes" | "inputs" | "outputs" | "shape">): Graph {
  const made = new Map<string, number>(nodes.flatMap((node, at) => node.outputs.map((value) => [value, at] as const)));
  const given = nodes.map((node) => node.inputs.filter((value) => made.has(value) || inputs.includes(value)));
  const readers = new Map<string, number>();
  for (const value of [...given.flat(), ...outputs]) readers.set(value, (readers.get(value) ?? 0) + 1);

  const groups = grouped(nodes, given, made, (value) => readers.get(value) === 1);
  const used = inputs.filter((value) => readers.has(value));
  const boxes = [
    ...used.map((value): Box => ({ ...EMPTY, name: value, value, shape, isOutput: outputs.includes(value) })),
    ...groups.map((members) => boxOf(members.map((at) => nodes[at] as InspectedNode))),
  ];
  const place = new Map<number, number>();
  groups.forEach((members, at) => members.forEach((node) => place.set(node, used.length + at)));
  const edges: Edge[] = [];
  for (const [at, node] of nodes.entries()) {
    const to = place.get(at) ?? 0;
    for (const value of given[at] ?? []) {
      const maker = made.get(value);
      const from = maker === undefined ? used.indexOf(value) : (place.get(maker) ?? 0);
      if (from === to) continue;
      const indices = maker !== undefined && nodes[maker]?.op === "MaxPool" && nodes[maker]?.outputs[0] !== value;
      edges.push({ from, to, value, reader: node.name, skip: false, indices });
    }
  }
  for (const [at, box] of boxes.entries()) describe(box, at, boxes, edges, outputs, shape);
  markSkips(boxes, edges);
  return { boxes, edges };
}

const EMPTY: Omit<Box, "name" | "value" | "shape" | "isOutput"> = {
  kind: "input",
  nodes: [],
  main: null,
  flops: 0,
  parameters: 0,
  level: 0,
};

/** Indices of nodes, one array for each box, boxes in topological order. */
function grouped(
  nodes: InspectedNode[],
  given: string[][],
  made: Map<string, number>,
  once: (value: string) => boolean,
): number[][] {
  const group: (number[] | null)[] = [];
  for (const [at, node] of nodes.entries()) {
    const [value, ...others] = given[at] ?? [];
    const before = value === undefined || others.length > 0 || !once(value) ? undefined : made.get(value);
    const last = before === undefined ? null : (group[before] ?? null);
    const mine = [at];
    group.push(mine);
    if (!last || nodes[before as number]?.outputs[0] !== value) continue;
    const op = node.op;
    const light = last.every((one) => isLight(nodes[one] as InspectedNode, given[one] ?? []));
    const follows = FOLLOWERS.has(op) || ARITHMETIC.has(op);
    const moves = MOVERS.has(op) && last.every((one) => MOVERS.has(nodes[one]?.op ?? ""));
    if (!follows && !moves && !(light && LAYERS.has(op))) continue;
    last.push(at);
    group[at] = last;
  }
  // A group takes the position of its last node: all its inputs precede it.
  const found = [...new Set(group)].filter((one) => one !== null);
  return found.sort((a, b) => (a.at(-1) ?? 0) - (b.at(-1) ?? 0));
}

function isLight({ op }: InspectedNode, given: string[]): boolean {
  return LEADERS.has(op) || (given.length === 1 && (FOLLOWERS.has(op) || ARITHMETIC.has(op)));
}

function boxOf(nodes: InspectedNode[]): Box {
  const heaviest = nodes.reduce((most, node) => (node.flops > most.flops ? node : most));
  const main =
    nodes.find(({ op }) => LAYERS.has(op)) ??
    nodes.find(({ op }) => op === "MaxPool" || op === "MaxUnpool") ??
    heaviest;
  const last = nodes.at(-1) ?? main;
  const sum = (of: (node: InspectedNode) => number) => nodes.reduce((total, node) => total + of(node), 0);
  return {
    ...EMPTY,
    name: main.name,
    kind: "other",
    nodes,
    main,
    value: last.outputs[0] ?? "",
    shape: last.shape,
    flops: sum(({ flops }) => flops),
    parameters: sum(({ parameters }) => parameters),
    isOutput: false,
  };
}

/** Pixels of a shape; null if it is no picture. */
export function area(shape: number[]): number | null {
  return shape.length === 4 ? (shape[2] ?? 1) * (shape[3] ?? 1) : null;
}

/** Fills in what depends on preceding boxes. */
function describe(box: Box, at: number, boxes: Box[], edges: Edge[], outputs: string[], shape: number[]): void {
  box.isOutput = box.isOutput || box.nodes.some((node) => node.outputs.some((value) => outputs.includes(value)));
  if (box.kind === "input") return;
  const into = edges.filter(({ to, indices }) => to === at && !indices);
  const before = [...new Set(into.map(({ from }) => from))].flatMap((from) => boxes[from] ?? []);
  const [whole, mine] = [area(shape), area(box.shape)];
  const above = Math.max(0, ...before.map(({ level }) => level));
  // Global means are no level of the pyramid: they stay at the level of their inputs.
  box.level = !whole || !mine || (mine === 1 && whole > 1) ? above : Math.round(Math.log2(whole / mine) / 2);
  const [first] = before;
  const size = first && area(first.shape);
  if (before.length > 1 && box.main?.op !== "MaxUnpool") box.kind = "join";
  else if (size && mine && mine > size) box.kind = "up";
  else if (size && mine && mine < size && !LAYERS.has(box.main?.op ?? "")) box.kind = "down";
  else if (box.nodes.some(({ op }) => LAYERS.has(op))) box.kind = "layer";
}

/**
 * An edge into a concatenation or sum is a skip connection if its source also reaches that place by a longer path:
 * through another of the joined values, further down the pyramid, or through more layers.
 */
function markSkips(boxes: Box[], edges: Edge[]): void {
  const before = boxes.map(() => new Set<number>());
  const deep = boxes.map(({ level }) => level);
  const far = boxes.map(() => 0);
  for (const at of boxes.keys()) {
    for (const { from } of edges.filter(({ to }) => to === at)) {
      before[at]?.add(from);
      for (const one of before[from] ?? []) before[at]?.add(one);
      deep[at] = Math.max(deep[at] ?? 0, deep[from] ?? 0);
      far[at] = Math.max(far[at] ?? 0, (far[from] ?? 0) + 1);
    }
  }
  for (const [at, box] of boxes.entries()) {
    const op = box.main && box.nodes[0]?.op;
    if (box.kind !== "join" || !op || !JOINS.has(op)) continue;
    const into = edges.filter(({ to }) => to === at);
    for (const edge of into) {
      edge.skip = into.some(({ from: other }) => {
        if (other === edge.from) return false;
        if (before[other]?.has(edge.from)) return true;
        if (before[edge.from]?.has(other)) return false;
        if (boxes[edge.from]?.kind === "up") return false; // it comes from further down itself
        const [mine, theirs] = [deep[edge.from] ?? 0, deep[other] ?? 0];
        return mine < theirs || (op !== "Concat" && mine === theirs && (far[edge.from] ?? 0) < (far[other] ?? 0));
      });
    }
  }
}

/** Indices of this box and all boxes downstream of it. */
export function downstream({ boxes, edges }: Graph, start: number): Set<number> {
  const reached = new Set([start]);
  for (const at of boxes.keys()) if (edges.some(({ from, to }) => to === at && reached.has(from))) reached.add(at);
  return reached;
}

/** The engine's name of a cut edge. */
export function cutName({ value, reader }: Edge): string {
  return `${value}>${reader}`;
}
