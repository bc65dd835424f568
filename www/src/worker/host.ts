/** Handles the calls of one page: owns its pictures, and shares engines and models with other pages. */

import { decode } from "../../../npm/src/decode";
import { encode } from "../../../npm/src/encode";
import { weights } from "../../../npm/src/weights";
import type { Engine, Model, Picture, Rect } from "../engine";
import type { Inspection } from "../inspection";
import {
  CallError,
  type CallName,
  type Calls,
  type EngineInfo,
  type PictureInfo,
  type Progress,
  type Tile,
} from "../protocol";
import type { Engines, SharedEngine } from "./engines";
import { Inspections } from "./inspections";
import type { Lane } from "./lane";
import { make } from "./make";
import { undeclaredOutput } from "./undeclared";

/** Side of the picture for measuring a model's speed. */
const PROBE_SIDE = 128;

export interface CallContext {
  signal: AbortSignal;
  progress(progress: Progress): void;
  tile(tile: Tile): void;
}

type Handlers = {
  [K in CallName]: (args: Calls[K]["args"], context: CallContext) => Promise<Calls[K]["result"]>;
};

export class Host implements Handlers {
  #engines: Engines;
  #shared: SharedEngine | null = null;
  #models = new Map<number, Model>();
  #pictures = new Map<number, Picture>();
  #inspections = new Inspections();
  /** Starts above the ids of a crashed worker, which the page may still hold. */
  #nextId = Date.now();

  constructor(engines: Engines) {
    this.#engines = engines;
  }

  /** Switches to an engine; models and inspections of the last one are dropped, pictures stay. */
  start({ backend }: Calls["start"]["args"], { signal }: CallContext) {
    return this.#lane.run(async () => {
      const shared = await this.#engines.take(backend, this.#shared);
      this.#leaveEngine();
      this.#shared = shared;
      return describe(shared.engine);
    }, signal);
  }

  /** The page is gone: frees everything it made. */
  close(): Promise<void> {
    return this.#lane.run(() => {
      this.#leaveEngine();
      for (const picture of this.#pictures.values()) picture.free();
      this.#pictures.clear();
    });
  }

  async loadModel({ source }: Calls["loadModel"]["args"], { signal, progress }: CallContext) {
    let bytes: Uint8Array;
    const externalData: Record<string, Uint8Array> = {};
    const metadata = "url" in source ? {} : source.metadata;
    if ("url" in source) {
      // Sequential: a data file that models share is often loaded already, and each file has its own progress.
      const onProgress = (loaded: number, total: number | null) => progress({ stage: "download", loaded, total });
      for (const [name, file] of Object.entries(source.data)) {
        externalData[name] = await weights(file, signal, onProgress);
      }
      bytes = await weights(source, signal, onProgress);
    } else {
      bytes = await bytesOf(source.file);
      for (const [name, file] of Object.entries(source.data)) externalData[name] = await bytesOf(file);
    }
    return this.#lane.run(async () => {
      progress({ stage: "compile" });
      const key = "url" in source ? JSON.stringify(source) : null;
      const model = await this.#started().load(key, (engine) => engine.load(bytes, { externalData, metadata }));
      const id = this.#nextId++;
      this.#models.set(id, model);
      const undeclared = "url" in source ? null : undeclaredOutput(model);
      const { classes = [], optional = {}, output } = model.task ?? {};
      return {
        id,
        bytes: bytes.byteLength,
        metadata: model.metadata,
        classes,
        gray: output?.color === "gray",
        optional,
        undeclared,
      };
    }, signal);
  }

  freeModel({ model }: Calls["freeModel"]["args"]) {
    return this.#lane.run(() => {
      const known = this.#models.get(model);
      if (known) this.#shared?.free(known);
      this.#models.delete(model);
      return null;
    });
  }

  decode({ file }: Calls["decode"]["args"], { signal }: CallContext) {
    return this.#lane.run(async () => {
      const { picture, notices, lossy } = await decode(this.#ready(), file);
      return { ...this.#keep(picture), notices, located: picture.hasLocation, lossy };
    }, signal);
  }

  make({ recipe }: Calls["make"]["args"], { signal }: CallContext) {
    return this.#lane.run(async () => {
      return this.#keep(await make(this.#ready(), recipe, (id) => this.#picture(id), signal));
    }, signal);
  }

  firstLook({ picture }: Calls["firstLook"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#ready().firstLook(this.#picture(picture)), signal);
  }

  score({ picture, reference, border }: Calls["score"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => {
      return this.#ready().score(this.#picture(picture), this.#picture(reference), { border, signal });
    }, signal);
  }

  scoreLabels({ labels, truth, classes }: Calls["scoreLabels"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => {
      const shares = this.#ready().scoreLabels(this.#picture(labels), this.#picture(truth), classes);
      const [pixelAccuracy = null, meanIou = null, ...iou] = [...shares].map((share) =>
        Number.isNaN(share) ? null : share,
      );
      return { pixelAccuracy, meanIou, iou };
    }, signal);
  }

  async differenceScale() {
    const { Engine } = await this.#engines.module();
    return Engine.differenceScale(false);
  }

  checkerboard({ picture, period }: Calls["checkerboard"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#ready().checkerboard(this.#picture(picture), { period, signal }), signal);
  }

  /** Bypasses the lane, like the next two: the page must be able to draw while a picture is processed. */
  async pixel({ picture, at }: Calls["pixel"]["args"]) {
    return [...this.#picture(picture).pixels(at.x, at.y, 1, 1)];
  }

  async preview({ picture, maxSide }: Calls["preview"]["args"]) {
    const whole = this.#picture(picture);
    if (Math.max(whole.width, whole.height) <= maxSide) return bitmapOf(whole, everything(whole));
    const small = whole.thumbnail(maxSide);
    try {
      return await bitmapOf(small, everything(small));
    } finally {
      small.free();
    }
  }

  async region({ picture, rect }: Calls["region"]["args"]) {
    return bitmapOf(this.#picture(picture), rect);
  }

  estimate({ model, ...size }: Calls["estimate"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#ready().estimate(size, this.#model(model)), signal);
  }

  calibrate({ model }: Calls["calibrate"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => {
      return pace(this.#ready(), this.#running(model), signal);
    }, signal);
  }

  process({ picture, model, near, optional }: Calls["process"]["args"], { signal, progress, tile }: CallContext) {
    return this.#lane.run(async () => {
      const painting: Promise<void>[] = [];
      const engine = this.#ready();
      const network = this.#model(model);
      this.#started().makeRoom(network);
      const result = await engine.process(this.#picture(picture), network, {
        signal,
        ...(near && { near }),
        ...(optional && { optional }),
        onProgress: (now) => progress({ stage: "compute", ...now }),
        onTile: ({ x, y, width, height, pixels }) => {
          painting.push(toBitmap(pixels, width, height).then((bitmap) => tile({ x, y, width, height, bitmap })));
        },
      });
      await Promise.all(painting);
      return { picture: this.#keep(result), engine: describe(engine) };
    }, signal);
  }

  likelyColors({ picture, model, at, optional }: Calls["likelyColors"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => {
      const told = optional ? { optional } : {};
      return this.#ready().likelyColors(this.#picture(picture), this.#running(model), at, { ...told, signal });
    }, signal);
  }

  async lab({ rgb: [red, green, blue] }: Calls["lab"]["args"]): Promise<[number, number, number]> {
    const [l = 0, a = 0, b = 0] = this.#ready().lab(red, green, blue);
    return [l, a, b];
  }

  inspect({ picture, model, at, side }: Calls["inspect"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => {
      return this.#inspections.open(this.#ready(), { id: model, model: this.#model(model) }, this.#picture(picture), {
        at,
        side,
      });
    }, signal);
  }

  inspectedInput({ inspection }: Calls["inspectedInput"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#keep(this.#inspections.get(inspection).input()), signal);
  }

  inspectedOutput({ inspection, cut }: Calls["inspectedOutput"]["args"], { signal }: CallContext) {
    return this.#lane.run(async () => this.#keep(await this.#inspected(inspection).output({ cut, signal })), signal);
  }

  features(args: Calls["features"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#inspections.features(this.#inspected(args.inspection), args, signal), signal);
  }

  /** Bypasses the lane, like the next: only draws computed values. */
  async featureMaps(args: Calls["featureMaps"]["args"]) {
    const maps = this.#inspections.maps(args);
    try {
      return await bitmapOf(maps, everything(maps));
    } finally {
      maps.free();
    }
  }

  async featureRow(args: Calls["featureRow"]["args"]) {
    return this.#inspections.row(args);
  }

  async featureValue(args: Calls["featureValue"]["args"]) {
    return this.#inspections.value(args);
  }

  profile({ inspection }: Calls["profile"]["args"], { signal }: CallContext) {
    return this.#lane.run(async () => {
      const profile = await this.#inspected(inspection).profile({ signal });
      return { profile, engine: describe(this.#ready()) };
    }, signal);
  }

  loss({ inspection, reference, cut }: Calls["loss"]["args"], { signal }: CallContext) {
    return this.#lane.run(async () => {
      const { map, mean, max } = await this.#inspected(inspection).loss(this.#picture(reference), { cut, signal });
      return { map: this.#keep(map), mean, max };
    }, signal);
  }

  weights({ model, node }: Calls["weights"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#model(model).weights(node), signal);
  }

  freeInspection({ inspection }: Calls["freeInspection"]["args"]) {
    return this.#lane.run(() => {
      this.#inspections.free(inspection);
      return null;
    });
  }

  freeFeatures({ features }: Calls["freeFeatures"]["args"]) {
    return this.#lane.run(() => {
      this.#inspections.freeFeatures(features);
      return null;
    });
  }

  encode({ picture, type, quality, location }: Calls["encode"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => encode(this.#picture(picture), type, quality, { location }), signal);
  }

  encodePng({ picture, location = false }: Calls["encodePng"]["args"], { signal }: CallContext) {
    return this.#lane.run(() => this.#picture(picture).encodePng({ location }) as Uint8Array<ArrayBuffer>, signal);
  }

  async fetched() {
    return performance.getEntriesByType("resource").map(({ name }) => name);
  }

  /** Waits in the lane, so that a picture is not freed while a job reads it. */
  freePicture({ picture }: Calls["freePicture"]["args"]) {
    return this.#lane.run(() => {
      this.#pictures.get(picture)?.free();
      this.#pictures.delete(picture);
      return null;
    });
  }

  /** Takes microseconds: bypasses the lane. */
  async upsample(request: Calls["upsample"]["args"]) {
    const { upsample } = await this.#engines.module();
    return upsample(request);
  }

  get #lane(): Lane {
    return this.#engines.lane;
  }

  #started(): SharedEngine {
    if (!this.#shared) throw new CallError("unknown", "the engine has not been started");
    return this.#shared;
  }

  #ready(): Engine {
    return this.#started().engine;
  }

  #leaveEngine(): void {
    this.#inspections.clear();
    for (const model of this.#models.values()) this.#shared?.free(model);
    this.#models.clear();
    if (this.#shared) this.#engines.leave(this.#shared);
    this.#shared = null;
  }

  #picture(id: number): Picture {
    const picture = this.#pictures.get(id);
    if (!picture) throw new CallError("unknown", `there is no picture ${id}`);
    return picture;
  }

  #model(id: number): Model {
    const model = this.#models.get(id);
    if (!model) throw new CallError("unknown", `there is no model ${id}`);
    return model;
  }

  /** A model that is about to run on a part of a picture. */
  #running(id: number): Model {
    const model = this.#model(id);
    this.#started().ran(model);
    return model;
  }

  /** An inspection whose model is about to run. */
  #inspected(inspection: number): Inspection {
    const model = this.#models.get(this.#inspections.modelOf(inspection)); // it may have been freed meanwhile
    if (model) this.#shared?.ran(model);
    return this.#inspections.get(inspection);
  }

  #keep(picture: Picture): PictureInfo {
    const id = this.#nextId++;
    this.#pictures.set(id, picture);
    return { id, width: picture.width, height: picture.height, transparent: picture.hasAlpha };
  }
}

/** Runs the model twice on a small picture, since the first run includes one-time work. */
async function pace(engine: Engine, model: Model, signal: AbortSignal): Promise<number> {
  const picture = engine.pictureFromRgba(new Uint8Array(PROBE_SIDE ** 2 * 4).fill(127), PROBE_SIDE, PROBE_SIDE);
  try {
    const { flops } = engine.estimate(picture, model);
    let milliseconds = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 2; turn++) {
      const began = performance.now();
      (await engine.process(picture, model, { signal, onTile() {}, onProgress() {} })).free();
      milliseconds = Math.min(milliseconds, performance.now() - began);
    }
    return flops / Math.max(milliseconds, 1);
  } finally {
    picture.free();
  }
}

function describe({ backend, backendReasonCode, backendReason }: Engine): EngineInfo {
  return { backend, code: backendReasonCode, reason: backendReason };
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

function everything(picture: Picture): Rect {
  return { x: 0, y: 0, width: picture.width, height: picture.height };
}

function bitmapOf(picture: Picture, { x, y, width, height }: Rect): Promise<ImageBitmap> {
  return toBitmap(picture.pixels(x, y, width, height), width, height);
}

function toBitmap(pixels: Uint8ClampedArray, width: number, height: number): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(pixels as Uint8ClampedArray<ArrayBuffer>, width, height));
}
