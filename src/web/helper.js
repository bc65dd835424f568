// A worker that helps with tiles: told once what to run, then one tile after another.

import { builds } from "./builds.js";
import { isTrap } from "./trap.js";

let engine;
/** The model in use; it is replaced when a tile comes with another. */
let model;
let tail;
const running = new Map();

self.onmessage = ({ data: message }) => {
  if ("compiled" in message) tail = start(message).catch(crash);
  else if ("abort" in message) running.get(message.abort)?.abort();
  else {
    running.set(message.id, new AbortController());
    tail = tail.then(() => run(message));
  }
};

/** A trap inside a future of the engine rejects nothing: it surfaces only here. */
self.addEventListener("unhandledrejection", ({ reason }) => crash(reason));

async function start({ build, compiled }) {
  const module = await builds[build].load();
  await module.default({ module_or_path: compiled });
  engine = await module.Engine.create({ backend: "cpu" });
}

async function run({ id, model: source, data, shape }) {
  try {
    if (source) {
      model?.free();
      model = undefined;
      model = await engine.load(source.bytes, source.options);
    }
    const output = await model.tile(data, shape, { signal: running.get(id).signal });
    self.postMessage({ id, output }, [output.data.buffer]);
  } catch (error) {
    if (isTrap(error)) crash(error);
    else self.postMessage({ id, error: String(error) });
  } finally {
    running.delete(id);
  }
}

/** The module is in an unknown state: whoever started this worker replaces it. */
function crash(error) {
  self.postMessage({ error: String(error) });
}
