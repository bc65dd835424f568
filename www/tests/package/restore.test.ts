import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch } from "../page/browser";
import { type Site, serve } from "../page/server";
import { installed, project } from "./install";
import { GAIN, LIKENESS, type Trial, trial } from "./pictures";

/** The contract of `restore` in a browser: every kind of picture, aborts, progress, tiles, hashes, error codes. */

let browser: Browser;
let photo: Trial;
let site: Site;
let page: Page;
let weights: string[];

beforeAll(async () => {
  [browser, photo, site] = await Promise.all([launch({ webgpu: false }), trial(), serve(project("plain"))]);
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});
beforeEach(async () => {
  await page?.context().close();
  page = await (await browser.newContext()).newPage();
  weights = [];
  page.context().on("request", (request) => {
    if (/\.onnx/.test(request.url())) weights.push(request.url());
  });
  await open();
});

/** The plain page, with its photo and package loaded. */
async function open(): Promise<void> {
  await page.route("**/noisy.png", (route) => route.fulfill({ body: photo.noisy, contentType: "image/png" }));
  await page.goto(site.url);
  // As a string: vitest's transformed import() does not work there.
  await page.evaluate(`(async () => {
    const blob = await (await fetch("noisy.png")).blob();
    const bytes = async ({ blob }) => [...new Uint8Array(await blob.arrayBuffer())];
    const failure = async (call) => {
      const began = performance.now();
      const { name, code, message } = await call.then(() => ({ name: "", code: "none", message: "" }), (error) => error);
      return { name, code, message, milliseconds: performance.now() - began };
    };
    Object.assign(globalThis, { package: await import("unet-playground"), blob, bytes, failure });
  })()`);
}

/** Evaluates the body of an async function in scope of `restore`, `models`, `blob`, `bytes` and `failure`. */
function inPage<T>(body: string): Promise<T> {
  const code = `(async () => { const { restore, models, createRestorer, RestoreError } = globalThis.package; ${body} })()`;
  return page.evaluate(code) as Promise<T>;
}

async function expectGood(file: number[]): Promise<void> {
  const { gain, likeness } = await photo.judge(new Uint8Array(file));
  expect(gain).toBeGreaterThan(GAIN);
  expect(likeness).toBeGreaterThan(LIKENESS);
}

const CANVAS = `
  const bitmap = await createImageBitmap(blob);
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);`;

describe("a picture may be", () => {
  it.each([
    ["a File", 'new File([blob], "noisy.png")'],
    ["a Blob", "blob"],
    ["an ArrayBuffer", "await blob.arrayBuffer()"],
    ["a Uint8Array", "new Uint8Array(await blob.arrayBuffer())"],
    ["a relative address", '"noisy.png"'],
    ["a URL", 'new URL("noisy.png", location.href)'],
    ["ImageData", "context.getImageData(0, 0, canvas.width, canvas.height)"],
    ["an ImageBitmap", "bitmap"],
    ["an image that is still loading", 'Object.assign(new Image(), { src: "noisy.png" })'],
    ["a canvas", "canvas"],
    [
      "an OffscreenCanvas",
      "(() => { const o = new OffscreenCanvas(96, 96); o.getContext('2d').drawImage(bitmap, 0, 0); return o; })()",
    ],
  ])("%s, which stays the caller's", async (_, source) => {
    const files = await inPage<number[][]>(`
      ${CANVAS}
      const source = ${source};
      return [await bytes(await restore(source)), await bytes(await restore(source))];`);
    expect(files[1]).toEqual(files[0]);
    await expectGood(files[0] ?? []);
  });
});

describe("aborting", () => {
  const LARGE = "const large = new ImageData(2400, 2400); large.data.fill(99);";

  it("takes effect at once, in the worker as well", async () => {
    const { failed, next } = await inPage<{ failed: { name: string; milliseconds: number }; next: number }>(`
      ${LARGE}
      await restore.preload();
      const controller = new AbortController();
      const started = new Promise((resolve) => {
        globalThis.running = restore(large, {
          backend: "cpu", threads: 1, signal: controller.signal,
          onProgress: ({ stage, fraction }) => stage === "compute" && fraction > 0 && resolve(),
        });
        globalThis.running.catch(() => {});
      });
      await started;
      controller.abort();
      const failed = await failure(globalThis.running);
      const began = performance.now();
      await restore(blob, { backend: "cpu", threads: 1 });
      return { failed, next: performance.now() - began };`);
    expect(failed.name).toBe("AbortError");
    expect(failed.milliseconds).toBeLessThan(200);
    // Far less than the rest of the large picture, which takes many seconds.
    expect(next).toBeLessThan(3000);
  });

  it("rejects with the signal's own reason, before and during a download", async () => {
    expect(
      await inPage(`return failure(restore(blob, { signal: AbortSignal.abort(new RangeError("mine")) }));`),
    ).toMatchObject({
      name: "RangeError",
      message: "mine",
    });
    await page.route("**/*.onnx", () => {}); // never answered
    const failed = await inPage<{ name: string; milliseconds: number }>(`
      const controller = new AbortController();
      const call = restore(blob, { signal: controller.signal });
      call.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1000));
      controller.abort();
      return failure(call);`);
    expect(failed.name).toBe("AbortError");
    expect(failed.milliseconds).toBeLessThan(200);
  });

  it("happens on leaving the loop over tiles", async () => {
    const seen = await inPage<{ tiles: number; next: number }>(`
      ${LARGE}
      let tiles = 0;
      for await (const tile of restore.stream(large, { backend: "cpu", threads: 1 })) { tiles++; break; }
      const began = performance.now();
      await restore(blob, { backend: "cpu", threads: 1 });
      return { tiles, next: performance.now() - began };`);
    expect(seen.tiles).toBe(1);
    expect(seen.next).toBeLessThan(3000);
  });
});

describe("during a call", () => {
  it("tiles arrive as they are finished, cover the result and equal it", async () => {
    const { tiles, early, same } = await inPage<{ tiles: number; early: boolean; same: boolean }>(`
      const large = new ImageData(480, 320);
      for (let i = 0; i < large.data.length; i++) large.data[i] = (i * 7919) % 256 | 3;
      const options = { task: "deblur", backend: "cpu", threads: 2 };
      let ended = false, early = true, tiles = 0;
      const canvas = new OffscreenCanvas(480, 320);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      const onProgress = ({ stage, fraction }) => { ended = stage === "compute" && fraction === 1; };
      for await (const { x, y, width, height, pixels, image } of restore.stream(large, { ...options, onProgress })) {
        if (tiles++ === 0) early = !ended && image.width === 480 && image.height === 320;
        context.putImageData(new ImageData(pixels, width, height), x, y);
      }
      const { blob } = await restore(large, options);
      const whole = new OffscreenCanvas(480, 320).getContext("2d");
      whole.drawImage(await createImageBitmap(blob), 0, 0);
      const [a, b] = [context, whole].map((one) => one.getImageData(0, 0, 480, 320).data);
      return { tiles, early, same: a.every((value, i) => Math.abs(value - b[i]) <= 1) };`);
    expect(tiles).toBeGreaterThan(1);
    expect({ early, same }).toEqual({ early: true, same: true });
  });

  it("progress reports the download, the computation and the encoding", async () => {
    const told = await inPage<{ stage: string; fraction: number | null }[]>(`
      const told = [];
      await restore(blob, { task: "super-resolve-x2", onProgress: (now) => told.push(now) });
      return told;`);
    expect([...new Set(told.map(({ stage }) => stage))]).toEqual(["prepare", "download", "compute", "encode"]);
    expect(told.filter(({ stage }) => stage === "download").at(-1)?.fraction).toBe(1);
    expect(told.filter(({ stage }) => stage === "compute").at(-1)?.fraction).toBe(1);
  });

  it("weights are downloaded once, and cached between visits until they are cleared", async () => {
    await inPage("await restore(blob); await restore(blob);");
    expect(weights).toHaveLength(1);
    await open();
    await inPage("await restore(blob);");
    expect(weights).toHaveLength(1);
    await inPage("await models.clear();");
    await open();
    await inPage("await restore(blob);");
    expect(weights).toHaveLength(2);
  });
});

describe("results", () => {
  it("have their size, network and backend", async () => {
    const told = await inPage(`
      const { blob: file, ...told } = await restore(blob, { task: "super-resolve-x2", backend: "cpu" });
      return { ...told, type: file.type };`);
    expect(told).toMatchObject({
      type: "image/png",
      width: 192,
      height: 192,
      task: "super-resolve-x2",
      method: "bilinear",
      model: "super-resolve-x2-bilinear.onnx",
      backend: "cpu",
      backendReason: "asked",
      notices: [],
      classes: [],
    });
  });

  it("for compressed photos come from the network for those", async () => {
    const made = await inPage<string[]>(`
      const { blob: jpeg } = await restore(blob, { type: "image/jpeg", quality: 0.8 });
      const task = "super-resolve-x2";
      const all = [{}, { compressed: false }].map((options) => restore(jpeg, { task, ...options }));
      return (await Promise.all(all)).map(({ model }) => model);`);
    expect(made).toEqual(["super-resolve-x2-bilinear-compressed.onnx", "super-resolve-x2-bilinear.onnx"]);
  });

  it("are files of the requested type", async () => {
    const types = ["image/png", "image/jpeg", "image/webp"];
    const starts = await inPage<string[]>(`
      const files = ${JSON.stringify(types)}.map((type) => restore(blob, { type, quality: 0.5 }));
      return Promise.all(files.map(async (made) => {
        const { blob } = await made;
        return blob.type + " " + new TextDecoder("latin1").decode((await blob.arrayBuffer()).slice(0, 12));
      }));`);
    expect(starts[0]).toMatch(/^image\/png .PNG/);
    expect(starts[1]).toMatch(/^image\/jpeg .Ø/);
    expect(starts[2]).toMatch(/^image\/webp RIFF....WEBP/s);
  });

  it("of segmentation are views of the named classes", async () => {
    const { classes, transparent, wrong } = await inPage<{ classes: string[]; transparent: boolean; wrong: unknown }>(`
      const made = await restore(blob, { task: "segment", view: { mode: "cutout", classes: ["person"] } });
      const context = new OffscreenCanvas(96, 96).getContext("2d");
      context.drawImage(await createImageBitmap(made.blob), 0, 0);
      const { data } = context.getImageData(0, 0, 96, 96);
      const wrong = await failure(restore(blob, { task: "segment", view: { mode: "cutout", classes: ["dragon"] } }));
      // A cat is no person.
      return { classes: made.classes, transparent: data[3] < 128, wrong };`);
    expect(classes).toContain("person");
    expect(transparent).toBe(true);
    expect(wrong).toMatchObject({ code: "invalid-input", message: expect.stringContaining('no class "dragon"') });
  });

  it("come from a folder of models on a host, by any of its methods", async () => {
    const models = await serve("../models", "/models/", { "Access-Control-Allow-Origin": "*" });
    try {
      const { method, count } = await inPage<{ method: string; count: number }>(`
        const from = ${JSON.stringify(models.url)};
        const { method } = await restore(blob, { models: from, method: "max-unpool" });
        return { method, count: (await models.list({ from })).length };`);
      expect(method).toBe("max-unpool");
      expect(count).toBeGreaterThan(40);
    } finally {
      models.close();
    }
  });

  it("come from the caller's own network", async () => {
    const file = await inPage<number[]>(`
      const own = await (await fetch("node_modules/unet-playground/models/denoise-bilinear.onnx")).blob();
      const made = await restore(blob, { model: own });
      if (made.task !== "denoise") throw new Error(made.task);
      return bytes(made);`);
    await expectGood(file);
  });
});

describe("error codes", () => {
  it.each([
    ["unknown-task", 'restore(blob, { task: "dream" })', /no network for the task "dream".*denoise/],
    ["unknown-method", 'restore(blob, { method: "magic" })', /no method "magic".*bilinear/],
    ["unsupported-source", "restore({})", /no picture can be made of Object/],
    ["unsupported-source", "restore(undefined)", /undefined/],
    ["invalid-picture", 'restore(new Blob(["no picture"]))', /./],
    ["download-failed", 'restore("missing.png")', /missing\.png: HTTP 404/],
    ["download-failed", 'restore(blob, { model: "missing.onnx" })', /missing\.onnx: HTTP 404/],
    ["invalid-model", 'restore(blob, { model: new Blob(["no model"]) })', /./],
    ["encoder", 'restore(blob, { type: "image/bmp" })', /none of image\/png/],
  ])("%s of %s", async (code, call, message) => {
    expect(await inPage(`return failure(${call});`)).toMatchObject({
      name: "RestoreError",
      code,
      message: expect.stringMatching(message),
    });
  });

  it("wrong-weights, for a file with another hash", async () => {
    const model = await readFile(join(installed("plain"), "models/denoise-bilinear.onnx"));
    model[model.length >> 1] = (model[model.length >> 1] ?? 0) ^ 1;
    await page.route("**/denoise-bilinear.onnx", (route) => route.fulfill({ body: model }));
    expect(await inPage("return failure(restore(blob));")).toMatchObject({ code: "wrong-weights" });
    // It was not cached.
    await page.unroute("**/denoise-bilinear.onnx");
    expect(await inPage("return failure(restore(blob));")).toMatchObject({ code: "none" });
  });

  it("cross-origin-image, for pixels that the browser withholds", async () => {
    const other = await serve("public/samples");
    try {
      const failed = await inPage(`
        const image = Object.assign(new Image(), { src: ${JSON.stringify(`${other.url}clock.jpg`)} });
        return failure(restore(image));`);
      expect(failed).toMatchObject({ code: "cross-origin-image", message: expect.stringContaining("crossorigin") });
    } finally {
      other.close();
    }
  });

  it("no-worker and no-engine, if a file of the package fails to load", async () => {
    await page.route("**/worker.js", (route) => route.fulfill({ status: 404 }));
    expect(await inPage("return failure(restore(blob));")).toMatchObject({ code: "no-worker" });
    await page.unroute("**/worker.js");
    await page.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
    expect(await inPage("return failure(restore(blob));")).toMatchObject({ code: "no-engine" });
    await page.unroute("**/*.wasm");
    expect(await inPage("return failure(restore(blob));")).toMatchObject({ code: "none" });
  });

  it("closed, for pending calls; the next call starts another worker", async () => {
    const [closed, next] = await inPage<unknown[]>(`
      const open = restore(blob);
      open.catch(() => {});
      setTimeout(() => restore.close(), 100);
      return [await failure(open), await failure(restore(blob))];`);
    expect(closed).toMatchObject({ code: "closed" });
    expect(next).toMatchObject({ code: "none" });
  });
});
