// The package's entry: one interface over two builds of the same engine.

import { builds } from "./builds.js";
import { Pool, threadsFor } from "./pool.js";

/** The smallest module with a relaxed-SIMD instruction: f32x4.relaxed_madd on three splats. */
// prettier-ignore
const RELAXED_SIMD = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b,
]);

export let Engine, Model, Picture, upsample;

let loading;

export default function init({ build, fetch } = {}) {
  const chosen = build ?? (WebAssembly.validate(RELAXED_SIMD) ? "relaxed" : "baseline");
  loading ??= load(chosen, fetch ?? globalThis.fetch).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(build, fetch) {
  const [module, compiled] = await Promise.all([builds[build].load(), compile(builds[build].wasm, fetch)]);
  await module.default({ module_or_path: compiled });
  ({ Model, Picture, upsample } = module);
  Engine = withThreads(module.Engine, () => new Pool(build, compiled));
  return build;
}

/** Compiles while it downloads, where the host names the file as what it is. */
async function compile(url, fetch) {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url}: ${response.status} ${response.statusText}`);
  const named = response.headers.get("content-type")?.startsWith("application/wasm");
  return named ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** The backend to ask for: looking for a GPU stops the engine where there is neither a window nor a worker, as in Node. */
function available(backend) {
  if (typeof Window !== "undefined" || typeof WorkerGlobalScope !== "undefined") return backend;
  if (backend === "webgpu") throw Object.assign(new Error("there is no WebGPU here"), { code: "no-gpu" });
  return "cpu";
}

/** The engine of a build, whose tiles run in as many workers as `threads` says. */
function withThreads(Base, pool) {
  const pools = new WeakMap();
  return class Engine extends Base {
    static async create({ backend = "auto", threads = "auto" } = {}) {
      const count = threadsFor(threads);
      const made = await Base.create({ backend: available(backend), threads: count });
      const engine = Object.setPrototypeOf(made, Engine.prototype);
      if (count > 1) pools.set(engine, pool());
      return engine;
    }

    async load(bytes, options) {
      const model = await super.load(bytes, options);
      pools.get(this)?.add(model, bytes, options);
      return model;
    }

    process(picture, model, options = {}) {
      const help = pools.get(this)?.helpWith(model, options.signal);
      return super.process(picture, model, help ? { help, ...options } : options);
    }

    free() {
      pools.get(this)?.close();
      super.free();
    }
  };
}
