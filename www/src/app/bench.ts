/**
 * The resources that results need (engine, models, pictures), each cached under the settings that produced it. All of
 * it can be rebuilt from the files, so it survives a crash of the worker.
 */

import type { Entry } from "../../../npm/src/manifest";
import type { Client } from "../client";
import type { BackendChoice, FilterSpec } from "../engine";
import type { EngineInfo, ModelInfo, PictureInfo, Progress, Recipe, ShippedModel } from "../protocol";
import type { OwnModel, Stage } from "./catalogue";
import { formatCut } from "./cut";
import { keyOf } from "./own-model";
import type { Photo } from "./photo";
import { fromBase } from "./samples";
import type { Activity } from "./state";
import { Step, unlessAborted } from "./step";

/** Models that stay loaded: six results of three steps each need no more. */
const MOST_MODELS = 18;

/** Prefix of the keys of the user's own models; no file of the site has it. */
const OWN = "own ";

export type Tell = (activity: Activity) => void;

export class Bench {
  readonly client: Client;
  #tell: Tell;
  #engine = new Step<EngineInfo>();
  #models = new Map<string, Step<ModelInfo>>();
  #whole: Step<PictureInfo>;
  #cut: Step<PictureInfo>;
  #pace = new Step<number>();

  constructor(client: Client, tell: Tell) {
    this.client = client;
    this.#tell = tell;
    this.#whole = new Step(this.#free);
    this.#cut = new Step(this.#free);
  }

  engine(choice: BackendChoice, signal: AbortSignal): Promise<EngineInfo> {
    const made = this.#engine.get(choice, () => {
      this.#tell({ kind: "starting" });
      this.#models.clear(); // models are freed with the engine that loaded them
      this.#pace.forget();
      return this.client.start(choice);
    });
    return unlessAborted(made, signal);
  }

  /** The engine has switched backends by itself, after a GPU failure. */
  engineIs(choice: BackendChoice, engine: EngineInfo): void {
    this.#engine.set(choice, Promise.resolve(engine));
    this.#pace.forget();
  }

  model(stage: Exclude<Stage, { kind: "filter" }>, signal: AbortSignal): Promise<ModelInfo> {
    const key = stage.kind === "own" ? ownKey(stage.model) : stage.entry.file;
    const step = this.#models.get(key) ?? new Step<ModelInfo>((model) => this.client.free("model", model.id));
    this.#models.delete(key); // re-inserted as the most recently used
    this.#models.set(key, step);
    this.#forgetModels();
    const source = stage.kind === "own" ? stage.model.source : shipped(stage.entry);
    const onProgress = (progress: Progress) => {
      if (progress.stage === "download")
        this.#tell({ kind: "download", loaded: progress.loaded, total: progress.total });
      else if (progress.stage === "compile") this.#tell({ kind: "compile" });
    };
    return unlessAborted(
      step.get(key, () => this.client.call("loadModel", { source }, { onProgress })),
      signal,
    );
  }

  /** Drops the least recently used models; a run in progress keeps its own alive. */
  #forgetModels(): void {
    for (const [key, step] of this.#models) {
      if (this.#models.size <= MOST_MODELS) return;
      step.clear();
      this.#models.delete(key);
    }
  }

  /** Drops the user's own models, except this one. */
  forgetOwn(but: OwnModel | null): void {
    for (const [key, step] of this.#models) {
      if (!key.startsWith(OWN) || (but && key === ownKey(but))) continue;
      step.clear();
      this.#models.delete(key);
    }
  }

  /** The whole photo, uncropped. `opened`: its decoded picture, if there is one already. */
  whole(photo: Photo, signal: AbortSignal, opened?: PictureInfo): Promise<PictureInfo> {
    if (opened) this.#whole.set(photo.key, Promise.resolve(opened));
    return this.#whole.get(photo.key, () => this.client.call("decode", { file: photo.file }, { signal }), signal);
  }

  /** The cropped photo. */
  async original(photo: Photo, signal: AbortSignal): Promise<PictureInfo> {
    const { cut } = photo;
    const whole = await this.whole(photo, signal);
    if (!cut) return whole;
    const recipe = { make: "cut", of: whole.id, cut } as const;
    return this.#cut.get(
      `${whole.id} ${formatCut(cut)}`,
      () => this.client.call("make", { recipe }, { signal }),
      signal,
    );
  }

  /** The degraded photo. */
  degraded(original: PictureInfo, how: readonly FilterSpec[], signal: AbortSignal): Promise<PictureInfo> {
    this.#tell({ kind: "degrade" });
    return this.chain(
      original,
      how.map((step) => ({ make: "filtered", of: original.id, how: step })),
      signal,
    );
  }

  /**
   * Applies the recipes in turn, each to the output of the one before, whatever input it names; returns `first` if
   * there are none.
   */
  async chain(first: PictureInfo, recipes: readonly Recipe[], signal: AbortSignal): Promise<PictureInfo> {
    let last = first;
    for (const recipe of recipes) {
      const before = last;
      const making = this.client.call("make", { recipe: { ...recipe, of: before.id } }, { signal });
      last = await making.finally(() => before !== first && this.#free(before));
    }
    return last;
  }

  /** Multiply-adds per millisecond: from a short trial, until a run has measured it better. */
  pace(choice: BackendChoice, model: ModelInfo, signal: AbortSignal): Promise<number> {
    return this.#pace.get(choice, () => this.client.call("calibrate", { model: model.id }, { signal }), signal);
  }

  paceIs(choice: BackendChoice, pace: number): void {
    this.#pace.set(choice, Promise.resolve(pace));
  }

  /** The worker and everything in it is gone. */
  forget(): void {
    for (const step of [this.#engine, this.#whole, this.#cut, this.#pace]) step.forget();
    this.#models.clear();
  }

  #free = (picture: PictureInfo): void => this.client.free("picture", picture.id);
}

function ownKey(model: OwnModel): string {
  return OWN + keyOf(model);
}

/** Where the files of one of the site’s models are. */
export function shipped({ file, sha256, data }: Entry): ShippedModel {
  const files = data.map((of) => [of.file, { url: fromBase(`models/${of.file}`), sha256: of.sha256 }]);
  return { url: fromBase(`models/${file}`), sha256, data: Object.fromEntries(files) };
}
