// Workers that help an engine with the tiles of large pictures, without shared memory.

import { started } from "./importer.js";

/** Seconds after which workers without work are let go. */
const IDLE = 20;

/** Tiles at once for `threads`, a number or "auto": as many as there are cores, as far as memory goes. */
export function threadsFor(threads) {
  if (typeof Worker === "undefined") return 1;
  if (threads !== "auto") return Math.max(1, Math.min(Math.trunc(threads) || 1, 64));
  const { hardwareConcurrency = 1, deviceMemory = 8 } = globalThis.navigator ?? {};
  return Math.max(1, Math.min(hardwareConcurrency, 2 * deviceMemory, 8));
}

/** `build` and `compiled`: what each worker runs. Workers start with their first tile. */
export class Pool {
  #start;
  #helpers = new Map();
  #models = new WeakMap();
  #timer;
  #busy = 0;
  #lastModel = 0;

  constructor(build, compiled) {
    this.#start = { build, compiled };
  }

  /** Remembers what a model is loaded from: its file, and the options of `Engine.load`. */
  add(model, bytes, options) {
    this.#models.set(model, { key: ++this.#lastModel, bytes, options });
  }

  /** What `process` takes as its `help`. */
  helpWith(model, signal) {
    const source = this.#models.get(model);
    return source && ((helper, data, shape) => this.#run(helper, source, data, shape, signal));
  }

  /** Lets all workers go. */
  close() {
    clearTimeout(this.#timer);
    for (const helper of this.#helpers.values()) helper.close();
    this.#helpers.clear();
  }

  async #run(index, source, data, shape, signal) {
    clearTimeout(this.#timer);
    this.#busy++;
    try {
      let helper = this.#helpers.get(index);
      if (!helper) this.#helpers.set(index, (helper = new Helper(this.#start)));
      return await helper.run(source, data, shape, signal);
    } finally {
      if (--this.#busy === 0) this.#timer = setTimeout(() => this.close(), IDLE * 1000);
    }
  }
}

/** Bundlers look for this expression, word for word. */
function startHelper() {
  return started(() => new Worker(new URL("./helper.js", import.meta.url), { type: "module" }));
}

/** One worker. */
class Helper {
  #worker = startHelper();
  #open = new Map();
  #nextId = 1;
  #loaded = 0;

  constructor(start) {
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    this.#worker.postMessage(start);
  }

  /** The model's output for a tile; the data moves to the worker. */
  run({ key, bytes, options }, data, shape, signal) {
    const id = this.#nextId++;
    const model = key === this.#loaded ? undefined : { bytes, options };
    this.#loaded = key;
    const abort = () => this.#worker.postMessage({ abort: id });
    signal?.addEventListener("abort", abort, { once: true });
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#worker.postMessage({ id, model, data, shape }, [data.buffer]);
    }).finally(() => signal?.removeEventListener("abort", abort));
  }

  close() {
    this.#fail("it has been let go");
  }

  #receive({ id, output, error }) {
    if (id === undefined) return this.#fail(error);
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (error === undefined) open?.resolve(output);
    else open?.reject(new Error(error));
  }

  /** Of a worker that crashed nothing more will come. */
  #fail(why) {
    this.#worker.terminate();
    for (const { reject } of this.#open.values()) reject(new Error(why));
    this.#open.clear();
  }
}
