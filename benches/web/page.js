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
window.compare = async ({ name, weights, rounds, size }) => {
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

  const error = difference(await runTheirs(), await runOurs());
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
  return { flops, theirs, ours, error };
};

async function timed(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Largest difference over the largest magnitude of `expected`. */
function difference(expected, actual) {
  if (expected.length !== actual.length) return NaN;
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(expected[i] - actual[i]);
    if (Number.isNaN(error)) return NaN;
    worst = Math.max(worst, error);
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return worst / largest;
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
