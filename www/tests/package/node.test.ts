import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installed, project } from "./install";
import { GAIN, LIKENESS, type Trial, trial } from "./pictures";

/** The package in Node. */

let photo: Trial;
let package_: typeof import("../../../pkg/node");
const picture = join(project("node"), "noisy.png");

beforeAll(async () => {
  photo = await trial();
  await writeFile(picture, photo.noisy);
  package_ = await import(/* @vite-ignore */ pathToFileURL(join(installed("node"), "node.js")).href);
});
afterAll(() => package_?.restore.close());

async function expectGood(blob: Blob): Promise<void> {
  const { gain, likeness } = await photo.judge(new Uint8Array(await blob.arrayBuffer()));
  expect(gain).toBeGreaterThan(GAIN);
  expect(likeness).toBeGreaterThan(LIKENESS);
}

describe("a picture may be", () => {
  it.each<[string, () => string | URL | Blob | ArrayBuffer | Uint8Array]>([
    ["a path", () => picture],
    ["a file's address", () => pathToFileURL(picture)],
    ["a Buffer", () => photo.noisy],
    ["a Blob", () => new Blob([new Uint8Array(photo.noisy)])],
    ["an ArrayBuffer", () => new Uint8Array(photo.noisy).buffer],
  ])("%s", async (_, source) => {
    const { blob, width, height, backend } = await package_.restore(source());
    expect({ type: blob.type, width, height, backend }).toEqual({
      type: "image/png",
      width: 96,
      height: 96,
      backend: "cpu",
    });
    await expectGood(blob);
  });
});

it("several threads compute tiles of a large picture with the same result", async () => {
  const large = {
    data: new Uint8ClampedArray(480 * 320 * 4).map((_, i) => ((i * 7919) % 256) | 3),
    width: 480,
    height: 320,
  };
  const made = [1, 3].map(async (threads) => {
    const { blob } = await package_.restore(large as ImageData, { task: "deblur", threads });
    return Buffer.from(await blob.arrayBuffer());
  });
  const [alone, together] = await Promise.all(made);
  expect(alone?.equals(together ?? Buffer.alloc(0))).toBe(true);
});

it("aborts take effect at once", async () => {
  const large = { data: new Uint8ClampedArray(2400 * 2400 * 4).fill(99), width: 2400, height: 2400 };
  const controller = new AbortController();
  const { signal } = controller;
  let stopped = 0;
  const onProgress = ({ stage, fraction }: { stage: string; fraction: number | null }) => {
    if (stage !== "compute" || !fraction || stopped) return;
    stopped = performance.now();
    controller.abort();
  };
  await expect(package_.restore(large as ImageData, { signal, onProgress })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(performance.now() - stopped).toBeLessThan(200);
  const began = performance.now();
  await package_.restore(photo.noisy);
  expect(performance.now() - began).toBeLessThan(3000);
});

it("tiles, models of a folder and the engine itself work as in a browser", async () => {
  const { restore, models, default: init, Engine } = package_;
  let pixels = 0;
  for await (const { width, height } of restore.stream(photo.noisy)) pixels += width * height;
  expect(pixels).toBe(96 * 96);
  const from = "../models";
  expect((await models.list({ from })).length).toBeGreaterThan(40);
  const { method } = await restore(photo.noisy, { models: from, method: "nearest" });
  expect(method).toBe("nearest");
  await init();
  const engine = await package_.Engine.create({ backend: "cpu" });
  expect(engine.threads).toBe(1);
  expect(Engine).toBeUndefined(); // a live binding: undefined before init()
});

it.each([
  ["unsupported-source", () => package_.restore(5 as never)],
  ["download-failed", () => package_.restore("missing.png")],
  ["invalid-picture", () => package_.restore(Buffer.from("no picture"))],
  ["encoder", () => package_.restore(photo.noisy, { type: "image/webp" })],
  ["no-gpu", () => package_.restore(photo.noisy, { backend: "webgpu" })],
])("errors have names: %s", async (code, call) => {
  await expect(call()).rejects.toMatchObject({ name: "RestoreError", code });
});

it("weights with a wrong hash are refused", async () => {
  const file = pathToFileURL(join(installed("node"), "models/denoise-bilinear.onnx"));
  const wrong = { file, sha256: "0".repeat(64) };
  await expect(package_.restore(photo.noisy, { model: wrong })).rejects.toMatchObject({ code: "wrong-weights" });
  const { createHash } = await import("node:crypto");
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  await expectGood((await package_.restore(photo.noisy, { model: { file, sha256 } })).blob);
});
