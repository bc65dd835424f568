/**
 * Inspection of the fake engine's networks: a small U-Net with two levels, whose feature maps are computed from the
 * picture by simple arithmetic.
 */

import type { Picture, Rect } from "../src/engine";
import type {
  Cutting,
  FeatureLook,
  Features,
  InspectedNode,
  Inspection,
  KernelTime,
  Profile,
  Weights,
} from "../src/inspection";
import { context, drawn, FakePicture } from "./fake-picture";

const WIDTHS = [8, 16, 32];
const STRATEGIES = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv"];
const COLORS: [number, number, number][] = [
  [213, 94, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
];

/** A fake network, as encoded in its file's bytes. */
export interface FakeNetwork {
  scale: number;
  quality: number;
  strategy: number;
  classes: number;
}

export function fakeNodes({ strategy, classes }: FakeNetwork, [, , h = 1, w = 1]: number[]): InspectedNode[] {
  const nodes: InspectedNode[] = [];
  const add = (
    name: string,
    op: string,
    inputs: string[],
    outputs: string[],
    channels: number,
    level: number,
    taps = 0,
  ) => {
    const shape = [1, channels, h / 2 ** level, w / 2 ** level];
    const elements = (channels * h * w) / 4 ** level;
    const weights = taps > 0 ? [`${name}.weight`, `${name}.bias`] : [];
    const parameters = taps > 0 ? channels * (taps + 1) : 0;
    nodes.push({
      name,
      op,
      inputs: [...inputs, ...weights],
      outputs,
      shape,
      flops: elements * Math.max(1, 2 * taps),
      parameters,
      weights,
    });
  };
  const pair = (name: string, input: string, from: number, to: number, level: number) => {
    add(`${name}.conv1`, "Conv", [input], [`${name}.a`], to, level, 9 * from);
    add(`${name}.relu`, "Relu", [`${name}.a`], [`${name}.b`], to, level);
    add(`${name}.conv2`, "Conv", [`${name}.b`], [`${name}.c`], to, level, 9 * to);
    add(`${name}.relu_2`, "Relu", [`${name}.c`], [name], to, level);
  };
  const [first = 0, second = 0, third = 0] = WIDTHS;
  const unpools = STRATEGIES[strategy] === "max-unpool";
  pair("enc1", "x", 3, first, 0);
  add("pool1.maxpool", "MaxPool", ["enc1"], unpools ? ["low1", "pool1"] : ["low1"], first, 1);
  pair("enc2", "low1", first, second, 1);
  add("pool2.maxpool", "MaxPool", ["enc2"], unpools ? ["low2", "pool2"] : ["low2"], second, 2);
  pair("bottleneck", "low2", second, third, 2);
  for (const [level, from, to, input] of [
    [2, third, second, "bottleneck"],
    [1, second, first, "dec2"],
  ] as const) {
    const name = `up${level}.${STRATEGIES[strategy]}`;
    if (unpools) {
      add(`${name}.conv`, "Conv", [input], [`${name}.c`], to, level, from);
      add(`${name}.unpool`, "MaxUnpool", [`${name}.c`, `pool${level}`], [`up${level}`], to, level - 1);
    } else if (STRATEGIES[strategy] === "transposed-conv") {
      add(`${name}.conv`, "ConvTranspose", [input], [`up${level}`], to, level - 1, 4 * from);
    } else {
      add(`${name}.resize`, "Resize", [input], [`${name}.r`], from, level - 1);
      add(`${name}.conv`, "Conv", [`${name}.r`], [`up${level}`], to, level - 1, 9 * from);
    }
    add(`cat${level}.concat`, "Concat", [`up${level}`, `enc${level}`], [`cat${level}`], 2 * to, level - 1);
    pair(`dec${level}`, `cat${level}`, 2 * to, to, level - 1);
  }
  add("head", "Conv", ["dec1"], [classes > 0 ? "y" : "head.out"], classes || 3, 0, 9 * first);
  if (classes === 0) add("add", "Add", ["x", "head.out"], ["y"], 3, 0);
  const clips = nodes.find((node) => node.name === "enc2.relu");
  if (clips) clips.parameters = 1; // as in exports that clip at a constant of the file
  return nodes;
}

export function fakeWeights(nodes: InspectedNode[], name: string): Weights[] {
  const node = nodes.find((one) => one.name === name);
  return (node?.weights ?? []).map((weight, at) => {
    const counts = Array.from({ length: 64 }, (_, bin) =>
      Math.round(900 * Math.exp(-(((bin - 30 - 4 * at) / (9 + at)) ** 2))),
    );
    const shape = at === 0 ? [node?.shape[1] ?? 1, 8, 3, 3] : [node?.shape[1] ?? 1];
    return { name: weight, shape, min: -0.5, max: 0.6, mean: 0.012, std: 0.11, counts };
  });
}

export class FakeInspection implements Inspection {
  readonly shape: number[];
  readonly nodes: InspectedNode[];
  constructor(
    readonly rect: Rect,
    private network: FakeNetwork,
    private source: OffscreenCanvas,
    private whole: OffscreenCanvas,
    private speed: number,
    private work: (signal?: AbortSignal) => Promise<void>,
  ) {
    const { scale } = network;
    this.shape = [1, 3, rect.height * scale, rect.width * scale];
    this.nodes = fakeNodes(network, this.shape);
  }

  input(): Picture {
    return this.#part(this.source, 1);
  }

  async output({ cut = [], signal }: Cutting = {}): Promise<Picture> {
    await this.work(signal);
    const part = this.#part(this.whole, this.network.scale).canvas;
    const blurred = drawn(part, part.width, part.height, cut.length > 0 ? `blur(${2 * cut.length}px)` : "none");
    return new FakePicture(blurred, blurred);
  }

  async features(value: string, { cut = [], signal }: Cutting = {}): Promise<Features> {
    await this.work(signal);
    const node = this.nodes.find(({ outputs }) => outputs.includes(value));
    const shape = node?.shape ?? this.shape;
    const integer = node?.op === "MaxPool" && node.outputs[1] === value;
    return new FakeFeatures(this.#part(this.source, 1).canvas, shape, node?.op === "Relu", integer, cut.length);
  }

  async profile({ signal }: Cutting = {}): Promise<Profile> {
    await this.work(signal);
    const within = this.nodes.map(({ op }, at) => (op === "Relu" ? at - 1 : null));
    const milliseconds = this.nodes.map(({ flops, op }) => (op === "Relu" ? null : flops / this.speed));
    const kernels = this.nodes.flatMap(({ shape, flops, op }, at): KernelTime[] => {
      const took = milliseconds[at];
      const last = this.nodes[within[at + 1] === at ? at + 1 : at];
      if (took == null || !last) return [];
      const bound = this.speed > 4e6 ? null : took / 2;
      const bytes = 8 * shape.reduce((product, side) => product * side, 1);
      return [
        {
          node: last.name,
          op: last.op,
          kernel: op === "Conv" ? "Winograd" : op,
          shape,
          milliseconds: took,
          flops,
          bytes,
          bound,
        },
      ];
    });
    return { kernels, within, milliseconds };
  }

  async loss(reference: Picture, { cut = [] }: Cutting = {}): Promise<{ map: Picture; mean: number; max: number }> {
    const output = (await this.output({ cut })) as FakePicture;
    const part = this.#part((reference as FakePicture).canvas, this.network.scale).canvas;
    const map = drawn(output.canvas, part.width, part.height);
    context(map).globalCompositeOperation = "difference";
    context(map).drawImage(part, 0, 0);
    const { data } = context(map).getImageData(0, 0, map.width, map.height);
    let [sum, max] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const error = ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 765;
      [sum, max] = [sum + error, Math.max(max, error)];
    }
    return { map: new FakePicture(map, map), mean: sum / (data.length / 4), max };
  }

  free() {}

  #part(of: OffscreenCanvas, scale: number): FakePicture {
    const { x, y, width, height } = this.rect;
    const part = new OffscreenCanvas(width * scale, height * scale);
    context(part).drawImage(of, -x * scale, -y * scale);
    return new FakePicture(part, part);
  }
}

/** A mean, and differences between neighbors, weighted differently for each channel. */
class FakeFeatures implements Features {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly ranges: Float32Array;
  readonly range: [number, number];
  readonly window: Features["window"];
  #gray: Float32Array;

  constructor(
    picture: OffscreenCanvas,
    readonly shape: number[],
    private rectified: boolean,
    private integer: boolean,
    private cuts: number,
  ) {
    this.window = integer ? { height: 2, width: 2, colors: COLORS.map(([r, g, b]) => [r, g, b]) } : undefined;
    [, this.channels = 1, this.height = 1, this.width = 1] = shape;
    const { data } = context(drawn(picture, this.width, this.height)).getImageData(0, 0, this.width, this.height);
    this.#gray = Float32Array.from(
      { length: this.width * this.height },
      (_, at) => (data[4 * at + 1] ?? 0) / 255 - 0.5,
    );
    this.ranges = new Float32Array(2 * this.channels).map((_, at) => (at % 2 ? -Infinity : Infinity));
    for (let c = 0; c < this.channels; c++) {
      for (let at = 0; at < this.#gray.length; at += 7) {
        const value = this.value(c, at % this.width, Math.floor(at / this.width));
        this.ranges[2 * c] = Math.min(this.ranges[2 * c] ?? 0, value);
        this.ranges[2 * c + 1] = Math.max(this.ranges[2 * c + 1] ?? 0, value);
      }
    }
    this.range = [Math.min(...this.ranges), Math.max(...this.ranges)];
  }

  value(channel: number, x: number, y: number): number {
    const at = (dx: number, dy: number) =>
      this.#gray[
        Math.min(this.height - 1, Math.max(0, y + dy)) * this.width + Math.min(this.width - 1, Math.max(0, x + dx))
      ] ?? 0;
    if (this.integer)
      return 2 * this.width * (2 * y + (at(0, 1) > at(0, 0) ? 1 : 0)) + 2 * x + (at(1, 0) > at(0, 0) ? 1 : 0);
    const slope = at(0, 0) - at((channel % 3) - 1, (Math.floor(channel / 3) % 3) - 1);
    const value = Math.cos(1.7 * channel) * at(0, 0) + 4 * Math.sin(2.3 * channel + 1) * slope;
    return (this.rectified ? Math.max(0, value) : value) / (1 + this.cuts);
  }

  picture({ first, count, columns, gap = 0, scale, colors }: FeatureLook): Picture {
    const rows = Math.ceil(count / columns);
    const canvas = new OffscreenCanvas(columns * (this.width + gap) - gap, rows * (this.height + gap) - gap);
    for (let one = 0; one < count && first + one < this.channels; one++) {
      const image = this.#draw(
        first + one,
        scale === "global"
          ? this.range
          : [this.ranges[2 * (first + one)] ?? 0, this.ranges[2 * (first + one) + 1] ?? 1],
        colors,
      );
      context(canvas).putImageData(
        image,
        (one % columns) * (this.width + gap),
        Math.floor(one / columns) * (this.height + gap),
      );
    }
    return new FakePicture(canvas, canvas);
  }

  #draw(channel: number, [low, high]: [number, number], colors: FeatureLook["colors"]): ImageData {
    const image = new ImageData(this.width, this.height);
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        const value = this.value(channel, x, y);
        const level = (255 * (value - low)) / (high - low || 1);
        const signed = (255 * value) / (Math.max(-low, high) || 1);
        const place = COLORS[(value % 2) + 2 * (Math.floor(value / (2 * this.width)) % 2)] ?? [];
        const rgb = this.integer
          ? place
          : colors === "gray"
            ? [level, level, level]
            : [255 + Math.min(0, signed), 255 - Math.abs(signed), 255 - Math.max(0, signed)];
        image.data.set([...rgb, 255], 4 * (y * this.width + x));
      }
    }
    return image;
  }

  free() {}
}
