/**
 * One small network at six checkpoints of its training, and untrained networks of every strategy: their outputs for the
 * center of the playground's photo with added noise.
 */

import { fetched } from "../../../npm/src/fetched";
import { partOf } from "../app/cut";
import { Kept } from "../app/kept";
import { Maker } from "../app/maker";
import type { Playground } from "../app/playground";
import { fromBase, type SampleId } from "../app/samples";
import { isMasked, type State } from "../app/state";
import type { Job } from "../app/task-queue";
import type { Client } from "../client";
import { codeOf, type PictureInfo, type Recipe } from "../protocol";

export const STRATEGIES = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv"] as const;
/** Longest side of the processed part, in pixels. */
const SIDE = 256;
/** Sigma of the noise, of 255: in the middle of the network's training range. */
const SIGMA = 25;
/** File name prefix of untrained networks. */
export const RANDOM = "random-";

export interface Curve {
  /** Steps of the saved checkpoints. */
  kept: number[];
  curve: { step: number; loss: number }[];
}

/** A picture with its PSNR against the original, in dB. */
export interface Shown {
  bitmap: ImageBitmap;
  psnr: number | null;
  /** Energy at period 2 relative to its surroundings, in dB; only for untrained networks. */
  checkerboard: number | null;
}

interface Pair {
  truth: PictureInfo;
  noisy: PictureInfo;
}

export class Learning extends Maker {
  readonly playground: Playground;
  curve: Curve | null = null;
  /** Index of the displayed checkpoint. */
  moment = 0;
  /** Whether untrained networks are shown. */
  random = false;
  #truth = new Kept<Shown>(close);
  #noisy = new Kept<Shown>(close);
  /** By file. */
  #made = new Map<string, Kept<Shown>>();
  #client: Client;
  #pair: Kept<Pair>;

  constructor(playground: Playground, client: Client) {
    super();
    this.playground = playground;
    this.#client = client;
    this.#pair = new Kept(({ truth, noisy }) => {
      client.free("picture", truth.id);
      client.free("picture", noisy.id);
    });
    let engine = playground.state.engine;
    playground.addEventListener("change", () => {
      if (playground.state.engine !== engine) this.forgive();
      if (!playground.state.engine && engine) this.#pair.forget();
      engine = playground.state.engine;
      this.changed();
    });
  }

  set(change: Partial<Pick<Learning, "moment" | "random">>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("look"));
    this.wish();
  }

  /** Opens another photo. */
  async openSample(id: SampleId): Promise<void> {
    this.wish();
    await this.playground.openSample(id, this.playground.state.settings.mode);
  }

  async openFiles(files: readonly File[]): Promise<void> {
    this.wish();
    await this.playground.openFiles(files);
  }

  get steps(): number[] {
    return this.curve?.kept ?? [];
  }

  get truth(): Shown | null {
    return this.standing(this.#truth, this.#key);
  }

  get noisy(): Shown | null {
    return this.standing(this.#noisy, this.#key);
  }

  /** A network's output, as far as it is computed. */
  shown(file: string): Shown | null {
    const made = this.#made.get(file);
    return made ? this.standing(made, `${file} ${this.#key}`) : null;
  }

  /** The photo before degradation; a mask does not count. */
  get #source(): State["original"] {
    const { state } = this.playground;
    return (isMasked(state) ? null : state.original) ?? state.input;
  }

  get #key(): string {
    return `picture ${this.#source?.picture}`;
  }

  protected *wanted(): Generator<Job> {
    if (!this.curve) {
      yield {
        key: "curve",
        run: async (signal) => {
          this.curve = await fetched(
            fromBase("models/learning/curve.json"),
            signal,
            (response) => response.json() as Promise<Curve>,
          );
          this.dispatchEvent(new Event("curve"));
          this.tell();
        },
      };
    }
    const source = this.#source;
    const key = this.#key;
    if (!source || !this.playground.state.engine) return;
    if (!this.#pair.is(key))
      return yield { key, run: (signal) => this.#prepare(key, { id: source.picture, ...source.layer.size }, signal) };
    const trained = this.steps.map((step) => `step-${step}`);
    const untrained = STRATEGIES.map((strategy) => RANDOM + strategy);
    const chosen = trained[this.moment];
    const first = this.random ? untrained : [...(chosen ? [chosen] : []), ...trained];
    const pair = this.#pair.value;
    for (const file of pair ? [...first, ...(this.random ? trained : untrained)] : []) {
      const kept = this.#made.get(file) ?? new Kept<Shown>(close);
      this.#made.set(file, kept);
      if (pair && !kept.is(`${file} ${key}`))
        yield { key: `${file} ${key}`, run: (signal) => this.#make(kept, `${file} ${key}`, file, pair, signal) };
    }
  }

  /** The center of the photo, without and with noise. */
  async #prepare(key: string, source: PictureInfo, signal: AbortSignal): Promise<void> {
    const [width, height] = [Math.min(SIDE, source.width), Math.min(SIDE, source.height)];
    const rect = {
      x: Math.floor((source.width - width) / 2),
      y: Math.floor((source.height - height) / 2),
      width,
      height,
    };
    const truth = await this.#picture({ make: "cut", of: source.id, cut: partOf(rect) }, signal);
    try {
      const noisy = await this.#picture(
        { make: "filtered", of: truth.id, how: { kind: "gaussian-noise", sigma: SIGMA, seed: 1 } },
        signal,
      );
      this.#pair.set(key, { truth, noisy });
      this.#truth.set(key, { bitmap: await this.#bitmap(truth, signal), psnr: null, checkerboard: null });
      this.#noisy.set(key, {
        bitmap: await this.#bitmap(noisy, signal),
        psnr: await this.#psnr(noisy, truth, signal),
        checkerboard: null,
      });
    } catch (error) {
      if (this.#pair.is(key)) this.#pair.clear();
      else this.#client.free("picture", truth.id);
      throw error;
    }
    this.tell();
  }

  async #make(
    kept: Kept<Shown>,
    key: string,
    file: string,
    { truth, noisy }: Pair,
    signal: AbortSignal,
  ): Promise<void> {
    const source = { url: fromBase(`models/learning/${file}.onnx`), sha256: "", data: {} };
    const model = await this.#client.call("loadModel", { source }, { signal });
    const processing = this.#client.call("process", { picture: noisy.id, model: model.id, near: null }, { signal });
    const { picture, engine } = await processing.finally(() => this.#client.free("model", model.id));
    this.playground.engineIs(engine);
    try {
      const psnr = await this.#psnr(picture, truth, signal);
      const checkerboard = file.startsWith(RANDOM) ? await this.#checkerboard(picture, signal) : null;
      kept.set(key, { bitmap: await this.#bitmap(picture, signal), psnr, checkerboard });
    } finally {
      this.#client.free("picture", picture.id);
    }
    this.tell();
  }

  #picture(recipe: Recipe, signal: AbortSignal): Promise<PictureInfo> {
    return this.#client.call("make", { recipe }, { signal });
  }

  #bitmap({ id }: PictureInfo, signal: AbortSignal): Promise<ImageBitmap> {
    return this.#client.call("preview", { picture: id, maxSide: 2 * SIDE }, { signal });
  }

  #checkerboard({ id }: PictureInfo, signal: AbortSignal): Promise<number | null> {
    return this.#client.call("checkerboard", { picture: id, period: 2 }, { signal }).catch(unlessStopped);
  }

  async #psnr({ id }: PictureInfo, truth: PictureInfo, signal: AbortSignal): Promise<number> {
    return (await this.#client.call("score", { picture: id, reference: truth.id, border: 0 }, { signal })).psnr;
  }
}

function close({ bitmap }: Shown): void {
  bitmap.close();
}

/** A picture can be too small to measure. */
function unlessStopped(error: unknown): null {
  if (codeOf(error) === "aborted" || codeOf(error) === "engine-crashed") throw error;
  return null;
}
