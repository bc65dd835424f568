/** From the photo and the settings to the results: which ones are needed, their estimated cost, and running them. */

import type { Estimate } from "../engine";
import { CallError, codeOf, type EngineInfo, messageOf, type PictureInfo, type Point } from "../protocol";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import { type Catalogue, fetchCatalogue, type Method, ownMethod } from "./catalogue";
import { degradations } from "./degradation";
import { fittingSize } from "./fitting";
import { hintsIn, type Told } from "./hints";
import { Measuring } from "./measuring";
import { keyOf } from "./own-model";
import type { Photo } from "./photo";
import { type Pair, Pictures } from "./pictures";
import { Result } from "./result";
import { MAX_RESULTS } from "./settings";
import { factorOf, reducedSize, resultSize } from "./size";
import { costOf, expected, type Order, worksOnInput } from "./stages";
import {
  type Expected,
  isCompressed,
  isDegraded,
  isMasked,
  noticeFor,
  type Outcome,
  plainNotice,
  type State,
  usedSize,
} from "./state";
import type { Store } from "./state-store";
import { factsOf, withoutSteps } from "./tasks";

/** Milliseconds after which a run's own speed predicts its duration. */
const TELLING = 3000;
/** Longer runs wait for the user. Milliseconds. */
const UNASKED = 30_000;
/** Operations after which a run measures the speed better than the trial. */
const TELLING_FLOPS = 2e9;

/** `all`: the user asked for it, however long it takes; `nothing`: the user must choose first. */
export type Wish = "all" | "short" | "nothing";

/** How making the results ended. */
export type Made =
  | { kind: "done" }
  /** The catalogue lacks the task of the settings; `instead`: its first task. */
  | { kind: "no-such-task"; instead: string }
  /** The results wait for the user. */
  | { kind: "waits"; outcome: Outcome; expected: Expected | null };

const DONE: Made = { kind: "done" };

export class Workshop {
  /** Whether only pictures are prepared and nothing runs. */
  rests = false;
  /** Whether another photo's pictures stay visible until this one's are ready. */
  #foreign = false;
  #store: Store;
  #bench: Bench;
  #pictures: Pictures;
  #measuring: Measuring;
  #catalogue: Promise<Catalogue> | null = null;
  #results = new Map<string, Result>();
  /** Reports on the current result. */
  #tell: () => void = () => {};

  constructor(store: Store, bench: Bench) {
    this.#store = store;
    this.#bench = bench;
    this.#pictures = new Pictures(bench, (thing) => {
      const { input, original } = store.state;
      return [input, original].some((shown) => shown?.layer === thing || shown?.picture === thing);
    });
    this.#measuring = new Measuring(store, bench, this.#pictures, (change) => this.#show(change));
  }

  /** `looking`: center of the visible part, as fractions of the picture. `wish`: how much to run. */
  async make(photo: Photo, looking: Point, wish: Wish, signal: AbortSignal): Promise<Made> {
    const catalogue = this.#listed(signal);
    catalogue.catch(() => {}); // awaited below, after the photo is shown
    await this.engine(signal);
    const pair = await this.#prepare(photo, signal);
    const instead = this.#taskInstead(await catalogue);
    if (instead) return { kind: "no-such-task", instead };
    this.#reconcile(await catalogue);
    if (this.rests) return DONE;

    const { task, settings } = this.#store.state;
    const { input, original } = pair;
    const near = { x: Math.floor(looking.x * input.width), y: Math.floor(looking.y * input.height) };
    const size = this.#frame(pair);
    const order: Order = { task, settings, input, original, size, near, told: toldOf(this.#store.state) };
    const results = [...this.#results.values()];
    const stale = cheapFirst(results.filter((result) => !result.isFresh(order)));
    const fitting = await this.#expect(stale, order, signal);
    const total = this.#store.state.expected;
    const long = (total?.milliseconds ?? 0) > UNASKED;
    const waits = wish === "nothing" || (wish === "short" && long);
    for (const result of results) if (!stale.includes(result)) await this.#finish(result, order, signal);
    for (const result of waits ? [] : fitting) await this.#run(result, order, signal);
    await this.#measuring.measure(results, pair, signal);
    if (!waits) return DONE;
    for (const result of fitting) result.stop();
    return { kind: "waits", outcome: { kind: long ? "waiting" : "ready" }, expected: total };
  }

  async engine(signal: AbortSignal): Promise<void> {
    const engine = await this.#bench.engine(this.#store.state.settings.backend, signal);
    if (this.#store.state.engine !== engine) this.#store.update({ engine });
  }

  /** Updates the engine after a run, since a GPU may have failed during it. */
  engineIs(engine: EngineInfo): void {
    const { state } = this.#store;
    if (engine.code === state.engine?.code) return;
    this.#bench.engineIs(state.settings.backend, engine);
    this.#store.update({ engine, notice: plainNotice("notice.gave-up", { detail: engine.reason }) });
  }

  /** Sets the mask of the photo; null: none. */
  useMask(mask: Photo | null): void {
    this.#measuring.useMask(mask);
  }

  /** Marks all results as outdated. */
  expire(): void {
    for (const result of this.#results.values()) result.expire();
  }

  /** Marks the current work as stopped; finished tiles stay, except those of another photo. */
  stop(): void {
    for (const result of this.#results.values()) result.stop();
    if (this.#foreign) this.#show({ frame: null, original: null, input: null });
  }

  /** A new photo: drops everything of the last one. */
  clear(): void {
    this.recut();
    this.useMask(null);
  }

  /** A new crop: drops everything but the mask. */
  recut(): void {
    for (const result of this.#results.values()) result.close();
    this.#results.clear();
    this.#pictures.clear();
    this.#foreign = true;
    this.#measuring.useMask();
    this.#changed();
  }

  /** The worker and everything in it is gone. */
  forget(): void {
    this.#pictures.forget();
    for (const result of this.#results.values()) result.forget();
  }

  /** Shows the photo and the methods' input. */
  async #prepare(photo: Photo, signal: AbortSignal): Promise<Pair> {
    const { state } = this.#store;
    const { task, settings } = state;
    const tests = isDegraded(state);
    const reduced = (original: Size) => reducedSize(task, settings, original);
    const worsen = (original: Size) => degradations(task, settings.degradation, reduced(original));
    const multiple = factorOf(task, settings) === task.scale ? task.scale : 1;
    const pair = await this.#pictures.pair(photo, tests ? worsen : null, multiple, signal);
    const { original, input } = pair;
    const seen = await this.#pictures.layer("input", input, signal);
    const known = tests ? await this.#pictures.layer("original", original, signal) : null;
    const last = this.#store.state.input;
    this.#foreign = false;
    this.#show({
      frame: this.#frame(pair),
      original: isMasked(state) ? state.original : known && { layer: known, picture: original.id },
      input: { layer: seen, picture: input.id, scores: last?.picture === input.id ? last.scores : null },
    });
    return pair;
  }

  /** The size of the results: in a test that of the original. */
  #frame({ original, input }: Pair): Size {
    const { state } = this.#store;
    const { width, height } = isDegraded(state) ? original : resultSize(state.task, state.settings, input);
    return { width, height };
  }

  #listed(signal: AbortSignal): Promise<Catalogue> {
    if (!this.#catalogue) {
      this.#catalogue = fetchCatalogue(signal);
      this.#catalogue.catch(() => (this.#catalogue = null));
    }
    return this.#catalogue;
  }

  /** The first task, if a link names one that does not exist. */
  #taskInstead(catalogue: Catalogue): string | null {
    const tasks = catalogue.tasks();
    const [first] = tasks;
    return first && !tasks.some(({ id }) => id === this.#store.state.settings.task) ? first.id : null;
  }

  /** Matches the results to the chosen methods, in list order; existing ones stay. */
  #reconcile(catalogue: Catalogue): void {
    const { settings, own } = this.#store.state;
    const { chosen } = settings;
    const tasks = catalogue.tasks();
    const listedTask = tasks.find(({ id }) => id === settings.task) ?? factsOf(settings.task);
    const task = withoutSteps(listedTask, settings.without);
    const compressed = isCompressed({ ...this.#store.state, task });
    const listed = catalogue.methods(task, compressed, settings);
    const hasOriginal = isDegraded({ ...this.#store.state, task }) && settings.degradation.saved === null;
    const methods = [...(hasOriginal ? listed : listed.filter(worksOnInput)), ...(own ? [ownMethod(own)] : [])];
    const wanted = methods.filter(({ id }) => settings.methods.includes(id)).slice(0, MAX_RESULTS);
    const used = wanted.length > 0 ? wanted : methods.slice(0, 1);
    const kept = new Map<string, Result>();
    for (const method of used) {
      const key = resultKey(task.id, method);
      const result = this.#results.get(key) ?? new Result(method, this.#bench, () => this.#changed());
      result.use(method);
      kept.set(key, result);
    }
    for (const [key, result] of this.#results) if (!kept.has(key)) result.close();
    this.#results = kept;
    this.#bench.forgetOwn(own);
    const ids = used.map(({ id }) => id);
    this.#store.update({
      tasks,
      task,
      methods,
      sources: catalogue.hasSources(task, settings.without),
      chosen: chosen && ids.includes(chosen) ? chosen : (ids[0] ?? null),
    });
    this.#changed();
  }

  /** Estimates the outdated results together; returns those that fit in memory, the others fail here. */
  async #expect(stale: Result[], order: Order, signal: AbortSignal): Promise<Result[]> {
    const total: Expected = { tiles: 0, peakBytes: 0, milliseconds: 0, resized: null };
    const fitting: Result[] = [];
    for (const result of stale) result.await(order.input);
    for (const result of stale) {
      await this.#attempt(result, signal, async () => {
        const { backend } = order.settings;
        const one = await expected(this.#bench, result.method, order.input, backend, signal);
        if (one.refused) throw await this.#refusal(result.method, order.input, one.refused, signal);
        total.tiles += one.tiles;
        total.peakBytes = Math.max(total.peakBytes, one.peakBytes);
        total.resized ??= one.resized;
        total.milliseconds += one.milliseconds;
        fitting.push(result);
      });
    }
    this.#store.update({ expected: fitting.length > 0 ? total : null });
    return fitting;
  }

  /** The error for a method that does not fit, with the size that does. */
  async #refusal(method: Method, input: PictureInfo, refused: Estimate, signal: AbortSignal): Promise<CallError> {
    const { settings } = this.#store.state;
    const used = usedSize(this.#store.state);
    const size = used && (await fittingSize(this.#bench, method, used, input, settings.backend, signal));
    const reason = refused.reason ?? "";
    return size ? new CallError("too-large-fits", reason, { ...size }) : new CallError("too-large", reason);
  }

  #run(result: Result, order: Order, signal: AbortSignal): Promise<void> {
    return this.#attempt(result, signal, async () => {
      const began = performance.now();
      this.#tell = () => {
        const { fraction } = result.state;
        const passed = performance.now() - began;
        const left = passed > TELLING && fraction > 0 ? (passed * (1 - fraction)) / fraction : null;
        this.#store.now({ kind: "compute", method: result.method, fraction, left });
      };
      this.#tell();
      const made = await result.run(order, signal).finally(() => (this.#tell = () => {}));
      const { backend: choice } = order.settings;
      if (made.flops > TELLING_FLOPS) this.#bench.paceIs(choice, made.flops / Math.max(made.milliseconds, 1));
      if (made.engine) this.engineIs(made.engine);
      await result.finish(order, signal);
    });
  }

  #finish(result: Result, order: Order, signal: AbortSignal): Promise<void> {
    return this.#attempt(result, signal, () => result.finish(order, signal));
  }

  /** A failing method does not stop the others; a stop or a crashed worker stops all. */
  async #attempt(result: Result, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The photo itself is open: the result is what is too large.
      const known = codeOf(error) === "picture-too-large" ? new CallError("result-too-large", messageOf(error)) : error;
      const notice = noticeFor(known, result.method.kind === "own" ? result.method.name : "");
      if (signal.aborted || notice.message === "error.engine-crashed") throw error;
      result.fail(notice);
      this.#store.update({ notice });
    }
  }

  #show(change: Partial<State>): void {
    this.#store.update(change);
    this.#pictures.tidy();
  }

  #changed(): void {
    this.#tell();
    this.#store.update({ results: [...this.#results.values()].map(({ state }) => state) });
  }
}

/** Values of the optional inputs, for the crop of the photo. */
function toldOf({ settings: { numbers, sigma, hints, cut }, photo }: State): Told {
  return { numbers, sigma, hints: photo ? hintsIn(hints, cut, photo.size) : [] };
}

function resultKey(task: string, { id, stages }: Method): string {
  const made = stages
    .map((stage) => (stage.kind === "own" ? keyOf(stage.model) : stage.kind === "model" ? stage.entry.file : stage.id))
    .join(" ");
  return `${task} ${id} ${made}`;
}

/**
 * Filters take moments, some networks minutes: cheap first, so that the first result comes soon and the speed trial is
 * short.
 */
function cheapFirst(results: readonly Result[]): Result[] {
  return [...results].sort((a, b) => costOf(a.method) - costOf(b.method) || 0 /* of two that are not known */);
}
