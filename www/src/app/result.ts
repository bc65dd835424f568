/**
 * One method's result: runs, post-processes and measures it, with each stage cached, so that only what changed is
 * recomputed.
 */

import type { PictureInfo } from "../protocol";
import { Layer, OVERVIEW_SIDE } from "../view/layer";
import type { Bench } from "./bench";
import type { Method } from "./catalogue";
import { takesNoiseLevel } from "./hints";
import { layerOf } from "./pictures";
import { type Made, type Order, runStages, sourceOf, touches } from "./stages";
import type { Notice, ResultState } from "./state";

/** Period of the patterns that ×2 upsampling leaves. */
const PERIOD = 2;

export class Result {
  method: Method;
  state: ResultState;
  #bench: Bench;
  #changed: () => void;
  #raw: { key: string; made: Made } | null = null;
  #shown: { key: string; picture: PictureInfo } | null = null;
  /** Whether the layer shows something other than `#shown`: tiles of a run, or nothing yet. */
  #painted = false;
  /** Ids of the inputs of the layer and of the wanted result. */
  #of: number | null = null;
  #wanted: number | null = null;
  /** Whether the layer was begun over the result of another input, which shows between its tiles. */
  #mixed = false;
  #measured = "";
  #compared = "";

  constructor(method: Method, bench: Bench, changed: () => void) {
    this.method = method;
    this.#bench = bench;
    this.#changed = changed;
    this.state = {
      id: method.id,
      method,
      status: "waiting",
      fraction: 0,
      layer: null,
      difference: null,
      picture: null,
      size: null,
      milliseconds: null,
      backend: null,
      classes: [],
      scores: null,
      agreement: null,
      checkerboard: null,
      gray: false,
      optional: {},
      failure: null,
    };
  }

  /** The same method with other filter options. */
  use(method: Method): void {
    this.method = method;
  }

  /** `optional`: the optional inputs of the method's networks, known once they have run. */
  #rawKey(order: Order, optional = this.#raw?.made.optional ?? {}): string {
    const { settings, told } = order;
    const { stages } = this.method;
    const filters = stages.flatMap((stage) => (stage.kind === "filter" ? [stage.filter] : []));
    const hasNetwork = filters.length < stages.length;
    const heard = takesNoiseLevel(optional) ? told : { ...told, sigma: null };
    return JSON.stringify([sourceOf(this.method, order).id, settings.backend, filters, ...(hasNetwork ? [heard] : [])]);
  }

  isFresh(order: Order): boolean {
    return this.#raw?.key === this.#rawKey(order);
  }

  /** Runs the method. Tiles painted before a stop stay. */
  async run(order: Order, signal: AbortSignal): Promise<Made> {
    this.#set({ status: "running" });
    let painting: Layer | null = null;
    const made = await runStages(
      this.#bench,
      this.method,
      sourceOf(this.method, order),
      order.near,
      order.told,
      {
        onLast: (size) => (painting = new Layer(size)),
        onTile: (tile) => {
          if (!painting) return tile.bitmap.close();
          if (this.state.layer !== painting) this.#begin(painting, order.input);
          painting.paint(tile);
        },
        onFraction: (fraction) => this.#set({ fraction }),
      },
      signal,
    );
    this.#dropPictures();
    this.#raw = { key: this.#rawKey(order, made.optional), made };
    this.#set({
      milliseconds: made.milliseconds,
      backend: made.engine?.backend ?? null,
      classes: made.classes,
      gray: made.gray,
      optional: made.optional,
    });
    return made;
  }

  /** Post-processes the raw result and shows it. */
  async finish(order: Order, signal: AbortSignal): Promise<void> {
    const raw = this.#raw;
    if (!raw) return;
    const { input } = order;
    const { from, recipes } = touches(this.method, raw.made, order);
    const key = JSON.stringify([raw.made.picture.id, recipes]);
    this.#wanted = input.id;
    if (this.#shown?.key !== key) {
      const picture = await this.#bench.chain(from, recipes, signal);
      this.#freeShown();
      this.#shown = { key, picture };
      this.#painted = true;
    }
    if (this.#painted) this.#show(await layerOf(this.#bench, this.#shown.picture, signal));
    this.#painted = this.#mixed = false;
    this.#of = input.id;
    const { id, width, height } = this.#shown.picture;
    this.#set({ status: "done", fraction: 1, picture: id, size: { width, height }, failure: null });
  }

  /**
   * Scores against `reference` if it has the same size, without `border` pixels along the edges, and measures the
   * checkerboard of the raw result. Label pictures are compared with a label picture.
   */
  async measure(reference: PictureInfo | null, border: number, signal: AbortSignal): Promise<void> {
    const shown = this.#shown?.picture;
    const raw = this.#raw?.made;
    const key = `${shown?.id} ${reference?.id}`;
    if (!shown || !raw || this.#measured === key) return;
    const { client } = this.#bench;
    if (raw.classes.length > 0) {
      const ids = reference && { labels: raw.picture.id, truth: reference.id, classes: raw.classes.length };
      const agreement = ids ? await client.call("scoreLabels", ids, { signal }) : null;
      this.#measured = key;
      return this.#set({ scores: null, agreement, checkerboard: null });
    }
    const comparable = reference && reference.width === shown.width && reference.height === shown.height;
    const scores = comparable
      ? await client.call("score", { picture: shown.id, reference: reference.id, border }, { signal })
      : null;
    // After resizing, the grid has another period.
    const isResized = shown.width !== raw.picture.width || shown.height !== raw.picture.height;
    const checkerboard = await this.#checkerboard(isResized ? raw.picture : shown, signal);
    this.#measured = key;
    this.#set({ scores, agreement: null, checkerboard });
  }

  #checkerboard(shown: PictureInfo, signal: AbortSignal): Promise<number | null> {
    const { client } = this.#bench;
    const measured = client.call("checkerboard", { picture: shown.id, period: PERIOD }, { signal });
    return measured.catch((error: unknown) => (signal.aborted ? Promise.reject(error) : null)); // too small to measure
  }

  /** The difference map against a picture of the same size. */
  async compare(reference: PictureInfo, gain: number, signal: AbortSignal): Promise<void> {
    const shown = this.#shown?.picture;
    const key = `${shown?.id} ${reference.id} ${gain}`;
    if (!shown || this.#compared === key) return;
    const { client } = this.#bench;
    const recipe = { make: "difference", of: shown.id, from: reference.id, gain } as const;
    const map = await client.call("make", { recipe }, { signal });
    try {
      const overview = await client.call("preview", { picture: map.id, maxSide: OVERVIEW_SIDE }, { signal });
      const layer = new Layer(map);
      layer.show(overview, null);
      this.state.difference?.close();
      this.#compared = key;
      this.#set({ difference: layer });
    } finally {
      client.free("picture", map.id);
    }
  }

  /** Queued. The old picture stays visible until then, but is neither saved nor scored. */
  await(input: PictureInfo): void {
    this.#wanted = input.id;
    this.#measured = this.#compared = "";
    this.state.difference?.close();
    const nothing = { picture: null, difference: null, scores: null, agreement: null, checkerboard: null };
    this.#set({ status: "waiting", fraction: 0, failure: null, ...nothing });
  }

  stop(): void {
    if (this.state.status !== "running" && this.state.status !== "waiting") return;
    this.#hideOutdated();
    this.#set({ status: "stopped" });
  }

  fail(failure: Notice): void {
    this.#hideOutdated();
    this.#set({ status: "failed", failure });
  }

  /** Lost with its worker; the drawn layer stays. */
  forget(): void {
    this.#raw = this.#shown = null;
    this.#measured = this.#compared = "";
    this.#hideOutdated();
    this.#set({ status: "stopped", picture: null });
  }

  /** Forces it to run again. */
  expire(): void {
    if (this.#raw) this.#raw.key = "";
  }

  close(): void {
    this.#dropPictures();
    this.state.layer?.close();
    this.state.difference?.close();
  }

  /** Begins to paint over the current layer. */
  #begin(painting: Layer, input: PictureInfo): void {
    const { layer } = this.state;
    this.#mixed = layer !== null && (this.#mixed || this.#of !== input.id);
    this.#of = input.id;
    this.#painted = true;
    painting.begin(layer);
    this.#show(painting);
  }

  /** If nothing more will come, a picture of another input must not pass for the wanted one. */
  #hideOutdated(): void {
    const { layer } = this.state;
    if (this.#mixed) layer?.bare();
    this.#mixed = false;
    if (!layer || this.#of === this.#wanted) return;
    this.#painted = true;
    this.#set({ layer: null });
    layer.close();
  }

  #show(layer: Layer): void {
    const last = this.state.layer;
    this.#set({ layer });
    last?.close();
  }

  #freeShown(): void {
    const shown = this.#shown?.picture;
    if (shown && shown !== this.#raw?.made.picture) this.#bench.client.free("picture", shown.id);
    this.#shown = null;
  }

  #dropPictures(): void {
    this.#freeShown();
    if (this.#raw) this.#bench.client.free("picture", this.#raw.made.picture.id);
    this.#raw = null;
  }

  #set(change: Partial<ResultState>): void {
    this.state = { ...this.state, ...change };
    this.#changed();
  }
}
