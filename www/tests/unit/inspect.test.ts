import { describe, expect, it, vi } from "vitest";
import { Kept } from "../../src/app/kept";
import { type Job, TaskQueue } from "../../src/app/task-queue";
import { FIRST_LOOK, formatLook, type Look, parseLook } from "../../src/inspect/address";
import { graphOf } from "../../src/inspect/graph";
import { InspectedModel } from "../../src/inspect/inspected";
import { layout } from "../../src/inspect/layout";
import { shortName } from "../../src/inspect/names";
import { fittingShape } from "../../src/inspect/room";
import { step } from "../../src/inspect/steps";
import { lossAt, scaleOf } from "../../src/learn/scale";
import { inception, shipped } from "../graphs";

describe("a shape in the drawing", () => {
  it("is as long as there is room between its neighbors, with at least its channels", () => {
    // Without a canvas, a letter counts as 6 pixels wide.
    vi.stubGlobal(
      "OffscreenCanvas",
      class {
        getContext = () => null;
      },
    );
    expect([60, 50, 40].map((room) => fittingShape([1, 16, 128, 128], room))).toEqual(["16 × 128²", "16×128²", "16"]);
    expect([59, 58].map((room) => fittingShape([1, 144, 40, 64], room))).toEqual(["144×40×64", "144"]);
    expect(fittingShape([7], 1)).toBe("7");
  });
});

describe("the inspector's state in the address", () => {
  it("round-trips beside the playground's settings", () => {
    const look: Look = {
      model: "max-unpool",
      beside: "nearest",
      node: "pool1.maxpool",
      output: 1,
      cut: ["enc1>cat1.concat", "x>add"],
      at: { x: 12, y: 300 },
    };
    const query = formatLook(look, "task=denoise&with=bilinear&picture=chelsea");
    expect(query).toBe(
      "task=denoise&with=bilinear&picture=chelsea&model=max-unpool&beside=nearest&node=pool1.maxpool&output=1&cut=enc1>cat1.concat&cut=x>add&at=12,300",
    );
    expect(parseLook(query)).toEqual(look);
    expect(parseLook(formatLook(FIRST_LOOK, "task=denoise"))).toEqual(FIRST_LOOK);
  });

  it("ignores malformed parts", () => {
    expect(parseLook("output=7&cut=enc1&cut=&at=1,-2&node=")).toEqual(FIRST_LOOK);
    expect(parseLook("cut=a>b&cut=a>b").cut).toEqual(["a>b"]);
  });

  it("supports any names", () => {
    const look = { ...FIRST_LOOK, node: "/enc/0/Conv & more", cut: ["a=b>c,d"] };
    expect(parseLook(formatLook(look, ""))).toEqual(look);
  });
});

describe("arrow keys in the drawing", () => {
  const graph = graphOf(shipped("denoise-max-unpool"));
  const drawn = layout(graph);
  const at = (name: string) => graph.boxes.findIndex((box) => box.name === name);
  const from = (name: string, ...keys: string[]) =>
    keys.reduce((here, key) => step(graph, drawn, here, key) ?? here, at(name));

  it("follow the data to the end and back", () => {
    const names: string[] = [];
    for (let here: number | null = 0; here !== null; here = step(graph, drawn, here, "ArrowRight"))
      names.push(graph.boxes[here]?.name ?? "");
    expect(names.slice(0, 4)).toEqual(["x", "enc1.conv1", "enc1.conv2", "pool1.maxpool"]);
    expect(names).toContain("bottleneck.conv2");
    expect(names.at(-1)).toBe("add");
    expect(from("add", ...new Array(names.length).fill("ArrowLeft"))).toBe(0);
  });

  it("lead up and down to the selected place", () => {
    expect(from("enc1.conv2", "ArrowDown")).toBe(at("pool1.maxpool"));
    expect(from("pool1.maxpool", "ArrowUp")).toBe(at("enc1.conv2"));
    const branches = graphOf(inception());
    const [, stem = 0, one = 0] = branches.boxes.keys();
    expect(step(branches, layout(branches), stem, "ArrowRight")).toBe(one);
    expect(step(branches, layout(branches), one, "ArrowUp")).toBeNull();
  });
});

describe("networks side by side", () => {
  const inspected = (name: string) => {
    const net = shipped(name);
    const named = { id: name, family: "unet", survey: "", name, variant: "" };
    const method = { ...named, kind: "network", stages: [], parameters: 0 } as const;
    return new InspectedModel(
      { ...method, stages: [] },
      { id: 1, bytes: 1, metadata: {}, classes: [], gray: false, optional: {}, undeclared: null },
      { id: 1, rect: { x: 0, y: 0, width: 256, height: 256 }, ...net },
    );
  };
  const [unpool, transposed] = [inspected("denoise-max-unpool"), inspected("denoise-transposed-conv")];
  const partner = (name: string) => {
    const box = unpool.graph.boxes[unpool.find(name) ?? -1];
    const at = box ? transposed.counterpart(box) : null;
    return at === null ? null : transposed.graph.boxes[at]?.name;
  };

  it("find corresponding boxes by name, or by value", () => {
    expect(partner("dec1.conv1")).toBe("dec1.conv1");
    expect(partner("up1.max-unpool.reshape_5")).toBe("up1.transposed-conv.conv");
  });

  it("list the cuts of each, the input's own connection last", () => {
    expect(unpool.cuts(["x>add", "enc1>cat1.concat", "not>there"])).toEqual(["x>add", "enc1>cat1.concat"]);
    expect(unpool.skips.map(({ value }) => value)).toEqual(["enc1", "enc2", "enc3", "x"]);
    expect(unpool.fromInput(unpool.skips[3] as never)).toBe(true);
  });

  it("have names short enough for the drawing", () => {
    const short = (name: string) => shortName(unpool.graph.boxes[unpool.find(name) ?? 0] as never);
    expect(["pool1.maxpool", "up1.max-unpool.reshape_5", "enc1.conv1"].map(short)).toEqual([
      "pool1",
      "up1",
      "enc1.conv1",
    ]);
    for (const { name } of unpool.graph.boxes) expect(short(name).length, name).toBeLessThanOrEqual(12);
  });
});

describe("jobs", () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve));

  /** Jobs with these keys, most wanted first; each yields once. */
  function queued(fails: string[] = []) {
    const done = new Kept<string[]>();
    done.set("", []);
    const log: string[] = [];
    const state = { wanted: ["a", "b", "c"] };
    const job = (key: string): Job => ({
      key,
      run: async (signal) => {
        await Promise.resolve();
        signal.throwIfAborted();
        if (fails.includes(key)) throw new Error(key);
        done.value?.push(key);
      },
    });
    const queue = new TaskQueue(
      () => state.wanted.filter((key) => !done.value?.includes(key)).map(job),
      (error) => log.push(String(error)),
      () => {},
    );
    return { queue, state, done: done.value ?? [], log };
  }

  it("run in order, and a failure is reported once", async () => {
    const { queue, done, log } = queued(["b"]);
    queue.turn();
    await settled();
    expect(done).toEqual(["a", "c"]);
    expect(log).toEqual(["Error: b"]);
    expect(queue.now).toBeNull();
  });

  it("are aborted for more wanted jobs", async () => {
    const { queue, state, done, log } = queued();
    queue.turn();
    state.wanted = ["z", "a"];
    queue.turn();
    await settled();
    expect(done).toEqual(["z", "a"]);
    expect(log).toEqual([]);
  });

  it("pause while stopped, and resume", async () => {
    const { queue, done } = queued();
    queue.turn();
    queue.stop();
    await settled();
    expect(done).toEqual([]);
    queue.retry();
    await settled();
    expect(done).toEqual(["a", "b", "c"]);
  });
});

describe("the loss curve", () => {
  const points = [
    { step: 0, loss: 0.4 },
    { step: 20, loss: 0.2 },
    { step: 8000, loss: 0.02 },
  ];

  it("begins at step 0, ends at the last step, and falls", () => {
    const { x, y, ticks } = scaleOf(points);
    expect([x(0), x(8000)]).toEqual([0, 1]);
    expect(x(30)).toBeGreaterThan(0.1);
    expect(y(0.4)).toBeLessThan(y(0.2));
    expect(y(0.02)).toBeLessThanOrEqual(1);
    expect(ticks).toEqual([0.02, 0.03, 0.05, 0.1, 0.2, 0.3]);
  });

  it("is interpolated between its points", () => {
    expect([0, 10, 20, 9000].map((step) => lossAt(points, step))).toEqual([0.4, expect.closeTo(0.3), 0.2, 0.02]);
    expect(lossAt([], 5)).toBe(0);
  });
});
