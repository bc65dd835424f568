/** Runs the jobs of the worker: owns the engine and the most recently used networks. */

import { decode, pixelsOf } from "./decode.js";
import { encode } from "./encode.js";
import { messageOf, RestoreError } from "./errors.js";
import type { FileMessage, Job, Made, ModelMessage, PictureMessage } from "./protocol.js";
import type { RestoredTile, RestoreProgress, View } from "./types.js";
import init, { Engine, type Model, type Picture } from "./unet_playground.js";
import { weights } from "./weights.js";

/** Maximum number of loaded networks. */
const MOST_MODELS = 3;

export interface Context {
  signal: AbortSignal;
  progress(progress: RestoreProgress): void;
  tile(tile: RestoredTile): void;
}

type Decoded = { picture: Picture; notices: Made["notices"]; lossy: boolean };

export class Workbench {
  #engine: { key: string; engine: Engine } | null = null;
  /** Ordered by last use, the latest last. */
  #models = new Map<string, Model>();

  async run(job: Job, context: Context): Promise<Made | null> {
    context.progress({ stage: "prepare", fraction: null });
    const engine = await this.#start(job.engine);
    if (job.picture === null) {
      await this.#load(engine, job.model, context);
      return null;
    }
    const decoded = await read(engine, job.picture);
    try {
      const message = (decoded.lossy && job.forCompressed) || job.model;
      const model = await this.#load(engine, message, context);
      return await process(engine, model, message, decoded, job, context);
    } finally {
      decoded.picture.free();
    }
  }

  async #start(options: Job["engine"]): Promise<Engine> {
    const key = JSON.stringify(options);
    if (this.#engine?.key === key) return this.#engine.engine;
    try {
      await init();
    } catch (error) {
      throw new RestoreError("no-engine", messageOf(error));
    }
    const engine = await Engine.create(options);
    for (const model of this.#models.values()) model.free();
    this.#models.clear();
    this.#engine?.engine.free();
    this.#engine = { key, engine };
    return engine;
  }

  async #load(engine: Engine, message: ModelMessage, { signal, progress }: Context): Promise<Model> {
    const { key } = message;
    let model = this.#models.get(key);
    if (!model) {
      const bytes = (file: FileMessage) => bytesOf(file, signal, progress);
      const externalData: Record<string, Uint8Array> = {};
      for (const [name, file] of Object.entries(message.data)) externalData[name] = await bytes(file);
      const file = await bytes(message.file);
      progress({ stage: "prepare", fraction: null });
      model = await engine.load(file, { externalData, metadata: message.metadata });
    }
    signal.throwIfAborted();
    // Frees the memory of other networks' last runs for this one.
    for (const other of this.#models.values()) if (other !== model) other.release();
    this.#models.delete(key);
    this.#models.set(key, model);
    for (const [oldest, unused] of this.#models) {
      if (this.#models.size <= MOST_MODELS) break;
      unused.free();
      this.#models.delete(oldest);
    }
    return model;
  }
}

async function bytesOf(file: FileMessage, signal: AbortSignal, progress: Context["progress"]): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return file;
  if (file instanceof Blob) return new Uint8Array(await file.arrayBuffer());
  return weights(file, signal, (loaded, total) => {
    progress({ stage: "download", fraction: total && loaded / total, loaded, total });
  });
}

async function read(engine: Engine, picture: PictureMessage): Promise<Decoded> {
  if (picture instanceof Blob) return decode(engine, picture);
  if (picture instanceof Uint8Array) return decode(engine, new Blob([picture as Uint8Array<ArrayBuffer>]));
  const pixels = "data" in picture ? picture : pixelsOf(picture);
  if (!pixels) throw new RestoreError("unsupported-source", "there is no canvas to read the picture with");
  const { data, width, height } = pixels;
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // The pixels' original file is unknown.
  return { picture: engine.pictureFromRgba(rgba, width, height), notices: [], lossy: false };
}

async function process(
  engine: Engine,
  model: Model,
  message: ModelMessage,
  { picture, notices }: Decoded,
  job: Job,
  { signal, progress, tile }: Context,
): Promise<Made> {
  const task = model.task;
  const names = task?.classes.map(({ name }) => name) ?? [];
  const image = sizeOf(engine, picture, model);
  const began = performance.now();
  let result = await engine.process(picture, model, {
    signal,
    ...(job.near && { near: job.near }),
    onProgress: ({ fraction, tilesDone, tiles }) => progress({ stage: "compute", fraction, tilesDone, tiles }),
    // Label pictures must be drawn first.
    ...(job.tiles && names.length === 0 && { onTile: (done) => tile({ ...done, image } as RestoredTile) }),
  });
  const milliseconds = performance.now() - began;
  try {
    if (names.length > 0) {
      const labels = result;
      result = await engine.view(picture, labels, chosen(job.view, names));
      labels.free();
      if (job.tiles) tile({ x: 0, y: 0, ...sized(result), pixels: all(result), image: sized(result) });
    }
    if (job.encode) progress({ stage: "encode", fraction: null });
    return {
      bytes: job.encode ? await file(result, job.encode) : new Uint8Array(),
      ...sized(result),
      task: message.task || (task?.task ?? ""),
      method: message.method || (task?.strategy ?? ""),
      model: message.name,
      backend: engine.backend,
      backendReason: engine.backendReasonCode,
      milliseconds,
      notices,
      classes: names,
    };
  } finally {
    result.free();
  }
}

const sized = ({ width, height }: { width: number; height: number }) => ({ width, height });

const all = (picture: Picture) => picture.pixels(0, 0, picture.width, picture.height) as Uint8ClampedArray<ArrayBuffer>;

/** Size of the result; errors: the engine's, for a picture that does not fit. */
function sizeOf(engine: Engine, picture: Picture, model: Model) {
  const estimate = engine.estimate(picture, model);
  if (!estimate.fits) throw new RestoreError("too-large", estimate.reason ?? "the picture is too large");
  return sized(estimate);
}

function file(picture: Picture, { type, quality }: NonNullable<Job["encode"]>): Promise<Uint8Array<ArrayBuffer>> {
  if (type === "image/jpeg" || type === "image/webp") return encode(picture, type, quality, { location: false });
  if (type === "image/png") return Promise.resolve(picture.encodePng() as Uint8Array<ArrayBuffer>);
  throw new RestoreError("encoder", `"${type}" is none of image/png, image/jpeg, image/webp`);
}

/** A view with class indices. */
function chosen(view: View | null, names: string[]) {
  const { mode = "overlay", classes = names.filter((name) => name !== "background"), opacity } = view ?? {};
  const indices = classes.map((name) => {
    const index = names.indexOf(name);
    if (index < 0) throw new RestoreError("invalid-input", `there is no class "${name}"; classes: ${names.join(", ")}`);
    return index;
  });
  return { mode, classes: indices, ...(opacity !== undefined && { opacity }) };
}
