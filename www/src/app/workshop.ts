/** From a photo and the settings to the results: which there are to be, what they will take, and making them. */

import type { Estimate } from "../engine";
import { CallError, codeOf, type EngineInfo, messageOf, type PictureInfo, type Point } from "../protocol";
import type { Size } from "../view/viewport";
import type { Bench } from "./bench";
import type { Board } from "./board";
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
import { factsOf, withoutSteps } from "./tasks";

/** Milliseconds after which a run's pace tells how long it will take. */
const TELLING = 3000;
/** What takes longer than this waits for a person to say so. Milliseconds. */
const UNASKED = 30_000;
/** Operations after which a run tells the machine's pace better than the trial. */
const TELLING_FLOPS = 2e9;

/** `all`: a person wants it, however long it takes; `nothing`: they are to choose first. */
export type Wish = "all" | "short" | "nothing";

/** How making the results has ended. */
export type Made =
  | { kind: "done" }
  /** The settings name no task of the catalogue; `instead`: the first that it has. */
  | { kind: "no-such-task"; instead: string }
  /** The results wait for a person to ask for them. */
  | { kind: "waits"; outcome: Outcome; expected: Expected | null };

const DONE: Made = { kind: "done" };

export class Workshop {
  /** Whether pictures are prepared and nothing is run. */
  rests = false;
  /** Whether another photo's pictures are to be seen, until there are this one's. */
  #foreign = false;
  #board: Board;
  #bench: Bench;
  #pictures: Pictures;
  #measuring: Measuring;
  #catalogue: Promise<Catalogue> | null = null;
  #results = new Map<string, Result>();
  /** Tells of the result that is being made. */
  #tell: () => void = () => {};

  constructor(board: Board, bench: Bench) {
    this.#board = board;
    this.#bench = bench;
    this.#pictures = new Pictures(bench, (thing) => {
      const { input, original } = board.state;
      return [input, original].some((shown) => shown?.layer === thing || shown?.picture === thing);
    });
    this.#measuring = new Measuring(board, bench, this.#pictures, (change) => this.#show(change));
  }

  /** `looking`: the middle of what is seen, as a share of the picture. `wish`: how much is to be run. */
  async make(photo: Photo, looking: Point, wish: Wish, signal: AbortSignal): Promise<Made> {
    const catalogue = this.#listed(signal);
    catalogue.catch(() => {}); // awaited below, after the photo is to be seen
    await this.engine(signal);
    const pair = await this.#prepare(photo, signal);
    const instead = this.#taskInstead(await catalogue);
    if (instead) return { kind: "no-such-task", instead };
    this.#reconcile(await catalogue);
    if (this.rests) return DONE;

    const { task, settings } = this.#board.state;
    const { input, original } = pair;
    const near = { x: Math.floor(looking.x * input.width), y: Math.floor(looking.y * input.height) };
    const size = this.#frame(pair);
    const order: Order = { task, settings, input, original, size, near, told: toldOf(this.#board.state) };
    const results = [...this.#results.values()];
    const stale = cheapFirst(results.filter((result) => !result.isFresh(order)));
    const fitting = await this.#expect(stale, order, signal);
    const total = this.#board.state.expected;
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
    const engine = await this.#bench.engine(this.#board.state.settings.backend, signal);
    if (this.#board.state.engine !== engine) this.#board.update({ engine });
  }

  /** What a run says of the engine: a GPU may have given up under it. */
  engineIs(engine: EngineInfo): void {
    const { state } = this.#board;
    if (engine.code === state.engine?.code) return;
    this.#bench.engineIs(state.settings.backend, engine);
    this.#board.update({ engine, notice: plainNotice("notice.gave-up", { detail: engine.reason }) });
  }

  /** What a person says is true of the photo; null: nothing. */
  useMask(mask: Photo | null): void {
    this.#measuring.useMask(mask);
  }

  /** All results anew. */
  expire(): void {
    for (const result of this.#results.values()) result.expire();
  }

  /** Marks what was under way as stopped; finished tiles stay, and nothing of another photo. */
  stop(): void {
    for (const result of this.#results.values()) result.stop();
    if (this.#foreign) this.#show({ frame: null, original: null, input: null });
  }

  /** Another photo: nothing of the last one's stays. */
  clear(): void {
    this.recut();
    this.useMask(null);
  }

  /** Another part of the photo: nothing but the mask stays. */
  recut(): void {
    for (const result of this.#results.values()) result.close();
    this.#results.clear();
    this.#pictures.clear();
    this.#foreign = true;
    this.#measuring.useMask();
    this.#changed();
  }

  /** The worker is gone, and all that was in it. */
  forget(): void {
    this.#pictures.forget();
    for (const result of this.#results.values()) result.forget();
  }

  /** Shows the photo and what the methods get of it. */
  async #prepare(photo: Photo, signal: AbortSignal): Promise<Pair> {
    const { state } = this.#board;
    const { task, settings } = state;
    const tests = isDegraded(state);
    const reduced = (original: Size) => reducedSize(task, settings, original);
    const worsen = (original: Size) => degradations(task, settings.degradation, reduced(original));
    const multiple = factorOf(task, settings) === task.scale ? task.scale : 1;
    const pair = await this.#pictures.pair(photo, tests ? worsen : null, multiple, signal);
    const { original, input } = pair;
    const seen = await this.#pictures.layer("input", input, signal);
    const known = tests ? await this.#pictures.layer("original", original, signal) : null;
    const last = this.#board.state.input;
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
    const { state } = this.#board;
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

  /** A link may name a task that there is not: the first in its place. */
  #taskInstead(catalogue: Catalogue): string | null {
    const tasks = catalogue.tasks();
    const [first] = tasks;
    return first && !tasks.some(({ id }) => id === this.#board.state.settings.task) ? first.id : null;
  }

  /** Results for the methods chosen, in the order of the list; those that were there stay. */
  #reconcile(catalogue: Catalogue): void {
    const { settings, own } = this.#board.state;
    const { chosen } = settings;
    const tasks = catalogue.tasks();
    const listedTask = tasks.find(({ id }) => id === settings.task) ?? factsOf(settings.task);
    const task = withoutSteps(listedTask, settings.without);
    const compressed = isCompressed({ ...this.#board.state, task });
    const listed = catalogue.methods(task, compressed, settings);
    const hasOriginal = isDegraded({ ...this.#board.state, task }) && settings.degradation.saved === null;
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
    this.#board.update({
      tasks,
      task,
      methods,
      sources: catalogue.hasSources(task, settings.without),
      chosen: chosen && ids.includes(chosen) ? chosen : (ids[0] ?? null),
    });
    this.#changed();
  }

  /** What the stale results will take, told together; gives those that fit, the others fail here. */
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
    this.#board.update({ expected: fitting.length > 0 ? total : null });
    return fitting;
  }

  /** What cannot be, and what can be instead. */
  async #refusal(method: Method, input: PictureInfo, refused: Estimate, signal: AbortSignal): Promise<CallError> {
    const { settings } = this.#board.state;
    const used = usedSize(this.#board.state);
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
        this.#board.now({ kind: "compute", method: result.method, fraction, left });
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

  /** One method that fails does not hold up the others; a stop, or a worker that crashed, ends them all. */
  async #attempt(result: Result, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The photo has been opened: what is larger than can be held is made of it.
      const known = codeOf(error) === "picture-too-large" ? new CallError("result-too-large", messageOf(error)) : error;
      const notice = noticeFor(known, result.method.kind === "own" ? result.method.name : "");
      if (signal.aborted || notice.message === "error.engine-crashed") throw error;
      result.fail(notice);
      this.#board.update({ notice });
    }
  }

  #show(change: Partial<State>): void {
    this.#board.update(change);
    this.#pictures.tidy();
  }

  #changed(): void {
    this.#tell();
    this.#board.update({ results: [...this.#results.values()].map(({ state }) => state) });
  }
}

/** What networks are told of the part of the photo that is used. */
function toldOf({ settings: { numbers, sigma, hints, cut }, photo }: State): Told {
  return { numbers, sigma, hints: photo ? hintsIn(hints, cut, photo.size) : [] };
}

function resultKey(task: string, { id, stages }: Method): string {
  const made = stages
    .map((stage) => (stage.kind === "own" ? keyOf(stage.model) : stage.kind === "model" ? stage.entry.file : stage.id))
    .join(" ");
  return `${task} ${id} ${made}`;
}

/** Filters take moments, some networks minutes: the first result is there soonest, and the trial of the machine's pace is short. */
function cheapFirst(results: readonly Result[]): Result[] {
  return [...results].sort((a, b) => costOf(a.method) - costOf(b.method) || 0 /* of two that are not known */);
}
