/**
 * Replaces the engine package in tests of the page alone: real pictures (decoded by the browser), "filters" that
 * remember the original, and "networks" that restore it, tile by tile and as slowly as requested. A broadcast channel
 * named `fake-engine` controls its behavior.
 */

import type {
  ClassInfo,
  ColorHint,
  Engine as EngineType,
  FilterSpec,
  FirstLook,
  LabelView,
  Model,
  OptionalInput,
  OptionalValues,
  Picture,
  ProcessOptions,
  Scores,
} from "../src/engine";
import type { Inspection } from "../src/inspection";
import { FakeInspection, type FakeNetwork, fakeNodes, fakeWeights } from "./fake-inspection";
import { blended, context, drawn, FakePicture } from "./fake-picture";

/** Side of a run's tiles. */
const TILE = 128;

const behavior = {
  tileDelay: 8,
  webgpu: true,
  inspects: true,
  loseGpu: false,
  mostPixels: 30e6,
  mostResult: 100e6,
  flopsPerPixel: 69e3,
  need: null as FirstLook["need"],
  sigma: null as number | null,
};
const channel = new BroadcastChannel("fake-engine");
channel.onmessage = ({ data }) => {
  Object.assign(behavior, data);
  channel.postMessage("heard");
};

/** Optional inputs of the fake colorization networks. */
const COLORING: Record<string, OptionalInput> = {
  hints: { kind: "color-hints", likely: true },
  temperature: { kind: "number", range: [0.1, 1], default: 0.38 },
};

/** Around a hint everything is red if b* is above 0, else blue. */
function paintHint(canvas: OffscreenCanvas, { x, y, b }: ColorHint): void {
  const drawing = context(canvas);
  drawing.fillStyle = b > 0 ? "rgb(255 0 0)" : "rgb(0 0 255)";
  drawing.fillRect(x - 20, y - 20, 40, 40);
}

class FakeError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** `quality`: how close the result is to the clean picture, 0 to 1. */
interface FakeModel extends Model, FakeNetwork {}

export default async function initialize(): Promise<void> {}

export class Engine implements EngineType {
  private constructor(
    public backend: "webgpu" | "cpu",
    public backendReasonCode: EngineType["backendReasonCode"],
    public backendReason: string,
  ) {}

  static async create({ backend }: { backend: string }): Promise<Engine> {
    if (backend === "webgpu" && !behavior.webgpu) throw new FakeError("no-gpu", "no adapter");
    const gpu = backend !== "cpu" && behavior.webgpu;
    const code = backend === "auto" ? (gpu ? "faster" : "no-gpu") : "asked";
    return new Engine(gpu ? "webgpu" : "cpu", code, "the GPU does 900 GFLOP/s, the CPU 100");
  }

  static differenceScale(): Uint8ClampedArray {
    return Uint8ClampedArray.from({ length: 1024 }, (_, at) => (at % 4 === 3 ? 255 : at >> 2));
  }

  /**
   * Bytes of a file: scale, quality in percent, whether it is a classifier, the number of its strategy; for an
   * undeclared output also its number of channels, and whether a sigmoid produced it; whether it takes color hints.
   */
  async load(bytes: Uint8Array, { metadata: said = {} }: { metadata?: Record<string, string> } = {}): Promise<Model> {
    if (bytes.byteLength < 4) throw new FakeError("invalid-model", "the file ends early");
    const [channels, operator] = [bytes[4] || 3, bytes[5] ? "Sigmoid" : "Conv"];
    const metadata = { ...(!bytes[4] && { output: '{"color":"rgb"}' }), ...said };
    const numbered = Array.from({ length: channels }, (_, index) => String(index));
    const named = /mask/.test(metadata.output ?? "")
      ? ["background", "object"]
      : /classes/.test(metadata.output ?? "")
        ? numbered
        : [];
    const names = bytes[2] ? ["background", "border", "pet", "person"] : named;
    const told = names.map((name, index): ClassInfo => ({ name, color: [60 * index, 160, 200 - 50 * index] }));
    const network = {
      scale: bytes[0] || 1,
      quality: (bytes[1] || 100) / 100,
      classes: names.length,
      strategy: bytes[3] ?? 0,
    };
    const nodes = fakeNodes(network, [1, 3, 64, 64]);
    const ports = { inputs: [{ name: "x", shape: [null, 3, null, null] }], outputs: [{ name: "y" }] };
    const plan = ([, , height = 0, width = 0]: number[]) => ({
      outputShape: [1, channels, height, width],
      nodes: [{ op: operator, outputs: ["y"] }],
    });
    const model: FakeModel = {
      metadata,
      ...network,
      ...ports,
      plan,
      task: { classes: told, output: { color: channels === 1 ? "gray" : "rgb" }, optional: bytes[6] ? COLORING : {} },
      release() {},
      weights: (node) => fakeWeights(nodes, node),
      free() {},
    };
    return model;
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

  noiseLevel() {
    return { sigma: 20, luma: 14, chroma: 12 };
  }

  firstLook(): FirstLook {
    const { need, sigma } = behavior;
    return { gray: false, noise: sigma === null ? null : { sigma, luma: sigma, chroma: sigma }, need };
  }

  async filter(picture: Picture, kind: FilterSpec): Promise<Picture> {
    const { canvas, clean, width, height } = picture as FakePicture;
    switch (kind.kind) {
      case "gaussian-noise":
        return new FakePicture(noisy(canvas, kind.sigma), clean);
      case "downscale": {
        const side = (length: number) => Math.floor(length / kind.scale);
        return new FakePicture(drawn(canvas, side(width), side(height)), clean);
      }
      case "upscale": {
        const large = drawn(canvas, width * kind.scale, height * kind.scale);
        return new FakePicture(large, large);
      }
      case "resize": {
        const sized = drawn(canvas, kind.width, kind.height);
        return new FakePicture(sized, clean);
      }
      case "gray":
        return new FakePicture(drawn(canvas, width, height, "grayscale(1)"), clean);
      case "saturation":
        return new FakePicture(drawn(canvas, width, height, `saturate(${kind.factor})`), clean);
      case "non-local-means":
        return new FakePicture(drawn(canvas, width, height, `blur(${(kind.sigma ?? 40) / 20}px)`), clean);
      case "edges":
        return new FakePicture(drawn(canvas, width, height, "grayscale(1) contrast(4)"), clean);
      default: {
        const soft = drawn(canvas, width, height, "blur(1px)");
        return new FakePicture(soft, clean);
      }
    }
  }

  async score(a: Picture, b: Picture): Promise<Scores> {
    if (a.width !== b.width || a.height !== b.height) throw new FakeError("invalid-input", "the sizes differ");
    const [x, y] = [a.pixels(0, 0, a.width, a.height), b.pixels(0, 0, a.width, a.height)];
    let squares = 0;
    let sum = 0;
    for (let at = 0; at < x.length; at++) {
      const off = (x[at] ?? 0) - (y[at] ?? 0);
      squares += off * off;
      sum += Math.abs(off);
    }
    const psnr = 10 * Math.log10((255 * 255) / (squares / (x.length * 0.75)));
    return { psnr, psnrLuma: psnr, ssim: 1 - sum / x.length / 100, mae: sum / (x.length * 0.75) };
  }

  async mix(original: Picture, result: Picture, { strength }: { strength: number }): Promise<Picture> {
    const canvas = blended((original as FakePicture).canvas, (result as FakePicture).canvas, strength);
    return new FakePicture(canvas, canvas);
  }

  async difference(a: Picture, b: Picture): Promise<Picture> {
    const canvas = drawn((a as FakePicture).canvas, b.width, b.height);
    context(canvas).globalCompositeOperation = "difference";
    context(canvas).drawImage((b as FakePicture).canvas, 0, 0);
    return new FakePicture(canvas, canvas);
  }

  async checkerboard(): Promise<number> {
    return 0.02;
  }

  async view(picture: Picture, labels: Picture, { mode, classes }: LabelView): Promise<Picture> {
    const over = (picture as FakePicture).canvas;
    const tinted = drawn(over, over.width, over.height, `sepia(1) hue-rotate(${60 * classes.length}deg)`);
    const canvas = mode === "classes" ? (labels as FakePicture).canvas : blended(over, tinted, 0.6);
    // A cut-out of the lower half.
    if (mode === "cutout") context(canvas).clearRect(0, 0, canvas.width, canvas.height / 2);
    return new FakePicture(canvas, canvas, mode === "cutout");
  }

  labels(mask: Picture, classes: number): Picture {
    const { data } = context((mask as FakePicture).canvas).getImageData(0, 0, mask.width, mask.height);
    const wrong = data.findIndex((level, at) => at % 4 < 3 && level >= classes);
    if (wrong >= 0) throw new FakeError("invalid-input", `the level ${data[wrong]} is none of ${classes} classes`);
    return mask;
  }

  scoreLabels(labels: Picture, _truth: Picture, classes: number): Float64Array {
    const { quality } = labels as FakePicture;
    return Float64Array.from([(1 + quality) / 2, quality, ...Array<number>(classes).fill(quality)]);
  }

  estimate({ width, height }: { width: number; height: number }, model: Model) {
    const { scale } = model as FakeModel;
    const tiles = Math.ceil((width * scale) / TILE) * Math.ceil((height * scale) / TILE);
    const fits = width * height < behavior.mostPixels && width * height * scale ** 2 < behavior.mostResult;
    const size = { width: width * scale, height: height * scale };
    return {
      ...size,
      tiles,
      peakBytes: tiles * 4e6,
      flops: width * height * behavior.flopsPerPixel,
      fits,
      threads: 1,
      exact: true,
      frame: null,
      reason: "needs 9 GB",
    };
  }

  async process(
    picture: Picture,
    model: Model,
    { signal, near, optional, onTile, onProgress }: ProcessOptions,
  ): Promise<Picture> {
    const { scale, quality } = model as FakeModel;
    const [width, height] = [picture.width * scale, picture.height * scale];
    const whole = restored(picture as FakePicture, scale, quality);
    for (const hint of optional?.hints ?? []) paintHint(whole, hint);
    const tiles: [number, number][] = [];
    for (let y = 0; y < height; y += TILE) for (let x = 0; x < width; x += TILE) tiles.push([x, y]);
    const off = ([x, y]: [number, number]) =>
      near ? Math.hypot(x + TILE / 2 - near.x * scale, y + TILE / 2 - near.y * scale) : 0;
    tiles.sort((a, b) => off(a) - off(b));
    for (const [done, [x, y]] of tiles.entries()) {
      await new Promise((resolve) => setTimeout(resolve, behavior.tileDelay));
      if (signal.aborted) throw new FakeError("aborted", "the run was stopped");
      if (behavior.loseGpu) Object.assign(this, { backend: "cpu", backendReasonCode: "gave-up" });
      const w = Math.min(TILE, width - x);
      const h = Math.min(TILE, height - y);
      onTile({ x, y, width: w, height: h, pixels: context(whole).getImageData(x, y, w, h).data });
      onProgress({ fraction: (done + 1) / tiles.length, tilesDone: done + 1, tiles: tiles.length });
    }
    return Object.assign(new FakePicture(whole, whole), { quality });
  }

  /** Red and blue, and gray if there is a hint already. */
  async likelyColors(_: Picture, __: Model, ___: object, { optional }: { optional?: OptionalValues } = {}) {
    const one = (a: number, b: number, rgb: [number, number, number], probability: number) => ({
      a,
      b,
      rgb,
      probability,
    });
    const gray = optional?.hints?.length ? [one(0, 0, [128, 128, 128], 0.1)] : [];
    return [one(60, 40, [200, 60, 60], 0.6), one(10, -60, [60, 90, 200], 0.3), ...gray];
  }

  lab(red: number, green: number, blue: number): Float32Array {
    return new Float32Array([50, (red - green) / 2, (green - blue) / 2]);
  }

  async inspect(
    picture: Picture,
    model: Model,
    { at, side = 256 }: { at?: { x: number; y: number }; side?: number } = {},
  ): Promise<Inspection> {
    if (!behavior.inspects) throw new FakeError("out-of-memory", "the memory ran out");
    const { scale, quality, strategy, classes } = model as FakeModel;
    const along = (middle: number, length: number) =>
      Math.max(0, Math.min(Math.round(middle - side / 2), length - side));
    const { canvas, width, height } = picture as FakePicture;
    const multiple = (length: number) => Math.max(4, Math.min(side, length - (length % 4)));
    const rect = {
      x: along(at?.x ?? width / 2, width),
      y: along(at?.y ?? height / 2, height),
      width: multiple(width),
      height: multiple(height),
    };
    const whole = restored(picture as FakePicture, scale, quality);
    return new FakeInspection(
      rect,
      { scale, quality, strategy, classes },
      canvas,
      whole,
      this.backend === "cpu" ? 4e6 : 16e6,
      pause,
    );
  }

  free() {}
}

function restored({ canvas, clean }: FakePicture, scale: number, quality: number): OffscreenCanvas {
  const [width, height] = [canvas.width * scale, canvas.height * scale];
  return blended(drawn(canvas, width, height), drawn(clean, width, height), quality);
}

async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, behavior.tileDelay));
  if (signal?.aborted) throw new FakeError("aborted", "the run was stopped");
}

function noisy(canvas: OffscreenCanvas, sigma: number): OffscreenCanvas {
  const { width, height } = canvas;
  const image = context(canvas).getImageData(0, 0, width, height);
  for (let at = 0; at < image.data.length; at++) {
    const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    if (at % 4 !== 3) image.data[at] = (image.data[at] ?? 0) + sigma * normal;
  }
  const noisy = new OffscreenCanvas(width, height);
  context(noisy).putImageData(image, 0, 0);
  return noisy;
}
