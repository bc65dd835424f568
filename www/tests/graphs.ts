/** Networks for tests of the drawing: shipped ones as inspected by the engine, and small ones of other families. */

import { readFileSync } from "node:fs";
import type { InspectionInfo } from "../src/protocol";

export type Net = Pick<InspectionInfo, "shape" | "inputs" | "outputs" | "nodes">;

/** `Model.plan` of a shipped model, with the weights of each node. */
export function shipped(name: string): Net {
  return JSON.parse(readFileSync(`tests/fixtures/graphs/${name}.json`, "utf8")) as Net;
}

/** Builds a network node by node; each call returns the name of its output value. */
export class Builder {
  readonly net: Net;
  #shapes = new Map<string, number[]>();

  constructor(shape: number[]) {
    this.net = { shape, inputs: ["x"], outputs: [], nodes: [] };
    this.#shapes.set("x", shape);
  }

  node(op: string, inputs: string[], shape: number[], weights = 0): string {
    const name = `${op.toLowerCase()}${this.net.nodes.length}`;
    const initializers = weights > 0 ? [`${name}.weight`] : [];
    const elements = shape.reduce((product, side) => product * side, 1);
    this.net.nodes.push({
      name,
      op,
      inputs: [...inputs, ...initializers],
      outputs: [`${name}.out`],
      shape,
      flops: elements * Math.max(weights, 1),
      parameters: weights,
      weights: initializers,
    });
    this.#shapes.set(`${name}.out`, shape);
    return `${name}.out`;
  }

  shape(value: string): number[] {
    return this.#shapes.get(value) ?? [];
  }

  /** Convolution and ReLU; `by`: factor of the sides. */
  conv(value: string, channels: number, by = 1): string {
    const [n = 1, , h = 1, w = 1] = this.shape(value);
    const made = this.node("Conv", [value], [n, channels, h * by, w * by], 9 * channels);
    return this.node("Relu", [made], this.shape(made));
  }

  scaled(op: "MaxPool" | "Resize" | "AveragePool", value: string, by: number): string {
    const [n = 1, c = 1, h = 1, w = 1] = this.shape(value);
    return this.node(op, [value], [n, c, h * by, w * by]);
  }

  join(op: "Concat" | "Add" | "Mul", values: string[]): string {
    const shapes = values.map((value) => this.shape(value));
    const [n = 1, c = 1, h = 1, w = 1] = shapes[0] ?? [];
    const channels = op === "Concat" ? shapes.reduce((sum, [, c = 1]) => sum + c, 0) : c;
    return this.node(op, values, [n, channels, h, w]);
  }

  ending(value: string): Net {
    this.net.outputs.push(value);
    return this.net;
  }
}

/** A residual chain: blocks with identity shortcuts; the first one halves the picture, with a projection. */
export function residualChain(blocks: number): Net {
  const net = new Builder([1, 3, 64, 64]);
  let value = net.conv("x", 16);
  for (let block = 0; block < blocks; block++) {
    const [channels, by] = block === 0 ? [32, 0.5] : [32, 1];
    const inner = net.conv(net.conv(value, channels, by), channels);
    const [n = 1, , h = 1, w = 1] = net.shape(inner);
    const around = block === 0 ? net.node("Conv", [value], [n, channels, h, w], channels) : value;
    const sum = net.join("Add", [inner, around]);
    value = net.node("Relu", [sum], net.shape(sum));
  }
  return net.ending(net.conv(value, 3));
}

/** U-Net++ with this many levels: every node of the grid reads all preceding ones in its row, and the one below. */
export function nested(levels: number): Net {
  const net = new Builder([1, 3, 64, 64]);
  const grid: string[][] = [];
  for (let level = 0; level < levels; level++) {
    const above = grid[level - 1]?.[0];
    grid.push([net.conv(above ? net.scaled("MaxPool", above, 0.5) : "x", 8 * 2 ** level)]);
  }
  for (let column = 1; column < levels; column++) {
    for (let level = 0; level < levels - column; level++) {
      const up = net.scaled("Resize", grid[level + 1]?.[column - 1] ?? "", 2);
      grid[level]?.push(net.conv(net.join("Concat", [...(grid[level] ?? []), up]), 8 * 2 ** level));
    }
  }
  return net.ending(grid[0]?.at(-1) ?? "");
}

/** Four branches of an Inception block, concatenated. */
export function inception(): Net {
  const net = new Builder([1, 3, 32, 32]);
  const stem = net.conv("x", 16);
  const branches = [
    net.conv(stem, 8),
    net.conv(net.conv(stem, 8), 16),
    net.conv(net.conv(net.conv(stem, 4), 8), 8),
    net.conv(net.scaled("AveragePool", stem, 1), 8),
  ];
  return net.ending(net.conv(net.join("Concat", branches), 3));
}

/** Pyramid pooling: means over ever larger squares, upsampled and concatenated with their source. */
export function pyramid(): Net {
  const net = new Builder([1, 3, 32, 32]);
  const features = net.conv("x", 8);
  const means = [1 / 2, 1 / 4, 1 / 8].map((by) =>
    net.scaled("Resize", net.conv(net.scaled("AveragePool", features, by), 2), 1 / by),
  );
  return net.ending(net.conv(net.join("Concat", [features, ...means]), 3));
}

/** A network on vectors only. */
export function perceptron(): Net {
  const net = new Builder([1, 10]);
  const first = net.node("Gemm", ["x"], [1, 32], 352);
  const hidden = net.node("Relu", [first], [1, 32]);
  return net.ending(net.node("Gemm", [hidden], [1, 2], 66));
}

/** Squeeze-and-excitation: scales each plane by a function of its mean. */
export function attention(): Net {
  const net = new Builder([1, 3, 32, 32]);
  const features = net.conv("x", 16);
  const mean = net.node("GlobalAveragePool", [features], [1, 16, 1, 1]);
  const gate = net.node("Sigmoid", [net.node("Conv", [net.conv(mean, 4)], [1, 16, 1, 1], 80)], [1, 16, 1, 1]);
  return net.ending(net.conv(net.join("Mul", [features, gate]), 3));
}
