/**
 * The page's behaviour: what a person can do, as methods; what is to be seen, as `state`.
 *
 * Everything follows from the settings and the photo: changing either runs again, and only what depends on it is
 * made anew. `Bench` remembers what results are made with, `Workshop` makes them, each `Result` remembers itself.
 */

import type { Client } from "../client";
import type { EngineInfo, ModelInfo, Point } from "../protocol";
import { CallError } from "../protocol";
import { restoreAll } from "./batch";
import { Bench } from "./bench";
import { Board } from "./board";
import type { Method, OwnModel } from "./catalogue";
import { fitting } from "./degradation";
import { copied, sortFiles } from "./files";
import { Keeper, type Outside } from "./keep";
import { copiedModel, keepModel, keptModel, ownModel } from "./own-model";
import { keepPhoto, keptPhoto, ownPhoto, samplePhoto, type Photo } from "./photo";
import { FIRST_SAMPLE, type SampleId } from "./samples";
import { formatSettings, LASTING_TOOLS, MAX_RESULTS, parseSettings, type LastingTool, type Settings } from "./settings";
import { initialState, noticeFor, usedMethods, type Action } from "./state";
import { factsOf } from "./tasks";
import { Workshop } from "./workshop";

/** Milliseconds that a slider rests before a run begins. */
const REST = 90;

/** A photo on its way. What comes between, as a click on a setting does, begins it anew. */
interface Coming {
  /** What it is opened for, which can be chosen as long as it is on its way. */
  mode: Settings["mode"];
  /** The photos it was brought together with, itself among them. */
  many: readonly File[];
  open(): Promise<void>;
}

export class Playground extends Board {
  readonly keep: Keeper;
  /** The middle of what is seen, as a share of the picture: made first. */
  looking: Point = { x: 0.5, y: 0.5 };
  #client: Client;
  #outside: Outside;
  #bench: Bench;
  #workshop: Workshop;
  #photo: Photo | null = null;
  #coming: Coming | null = null;
  /** One that could not be loaded. */
  #missed: Coming | null = null;
  #many: readonly File[] = [];
  /** What was to be a mask and is none. */
  #refused: File | null = null;
  #work = new AbortController();
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
    this.#workshop = new Workshop(this, this.#bench);
    client.onCrash = (detail) => this.#crashed(detail);
  }

  /** Opens what the settings name: a sample or the photo of the last visit, and the own model of that visit. */
  async open(): Promise<void> {
    const { sample, mode, methods } = this.state.settings;
    const before = this.#coming;
    if (methods.includes("own") && !this.state.own) this.update({ own: await keptModel() });
    const kept = sample ? null : await keptPhoto();
    if (this.#coming && this.#coming !== before) return; // a person was faster
    if (kept) await this.#openPhoto(kept, mode);
    else await this.openSample(sample ?? FIRST_SAMPLE, mode);
  }

  /** The address has come to say something else. */
  async follow(query: string): Promise<void> {
    const before = this.state.settings;
    const settings = parseSettings(query, before.sample);
    if (formatSettings(settings) === formatSettings(before)) return;
    this.#choose(settings);
    if (settings.sample === before.sample) await this.#again();
    else await this.open();
  }

  /**
   * While another view looks at the photo: pictures are prepared for it, and nothing is run until the playground is back.
   * What is not for these views to end goes on: a photo on its way, many photos.
   */
  rest(on: boolean): void {
    if (this.#workshop.rests === on) return;
    this.#workshop.rests = on;
    if (this.#coming || this.restores) return;
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
    await this.#open((signal) => samplePhoto(id, signal), mode);
  }

  /** A photo, several photos, or a model with its files. */
  async openFiles(files: readonly File[]): Promise<void> {
    const brought = sortFiles(files);
    if (brought.kind === "pictures") {
      const [first] = brought.files;
      if (brought.files.length === 1 && (await this.#mayBeMask(first))) return this.openMask(first);
      await this.#openPhoto(ownPhoto(first, first.name), "apply", brought.files.length > 1 ? brought.files : []);
    } else if (brought.kind === "model") {
      const { file, data } = brought;
      await this.#useModel(ownModel(file, data));
    } else if (brought.kind === "data-only") {
      const params = { name: brought.name };
      this.update({ notice: { message: "error.data-without-model", params, detail: "", actions: [] } });
    } else {
      this.update({ notice: { message: "error.drop-without-file", params: {}, detail: "", actions: ["open"] } });
    }
  }

  /** What is true of the photo, class by class: the results are scored against it. */
  async openMask(file: File): Promise<void> {
    this.#refused = file;
    await this.#attempt(async (signal) => {
      this.#workshop.useMask(ownPhoto(file, file.name));
      this.#choose({ ...this.state.settings, mode: "test" });
      await this.#make(signal);
    });
  }

  forgetMask(): void {
    this.#workshop.useMask(null);
    void this.#again();
  }

  /** Runs once sliders have come to rest, or a big photo would never get beyond its first tile. */
  set(change: Partial<Settings>): void {
    if (this.#coming && change.mode) this.#coming.mode = change.mode;
    this.#choose({ ...this.state.settings, ...change });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#again(), REST);
  }

  /** Adds a method or takes it away; one always stays. */
  toggleMethod(id: string): void {
    const { settings } = this.state;
    const used = usedMethods(this.state);
    const methods = used.includes(id) ? used.filter((other) => other !== id) : [...used, id];
    if (methods.length === 0 || methods.length > MAX_RESULTS) return;
    const chosen = used.includes(id) ? settings.chosen : id;
    const second = methods.length === 2 && used.length === 1;
    this.set({ methods, chosen, layout: second ? "grid" : settings.layout });
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
    if (tool === "difference" && tools.includes(tool) && !activity) void this.#again();
  }

  /** From the settings as they are now to the results that are missing; where none is, all of them anew. */
  async run(): Promise<void> {
    if (this.#coming) return; // runs by itself once it is there
    if (this.state.results.every(({ status }) => status === "done")) this.#workshop.expire();
    await this.#attempt((signal) => this.#make(signal, true));
  }

  /** Frees the page at once; the worker drops its work as soon as it looks up. */
  stop(): void {
    this.#coming = null;
    this.#work.abort();
  }

  /** The colours of every picture at one place, given as a share of its width and height. */
  async probe({ x, y }: Point): Promise<Record<string, number[]>> {
    const { original, input, results } = this.state;
    const pictures = [
      ...(original ? [{ id: "original", picture: original.picture, size: original.layer.size }] : []),
      ...(input ? [{ id: "input", picture: input.picture, size: input.layer.size }] : []),
      ...results.flatMap(({ id, picture, size }) => (picture !== null && size ? [{ id, picture, size }] : [])),
    ];
    const within = (share: number, length: number) => Math.min(Math.max(Math.floor(share * length), 0), length - 1);
    const read = pictures.map(async ({ id, picture, size }) => {
      const at = { x: within(x, size.width), y: within(y, size.height) };
      return [id, await this.#client.call("pixel", { picture, at })] as const;
    });
    const done = await Promise.allSettled(read); // a picture may have been replaced meanwhile
    return Object.fromEntries(done.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
  }

  /** Takes the chosen result as the next photo. */
  async useResult(): Promise<void> {
    await this.#attempt(async (signal) => {
      this.now({ kind: "saving" });
      const photo = ownPhoto(await this.keep.png(), this.keep.name(this.state.task.id));
      await this.#take(photo, { mode: "apply", many: [] }, signal);
      await this.#make(signal);
    });
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
      const { zip, failed, ended } = await restoreAll(this.#bench, { files, task, settings, method }, tell, signal);
      const name = `${task.id}-${method.id}.zip`;
      if (zip) this.#outside.save(zip, name);
      if (ended) throw ended;
      this.forgetMany();
      this.update({ outcome: { kind: "saved", name } });
      const params = { failed, total: files.length };
      if (failed > 0) this.update({ notice: { message: "notice.batch", params, detail: "", actions: [] } });
    });
  }

  forgetMany(): void {
    this.#wait([]);
  }

  async act(action: Exclude<Action, "open">): Promise<void> {
    const { width, height } = this.state.notice?.params ?? {};
    this.dismiss();
    if (action === "cpu") {
      this.#coming ??= this.#missed;
      this.set({ backend: "cpu" });
    } else if (action === "shipped") await this.#useModel(null);
    else if (action === "reduce") await this.#reduce(Math.max(Number(width), Number(height)));
    else if (action === "as-photo" && this.#refused) await this.#openPhoto(ownPhoto(this.#refused, this.#refused.name));
    else if (this.#missed) await this.#missed.open();
    else if (this.#photo) await this.#attempt((signal) => this.#make(signal, true));
    else await this.open();
  }

  dismiss(): void {
    this.update({ notice: null });
  }

  /** Photos that wait for a ZIP. */
  #wait(many: readonly File[]): void {
    this.#many = many;
    this.update({ many: many.length });
  }

  #openPhoto(photo: Photo, mode: Settings["mode"] = "apply", many: readonly File[] = []): Promise<void> {
    return this.#open(async () => photo, mode, many);
  }

  async #open(find: (signal: AbortSignal) => Promise<Photo>, mode: Settings["mode"], many: readonly File[] = []): Promise<void> {
    const coming: Coming = { mode, many, open: () => this.#open(find, coming.mode, many) };
    const work = async (signal: AbortSignal) => {
      this.now({ kind: "decode" });
      await this.#take(await find(signal), coming, signal);
      await this.#make(signal);
    };
    await this.#attempt(work, coming);
  }

  /** Where masks are asked for, a picture of the photo's size is taken for one. */
  async #mayBeMask(file: File): Promise<boolean> {
    const { task, settings, photo } = this.state;
    if (!task.masked || settings.mode !== "test" || !photo) return false;
    try {
      const picture = await this.#client.call("decode", { file });
      this.#client.free("picture", picture.id);
      return picture.width === photo.size.width && picture.height === photo.size.height;
    } catch {
      return false; // opening it as a photo tells what is wrong
    }
  }

  /** Takes a photo on only once it has been read: a broken file leaves all as it was. */
  async #take(given: Photo, coming: Pick<Coming, "mode" | "many">, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.now({ kind: "decode" });
    const photo = { ...given, file: await copied(given.file) };
    await this.#workshop.engine(signal);
    this.now({ kind: "decode" }); // the engine may have told of its start
    const picture = await this.#client.call("decode", { file: photo.file }, { signal });
    this.#photo = photo;
    this.#coming = null;
    await this.#bench.original(photo, signal, picture);
    this.#workshop.clear();
    this.#wait(coming.many);
    const { name } = photo;
    const { width, height } = picture;
    this.update({ photo: { name, size: { width, height } }, expected: null, outcome: { kind: "ready" } });
    this.#choose({ ...this.state.settings, sample: photo.sample, mode: coming.mode });
    if (!photo.sample) void keepPhoto(photo);
  }

  /** `null`: the shipped ones alone. */
  async #useModel(given: OwnModel | null): Promise<void> {
    await this.#attempt(async (signal) => {
      this.now({ kind: "compile" });
      const own = given && (await copiedModel(given));
      await this.#workshop.engine(signal);
      if (own) {
        await this.#bench.model({ kind: "own", model: own }, signal);
        void keepModel(own);
      }
      this.update({ own });
      const methods = this.state.settings.methods.filter((id) => id !== "own");
      this.#choose({ ...this.state.settings, methods: own ? ["own"] : methods });
      await this.#again();
    }, this.#coming);
  }

  /** What there is, by the settings as they have become; a photo that was still on its way begins anew. */
  #again(): Promise<void> {
    if (this.#coming) return this.#coming.open();
    return this.#photo ? this.#attempt((signal) => this.#make(signal)) : this.open();
  }

  async #make(signal: AbortSignal, asked = false): Promise<void> {
    if (!this.#photo) throw new CallError("aborted", "");
    await this.#workshop.make(this.#photo, this.looking, asked, signal);
  }

  /** Takes a smaller copy of the photo: of the longer side that the refusal has named, or of half of it where memory ran out unforeseen. */
  async #reduce(side: number): Promise<void> {
    const photo = this.#photo;
    if (!photo) return;
    await this.#attempt(async (signal) => {
      const original = await this.#bench.original(photo, signal);
      const maxSide = side > 0 ? side : Math.ceil(Math.max(original.width, original.height) / 2);
      const recipe = { make: "reduced", of: original.id, maxSide } as const;
      const copy = await this.#client.call("make", { recipe }, { signal });
      const encoding = this.#client.call("encodePng", { picture: copy.id }, { signal });
      const png = await encoding.finally(() => this.#client.free("picture", copy.id));
      const smaller = ownPhoto(new Blob([png], { type: "image/png" }), photo.name);
      await this.#take(smaller, { mode: this.state.settings.mode, many: [] }, signal);
      await this.#make(signal);
    });
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
    this.update({ notice: null });
    this.#waiting++;
    try {
      await work(controller.signal);
    } catch (error) {
      if (controller !== this.#work) return;
      this.#workshop.stop();
      this.update({ outcome: { kind: "stopped" } });
      if (controller.signal.aborted) return;
      this.#missed = this.#coming;
      if (this.#coming?.many.length) this.#wait(this.#coming.many); // the others may be read
      this.update({ notice: noticeFor(error) });
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

  /** Takes settings on, and notes them in the address. Another task brings its own way to make a photo worse. */
  #choose(wanted: Settings): void {
    const task = factsOf(wanted.task);
    const settings = { ...wanted, degradation: fitting(task, wanted.degradation) };
    this.update({ settings, task });
    this.#outside.note(formatSettings(settings));
  }
}
