import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Entry, methodId, parseManifest } from "../../../npm/src/manifest";
import { Catalogue, networkOf } from "../../src/app/catalogue";
import { factsOf } from "../../src/app/tasks";
import { PAPERS } from "../../src/gallery/papers";
import {
  commonScores,
  linearAxis,
  logarithmicAxis,
  paretoFront,
  placed,
  pointsOf,
  reference,
  timesOf,
} from "../../src/gallery/points";

function entry(name: string, more: Record<string, unknown>): Entry {
  const [one] = parseManifest([
    { file: `${name}.onnx`, task: "super-resolve-x4", strategy: "pixel-shuffle", parameters: 1000, ...more },
  ]);
  if (!one) throw new Error(name);
  return one;
}

const zoo = entry("zoo", { flops_per_pixel: 84_000, scores: { "Set5 x4": 31.1, "Set5 x4, bicubic": 28.4, other: 1 } });
const plain = entry("plain", {
  survey: "frameworks",
  design: "plain",
  flops_per_pixel: 17_000,
  scores: { "Set5 x4": 30.2 },
});
const dear = entry("dear", { survey: "designs", design: "dear", flops_per_pixel: 56_000, scores: { "Set5 x4": 30.1 } });
const best = entry("best", {
  survey: "designs",
  design: "best",
  flops_per_pixel: 20_000,
  scores: { "Set5 x4": 30.4, bad: Number.NaN },
});
const all = [zoo, plain, dear, best];

describe("a training's curve in the manifest", () => {
  const read = (curve: unknown, steps = 100) => entry("a", { curve, steps }).curve;

  it("is parsed as it is", () => {
    const curve = [
      [0, -1.5],
      [40, 28],
      [100, 27.9],
    ];
    expect(read(curve)).toEqual(curve);
    const longest = Array.from({ length: 24 }, (_, at) => [at, 1]);
    expect(read(longest)).toHaveLength(24);
  });

  it("is dropped entirely if any of it is malformed", () => {
    const bad: unknown[] = [
      undefined,
      null,
      7,
      "[[0, 1], [100, 2]]",
      {},
      [],
      [[0, 1]],
      [[0, 1], null],
      [[0, 1], [50]],
      [
        [0, 1],
        [50, 2, 3],
      ],
      [
        [0, 1],
        ["50", 2],
      ],
      [
        [0, 1],
        [50, "2"],
      ],
      [
        [0, 1],
        [50, null],
      ],
      [
        [0, 1],
        [50, null],
        [100, 2],
      ],
      [
        [-1, 1],
        [50, 2],
      ],
      [
        [0, 1],
        [101, 2],
      ],
      [
        [50, 1],
        [50, 2],
      ],
      [
        [50, 1],
        [40, 2],
      ],
      [
        [0, 1],
        [Number.NaN, 2],
      ],
      [
        [0, 1],
        [50, Number.POSITIVE_INFINITY],
      ],
      Array.from({ length: 25 }, (_, at) => [at, 1]),
    ];
    for (const curve of bad) expect(read(curve), JSON.stringify(curve)).toEqual([]);
    expect(
      read(
        [
          [0, 1],
          [50, 2],
        ],
        Number.NaN,
      ),
      "of no steps",
    ).toEqual([]);
  });
});

describe("the surveys' networks in the manifest", () => {
  it("are methods named by design, come last, and never replace networks for compressed photos", () => {
    const compressed = entry("compressed", { variant: "compressed" });
    const catalogue = new Catalogue([plain, compressed, best, zoo]);
    const methods = catalogue.methods(factsOf("super-resolve-x4"), true).filter(({ kind }) => kind === "network");
    expect(methods.map(({ id, survey }) => [id, survey])).toEqual([
      ["pixel-shuffle", ""],
      ["plain", "frameworks"],
      ["best", "designs"],
    ]);
    expect(methods.map(({ stages: [stage] }) => stage?.kind === "model" && stage.entry.file)).toEqual([
      "compressed.onnx",
      "plain.onnx",
      "best.onnx",
    ]);
    expect(networkOf(plain).name).toBe("plain");
    expect(methodId(zoo)).toBe("pixel-shuffle");
  });

  it("are compared by the scores that all of them have, and with a baseline without a network", () => {
    expect(commonScores(all)).toEqual(["Set5 x4"]);
    expect(commonScores([zoo])).toEqual(["Set5 x4", "other"]);
    expect(commonScores([])).toEqual([]);
    expect(reference(all, "Set5 x4")).toEqual({ name: "bicubic", value: 28.4 });
    expect(reference(all, "other")).toBeNull();
    expect(Object.keys(best.scores)).toEqual(["Set5 x4"]);
  });

  it("have points by time once measured", () => {
    const times = new Map([[plain.file, 120]]);
    expect(pointsOf(all, "Set5 x4", "time", times).map(({ id, cost }) => [id, cost])).toEqual([["plain", 120]]);
  });

  it("use the files' times until one of them is measured here", () => {
    const slow = entry("slow", { milliseconds_per_megapixel: 900 });
    const listed = [slow, plain];
    expect(timesOf(listed, new Map())).toEqual({ here: false, times: new Map([[slow.file, 900]]) });
    expect(timesOf(listed, new Map([["other.onnx", 1]])).here, "another task's").toBe(false);
    const measured = new Map([[plain.file, 120]]);
    expect(timesOf(listed, measured)).toEqual({ here: true, times: measured });
  });

  it("form a Pareto front", () => {
    expect(paretoFront(pointsOf(all, "Set5 x4", "flops")).map(({ id }) => id)).toEqual([
      "plain",
      "best",
      "pixel-shuffle",
    ]);
    expect(paretoFront(pointsOf(all, "Set5 x4", "parameters")).map(({ id }) => id)).toEqual(["pixel-shuffle"]);
    expect(pointsOf([entry("free", { scores: { "Set5 x4": 1 } })], "Set5 x4", "flops")).toEqual([]);
  });
});

describe("the shipped networks of the surveys", () => {
  it("list their papers and the formulas of their blocks", () => {
    const shipped = parseManifest(JSON.parse(readFileSync("../models/manifest.json", "utf8")));
    const designs = [...new Set(shipped.map(({ design }) => design).filter(Boolean))];
    expect(designs.length).toBeGreaterThan(0);
    expect(Object.keys(PAPERS).sort()).toEqual(designs.sort());
  });
});

describe("an axis", () => {
  it("has round ticks, and margins on both sides", () => {
    const axis = linearAxis([28.4, 31.1]);
    expect(axis.ticks).toEqual([29, 30, 31]);
    expect(axis.at(28.4)).toBeGreaterThan(0);
    expect(axis.at(31.1)).toBeLessThan(1);
  });

  it("centers a single value", () => {
    expect(linearAxis([3]).at(3)).toBeCloseTo(0.5);
    expect(linearAxis([0]).at(0)).toBeCloseTo(0.5);
    expect(logarithmicAxis([7]).at(7)).toBeCloseTo(0.5);
  });

  it("maps equal factors to equal distances if logarithmic", () => {
    const { at, ticks } = logarithmicAxis([10_000, 80_000]);
    expect(at(20_000) - at(10_000)).toBeCloseTo(at(80_000) - at(40_000));
    expect(ticks).toEqual([10_000, 20_000, 30_000, 50_000]);
    expect(logarithmicAxis([20_000, 30_000]).ticks).toEqual([20_000, 25_000, 30_000]);
  });
});

describe("labels", () => {
  it("are beside their points without overlap, or omitted", () => {
    const points = [
      { x: 50, y: 50, width: 60 },
      { x: 60, y: 52, width: 60 },
      { x: 250, y: 50, width: 60 },
    ];
    const boxes = placed(points, 16, [260, 100]);
    expect(boxes[2]?.x).toBe(180); // to the left: the right end is near
    const there = boxes.filter((box) => box !== null);
    for (const [i, a] of there.entries()) {
      for (const b of there.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
    expect(placed([{ x: 5, y: 5, width: 500 }], 16, [100, 100])).toEqual([null]);
  });
});
