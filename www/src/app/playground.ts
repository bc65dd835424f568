/**
 * The page's behaviour: what a person can do, as methods; what is to be seen, as `state`.
 *
 * A result is made in steps (engine, model, photo, noise, estimate, run), each remembered under the settings
 * that made it. Changing a setting runs again, and only the steps that depend on it are made anew. The steps
 * are also what survives a worker that crashed: everything can be made again from the files.
 */

import type { Client } from "../client";
import type { BackendChoice } from "../engine";
import type { EngineInfo, ModelInfo, ModelSource, PictureInfo, Progress } from "../protocol";
import { CallError } from "../protocol";
import { Layer, OVERVIEW_SIDE } from "../view/layer";
import { resultName, sortFiles } from "./files";
import { FIRST_SAMPLE, fromBase, sampleUrl, type SampleId } from "./samples";
import { initialState, noticeFor, type Action, type Activity, type Notice, type State } from "./state";
import { Step } from "./step";

const SEED = 1;
/** Milliseconds that the noise slider rests before a run begins. */
const NOISE_REST = 90;
/** Milliseconds after which a run's pace tells how long it will take. */
const TELLING = 3000;
const SHIPPED_MODEL = "models/denoise-bilinear.onnx";

interface Photo {
  key: string;
  name: string;
  sample: SampleId | null;
  file: Blob;
}

interface OpenModel {
  key: string;
  name: string;
  own: boolean;
  source: ModelSource;
}

export class Playground extends EventTarget {
  state: State = initialState();
  #client: Client;
  #save: (file: Blob, name: string) => void;
  #photo: Photo | null = null;
  #model: OpenModel = shippedModel();
  #output: PictureInfo | null = null;
  #engineStep = new Step<EngineInfo>();
  #modelStep = new Step<ModelInfo>((model) => this.#client.free("model", model.id));
  #originalStep = new Step<PictureInfo>((picture) => this.#client.free("picture", picture.id));
  #noisyStep = new Step<PictureInfo>((picture) => this.#client.free("picture", picture.id));
  #beforeStep = new Step<Layer>();
  #work = new AbortController();
  #opened = 0;
  #noiseTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, save: (file: Blob, name: string) => void) {
    super();
    this.#client = client;
    this.#save = save;
    client.onCrash = (detail) => this.#crashed(detail);
  }

  async openSample(id: SampleId = FIRST_SAMPLE): Promise<void> {
    await this.#attempt(async (signal) => {
      this.#now({ kind: "decode" });
      const file = await fetchFile(sampleUrl(id), signal);
      await this.#openPhoto({ key: `sample ${id}`, name: `${id}.jpg`, sample: id, file }, signal);
      await this.#process(signal);
    });
  }

  /** A photo, or a model with its files. */
  async openFiles(files: readonly File[]): Promise<void> {
    const brought = sortFiles(files);
    if (brought.kind === "picture") {
      const { file } = brought;
      await this.#attempt(async (signal) => {
        await this.#openPhoto({ key: `file ${++this.#opened}`, name: file.name, sample: null, file }, signal);
        await this.#process(signal);
      });
    } else if (brought.kind === "model") {
      const { file, data } = brought;
      await this.#useModel({ key: `file ${++this.#opened}`, name: file.name, own: true, source: { file, data } });
    } else if (brought.kind === "data-only") {
      const params = { name: brought.name };
      this.#update({ notice: { message: "error.data-without-model", params, detail: "", actions: [] } });
    } else {
      this.#update({ notice: { message: "error.drop-without-file", params: {}, detail: "", actions: ["open"] } });
    }
  }

  /** Runs once the slider has come to rest, or a big photo would never get beyond its first tile. */
  setNoise(noise: Partial<State["noise"]>): void {
    this.#update({ noise: { ...this.state.noise, ...noise } });
    clearTimeout(this.#noiseTimer);
    this.#noiseTimer = setTimeout(() => void this.run(), NOISE_REST);
  }

  async setBackend(choice: BackendChoice): Promise<void> {
    this.#update({ choice, engine: null });
    await this.run();
  }

  /** From the settings as they are now to the result. */
  async run(): Promise<void> {
    await this.#attempt((signal) => this.#process(signal));
  }

  /** Frees the page at once; the worker drops its work as soon as it looks up. */
  stop(): void {
    this.#work.abort();
  }

  async save(): Promise<void> {
    const output = this.#output;
    if (!output || this.state.activity) return;
    this.#now({ kind: "saving" });
    try {
      const png = await this.#client.call("encodePng", { picture: output.id });
      const name = resultName(this.#photo?.name ?? "", "denoised");
      this.#save(new Blob([png], { type: "image/png" }), name);
      this.#update({ outcome: { kind: "saved", name } });
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#now(null);
    }
  }

  async act(action: Exclude<Action, "open">): Promise<void> {
    this.dismiss();
    if (action === "cpu") await this.setBackend("cpu");
    else if (action === "shipped") await this.#useModel(shippedModel());
    else if (this.#photo) await this.run();
    else await this.openSample();
  }

  dismiss(): void {
    this.#update({ notice: null });
  }

  /** Runs a piece of work in place of the one under way, and tells what went wrong with it. */
  async #attempt(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#work.abort();
    const controller = new AbortController();
    this.#work = controller;
    this.#update({ notice: null });
    try {
      await work(controller.signal);
    } catch (error) {
      if (controller !== this.#work) return;
      if (controller.signal.aborted) this.#update({ outcome: { kind: "stopped" } });
      else this.#tell(error);
    } finally {
      if (controller === this.#work) this.#now(null);
    }
  }

  /** Takes a photo on only once it has been read: a broken file leaves all as it was. */
  async #openPhoto(photo: Photo, signal: AbortSignal): Promise<void> {
    await this.#engine(signal);
    this.#now({ kind: "decode" });
    const picture = await this.#client.call("decode", { file: photo.file }, { signal });
    this.#photo = photo;
    this.#originalStep.set(photo.key, Promise.resolve(picture));
    this.#dropResult();
    const noise = { ...this.state.noise, on: photo.sample !== null };
    const fileName = photo.sample ? "" : photo.name;
    this.#update({ sample: photo.sample, fileName, noise, estimate: null, outcome: { kind: "ready" } });
  }

  async #useModel(model: OpenModel): Promise<void> {
    await this.#attempt(async (signal) => {
      const previous = this.#model;
      this.#model = model;
      try {
        await this.#engine(signal);
        await this.#loadedModel(signal);
      } catch (error) {
        this.#model = previous;
        throw error;
      }
      await this.#process(signal);
    });
  }

  async #process(signal: AbortSignal): Promise<void> {
    await this.#engine(signal);
    const loading = this.#loadedModel(signal);
    loading.catch(() => {}); // awaited below, after the photo is to be seen
    const input = await this.#input(signal);
    await this.#shownBefore(input, signal);
    const model = await loading;
    const ids = { picture: input.id, model: model.id };
    const estimate = await this.#client.call("estimate", ids, { signal });
    this.#update({ estimate });
    if (!estimate.fits) throw new CallError("too-large", estimate.reason ?? "");

    this.#now({ kind: "compute", fraction: 0, left: null });
    const began = performance.now();
    const last = this.state.after;
    const after = new Layer({ width: estimate.width, height: estimate.height });
    let painted = false;
    const { picture, engine } = await this.#client.call("process", ids, {
      signal,
      onProgress: (progress) => this.#progress(progress, performance.now() - began),
      onTile: (tile) => {
        if (!painted) {
          painted = true;
          after.begin(last);
          this.#showAfter(after, false);
        }
        after.paint(tile);
      },
    });
    const milliseconds = performance.now() - began;
    this.#replaceOutput(picture);
    const overview = await this.#client.call("preview", { picture: picture.id, maxSide: OVERVIEW_SIDE }, { signal });
    after.show(overview, this.#tilesOf(picture));
    this.#showAfter(after, true);
    this.#update({ outcome: { kind: "done", milliseconds, backend: engine.backend } });
    if (engine.code !== this.state.engine?.code) {
      this.#engineStep.set(this.state.choice, Promise.resolve(engine));
      this.#update({ engine, notice: gaveUp(engine) });
    }
  }

  async #engine(signal: AbortSignal): Promise<EngineInfo> {
    const { choice } = this.state;
    const made = this.#engineStep.get(choice, () => {
      this.#now({ kind: "starting" });
      this.#modelStep.forget(); // models go with the engine that loaded them
      return this.#client.start(choice);
    });
    const engine = await unlessAborted(made, signal);
    if (this.state.engine !== engine) this.#update({ engine });
    return engine;
  }

  async #loadedModel(signal: AbortSignal): Promise<ModelInfo> {
    const { key, name, own, source } = this.#model;
    const onProgress = (progress: Progress) => this.#progress(progress);
    const made = this.#modelStep.get(key, () => this.#client.call("loadModel", { source }, { onProgress }));
    const model = await unlessAborted(made, signal);
    this.#update({ model: { name, bytes: model.bytes, own } });
    return model;
  }

  async #input(signal: AbortSignal): Promise<PictureInfo> {
    const photo = this.#photo;
    if (!photo) throw new CallError("aborted", "");
    const decode = () => this.#client.call("decode", { file: photo.file }, { signal });
    const original = await this.#originalStep.get(photo.key, decode, signal);
    const { on, sigma } = this.state.noise;
    if (!on || sigma === 0) return original;
    const addNoise = () => {
      this.#now({ kind: "degrade" });
      return this.#client.call("addNoise", { picture: original.id, sigma, seed: SEED }, { signal });
    };
    return this.#noisyStep.get(`${original.id} ${sigma}`, addNoise, signal);
  }

  async #shownBefore(input: PictureInfo, signal: AbortSignal): Promise<Layer> {
    const make = async () => {
      const args = { picture: input.id, maxSide: OVERVIEW_SIDE };
      const overview = await this.#client.call("preview", args, { signal });
      const layer = new Layer({ width: input.width, height: input.height });
      layer.show(overview, this.#tilesOf(input));
      return layer;
    };
    const before = await this.#beforeStep.get(String(input.id), make, signal);
    const last = this.state.before;
    if (last === before) return before;
    this.#update({ before });
    last?.close();
    return before;
  }

  #showAfter(after: Layer | null, canSave: boolean): void {
    const last = this.state.after;
    this.#update({ after, canSave });
    if (last !== after) last?.close();
  }

  #tilesOf(picture: PictureInfo) {
    return (rect: { x: number; y: number; width: number; height: number }) =>
      this.#client.call("region", { picture: picture.id, rect });
  }

  #replaceOutput(output: PictureInfo | null): void {
    if (this.#output) this.#client.free("picture", this.#output.id);
    this.#output = output;
  }

  #dropResult(): void {
    this.#replaceOutput(null);
    this.#showAfter(null, false);
  }

  #crashed(detail: string): void {
    for (const step of [this.#engineStep, this.#modelStep, this.#originalStep, this.#noisyStep, this.#beforeStep]) {
      step.forget();
    }
    this.#output = null;
    this.#update({ engine: null, canSave: false, notice: noticeFor(new CallError("engine-crashed", detail)) });
  }

  #progress(progress: Progress, passed = 0): void {
    if (progress.stage === "compute") {
      const { fraction } = progress;
      const left = passed > TELLING && fraction > 0 ? (passed * (1 - fraction)) / fraction : null;
      this.#now({ kind: "compute", fraction, left });
    } else if (this.state.activity) {
      const { stage: kind } = progress;
      this.#now(kind === "download" ? { kind, loaded: progress.loaded, total: progress.total } : { kind });
    }
  }

  #tell(error: unknown): void {
    this.#update({ notice: noticeFor(error), outcome: { kind: "stopped" } });
  }

  #now(activity: Activity | null): void {
    this.#update({ activity });
  }

  #update(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.dispatchEvent(new Event("change"));
  }
}

function gaveUp(engine: EngineInfo): Notice {
  return { message: "notice.gave-up", params: {}, detail: engine.reason, actions: [] };
}

function shippedModel(): OpenModel {
  return { key: "shipped", name: "denoise-bilinear", own: false, source: { url: fromBase(SHIPPED_MODEL) } };
}

async function fetchFile(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new CallError("download-failed", `${url}: ${String(error)}`);
  });
  if (!response.ok) throw new CallError("download-failed", `${url}: HTTP ${response.status}`);
  return response.blob();
}

/** Waits for something that goes on without us when we are stopped. */
function unlessAborted<T>(made: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new CallError("aborted", ""));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    made.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
