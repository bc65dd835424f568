import init, { Engine } from "../../pkg/unet_playground.js";

let ort;
let engine;
let provider;

window.start = async ({ backend, build }) => {
  ort = await import(`./node_modules/onnxruntime-web/dist/ort.${backend === "webgpu" ? "webgpu" : "wasm"}.min.mjs`);
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  provider = backend === "webgpu" ? "webgpu" : "wasm";
  await init({ build });
  engine = await Engine.create({ backend });
};

/** Runs one network in both engines by turns; times in milliseconds. */
window.compare = async ({ url, weights, external, base, rounds, size, tolerance, profile }) => {
  const fetched = async (path) => new Uint8Array(await (await fetch(base + path)).arrayBuffer());
  const bytes = await fetched(url);
  const data = weights
    ? [{ path: "weights", data: drawWeights(weights) }]
    : await Promise.all((external ?? []).map(async ({ path, url }) => ({ path, data: await fetched(url) })));
  const externalData = Object.fromEntries(data.map(({ path, data }) => [path, data]));

  const created = (provider) =>
    ort.InferenceSession.create(bytes.slice(), { executionProviders: [provider], externalData: data });
  const [session, theirLoad] = await measured(() => created(provider));
  const [model, ourLoad] = await measured(() => engine.load(bytes, { externalData }));
  const { name, shape: declared } = model.inputs[0];
  const shape = declared.map((length, axis) => length ?? [1, 3, size, size][axis]);
  const picture = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const random = uniform(1);
  for (let i = 0; i < picture.length; i++) picture[i] = random();

  const feeds = { [name]: new ort.Tensor("float32", picture, shape) };
  const refused = (error) => {
    throw new Error(`onnxruntime-web does not run it: ${error.message}`);
  };
  const runTheirs = async () => (await session.run(feeds).catch(refused))[session.outputNames[0]].data;
  const runOurs = async () => (await model.run(picture, shape)).data;

  // What is right is known of its CPU backend alone.
  const made = await runTheirs();
  const expected = provider === "wasm" ? made : Object.values(await (await created("wasm")).run(feeds))[0].data;
  const differs = difference(expected, await runOurs(), tolerance);
  const theirOff = difference(expected, made, tolerance).off;
  // Both tier up to optimized code within the first runs.
  await measured(runTheirs);
  await measured(runOurs);
  const theirs = [];
  const ours = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push((await measured(runTheirs))[1]);
    ours.push((await measured(runOurs))[1]);
  }
  const { flops } = model.plan(shape);
  const kernels = profile ? await model.profile(picture, shape) : [];
  return { flops, theirs, ours, theirLoad, ourLoad, theirOff, ...differs, profile: kernels };
};

/** The result, and how long it took. */
async function measured(run) {
  const start = performance.now();
  const result = await run();
  return [result, performance.now() - start];
}

/**
 * Largest difference over the largest magnitude of `expected`, and the share of values that differ by
 * more than `tolerance` of it.
 */
function difference(expected, actual, tolerance) {
  if (expected.length !== actual.length) throw new Error(`${actual.length} values instead of ${expected.length}`);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let error = 0;
  let off = 0;
  for (let i = 0; i < expected.length; i++) {
    const relative = Math.abs(expected[i] - actual[i]) / largest;
    if (!(relative <= tolerance)) off++;
    if (!(relative <= error)) error = relative;
  }
  return { error, off: off / expected.length };
}

/** Uniform numbers of the given standard deviations, one tensor after another; the same each time. */
function drawWeights(tensors) {
  const values = new Float32Array(tensors.reduce((sum, [count]) => sum + count, 0));
  const random = uniform(0);
  let at = 0;
  for (const [count, deviation] of tensors) {
    const range = deviation * Math.sqrt(12);
    for (const end = at + count; at < end; at++) values[at] = (random() - 0.5) * range;
  }
  return new Uint8Array(values.buffer);
}

/** Mulberry32. */
function uniform(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
