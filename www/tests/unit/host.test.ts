import { afterEach, describe, expect, it, vi } from "vitest";
import type { EngineModule, Model, Picture } from "../../src/engine";
import { Engines } from "../../src/worker/engines";
import { type CallContext, Host } from "../../src/worker/host";

/** The worker's host on an engine that only records calls. */
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
    backendReasonCode: "asked",
    free: () => said.push("free engine"),
  };
  const create = async () => {
    said.push("make engine");
    return { ...engine };
  };
  const module = { default: async () => said.push("compile"), Engine: { create } };
  const engines = new Engines(async () => module as unknown as EngineModule);
  return { said, given, engines, host: new Host(engines) };
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
  said.length = 0;
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
  it("holds the run buffers of one model at a time", async () => {
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
      said.length = 0; // the trial's pictures are freed at once
      await process(first);
      expect(said, String(run)).toEqual(["release model 2"]);
    }
  });

  it("does not use a freed model", async () => {
    const { said, one, picture, first, second, process } = await open();
    await process(first);
    const { id: inspection } = await one.inspect({ picture, model: first, at: null, side: 8 }, context);
    await one.freeModel({ model: first });
    await one.profile({ inspection }, context);
    await process(second);
    expect(said).toEqual(["free model 1"]);
  });
});

describe("pages of one worker", () => {
  const source = { url: "models/a.onnx", sha256: "", data: {} };

  /** Two pages with the same kind of engine, and the same model. */
  async function two() {
    vi.stubGlobal("fetch", async (url: string) => new Response(url));
    const { said, engines, host: one } = host();
    const other = new Host(engines);
    const models: number[] = [];
    for (const page of [one, other]) {
      await page.start({ backend: "cpu" }, context);
      models.push((await page.loadModel({ source }, context)).id);
    }
    const [first = 0, second = 0] = models;
    return { said, one, other, first, second };
  }
  afterEach(() => void vi.unstubAllGlobals());

  it("share the compiled module, the engine and models from the same source", async () => {
    const { said } = await two();
    expect(said).toEqual(["compile", "make engine"]);
  });

  it("free shared objects with the last user, and their own at once", async () => {
    const { said, one, other, first, second } = await two();
    await one.decode({ file: new Blob() }, context);
    said.length = 0;
    await one.freeModel({ model: first });
    expect(said).toEqual([]);
    await one.close();
    expect(said).toEqual(["free picture"]);
    await other.freeModel({ model: second });
    await other.close();
    expect(said).toEqual(["free picture", "free model 1", "free engine"]);
  });

  it("have their own models for files from elsewhere", async () => {
    const { said, one, other } = await two();
    const own = { file: new Blob(), data: {}, metadata: {} };
    const { id } = await one.loadModel({ source: own }, context);
    await other.loadModel({ source: own }, context);
    said.length = 0;
    await one.freeModel({ model: id });
    expect(said).toEqual(["free model 2"]);
  });

  it("keep their engine when another page requests a new one, or another backend", async () => {
    const { said, one, other } = await two();
    said.length = 0;
    await one.start({ backend: "auto" }, context);
    await one.start({ backend: "cpu" }, context);
    expect(said).toEqual(["make engine", "free engine"]);
    await other.close();
    expect(said).toEqual(["make engine", "free engine", "free model 1"]);
    await one.start({ backend: "cpu" }, context); // by itself: a new one
    expect(said).toEqual(["make engine", "free engine", "free model 1", "make engine", "free engine"]);
  });

  it("take turns", async () => {
    const { one, other, first, second } = await two();
    const [a, b] = [await one.decode({ file: new Blob() }, context), await other.decode({ file: new Blob() }, context)];
    const stopped = new AbortController();
    const running = one.process({ picture: a.id, model: first, near: null }, context);
    const waiting = other.process({ picture: b.id, model: second, near: null }, { ...context, signal: stopped.signal });
    stopped.abort();
    await running;
    await expect(waiting).rejects.toThrow(/abort/);
  });
});

describe("ids of pictures and models", () => {
  it("differ from those of earlier workers", async () => {
    const earlier = await open();
    await new Promise((resolve) => setTimeout(resolve, 20)); // a worker takes longer to start
    const later = await open();
    expect(later.picture).toBeGreaterThan(Math.max(earlier.picture, earlier.first, earlier.second));
  });
});

describe("scores of label pictures", () => {
  it("have names, and null where undefined", async () => {
    const { one, picture } = await open();
    const scores = await one.scoreLabels({ labels: picture, truth: picture, classes: 2 }, context);
    expect(scores).toEqual({ pixelAccuracy: 0.75, meanIou: null, iou: [0.5, null] });
  });
});
