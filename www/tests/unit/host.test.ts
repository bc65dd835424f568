import { describe, expect, it, vi } from "vitest";
import type { EngineModule, Model, Picture } from "../../src/engine";
import { type CallContext, Host } from "../../src/worker/host";

/** The worker's host over an engine that only writes down what is asked of it. */
function host() {
  const said: string[] = [];
  const picture = { width: 8, height: 6, free: () => said.push("free picture") } as unknown as Picture;
  let models = 0;
  const given: string[][] = [];
  const load = async (
    _: Uint8Array,
    { externalData }: { externalData: Record<string, Uint8Array> },
  ): Promise<Model> => {
    const name = `model ${++models}`;
    given.push(Object.entries(externalData).map(([file, bytes]) => `${file}: ${new TextDecoder().decode(bytes)}`));
    const say = (what: string) => () => said.push(`${what} ${name}`);
    return {
      metadata: {},
      task: { classes: [] },
      inputs: [],
      outputs: [],
      release: say("release"),
      free: say("free"),
    } as unknown as Model;
  };
  const engine = {
    load,
    decode: async () => picture,
    process: async () => picture,
    estimate: () => ({ flops: 1 }),
    pictureFromRgba: () => ({ free() {} }),
    inspect: async () => ({
      profile: async () => ({}),
      output: async () => picture,
      features: async () => ({}),
      loss: async () => ({ map: picture }),
      free() {},
    }),
    scoreLabels: () => Float64Array.from([0.75, Number.NaN, 0.5, Number.NaN]),
    free() {},
  };
  const module = { default: async () => {}, Engine: { create: async () => engine } };
  return { said, given, host: new Host(async () => module as unknown as EngineModule) };
}

const context: CallContext = { signal: new AbortController().signal, progress() {}, tile() {} };

async function open() {
  const { said, host: one } = host();
  await one.start({ backend: "cpu" }, context);
  const { id: picture } = await one.decode({ file: new Blob() }, context);
  const source = { file: new Blob(), data: {}, metadata: {} };
  const models = [await one.loadModel({ source }, context), await one.loadModel({ source }, context)].map(
    ({ id }) => id,
  );
  const [first = 0, second = 0] = models;
  const process = (model: number) => one.process({ picture, model, near: null }, context);
  return { said, one, picture, first, second, process };
}

it("fetches the data files of a shipped model", async () => {
  vi.stubGlobal("fetch", async (url: string) => new Response(url));
  const { given, host: one } = host();
  await one.start({ backend: "cpu" }, context);
  const file = (name: string) => ({ url: `models/${name}`, sha256: "" });
  await one.loadModel({ source: { ...file("a.onnx"), data: { "a.onnx.data": file("a.onnx.data") } } }, context);
  expect(given).toEqual([["a.onnx.data: models/a.onnx.data"]]);
  vi.unstubAllGlobals();
});

describe("the worker's memory", () => {
  it("holds the buffers of one model's run at a time", async () => {
    const { said, first, second, process } = await open();
    await process(first);
    await process(first);
    expect(said).toEqual([]);
    await process(second);
    expect(said).toEqual(["release model 1"]);
    await process(first);
    expect(said).toEqual(["release model 1", "release model 2"]);
  });

  it("counts every way to run a model", async () => {
    const { said, one, picture, first, second, process } = await open();
    const { id: inspection } = await one.inspect({ picture, model: second, at: null, side: 8 }, context);
    const ways = [
      () => one.calibrate({ model: second }, context),
      () => one.inspectedOutput({ inspection, cut: [] }, context),
      () => one.features({ inspection, value: "x", cut: [] }, context),
      () => one.loss({ inspection, reference: picture, cut: [] }, context),
      () => one.profile({ inspection }, context),
    ];
    for (const run of ways) {
      await process(first);
      await run();
      said.length = 0; // what a trial has made is freed at once
      await process(first);
      expect(said, String(run)).toEqual(["release model 2"]);
    }
  });

  it("asks nothing more of a model that has been freed", async () => {
    const { said, one, picture, first, second, process } = await open();
    await process(first);
    const { id: inspection } = await one.inspect({ picture, model: first, at: null, side: 8 }, context);
    await one.freeModel({ model: first });
    await one.profile({ inspection }, context);
    await process(second);
    expect(said).toEqual(["free model 1"]);
  });
});

describe("numbers of pictures and models", () => {
  it("are not those that an earlier worker has given", async () => {
    const earlier = await open();
    await new Promise((resolve) => setTimeout(resolve, 20)); // a worker takes longer to start
    const later = await open();
    expect(later.picture).toBeGreaterThan(Math.max(earlier.picture, earlier.first, earlier.second));
  });
});

describe("scores of labels", () => {
  it("have names, and null where there is nothing to tell", async () => {
    const { one, picture } = await open();
    const scores = await one.scoreLabels({ labels: picture, truth: picture, classes: 2 }, context);
    expect(scores).toEqual({ pixelAccuracy: 0.75, meanIou: null, iou: [0.5, null] });
  });
});
