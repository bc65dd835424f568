import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs";
import init, { Engine } from "../../pkg/unet_playground.js";

let engine;

window.start = async (build) => {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const used = await init({ build });
  engine = await Engine.create({ backend: "cpu" });
  return used;
};

/** Runs one network in both engines by turns; times in milliseconds. */
window.compare = async ({ name, weights, rounds, size, tolerance }) => {
  const bytes = new Uint8Array(await (await fetch(`nets/${name}.onnx`)).arrayBuffer());
  const data = drawWeights(weights);
  const shape = [1, 3, size, size];
  const picture = new Float32Array(3 * size * size);
  const random = uniform(1);
  for (let i = 0; i < picture.length; i++) picture[i] = random();

  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    externalData: [{ path: "weights", data }],
  });
  const model = await engine.load(bytes, { externalData: { weights: data } });
  const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", picture, shape) };
  const runTheirs = async () => (await session.run(feeds))[session.outputNames[0]].data;
  const runOurs = async () => (await model.run(picture, shape)).data;

  const differs = difference(await runTheirs(), await runOurs(), tolerance);
  // Both tier up to optimized code within the first runs.
  await timed(runTheirs);
  await timed(runOurs);
  const theirs = [];
  const ours = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await timed(runTheirs));
    ours.push(await timed(runOurs));
  }
  const { flops } = model.plan(shape);
  model.free();
  await session.release();
  return { flops, theirs, ours, ...differs };
};

async function timed(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
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
