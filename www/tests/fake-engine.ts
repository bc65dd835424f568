/**
 * Stands in for the engine package in tests of the page alone: real pictures (decoded by the browser), "noise"
 * that remembers what was there before, and a "network" that puts it back, tile by tile and as slowly as asked.
 * What it does can be steered by a broadcast channel named `fake-engine`.
 */

import type { Engine as EngineType, Model, Picture, ProcessOptions } from "../src/engine";

const behaviour = { tileDelay: 30, webgpu: true, loseGpu: false };
new BroadcastChannel("fake-engine").onmessage = ({ data }) => Object.assign(behaviour, data);

class FakeError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

class FakePicture implements Picture {
  readonly hasAlpha = false;
  constructor(
    readonly canvas: OffscreenCanvas,
    readonly clean: OffscreenCanvas,
  ) {}
  get width() {
    return this.canvas.width;
  }
  get height() {
    return this.canvas.height;
  }
  pixels(x: number, y: number, width: number, height: number) {
    return context(this.canvas).getImageData(x, y, width, height).data;
  }
  thumbnail(maxSide: number): Picture {
    const scale = maxSide / Math.max(this.width, this.height);
    const small = new OffscreenCanvas(Math.round(this.width * scale), Math.round(this.height * scale));
    context(small).drawImage(this.canvas, 0, 0, small.width, small.height);
    return new FakePicture(small, small);
  }
  encodePng() {
    return new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
  }
  free() {}
}

function context(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  return context;
}

export default async function initialize(): Promise<void> {}

export class Engine implements EngineType {
  private constructor(
    public backend: "webgpu" | "cpu",
    public backendReasonCode: EngineType["backendReasonCode"],
    public backendReason: string,
  ) {}

  static async create({ backend }: { backend: string }): Promise<Engine> {
    if (backend === "webgpu" && !behaviour.webgpu) throw new FakeError("no-gpu", "no adapter");
    const gpu = backend !== "cpu" && behaviour.webgpu;
    const code = backend === "auto" ? (gpu ? "faster" : "no-gpu") : "asked";
    return new Engine(gpu ? "webgpu" : "cpu", code, "the GPU does 900 GFLOP/s, the CPU 100");
  }

  async load(bytes: Uint8Array): Promise<Model> {
    if (bytes.byteLength < 4) throw new FakeError("invalid-model", "the file ends early");
    return { metadata: {}, free() {} };
  }

  async decode(bytes: Uint8Array): Promise<Picture> {
    const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch(() => {
      throw new FakeError("invalid-picture", "this picture cannot be read: no known format");
    });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    context(canvas).drawImage(bitmap, 0, 0);
    return new FakePicture(canvas, canvas);
  }

  pictureFromRgba(rgba: Uint8Array, width: number, height: number): Picture {
    const canvas = new OffscreenCanvas(width, height);
    context(canvas).putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
    return new FakePicture(canvas, canvas);
  }

  async filter(picture: Picture, { sigma }: { sigma: number; seed: number }): Promise<Picture> {
    const { width, height, canvas } = picture as FakePicture;
    const image = context(canvas).getImageData(0, 0, width, height);
    for (let at = 0; at < image.data.length; at++) {
      const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      if (at % 4 !== 3) image.data[at] = (image.data[at] ?? 0) + sigma * normal;
    }
    const noisy = new OffscreenCanvas(width, height);
    context(noisy).putImageData(image, 0, 0);
    return new FakePicture(noisy, canvas);
  }

  estimate({ width, height }: Picture) {
    const tiles = Math.ceil(width / 128) * Math.ceil(height / 128);
    return { width, height, tiles, peakBytes: tiles * 4e6, flops: width * height * 69e3, fits: width * height < 30e6 };
  }

  async process(picture: Picture, _model: Model, { signal, onTile, onProgress }: ProcessOptions): Promise<Picture> {
    const { width, height, clean } = picture as FakePicture;
    const tiles: [number, number][] = [];
    for (let y = 0; y < height; y += 128) for (let x = 0; x < width; x += 128) tiles.push([x, y]);
    for (const [done, [x, y]] of tiles.entries()) {
      await new Promise((resolve) => setTimeout(resolve, behaviour.tileDelay));
      if (signal.aborted) throw new FakeError("aborted", "the run was stopped");
      if (behaviour.loseGpu) Object.assign(this, { backend: "cpu", backendReasonCode: "gave-up" });
      const w = Math.min(128, width - x);
      const h = Math.min(128, height - y);
      onTile({ x, y, width: w, height: h, pixels: context(clean).getImageData(x, y, w, h).data });
      onProgress({ fraction: (done + 1) / tiles.length, tilesDone: done + 1, tiles: tiles.length });
    }
    return new FakePicture(clean, clean);
  }

  free() {}
}
