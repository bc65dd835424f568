/**
 * The page's behaviour: what a person can do, as methods; what is to be seen, as `state`.
 *
 * Everything follows from the settings and the photo: changing either runs again, and only what depends on it is
 * made anew. `Bench` remembers what results are made with, `Workshop` makes them, each `Result` remembers itself.
 */

import type { Client } from "../client";
import type { Rect } from "../engine";
import type { EngineInfo, ModelInfo, PictureInfo, Point } from "../protocol";
import { CallError } from "../protocol";
import { restoreAll } from "./batch";
import { Bench } from "./bench";
import { Board } from "./board";
import type { Method, OwnModel } from "./catalogue";
import { comingBack, comingCopy, comingPhoto, comingResult, comingSample, type Coming } from "./coming";
import { fitsIn, isWhole, type Cut } from "./cut";
import { fitting } from "./degradation";
import { gathered, isFolder, type Dropped } from "./drop";
import { copied, given, isOtherNetwork, isWeights, sorted, type Given } from "./files";
import { Keeper, type Outside } from "./keep";
import { Models } from "./models";
import { forgetModel, keptModel, ownModel } from "./own-model";
import { forgetPhoto, keepPhoto, ownPhoto, type Photo } from "./photo";
import { sameSize } from "./pictures";
import { colorsAt } from "./probe";
import type { ReadingId } from "./reading";
import { FIRST_SAMPLE, type SampleId } from "./samples";
import { formatSettings, LASTING_TOOLS, MAX_RESULTS, parseSettings, type LastingTool, type Settings } from "./settings";
import { initialState, noticeFor, noticeOf, plainNotice, usedMethods, usedSize, type Action } from "./state";
import { factsOf } from "./tasks";
import { Workshop } from "./workshop";

/** Milliseconds that a slider rests before a run begins. */
const REST = 90;

export class Playground extends Board {
  readonly keep: Keeper;
  /** What is in sight, as shares of the picture: its middle is made first. */
  looking: Rect = { x: 0, y: 0, width: 1, height: 1 };
  #client: Client;
  #outside: Outside;
  #bench: Bench;
  #workshop: Workshop;
  #models: Models;
  #photo: Photo | null = null;
  #coming: Coming | null = null;
  /** One that could not be loaded. */
  #missed: Coming | null = null;
  #many: readonly Given[] = [];
  /** Whether folders are being looked through; what is chosen meanwhile holds for what they bring. */
  #gathering = false;
  /** What was to be a mask and is none. */
  #refused: Photo | null = null;
  #work = new AbortController();
  /** Name of the file at work: what goes wrong with it names it. */
  #reading = "";
  /** Pieces of work under way that wait for the worker. */
  #waiting = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `query`: settings, as the address holds them. */
  constructor(client: Client, outside: Outside, query = "") {
    super(initialState(parseSettings(query)));
    this.#client = client;
    this.#outside = outside;
    this.keep = new Keeper(this, client, outside);
    // What somebody has stopped waiting for goes on in the worker, and is no longer this page's business.
    this.#bench = new Bench(client, (activity) => this.#waiting > 0 && !this.restores && this.now(activity));
    this.#workshop = new Workshop(this, this.#bench, (settings) => this.#choose(settings));
    this.#models = new Models(this, this.#bench);
    client.onCrash = (detail) => this.#crashed(detail);
  }

  /** Opens a sample, or for null the photo of the last visit; the one that the settings name, unless told. */
  async open(sample = this.state.settings.sample): Promise<void> {
    const { mode, cut } = this.state.settings;
    await this.#open(sample ? comingSample(sample, mode, cut) : comingBack(mode, cut));
  }

  /** The address has come to say something else. */
  async follow(query: string): Promise<void> {
    const { settings } = this.state;
    const before = this.#coming ? { ...settings, sample: this.#coming.sample } : settings;
    const wanted = parseSettings(query, before.sample);
    if (formatSettings(wanted) === formatSettings(before)) return;
    // The photo that is there keeps its name until the wanted one is.
    this.#choose({ ...wanted, sample: settings.sample });
    if (wanted.sample !== before.sample) return this.open(wanted.sample);
    if (this.#coming) this.#coming.mode = wanted.mode;
    if (formatSettings({ ...before, cut: wanted.cut }) !== formatSettings(before)) this.#workshop.recut();
    await this.#again();
  }

  /**
   * While another view looks at the photo: pictures are prepared for it, and nothing is run until the playground is back.
   * What is not for these views to end goes on: a photo on its way, many photos.
   */
  rest(on: boolean): void {
    if (this.#workshop.rests === on) return;
    this.#workshop.rests = on;
    if (this.#coming || this.#gathering || this.restores) return;
    if (this.#photo && (!on || this.state.activity)) void this.#again();
  }

  /** What another view has heard of the engine. */
  engineIs(engine: EngineInfo): void {
    this.#workshop.engineIs(engine);
  }

  /** A method's first network, for a view that looks into it. */
  async network({ stages: [first] }: Method, signal: AbortSignal): Promise<ModelInfo> {
    if (!first || first.kind === "filter") throw new CallError("unknown", "this method has no network");
    this.#waiting++;
    try {
      return await this.#bench.model(first, signal);
    } finally {
      this.#waiting--;
      const { activity } = this.state;
      if (activity?.kind === "download" || activity?.kind === "compile") this.now(null);
    }
  }

  async openSample(id: SampleId, mode: Settings["mode"] = "test"): Promise<void> {
    await this.#open(comingSample(id, mode));
  }

  /** Photos, a model with its files, or both: the model is used on them. */
  openFiles(files: readonly File[]): Promise<void> {
    return this.#bring(given(files));
  }

  /** The same of a drop, which can hold folders. */
  async openDropped(what: Dropped): Promise<void> {
    if (what.length === 0) return this.update({ notice: plainNotice("error.drop-without-file", { actions: ["open"] }) });
    if (!what.some(isFolder)) return this.openFiles(what.filter((one) => one instanceof File));
    let found: Given[] | null = null;
    await this.#attempt(async (signal) => {
      this.#gathering = true;
      const tell = (count: number) => this.now({ kind: "gathering", found: count });
      tell(0);
      found = await gathered(what, tell, signal).finally(() => (this.#gathering = false));
    });
    if (found) await this.#bring(found);
  }

  /** Which of several networks is to be used, in answer to `state.networks`. */
  pickNetwork(index: number): void {
    this.#models.pick(index);
  }

  /** What is true of the photo, class by class: the results are scored against it. One that is on its way gets it once it is there. */
  async openMask(file: File): Promise<void> {
    const mask = ownPhoto(file, file.name);
    const mode = "test";
    this.#choose({ ...this.state.settings, mode });
    if (this.#coming) {
      Object.assign(this.#coming, { mask, mode });
      return;
    }
    await this.#attempt(async (signal) => {
      this.#useMask(mask);
      await this.#make(signal);
    });
  }

  /** Removes the person's photo from this device, and opens the first sample in its place. */
  async forgetPhoto(): Promise<void> {
    await Promise.all([forgetPhoto(), this.openSample(FIRST_SAMPLE)]);
  }

  /** How the output of a person's network is to be read, in answer to `state.question`. */
  answer(id: ReadingId): void {
    this.#models.answer(id);
  }

  /** Asks once more how the output of the own network is to be read. */
  async askAgain(): Promise<void> {
    const { own } = this.state;
    if (own) await this.#useModel(own, true);
  }

  /** Uses a part of the photo, mirrored or turned; null: all of it, as it came. */
  async cut(cut: Cut | null): Promise<void> {
    const { settings, photo } = this.state;
    if (!photo || this.#coming) return;
    this.#workshop.recut();
    this.#choose({ ...settings, cut: cut && !isWhole(cut, photo.size) && fitsIn(cut, photo.size) ? cut : null }, true);
    await this.#again();
  }

  /** All of the photo, whatever part of it is used, and small enough for a dialog; null where there is none. */
  async wholePhoto(maxSide: number): Promise<ImageBitmap | null> {
    if (!this.#photo) return null;
    const { id } = await this.#bench.whole(this.#photo, new AbortController().signal);
    return this.#client.call("preview", { picture: id, maxSide });
  }

  forgetMask(): void {
    this.#workshop.useMask(null);
    void this.#again();
  }

  /** Runs once sliders have come to rest, or a big photo would never get beyond its first tile. */
  set(change: Partial<Settings>): void {
    if (this.#coming && change.mode) this.#coming.mode = change.mode;
    const { settings } = this.state;
    const otherTask = change.task !== undefined && change.task !== settings.task;
    if (otherTask) this.update({ look: null });
    this.#choose({ ...settings, ...change }, otherTask);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#again(), REST);
  }

  /**
   * Adds a method or removes it; one always stays. The chosen result stays the chosen one, and the wipe shows
   * a method that was added to the left of it.
   */
  toggleMethod(id: string): void {
    const { settings } = this.state;
    const used = usedMethods(this.state);
    const adds = !used.includes(id);
    const methods = adds ? [...used, id] : used.filter((other) => other !== id);
    if (methods.length === 0 || methods.length > MAX_RESULTS) return;
    const { chosen: seen } = this.state;
    const chosen = seen && methods.includes(seen) ? seen : null;
    const left = adds ? id : settings.left === id ? null : settings.left;
    const second = methods.length === 2 && used.length === 1;
    this.set({ methods, chosen, left, layout: second ? "grid" : settings.layout });
  }

  /** The result to save, and to see on the right of the wipe. */
  choose(id: string): void {
    if (!this.state.results.some((result) => result.id === id)) return;
    this.update({ chosen: id });
    this.#choose({ ...this.state.settings, chosen: id });
  }

  /** How results are looked at: nothing to run. */
  arrange(how: Partial<Pick<Settings, "layout" | "left">>): void {
    this.#choose({ ...this.state.settings, ...how });
  }

  /** Takes up a tool or puts it away. Maps of differences are made once somebody looks at them. */
  toggleTool(tool: LastingTool): void {
    const { activity, settings } = this.state;
    const tools = LASTING_TOOLS.filter((one) => settings.tools.includes(one) !== (one === tool));
    this.#choose({ ...settings, tools });
    const busy = activity !== null && activity.kind !== "saving";
    if (tool === "difference" && tools.includes(tool) && !busy) void this.#again();
  }

  /** From the settings as they are now to the results that are missing; where none is, all of them anew. */
  async run(): Promise<void> {
    if (this.#coming || this.#gathering) return; // runs by itself once it is there
    if (!this.#photo) return this.#missed ? this.#open(this.#missed) : this.open();
    if (this.state.results.every(({ status }) => status === "done")) this.#workshop.expire();
    await this.#attempt((signal) => this.#make(signal, true));
  }

  /** Frees the page at once; the worker drops its work as soon as it looks up. */
  stop(): void {
    this.#coming = null;
    this.#work.abort();
  }

  /** The colours of every picture at one place, given as a share of its width and height. */
  probe(at: Point): Promise<Record<string, number[]>> {
    return colorsAt(this.#client, at, this.state);
  }

  /** Takes the chosen result as the next photo. */
  async useResult(): Promise<void> {
    await this.#open(comingResult(this.keep.png(), this.keep.name(this.state.task.id), this.state.task.id));
  }

  /** Whether many photos are being restored. */
  get restores(): boolean {
    return this.state.activity?.kind === "batch";
  }

  /** Applies the chosen method to all photos that were brought together, into one ZIP. */
  async restoreMany(): Promise<void> {
    const method = this.state.results.find(({ id }) => id === this.state.chosen)?.method;
    const files = this.#many;
    if (!method || files.length === 0) return;
    await this.#attempt(async (signal) => {
      const { task, settings } = this.state;
      await this.#workshop.engine(signal);
      const tell = (done: number) => this.now({ kind: "batch", done, total: files.length });
      const { cut } = settings;
      const { zip, failed, ended } = await restoreAll(this.#bench, { files, task, settings, method, cut }, tell, signal);
      const name = `${task.id}-${method.id}.zip`;
      if (zip) this.#outside.save(zip, name);
      if (ended) throw ended;
      this.forgetMany();
      this.update({ outcome: { kind: "saved", name } });
      const params = { failed, total: files.length };
      if (failed > 0) this.update({ notice: plainNotice("notice.batch", { params }) });
    });
  }

  forgetMany(): void {
    this.#wait([]);
  }

  async act(action: Exclude<Action, "open">): Promise<void> {
    const { width, height } = this.state.notice?.params ?? {};
    this.dismiss();
    switch (action) {
      case "cpu":
        this.#coming ??= this.#missed;
        return this.set({ backend: "cpu" });
      case "shipped":
        void forgetModel();
        return this.#useModel(null);
      case "reduce":
        return this.#reduce(Math.max(Number(width), Number(height)));
      case "as-photo":
        return this.#refused ? this.#open(comingPhoto(this.#refused)) : undefined;
      case "retry":
        if (this.#missed) return this.#open(this.#missed);
        return this.#photo ? this.#attempt((signal) => this.#make(signal, true)) : this.open();
    }
  }

  /** Puts what is proposed away. */
  decline(): void {
    this.update({ look: null });
  }

  dismiss(): void {
    this.update({ notice: null });
  }

  /** Photos that wait for a ZIP. */
  #wait(many: readonly Given[]): void {
    this.#many = many;
    this.update({ many: many.length });
  }

  async #bring(files: readonly Given[]): Promise<void> {
    const { pictures, models, others } = await sorted(files);
    const [first] = pictures;
    const [model] = models;
    if (model) return this.#bringModels(models, others, first ? photoOf(first, pictures) : this.#coming);
    if (first) {
      const many = pictures.length > 1 ? [...pictures, ...others] : [];
      const leftOut = many.length > 0 ? [] : others.map(({ path }) => path);
      return this.#open(photoOf(first, many, { leftOut, mayBeMask: !this.#coming && many.length === 0 }));
    }
    const [other] = others;
    if (!other) return this.update({ notice: plainNotice("error.nothing-to-open", { actions: ["open"] }) });
    const params = { name: other.file.name };
    if (isWeights(params.name)) return this.update({ notice: plainNotice("error.data-without-model", { params }) });
    if (isOtherNetwork(params.name)) return this.update({ notice: plainNotice("error.not-onnx", { params }) });
    return this.#open(photoOf(other, others)); // the decoder knows better, or tells what is wrong
  }

  /** `coming`: the photo to use it on. */
  async #bringModels(models: readonly Given[], others: readonly Given[], coming: Coming | null): Promise<void> {
    let model = models[0];
    if (models.length > 1) {
      model = undefined;
      await this.#attempt(async (signal) => void (model = await this.#models.which(models, signal)), coming);
    }
    if (!model) return coming ? this.#open(coming) : undefined;
    const data = Object.fromEntries(others.map(({ file, path }) => [path, file]));
    await this.#useModel(ownModel(model.file, data), false, coming);
  }

  async #open(coming: Coming): Promise<void> {
    const work = async (signal: AbortSignal) => {
      this.now({ kind: "decode" });
      await this.#recallModel(signal);
      const photo = await coming.find(signal);
      this.#reading = photo.name;
      if (await this.#isMask(photo, coming, signal)) {
        this.#coming = null;
        this.#useMask(photo);
      } else await this.#take(photo, coming, signal);
      if (coming.kept && photo.sample) {
        this.update({ notice: plainNotice("notice.own-photo", { actions: ["open"] }) });
      }
      if (coming.mask) this.#useMask(coming.mask);
      await this.#make(signal);
    };
    await this.#attempt(work, coming);
  }

  /** The own model of the last visit, where it is asked for. */
  async #recallModel(signal: AbortSignal): Promise<void> {
    if (!this.state.settings.methods.includes("own") || this.state.own) return;
    const own = await keptModel();
    signal.throwIfAborted();
    this.update({ own });
  }

  /** Where masks are asked for, a picture of the photo's size is taken for one. */
  async #isMask({ file }: Photo, { mayBeMask }: Coming, signal: AbortSignal): Promise<boolean> {
    const { task, settings, photo } = this.state;
    if (!mayBeMask || !task.masked || settings.mode !== "test" || !photo) return false;
    try {
      const picture = await this.#client.call("decode", { file }, { signal });
      this.#client.free("picture", picture.id);
      return [photo.size, usedSize(this.state)].some((size) => size && sameSize(size, picture));
    } catch {
      return false; // opening it as a photo tells what is wrong
    }
  }

  #useMask(mask: Photo): void {
    this.#refused = mask;
    this.#workshop.useMask(mask);
  }

  /** Takes a photo on only once it has been read: a broken file leaves all as it was. */
  async #take(given: Photo, coming: Coming, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.now({ kind: "decode" });
    const photo = { ...given, file: await copied(given.file) };
    await this.#workshop.engine(signal);
    this.now({ kind: "decode" }); // the engine may have told of its start
    const picture = await this.#client.call("decode", { file: photo.file }, { signal });
    this.#photo = photo;
    this.#coming = null;
    await this.#bench.whole(photo, signal, picture);
    this.#workshop.clear();
    this.#wait(coming.many);
    const { name } = photo;
    const { width, height } = picture;
    this.update({ photo: { name, size: { width, height } }, expected: null, outcome: { kind: "ready" }, look: null });
    const cut = coming.cut && fitsIn(coming.cut, picture) ? coming.cut : null;
    this.#choose({ ...this.state.settings, sample: photo.sample, mode: coming.mode, cut });
    if (!photo.sample) void this.#lookAt(photo, picture, coming.after);
    const [notice] = picture.notices ?? [];
    if (notice) this.update({ notice: noticeOf(notice) });
    else if (coming.leftOut.length > 0) this.update({ notice: plainNotice("notice.left-out", { params: { names: coming.leftOut.join(", ") } }) });
    if (!photo.sample) void keepPhoto(photo);
  }

  /** What could be done with it. A look that fails is none. */
  async #lookAt(photo: Photo, { id }: PictureInfo, after: string | null): Promise<void> {
    const look = await this.#client.call("firstLook", { picture: id }).catch(() => null);
    if (this.#photo === photo && look) this.update({ look: { need: look.need, after } });
  }

  /** `null`: the shipped ones alone. `coming`: the photo that is on its way. */
  async #useModel(given: OwnModel | null, again = false, coming = this.#coming): Promise<void> {
    let used = false;
    await this.#attempt(async (signal) => {
      this.#reading = given?.name ?? "";
      this.now({ kind: "compile" });
      await this.#workshop.engine(signal);
      const own = given && (await this.#models.load(given, this.#used, again, signal));
      const { settings } = this.state;
      this.update({ own });
      this.#choose(own ? this.#models.fitting(own) : { ...settings, methods: settings.methods.filter((id) => id !== "own") });
      used = true;
      await this.#again();
    }, coming);
    if (used || !coming || this.#missed !== coming) return;
    // A model that cannot be used holds up no photo, and what is wrong with it is still to be read.
    const { notice } = this.state;
    const opening = this.#open(coming);
    this.update({ notice });
    await opening;
  }

  /** What there is, by the settings as they have become; a photo that was still on its way begins anew. */
  #again(): Promise<void> {
    if (this.#gathering) return Promise.resolve();
    if (this.#coming) return this.#open(this.#coming);
    return this.#photo ? this.#attempt((signal) => this.#make(signal)) : this.open();
  }

  /** The photo, and the part of it that is used. */
  get #used(): Photo | null {
    const { settings, photo } = this.state;
    const cut = settings.cut && photo && fitsIn(settings.cut, photo.size) ? settings.cut : null;
    return this.#photo && { ...this.#photo, cut };
  }

  async #make(signal: AbortSignal, asked = false): Promise<void> {
    const photo = this.#used;
    if (!photo) throw new CallError("aborted", "");
    const { x, y, width, height } = this.looking;
    await this.#workshop.make(photo, { x: x + width / 2, y: y + height / 2 }, asked, signal);
  }

  /** Takes a smaller copy of the photo: of the longer side that the refusal has named, or of half of it where memory ran out unforeseen. */
  async #reduce(side: number): Promise<void> {
    if (this.#used) await this.#open(comingCopy(this.#bench, this.#used, side, this.state.settings.mode));
  }

  /** Runs a piece of work in place of the one under way, and tells what went wrong with it. `coming`: the photo it is to bring. */
  async #attempt(work: (signal: AbortSignal) => Promise<void>, coming: Coming | null = null): Promise<void> {
    this.#work.abort();
    clearTimeout(this.#timer);
    if (this.restores) this.now(null);
    const controller = new AbortController();
    this.#work = controller;
    this.#coming = coming;
    this.#missed = null;
    this.#reading = "";
    this.update({ notice: null });
    this.#waiting++;
    try {
      await work(controller.signal);
    } catch (error) {
      if (controller !== this.#work) return;
      this.#workshop.stop();
      this.update({ outcome: { kind: "stopped" } });
      if (controller.signal.aborted) return;
      this.#missed = this.#coming?.lasts ? this.#coming : null;
      if (this.#coming?.many.length) this.#wait(this.#coming.many); // the others may be read
      this.update({ notice: noticeFor(error, this.#reading) });
    } finally {
      this.#waiting--;
      if (controller === this.#work) {
        this.#coming = null;
        this.now(null);
      }
    }
  }

  #crashed(detail: string): void {
    this.#bench.forget();
    this.#workshop.forget();
    this.update({ engine: null, notice: noticeFor(new CallError("engine-crashed", detail)) });
  }

  /**
   * Takes settings on, and notes them in the address; `step`: so that going back undoes it. Another task brings its
   * own way to degrade a photo.
   */
  #choose(wanted: Settings, step = false): void {
    const task = factsOf(wanted.task);
    const settings = { ...wanted, degradation: fitting(task, wanted.degradation) };
    this.update({ settings, task });
    this.#outside.note(formatSettings(settings), step);
  }
}

function photoOf({ file }: Given, many: readonly Given[], more: Partial<Coming> = {}): Coming {
  return comingPhoto(ownPhoto(file, file.name), { many: many.length > 1 ? many : [], ...more });
}
