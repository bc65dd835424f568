/**
 * The inspector's behavior: the selection, and everything computed to show it, piece by piece. Picture, task and
 * backend are the playground's. The elements read it; it emits `change`.
 */

import type { Method } from "../app/catalogue";
import { Kept } from "../app/kept";
import { Maker } from "../app/maker";
import { keyOf } from "../app/own-model";
import type { Playground } from "../app/playground";
import { isMasked } from "../app/state";
import type { Job } from "../app/task-queue";
import type { Client } from "../client";
import type { BackendName } from "../engine";
import type { Profile, Weights } from "../inspection";
import { CallError, type FeaturesInfo, type PictureInfo, type Point } from "../protocol";
import { FIRST_LOOK, type Look } from "./address";
import type { Attention } from "./attention";
import type { Box } from "./graph";
import { InspectedModel, nodeOf, outputName } from "./inspected";
import { type Loss, Losses } from "./losses";
import { Outputs, type Shown, type Source } from "./outputs";
import { Thumbnails } from "./thumbnails";

/** Side of the visible square of a picture, in pixels. */
export const SIDE = 256;
const OVERVIEW = 320;

/** Feature maps: one value of a network. */
export interface Maps {
  method: Method;
  box: Box;
  value: string;
  features: FeaturesInfo;
  /** Width of the node's input plane, which max-pooling indices refer to. */
  across: number;
}

/** Times of one network, by backend. */
export type Times = Partial<Record<BackendName, Profile>>;

/** State of the timing: running, queued behind other work, held by a stop or a failure, or done. */
export type Phase = "measuring" | "waiting" | "stopped" | "done";

export class Inspector extends Maker {
  readonly playground: Playground;
  readonly client: Client;
  look: Look = FIRST_LOOK;
  readonly inspected: Kept<InspectedModel>;
  readonly beside: Kept<InspectedModel>;
  /** The whole input as a thumbnail. */
  readonly overview = new Kept<ImageBitmap>((bitmap) => bitmap.close());
  readonly thumbnails: Thumbnails;
  readonly outputs: Outputs;
  readonly losses: Losses;
  #maps: Kept<Maps>;
  #besideMaps: Kept<Maps>;
  #weights = new Kept<Weights[]>();
  /** Values of the selected attention. */
  #attended: Kept<FeaturesInfo>;
  /** The attention selected by the user; null: the network's last one. */
  #attention: string | null = null;
  /** Id of the inspected picture. */
  #picture: number | null = null;
  /** Times by network and size, then by backend; kept while the page lives. */
  #times = new Map<string, Times>();
  /** Key of the network to time again. */
  #timedAgain: string | null = null;

  constructor(playground: Playground, client: Client) {
    super();
    this.playground = playground;
    this.client = client;
    const freeModel = ({ inspection }: InspectedModel) => client.free("inspection", inspection.id);
    const freeMaps = ({ features }: Maps) => client.free("features", features.id);
    this.inspected = new Kept(freeModel);
    this.beside = new Kept(freeModel);
    this.#maps = new Kept(freeMaps);
    this.#besideMaps = new Kept(freeMaps);
    this.#attended = new Kept(({ id }) => client.free("features", id));
    this.thumbnails = new Thumbnails(client);
    this.outputs = new Outputs(client);
    this.losses = new Losses(client);
    let { engine, own } = playground.state;
    playground.addEventListener("change", () => {
      const brought = playground.state.own !== own && playground.state.own !== null;
      own = playground.state.own;
      // A user who opens a network wants to inspect it.
      if (brought) {
        this.look = { ...FIRST_LOOK, at: this.look.at };
        this.dispatchEvent(new Event("look"));
      }
      if (playground.state.engine !== engine) {
        this.#forget();
        this.forgive();
      }
      engine = playground.state.engine;
      // Values derived from a picture keep it alive in the worker.
      if (this.queue.stopped && this.#picture !== null && this.#picture !== playground.state.input?.picture)
        this.#clear();
      this.changed();
    });
  }

  open(look: Look): void {
    this.look = look;
    this.wish();
  }

  set(change: Partial<Look>): void {
    this.look = { ...this.look, ...change };
    this.dispatchEvent(new Event("look"));
    this.wish();
  }

  /** Cuts these edges, or restores them. */
  cut(names: readonly string[], on: boolean): void {
    const others = this.look.cut.filter((name) => !names.includes(name));
    this.set({ cut: on ? [...others, ...names] : others });
  }

  /** Methods with a network to inspect. */
  get networks(): Method[] {
    return this.playground.state.methods.filter(({ stages }) => stages.some(({ kind }) => kind !== "filter"));
  }

  get method(): Method | null {
    const { networks } = this;
    const named = (id: string | null) => networks.find((method) => method.id === id);
    return named(this.look.model) ?? named(this.playground.state.chosen) ?? networks[0] ?? null;
  }

  get besideMethod(): Method | null {
    return this.networks.find(({ id }) => id === this.look.beside && id !== this.method?.id) ?? null;
  }

  /** Index of the selected box. */
  get at(): number {
    const inspected = this.inspected.value;
    return inspected ? (inspected.find(this.look.node) ?? inspected.first) : 0;
  }

  get box(): Box | null {
    return this.inspected.value?.graph.boxes[this.at] ?? null;
  }

  get maps(): Maps | null {
    const inspected = this.inspected.value;
    return inspected && this.standing(this.#maps, this.#mapsAt(this.inspected, inspected, this.at).key);
  }

  get besideMaps(): Maps | null {
    const inspected = this.beside.value;
    const at = inspected && this.box ? inspected.counterpart(this.box) : null;
    return inspected && at !== null
      ? this.standing(this.#besideMaps, this.#mapsAt(this.beside, inspected, at).key)
      : null;
  }

  get made(): Shown {
    const { whole, cut, difference, apart } = this.outputs;
    const { source } = this;
    if (!source) return { whole: null, cut: null, difference: null, apart: null };
    const keys = this.outputs.keys(source);
    return {
      whole: this.standing(whole, keys.whole),
      cut: this.standing(cut, keys.cut),
      difference: this.standing(difference, keys.cut),
      apart: this.standing(apart, keys.cut),
    };
  }

  get loss(): Loss | null {
    const { source } = this;
    return source && this.standing(this.losses.loss, this.losses.key(source));
  }

  get weights(): Weights[] {
    return this.standing(this.#weights, this.#weighty().key) ?? [];
  }

  /** The selected attention, if the network has any. */
  get attention(): Attention | null {
    const all = this.inspected.value?.attentions ?? [];
    return all.find(({ value }) => value === this.#attention) ?? all.at(-1) ?? null;
  }

  attend(value: string): void {
    this.#attention = value;
    this.wish();
  }

  /** Its values, once computed. */
  get attended(): FeaturesInfo | null {
    const inspected = this.inspected.value;
    const { attention } = this;
    return inspected && attention && this.standing(this.#attended, this.#attendedAt(inspected, attention).key);
  }

  /** The reference for the output: the photo before degradation; for classes, the mask's labels. */
  get original(): PictureInfo | null {
    const { state } = this.playground;
    const { original, mask } = state;
    if (!original) return null;
    const { size } = original.layer;
    const masked = isMasked(state);
    if (this.inspected.value?.model.classes.length)
      return masked && mask?.labels != null ? { id: mask.labels, ...size } : null;
    return masked ? null : { id: original.picture, ...size };
  }

  /** Inputs of outputs and losses. */
  get source(): Source | null {
    const { input } = this.playground.state;
    const { value: inspected, key } = this.inspected;
    if (!input || !inspected || key === null) return null;
    return {
      key,
      inspected,
      cut: this.cuts,
      input: { id: input.picture, ...input.layer.size },
      original: this.original,
    };
  }

  /** The network's input as displayed. */
  get input(): ImageBitmap | null {
    const input = this.inspected.value?.graph.boxes.find(({ kind }) => kind === "input");
    return input ? this.thumbnails.of(input) : null;
  }

  /** The edges of the inspected network that are cut. */
  get cuts(): string[] {
    return this.inspected.value?.cuts(this.look.cut) ?? [];
  }

  times(): Times {
    return (this.inspected.value && this.#times.get(timesKey(this.inspected.value))) ?? {};
  }

  get timing(): Phase {
    const { now, stopped } = this.queue;
    const { engine } = this.playground.state;
    const inspected = this.inspected.value;
    if (now?.startsWith("times ")) return "measuring";
    if (inspected && engine && !this.#untimed(inspected, engine.backend)) return "done";
    return stopped || now === null ? "stopped" : "waiting";
  }

  /** Times every kernel, again if the network has been timed already. */
  measure(): void {
    const inspected = this.inspected.value;
    if (inspected) this.#timedAgain = timesKey(inspected);
    this.retry();
  }

  /** The value of a feature map at one place. */
  value(features: FeaturesInfo, channel: number, at: Point): Promise<number> {
    return this.client.call("featureValue", { features: features.id, channel, at });
  }

  /** One token's attention: its row in every head. */
  attendedBy({ id }: FeaturesInfo, token: number): Promise<Float32Array> {
    return this.client.call("featureRow", { features: id, row: token });
  }

  /** Missing jobs, most wanted first. */
  protected *wanted(): Generator<Job> {
    const { state } = this.playground;
    const { input, engine } = state;
    const { method } = this;
    if (!input || !engine || !method) return;
    const overviewKey = `overview ${input.picture}`;
    if (!this.overview.is(overviewKey)) {
      yield {
        key: overviewKey,
        run: async (signal) => {
          const args = { picture: input.picture, maxSide: OVERVIEW };
          this.#put(this.overview, overviewKey, await this.client.call("preview", args, { signal }));
        },
      };
    }
    const key = this.#openKey(method);
    if (!this.inspected.is(key)) return yield this.#opening(this.inspected, key, method);
    const { source } = this;
    if (!source) return;
    const { inspected, cut } = source;
    yield* this.#mapsOf(this.#maps, this.inspected, inspected, this.at);
    yield* this.#weightsOf(inspected);
    yield* this.outputs.wanted(source, () => this.tell());
    yield* this.#attentionOf(inspected);
    const { besideMethod } = this;
    if (besideMethod) {
      const besideKey = this.#openKey(besideMethod);
      if (!this.beside.is(besideKey)) yield this.#opening(this.beside, besideKey, besideMethod);
      const other = this.beside.is(besideKey) ? this.beside.value : null;
      const there = other && this.box ? other.counterpart(this.box) : null;
      if (other && there !== null) yield* this.#mapsOf(this.#besideMaps, this.beside, other, there);
      else if (other) this.#besideMaps.clear();
    }
    yield* this.losses.wanted(source, () => this.tell());
    yield* this.thumbnails.wanted(key, inspected, cut, () => this.tell());
    yield* this.#timesOf(inspected, engine.backend);
  }

  #openKey({ stages: [first] }: Method): string {
    const { input } = this.playground.state;
    const { at } = this.look;
    const model = first?.kind === "model" ? first.entry.file : first?.kind === "own" ? keyOf(first.model) : "";
    return `open ${model} ${input?.picture} ${at?.x},${at?.y}`;
  }

  #opening(into: Kept<InspectedModel>, key: string, method: Method): Job {
    return {
      key,
      run: async (signal) => {
        const { input } = this.playground.state;
        if (!input) throw new CallError("aborted", "");
        const model = await this.playground.network(method, signal);
        const args = { picture: input.picture, model: model.id, at: this.look.at, side: SIDE };
        const inspection = await this.client.call("inspect", args, { signal });
        const inspected = new InspectedModel(method, model, inspection);
        this.#picture = input.picture;
        if (into === this.inspected) this.thumbnails.forgetOthers(inspected);
        this.#put(into, key, inspected);
      },
    };
  }

  /** The selected value of a box, and the cuts that it depends on. */
  #mapsAt({ key: open }: Kept<InspectedModel>, inspected: InspectedModel, at: number) {
    const box = inspected.graph.boxes[at];
    const node = box && nodeOf(box, this.look.node);
    const value = node ? outputName(node, this.look.output) : (box?.value ?? "");
    const cut = inspected.cutsBefore(at, inspected.cuts(this.look.cut));
    return { box, node, value, cut, key: `maps ${open} ${value} ${cut}` };
  }

  *#mapsOf(into: Kept<Maps>, kept: Kept<InspectedModel>, inspected: InspectedModel, at: number): Generator<Job> {
    const { box, node, value, cut, key } = this.#mapsAt(kept, inspected, at);
    if (!box || into.is(key)) return;
    yield {
      key,
      run: async (signal) => {
        const args = { inspection: inspected.inspection.id, value, cut };
        const features = await this.client.call("features", args, { signal });
        this.#put(into, key, {
          method: inspected.method,
          box,
          value,
          features,
          across: inspected.widthOf(node?.inputs[0]),
        });
      },
    };
  }

  /** The values of an attention, and the cuts that they depend on. */
  #attendedAt(inspected: InspectedModel, { name, value }: Attention) {
    const cut = inspected.cutsBefore(inspected.find(name) ?? 0, inspected.cuts(this.look.cut));
    return { value, cut, key: `attention ${this.inspected.key} ${value} ${cut}` };
  }

  *#attentionOf(inspected: InspectedModel): Generator<Job> {
    const { attention } = this;
    if (!attention) return;
    const { value, cut, key } = this.#attendedAt(inspected, attention);
    if (this.#attended.is(key)) return;
    yield {
      key,
      run: async (signal) => {
        const args = { inspection: inspected.inspection.id, value, cut };
        this.#put(this.#attended, key, await this.client.call("features", args, { signal }));
      },
    };
  }

  /** The node of the box that has weights. */
  #weighty() {
    const { box } = this;
    const node = [box?.main, ...(box?.nodes ?? [])].find((one) => one && one.weights.length > 0);
    return { node, key: `weights ${this.inspected.key} ${node?.name}` };
  }

  *#weightsOf(inspected: InspectedModel): Generator<Job> {
    const { node, key } = this.#weighty();
    if (this.#weights.is(key)) return;
    if (!node) this.#weights.set(key, []);
    else {
      yield {
        key,
        run: async (signal) => {
          const args = { model: inspected.model.id, node: node.name };
          this.#put(this.#weights, key, await this.client.call("weights", args, { signal }));
        },
      };
    }
  }

  *#timesOf(inspected: InspectedModel, backend: BackendName): Generator<Job> {
    if (!this.#untimed(inspected, backend)) return;
    yield {
      key: `times ${timesKey(inspected)} ${backend}`,
      run: async (signal) => {
        const { profile, engine } = await this.client.call(
          "profile",
          { inspection: inspected.inspection.id },
          { signal },
        );
        this.#times.set(timesKey(inspected), { ...this.#times.get(timesKey(inspected)), [engine.backend]: profile });
        this.#timedAgain = null;
        this.playground.engineIs(engine);
        this.tell();
      },
    };
  }

  #untimed(inspected: InspectedModel, backend: BackendName): boolean {
    const key = timesKey(inspected);
    return this.#timedAgain === key || !this.#times.get(key)?.[backend];
  }

  #put<T>(kept: Kept<T>, key: string, value: T): void {
    kept.set(key, value);
    this.tell();
  }

  /**
   * The engine was replaced, or is gone: everything in the worker is lost. What is drawn stays until it is replaced.
   */
  #forget(): void {
    for (const kept of [this.inspected, this.beside, this.#maps, this.#besideMaps, this.#weights, this.#attended])
      kept.forget();
    this.outputs.expire();
    this.losses.expire();
  }

  /** Releases everything derived from the picture. */
  #clear(): void {
    for (const kept of [
      this.inspected,
      this.beside,
      this.#maps,
      this.#besideMaps,
      this.#weights,
      this.#attended,
      this.overview,
    ])
      kept.clear();
    this.outputs.expire();
    this.losses.expire();
    this.#picture = null;
  }
}

function timesKey({ method, model, inspection }: InspectedModel): string {
  return `${method.stages[0]?.kind === "model" ? method.stages[0].entry.file : method.name} ${model.bytes} ${inspection.shape}`;
}
