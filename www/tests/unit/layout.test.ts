import { describe, expect, it } from "vitest";
import { cutName, downstream, type Graph, graphOf } from "../../src/inspect/graph";
import { layout } from "../../src/inspect/layout";
import {
  attention,
  Builder,
  inception,
  type Net,
  nested,
  perceptron,
  pyramid,
  residualChain,
  shipped,
} from "../graphs";

const SHIPPED = ["denoise-max-unpool", "denoise-pixel-shuffle", "denoise-transposed-conv", "colorize-bilinear"];
const NETS: Record<string, Net> = {
  ...Object.fromEntries(SHIPPED.map((name) => [name, shipped(name)])),
  "residual chain": residualChain(4),
  "U-Net++": nested(4),
  inception: inception(),
  perceptron: perceptron(),
  "pyramid pooling": pyramid(),
  attention: attention(),
};

const cuts = ({ edges }: Graph) => edges.filter(({ skip }) => skip).map(cutName);
const named = (graph: Graph, name: string) => graph.boxes.findIndex((box) => box.name === name);

describe("a network's boxes", () => {
  it("contain every node once, in topological order", () => {
    for (const [name, net] of Object.entries(NETS)) {
      const { boxes, edges } = graphOf(net);
      const all = boxes.flatMap(({ nodes }) => nodes.map((node) => node.name));
      expect([...all].sort(), name).toEqual(net.nodes.map((node) => node.name).sort());
      for (const { from, to } of edges) expect(from, name).toBeLessThan(to);
      const sum = (of: "flops" | "parameters") => boxes.reduce((total, box) => total + box[of], 0);
      expect(sum("flops"), name).toBe(net.nodes.reduce((total, { flops }) => total + flops, 0));
    }
  });

  it("include the operators that belong to a layer", () => {
    const { boxes } = graphOf(shipped("colorize-bilinear"));
    const ops = (name: string) => boxes.find((box) => box.name === name)?.nodes.map(({ op }) => op);
    expect(ops("enc1.conv1")).toEqual(["Sub", "Conv", "Relu"]);
    expect(ops("up4.bilinear.conv")).toEqual(["Resize", "Conv"]);
    expect(boxes.map(({ kind }) => kind).filter((kind) => kind === "down")).toHaveLength(4);
    expect(boxes.at(-1)).toMatchObject({ name: "head", isOutput: true, level: 0 });
  });

  it("keep a value with two readers visible", () => {
    const net = new Builder([1, 3, 8, 8]);
    const conv = net.node("Conv", ["x"], [1, 4, 8, 8], 4);
    const relu = net.node("Relu", [conv], [1, 4, 8, 8]);
    const { boxes } = graphOf(net.ending(net.join("Add", [relu, conv])));
    expect(boxes.map(({ nodes }) => nodes.length)).toEqual([0, 1, 1, 1]);
  });
});

describe("skip connections", () => {
  it("of a U-Net are the concatenations, and the input that is added at the end", () => {
    expect(cuts(graphOf(shipped("denoise-max-unpool")))).toEqual([
      "enc3>cat3.concat",
      "enc2>cat2.concat",
      "enc1>cat1.concat",
      "x>add",
    ]);
    expect(cuts(graphOf(shipped("colorize-bilinear")))).toHaveLength(4);
  });

  it("of a residual chain are its shortcuts, also through a projection", () => {
    const graph = graphOf(residualChain(4));
    const skips = graph.edges.filter(({ skip }) => skip);
    expect(skips).toHaveLength(4);
    expect(graph.boxes[skips[0]?.from ?? 0]?.nodes.map(({ op }) => op)).toEqual(["Conv"]);
  });

  it("of U-Net++ are all but the way up", () => {
    const { edges } = graphOf(nested(4));
    expect(edges.filter(({ skip }) => skip)).toHaveLength(3 + 2 + 1 + 2 + 1 + 1);
  });

  it("of pyramid pooling come from the pooled value, not from one mean to another", () => {
    const { boxes, edges } = graphOf(pyramid());
    expect(edges.filter(({ skip }) => skip).map(({ from }) => boxes[from]?.kind)).toEqual(["layer"]);
  });

  it("are neither parallel branches, nor attention, nor max-pooling indices", () => {
    expect(cuts(graphOf(inception()))).toEqual([]);
    expect(cuts(graphOf(attention()))).toEqual([]);
    const { edges } = graphOf(shipped("denoise-max-unpool"));
    expect(edges.filter(({ indices }) => indices).map(({ value, skip }) => [value, skip])).toEqual([
      ["pool3", false],
      ["pool2", false],
      ["pool1", false],
    ]);
  });

  it("reach only what is downstream", () => {
    const graph = graphOf(shipped("denoise-max-unpool"));
    const reached = downstream(graph, named(graph, "cat2.concat"));
    for (const name of ["cat2.concat", "dec2.conv1", "cat1.concat", "add"])
      expect(reached.has(named(graph, name)), name).toBe(true);
    for (const name of ["x", "enc1.conv1", "bottleneck.conv2", "dec3.conv2"])
      expect(reached.has(named(graph, name)), name).toBe(false);
  });
});

describe("the drawing", () => {
  it("has no overlapping boxes, and none outside", () => {
    for (const [name, net] of Object.entries(NETS)) {
      const { boxes, width, height } = layout(graphOf(net));
      for (const [at, a] of boxes.entries()) {
        expect(a.x - a.width / 2, name).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width / 2, name).toBeLessThanOrEqual(width);
        expect(a.y + a.height / 2, name).toBeLessThanOrEqual(height);
        for (const b of boxes.slice(at + 1)) {
          const apart =
            Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
          expect(apart, `${name}: ${JSON.stringify([a, b])}`).toBe(true);
        }
      }
    }
  });

  it("of a U-Net is a U: down on the left, up on the right, skip connections level", () => {
    for (const name of SHIPPED) {
      const graph = graphOf(shipped(name));
      const { boxes, paths } = layout(graph);
      const y = (box: string) => boxes[named(graph, box)]?.y ?? Number.NaN;
      const x = (box: string) => boxes[named(graph, box)]?.x ?? Number.NaN;
      expect(y("enc1.conv2"), name).toBeLessThan(y("enc2.conv2"));
      expect(y("enc3.conv2"), name).toBeLessThan(y("bottleneck.conv1"));
      expect(y("dec2.conv1"), name).toBe(y("enc2.conv1"));
      const rising = ["enc1.conv1", "enc2.conv1", "bottleneck.conv1", "dec2.conv1", "dec1.conv1"].map(x);
      expect(
        [...rising].sort((a, b) => a - b),
        name,
      ).toEqual(rising);
      for (const [at, { skip, value }] of graph.edges.entries()) {
        if (skip && value !== "x") expect(paths[at], `${name} ${value}`).toMatch(/^M[\d.]+ ([\d.]+)H[\d.]+$/);
      }
    }
  });

  it("keeps branches of one size in one row, one below the other", () => {
    const { boxes, rows } = layout(graphOf(inception()));
    expect(rows).toHaveLength(1);
    expect(new Set(boxes.map(({ lane }) => lane))).toEqual(new Set([0, 1, 2, 3]));
  });

  it("routes shortcuts above the boxes they pass, on separate tracks where they cross", () => {
    const graph = graphOf(nested(4));
    const { paths, boxes } = layout(graph);
    const top = Math.min(...boxes.map(({ y, height }) => y - height / 2));
    const arcs = graph.edges.flatMap(({ skip }, at) =>
      skip && !/^M[\d.]+ [\d.]+H[\d.]+$/.test(paths[at] ?? "") ? [paths[at]] : [],
    );
    expect(arcs).toHaveLength(4);
    expect(new Set(arcs).size).toBe(4);
    expect(top).toBeGreaterThan(0);
  });

  it("of a network on vectors is a line", () => {
    const { boxes, rows } = layout(graphOf(perceptron()));
    expect(rows).toHaveLength(1);
    expect(new Set(boxes.map(({ y }) => y)).size).toBe(1);
  });

  it("is the same at another input size", () => {
    const net = shipped("denoise-max-unpool");
    const scaled = {
      ...net,
      shape: net.shape.map((side, at) => (at > 1 ? side / 2 : side)),
      nodes: net.nodes.map((node) => ({ ...node, shape: node.shape.map((side, at) => (at > 1 ? side / 2 : side)) })),
    };
    expect(layout(graphOf(scaled)).paths).toEqual(layout(graphOf(net)).paths);
  });
});
