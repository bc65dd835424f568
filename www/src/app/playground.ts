/**
 * The page's behavior: user actions as methods, everything visible as `state`.
 *
 * Everything follows from the settings and the photo: changing either runs again, and recomputes only what depends on
 * it. `Opener` opens the user's files, `Desk` runs one piece of work at a time, `Bench` caches the resources that
 * results need, `Workshop` makes the results, and each `Result` caches its own stages.
 */

import type { LikelyColor } from "../engine";
import type { EngineInfo, ModelInfo, Point } from "../protocol";
import { CallError } from "../protocol";
import { pixelAt } from "../view/viewport";
import { restoreAll } from "./batch";
import type { Method } from "./catalogue";
import { likelyColors, withHints } from "./coloring";
import { carried } from "./degradation";
import type { Hint } from "./hints";
import { Opener } from "./opener";
import { forgetModel } from "./own-model";
import { pendingPhoto } from "./pending";
import { colorsAt } from "./probe";
import { formatSettings, LASTING_TOOLS, type LastingTool, MAX_RESULTS, parseSettings, type Settings } from "./settings";
import { type Action, plainNotice, usedMethods } from "./state";
import { factsOf, takesLines, tellsClasses, usualMode } from "./tasks";

/** Milliseconds that a slider must rest before a run begins. */
const REST = 90;

export class Playground extends Opener {
  /** The address has changed. */
  async follow(query: string): Promise<void> {
    const { settings } = this.state;
    const before = this.pending ? { ...settings, sample: this.pending.sample } : settings;
    const wanted = parseSettings(query, before.sample);
    if (formatSettings(wanted) === formatSettings(before)) return;
    // The current photo keeps its name until the wanted one is loaded.
    this.adopt({ ...wanted, sample: settings.sample });
    if (wanted.sample !== before.sample) return this.open(wanted.sample);
    this.on({ kind: "chosen", change: { mode: wanted.mode } });
    if (formatSettings({ ...before, cut: wanted.cut }) !== formatSettings(before)) this.workshop.recut();
    await this.again();
  }

  /**
   * While another view borrows the photo, pictures are prepared but nothing runs until the playground is back. Work
   * that these views must not cancel continues: a loading photo, a batch.
   */
  rest(on: boolean): void {
    if (this.workshop.rests === on) return;
    this.workshop.rests = on;
    if (this.pending || this.gathers || this.restores) return;
    if (this.photo && (!on || this.state.activity)) void this.again();
  }

  /** Takes over engine information from another view. */
  engineIs(engine: EngineInfo): void {
    this.workshop.engineIs(engine);
  }

  /** A method's first network, for the inspector. */
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

  /** Changes settings. Runs only once sliders rest; a big photo would otherwise never get beyond its first tile. */
  set(change: Partial<Settings>): void {
    const { settings } = this.state;
    const otherTask = change.task !== undefined && change.task !== settings.task;
    if (otherTask) this.update({ look: null });
    const mode = change.mode ?? (change.task !== undefined && otherTask ? this.#modeFor(change.task) : settings.mode);
    if (change.mode || otherTask) this.on({ kind: "chosen", change: { mode } });
    // A chosen size belongs to the task that it was chosen for.
    const own = otherTask
      ? { enlarge: null, degradation: carried(this.state.task, factsOf(change.task ?? ""), settings.degradation) }
      : {};
    this.adopt({ ...settings, ...own, ...change, mode }, otherTask);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.again(), REST);
  }

  /** The mode after a change of task: unchanged, except that scoring with a mask needs one. */
  #modeFor(id: string): Settings["mode"] {
    const { settings, task: from, mask, photo } = this.state;
    const { mode, sample } = this.pending ?? settings;
    const to = factsOf(id);
    if (tellsClasses(to)) return mask ? mode : "apply";
    // Of the user's photo, a task that takes lines gets the edges; no other task is to damage it for that.
    if (!sample && takesLines(to)) return photo?.lines ? mode : "test";
    if (!sample && takesLines(from)) return "apply";
    return tellsClasses(from) && sample ? usualMode(to) : mode;
  }

  /**
   * Adds or removes a method; at least one stays. The chosen result stays chosen, and an added method goes to the left
   * of the wipe. `roomy`: there is room for several pictures side by side.
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

  /** Chooses the result to save and to show on the right of the wipe. */
  choose(id: string): void {
    if (!this.state.results.some((result) => result.id === id)) return;
    this.update({ chosen: id });
    this.adopt({ ...this.state.settings, chosen: id });
  }

  /** Changes how results are displayed; nothing runs. */
  arrange(how: Partial<Pick<Settings, "layout" | "left">>): void {
    this.adopt({ ...this.state.settings, ...how });
  }

  /** Toggles a tool. Difference maps are computed only when shown. */
  toggleTool(tool: LastingTool): void {
    const { activity, settings } = this.state;
    const tools = LASTING_TOOLS.filter((one) => settings.tools.includes(one) !== (one === tool));
    this.adopt({ ...settings, tools });
    const busy = activity !== null && activity.kind !== "saving";
    if (tool === "difference" && tools.includes(tool) && !busy) void this.again();
  }

  /** Computes the missing results for the current settings; if none is missing, all of them again. */
  async run(): Promise<void> {
    if (this.pending || this.gathers) return; // runs by itself once the photo is loaded
    if (!this.photo) return this.missed ? this.bringIn(this.missed) : this.open();
    if (this.state.results.every(({ status }) => status === "done")) this.workshop.expire();
    await this.attempt((signal) => this.make(signal, "all"));
  }

  /** The color of every picture at one place, given as fractions of its width and height. */
  probe(at: Point): Promise<Record<string, number[]>> {
    return colorsAt(this.client, at, this.state);
  }

  /** Sets the color hints, in coordinates of the crop. */
  hint(hints: readonly Hint[]): void {
    this.set({ hints: withHints(this.state, hints) });
  }

  /** The colors that the network finds likely at a place, given these hints; none if it cannot tell, or is gone. */
  async likelyColors(at: Point, hints: readonly Hint[]): Promise<LikelyColor[]> {
    const { signal } = new AbortController();
    return likelyColors(this.bench, this.state, at, hints, signal).catch(() => []);
  }

  /** CIE L* of the methods' input at a place; null if there is none, or no longer. */
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

  /** Applies the chosen method to all queued photos, into one ZIP. */
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
        return this.refused ? this.bringIn(pendingPhoto(this.refused)) : undefined;
      case "retry":
        if (this.missed) return this.bringIn(this.missed);
        return this.photo ? this.attempt((signal) => this.make(signal, "all")) : this.open();
    }
  }

  /** Dismisses the proposal. */
  decline(): void {
    this.update({ look: null });
  }

  dismiss(): void {
    this.update({ notice: null });
  }
}
