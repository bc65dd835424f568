/** Shared by the pages of one worker: the engine's module, engines, the models loaded into them, and the queue. */

import type { BackendChoice, Engine, EngineModule, Model } from "../engine";
import { CallError, messageOf } from "../protocol";
import { Lane } from "./lane";

export class Engines {
  readonly lane = new Lane();
  #loadModule: () => Promise<EngineModule>;
  #module: Promise<EngineModule> | null = null;
  #engines = new Set<SharedEngine>();

  constructor(loadModule: () => Promise<EngineModule>) {
    this.#loadModule = loadModule;
  }

  module(): Promise<EngineModule> {
    this.#module ??= this.#initialize();
    return this.#module;
  }

  /**
   * An engine for this backend: another page's if there is one, except a `last` that only this page uses, which is
   * replaced.
   */
  async take(choice: BackendChoice, last: SharedEngine | null): Promise<SharedEngine> {
    const others = [...this.#engines].filter((engine) => engine !== last || engine.uses > 1);
    const known = others.find((engine) => engine.choice === choice && engine.isAsMade);
    const engine = known ?? new SharedEngine(choice, await (await this.module()).Engine.create({ backend: choice }));
    this.#engines.add(engine);
    engine.uses++;
    return engine;
  }

  /** Releases an engine from `take`, with its user's models. */
  leave(shared: SharedEngine): void {
    if (--shared.uses > 0) return;
    this.#engines.delete(shared);
    shared.engine.free();
  }

  async #initialize(): Promise<EngineModule> {
    try {
      const module = await this.#loadModule();
      await module.default();
      return module;
    } catch (error) {
      this.#module = null;
      // Network failures are TypeErrors; compile errors are not.
      throw new CallError(error instanceof TypeError ? "download-failed" : "no-engine", messageOf(error));
    }
  }
}

export class SharedEngine {
  readonly choice: BackendChoice;
  readonly engine: Engine;
  /** Number of pages that use it. */
  uses = 0;
  #code: Engine["backendReasonCode"];
  #loaded = new Map<Model, { key: string | null; uses: number }>();
  /** Models that hold the memory of a run: one, and those inspected since. */
  #ran = new Set<Model>();

  constructor(choice: BackendChoice, engine: Engine) {
    this.choice = choice;
    this.engine = engine;
    this.#code = engine.backendReasonCode;
  }

  /** False once its GPU was lost. */
  get isAsMade(): boolean {
    return this.engine.backendReasonCode === this.#code;
  }

  /** The model with this key, loaded by `load` if no page has it yet; null: a user's own file, which is not shared. */
  async load(key: string | null, load: (engine: Engine) => Promise<Model>): Promise<Model> {
    for (const [model, loaded] of this.#loaded) {
      if (key === null || loaded.key !== key) continue;
      loaded.uses++;
      return model;
    }
    const model = await load(this.engine);
    this.#loaded.set(model, { key, uses: 1 });
    return model;
  }

  /** Releases one use of the model. */
  free(model: Model): void {
    const loaded = this.#loaded.get(model);
    if (!loaded || --loaded.uses > 0) return;
    this.#loaded.delete(model);
    this.#ran.delete(model);
    model.free();
  }

  /** Must be called before the model runs on a part of a picture. */
  ran(model: Model): void {
    this.#ran.add(model);
  }

  /** Must be called before the model runs on a whole picture: other models release the memory of their runs. */
  makeRoom(model: Model): void {
    for (const ran of this.#ran) if (ran !== model) ran.release();
    this.#ran = new Set([model]);
  }
}
