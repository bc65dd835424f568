/**
 * The page's behaviour: what a person can do, as methods; what is to be seen, as `state`.
 *
 * Everything follows from the settings and the photo: changing either runs again, and only what depends on it is
 * made anew. `Opener` takes in what a person brings, `Desk` does one thing at a time; `Bench` remembers what results are
 * made with, `Workshop` makes them, each `Result` remembers itself.
 */

import type { LikelyColor } from "../engine";
import type { EngineInfo, ModelInfo, Point } from "../protocol";
import { CallError } from "../protocol";
import { pixelAt } from "../view/viewport";
import { restoreAll } from "./batch";
import type { Method } from "./catalogue";
import { likelyColors, withHints } from "./coloring";
import { comingPhoto } from "./coming";
import { carried } from "./degradation";
import type { Hint } from "./hints";
import { Opener } from "./opener";
import { forgetModel } from "./own-model";
import { colorsAt } from "./probe";
import { formatSettings, LASTING_TOOLS, type LastingTool, MAX_RESULTS, parseSettings, type Settings } from "./settings";
import { type Action, plainNotice, usedMethods } from "./state";
import { factsOf, tellsClasses, usualMode } from "./tasks";

/** Milliseconds that a slider rests before a run begins. */
const REST = 90;

export class Playground extends Opener {
  /** The address has come to say something else. */
  async follow(query: string): Promise<void> {
    const { settings } = this.state;
    const before = this.coming ? { ...settings, sample: this.coming.sample } : settings;
    const wanted = parseSettings(query, before.sample);
    if (formatSettings(wanted) === formatSettings(before)) return;
    // The photo that is there keeps its name until the wanted one is.
    this.adopt({ ...wanted, sample: settings.sample });
    if (wanted.sample !== before.sample) return this.open(wanted.sample);
    this.on({ kind: "chosen", change: { mode: wanted.mode } });
    if (formatSettings({ ...before, cut: wanted.cut }) !== formatSettings(before)) this.workshop.recut();
    await this.again();
  }

  /**
   * While another view looks at the photo: pictures are prepared for it, and nothing is run until the playground is back.
   * Work that these views must not cancel continues: a photo on its way, many photos.
   */
  rest(on: boolean): void {
    if (this.workshop.rests === on) return;
    this.workshop.rests = on;
    if (this.coming || this.gathers || this.restores) return;
    if (this.photo && (!on || this.state.activity)) void this.again();
  }

  /** What another view has heard of the engine. */
  engineIs(engine: EngineInfo): void {
    this.workshop.engineIs(engine);
  }

  /** A method's first network, for a view that looks into it. */
  async network({ stages }: Method, signal: AbortSignal): Promise<ModelInfo> {
    const first = stages.find((stage) => stage.kind !== "filter");
    if (!first) throw new CallError("unknown", "this method has no network");
    try {
      return await this.waiting(() => this.bench.model(first, signal));
    } finally {
      const { activity } = this.state;
      if (activity?.kind === "download" || activity?.kind === "compile") this.now(null);
    }
  }

  /** Runs once sliders have come to rest, or a big photo would never get beyond its first tile. */
  set(change: Partial<Settings>): void {
    const { settings } = this.state;
    const otherTask = change.task !== undefined && change.task !== settings.task;
    if (otherTask) this.update({ look: null });
    const mode = change.mode ?? (change.task !== undefined && otherTask ? this.#modeFor(change.task) : settings.mode);
    if (change.mode || otherTask) this.on({ kind: "chosen", change: { mode } });
    // A size that was wished for belongs to the task it was wished for.
    const own = otherTask
      ? { enlarge: null, degradation: carried(this.state.task, factsOf(change.task ?? ""), settings.degradation) }
      : {};
    this.adopt({ ...settings, ...own, ...change, mode }, otherTask);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.again(), REST);
  }

  /** What another task does with the photo: as before, but that without a mask there is nothing for one to score. */
  #modeFor(id: string): Settings["mode"] {
    const { settings, task: from, mask } = this.state;
    const { mode, sample } = this.coming ?? settings;
    const to = factsOf(id);
    if (tellsClasses(to)) return mask ? mode : "apply";
    return tellsClasses(from) && sample ? usualMode(to) : mode;
  }

  /**
   * Adds a method or removes it; one always stays. The chosen result stays the chosen one, and the wipe shows
   * a method that was added to the left of it. `roomy`: there is room for several pictures side by side.
   */
  toggleMethod(id: string, roomy = true): void {
    const { settings } = this.state;
    const used = usedMethods(this.state);
    const adds = !used.includes(id);
    const methods = adds ? [...used, id] : used.filter((other) => other !== id);
    if (methods.length === 0 || methods.length > MAX_RESULTS) return;
    const { chosen: seen } = this.state;
    const chosen = seen && methods.includes(seen) ? seen : null;
    const left = adds ? id : settings.left === id ? null : settings.left;
    const second = methods.length === 2 && used.length === 1;
    this.set({ methods, chosen, left, layout: second && roomy ? "grid" : settings.layout });
  }

  /** The result to save, and to see on the right of the wipe. */
  choose(id: string): void {
    if (!this.state.results.some((result) => result.id === id)) return;
    this.update({ chosen: id });
    this.adopt({ ...this.state.settings, chosen: id });
  }

  /** How results are looked at: nothing to run. */
  arrange(how: Partial<Pick<Settings, "layout" | "left">>): void {
    this.adopt({ ...this.state.settings, ...how });
  }

  /** Takes up a tool or puts it away. Maps of differences are made once somebody looks at them. */
  toggleTool(tool: LastingTool): void {
    const { activity, settings } = this.state;
    const tools = LASTING_TOOLS.filter((one) => settings.tools.includes(one) !== (one === tool));
    this.adopt({ ...settings, tools });
    const busy = activity !== null && activity.kind !== "saving";
    if (tool === "difference" && tools.includes(tool) && !busy) void this.again();
  }

  /** From the settings as they are now to the results that are missing; where none is, all of them anew. */
  async run(): Promise<void> {
    if (this.coming || this.gathers) return; // runs by itself once it is there
    if (!this.photo) return this.missed ? this.bringIn(this.missed) : this.open();
    if (this.state.results.every(({ status }) => status === "done")) this.workshop.expire();
    await this.attempt((signal) => this.make(signal, "all"));
  }

  /** The colours of every picture at one place, given as a share of its width and height. */
  probe(at: Point): Promise<Record<string, number[]>> {
    return colorsAt(this.client, at, this.state);
  }

  /** The colors that are known, at places of the part of the photo that is used. */
  hint(hints: readonly Hint[]): void {
    this.set({ hints: withHints(this.state, hints) });
  }

  /** The colors that the network finds likely at a place, beside these hints; none where it cannot tell, or is gone. */
  async likelyColors(at: Point, hints: readonly Hint[]): Promise<LikelyColor[]> {
    const { signal } = new AbortController();
    return likelyColors(this.bench, this.state, at, hints, signal).catch(() => []);
  }

  /** CIE L* of what the methods get, at a place of it; null where it is gone meanwhile, or there is none. */
  async lightnessAt(at: Point): Promise<number | null> {
    const { input } = this.state;
    if (!input) return null;
    try {
      const place = pixelAt(at, input.layer.size);
      const [red = 0, green = 0, blue = 0] = await this.client.call("pixel", { picture: input.picture, at: place });
      const [lightness] = await this.client.call("lab", { rgb: [red, green, blue] });
      return lightness;
    } catch {
      return null;
    }
  }

  /** CIE a* and b* of an sRGB color. */
  async chromaOf(rgb: [number, number, number]): Promise<{ a: number; b: number }> {
    const [, a, b] = await this.client.call("lab", { rgb });
    return { a, b };
  }

  /** Applies the chosen method to all photos that were brought together, into one ZIP. */
  async restoreMany(): Promise<void> {
    const method = this.state.results.find(({ id }) => id === this.state.chosen)?.method;
    const files = this.many;
    if (!method || files.length === 0) return;
    await this.attempt(async (signal) => {
      const { task, settings } = this.state;
      await this.workshop.engine(signal);
      const tell = (done: number) => this.now({ kind: "batch", done, total: files.length });
      const { cut } = settings;
      const { zip, failed, ended } = await restoreAll(this.bench, { files, task, settings, method, cut }, tell, signal);
      const name = `${task.id}-${method.id}.zip`;
      if (zip) this.outside.save(zip, name);
      if (ended) throw ended;
      this.forgetMany();
      this.update({ outcome: { kind: "saved", name } });
      const params = { failed, total: files.length };
      if (failed > 0) this.update({ notice: plainNotice("notice.batch", { params }) });
    });
  }

  forgetMany(): void {
    this.waitFor([]);
  }

  async act(action: Exclude<Action, "open">): Promise<void> {
    const { width, height } = this.state.notice?.params ?? {};
    this.dismiss();
    switch (action) {
      case "cpu":
        this.on({ kind: "wanted" });
        return this.set({ backend: "cpu" });
      case "shipped":
        void forgetModel();
        return this.useModel(null);
      case "reduce":
        return this.reduce(Math.max(Number(width), Number(height)));
      case "as-photo":
        return this.refused ? this.bringIn(comingPhoto(this.refused)) : undefined;
      case "retry":
        if (this.missed) return this.bringIn(this.missed);
        return this.photo ? this.attempt((signal) => this.make(signal, "all")) : this.open();
    }
  }

  /** Puts what is proposed away. */
  decline(): void {
    this.update({ look: null });
  }

  dismiss(): void {
    this.update({ notice: null });
  }
}
