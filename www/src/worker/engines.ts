/** What the pages of one worker share: the engine's module, engines, the models loaded into them, and whose turn it is. */

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

  /** An engine for this backend: that of another page where there is one, never `last` alone, which is to be replaced. */
  async take(choice: BackendChoice, last: SharedEngine | null): Promise<SharedEngine> {
    const others = [...this.#engines].filter((engine) => engine !== last || engine.uses > 1);
    const known = others.find((engine) => engine.choice === choice && engine.isAsMade);
    const engine = known ?? new SharedEngine(choice, await (await this.module()).Engine.create({ backend: choice }));
    this.#engines.add(engine);
    engine.uses++;
    return engine;
  }

  /** What `take` gave is not used any more, nor any model of it by whoever took it. */
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
      // What does not come over the network is a TypeError; what this browser cannot compile is none.
      throw new CallError(error instanceof TypeError ? "download-failed" : "no-engine", messageOf(error));
    }
  }
}

export class SharedEngine {
  readonly choice: BackendChoice;
  readonly engine: Engine;
  /** How many pages use it. */
  uses = 0;
  #code: Engine["backendReasonCode"];
  #loaded = new Map<Model, { key: string | null; uses: number }>();
  /** Models that keep the memory of a run: one, and those that have been looked into since. */
  #ran = new Set<Model>();

  constructor(choice: BackendChoice, engine: Engine) {
    this.choice = choice;
    this.engine = engine;
    this.#code = engine.backendReasonCode;
  }

  /** False once its GPU has given up. */
  get isAsMade(): boolean {
    return this.engine.backendReasonCode === this.#code;
  }

  /** The model of this key, loaded by `load` where no page has it yet; null: of a person's own file, for one page. */
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

  /** One page less uses it. */
  free(model: Model): void {
    const loaded = this.#loaded.get(model);
    if (!loaded || --loaded.uses > 0) return;
    this.#loaded.delete(model);
    this.#ran.delete(model);
    model.free();
  }

  /** The model is about to run on a part of a picture. */
  ran(model: Model): void {
    this.#ran.add(model);
  }

  /** The model is about to run on a whole picture: others give the memory of their runs back. */
  makeRoom(model: Model): void {
    for (const ran of this.#ran) if (ran !== model) ran.release();
    this.#ran = new Set([model]);
  }
}
