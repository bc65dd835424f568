/**
 * The lab's behavior: settings, the worked example that the engine computes from them, and the selected cell. The
 * elements read it; it emits `change`.
 */

import { noticeFor } from "../app/state";
import type { Client } from "../client";
import type { MessageKey, Params } from "../i18n";
import { type Marks, marksOf, noMarks, type Target } from "./marks";
import { fromTensor, type Matrix, matrix } from "./matrix";
import { PRESETS, type PresetId, presetOf } from "./presets";
import { formatSettings, overlapRequest, parseSettings, type Settings, toRequest } from "./settings";
import { impossible } from "./size";
import { Worked } from "./worked";

/** The lecture's two ways to compute a transposed convolution. */
export type ConvView = "spread" | "stamp";

/** Why there is nothing to show. */
export interface Refusal {
  message: MessageKey;
  params: Params;
}

export interface Overlap {
  /** Side of the kernel. */
  kernel: number;
  /** Number of input cells that reach each output cell: along a line, and in a square. */
  line: Matrix;
  square: Matrix;
}

export class Lab extends EventTarget {
  preset: PresetId = "nearest";
  settings: Settings = PRESETS.nearest;
  worked: Worked | null = null;
  refusal: Refusal | null = null;
  overlap: Overlap | null = null;
  /** The overlap of the next larger kernel if this one is uneven, of the next smaller if it is even. */
  otherOverlap: Overlap | null = null;
  view: ConvView = "spread";
  /** Number of finished steps; null: all. */
  step: number | null = null;
  #pinned: Target | null = null;
  #pointed: Target | null = null;
  #client: Client;
  #asked = 0;
  #overlapOf = "";

  constructor(client: Client) {
    super();
    this.#client = client;
  }

  /** Opens a preset, with the changes in the address. */
  open(id: string, query = ""): void {
    this.preset = presetOf(id);
    this.view = new URLSearchParams(query).get("view") === "stamp" ? "stamp" : "spread";
    this.#pinned = this.#pointed = null;
    this.step = null;
    void this.#work(parseSettings(query, PRESETS[this.preset]));
  }

  /** The changes to the preset, as in the address. */
  get query(): string {
    const { settings, preset } = this;
    return [formatSettings(settings, PRESETS[preset]), ...(this.stamping ? ["view=stamp"] : [])]
      .filter(Boolean)
      .join("&");
  }

  change(change: Partial<Settings>): void {
    this.step = null;
    this.#pinned = null;
    void this.#work({ ...this.settings, ...change });
    this.dispatchEvent(new Event("settings"));
  }

  setView(view: ConvView): void {
    this.view = view;
    this.step = null;
    this.#changed();
    this.dispatchEvent(new Event("settings"));
  }

  /** Number of steps: stamps, windows, or output cells. */
  get steps(): number {
    const { worked } = this;
    if (!worked) return 0;
    if (this.stamping) return worked.settings.input.values.length;
    return (worked.pooled?.maxima ?? worked.output).values.length;
  }

  get stamping(): boolean {
    return this.settings.operator === "transposed-conv" && this.view === "stamp";
  }

  setStep(step: number): void {
    this.step = step >= this.steps ? null : Math.max(0, step);
    this.#pinned = null;
    this.#changed();
  }

  point(target: Target | null): void {
    if (same(target, this.#pointed)) return;
    this.#pointed = target;
    this.#changed();
  }

  pin(target: Target): void {
    this.#pinned = same(target, this.#pinned) ? null : target;
    this.#changed();
  }

  unpin(): void {
    if (!this.#pinned) return;
    this.#pinned = null;
    this.#changed();
  }

  get pinned(): Target | null {
    return this.#pinned;
  }

  /** The selected cell: pinned, pointed at, or produced by the last step. */
  get target(): Target | null {
    return this.#pinned ?? this.#pointed ?? this.#stepped();
  }

  get marks(): Marks {
    const { worked, target } = this;
    return worked && target ? marksOf(worked, target) : noMarks();
  }

  #stepped(): Target | null {
    const { step } = this;
    if (step === null || step === 0) return null;
    const grid = this.stamping ? "input" : this.worked?.pooled ? "maxima" : "output";
    return { grid, cell: step - 1 };
  }

  /** Asks the engine; if answers overtake each other, the last request counts. */
  async #work(settings: Settings): Promise<void> {
    const asked = ++this.#asked;
    this.settings = settings;
    this.#changed();
    try {
      const answer = await this.#client.call("upsample", toRequest(settings));
      if (asked !== this.#asked) return;
      this.worked = new Worked(settings, answer);
      this.refusal = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.worked = null;
      this.refusal = impossible(settings) ?? noticeFor(error);
    }
    this.#pointed = null;
    this.#changed();
    if (settings.operator === "transposed-conv") await this.#count(settings);
  }

  /** Overlaps depend only on kernel size and stride. */
  async #count(settings: Settings): Promise<void> {
    const {
      stride,
      kernel: { width },
    } = settings;
    const of = `${width} ${stride}`;
    if (of === this.#overlapOf) return;
    this.#overlapOf = of;
    const other = width % stride === 0 && width > 1 ? width - 1 : width + 1;
    try {
      const [overlap, otherOverlap] = [
        await this.#overlapOfKernel(width, stride),
        await this.#overlapOfKernel(other, stride),
      ];
      if (of !== this.#overlapOf) return;
      Object.assign(this, { overlap, otherOverlap });
    } catch {
      this.#overlapOf = "";
      this.overlap = this.otherOverlap = null;
    }
    this.#changed();
  }

  async #overlapOfKernel(kernel: number, stride: number): Promise<Overlap> {
    const count = async (height: number) => {
      const { output } = await this.#client.call("upsample", overlapRequest(kernel, stride, height));
      return fromTensor(output);
    };
    const [line, square] = [await count(1), await count(8)];
    // All rows of a kernel of ones are equal.
    return { kernel, line: matrix(line.values.slice(0, line.width)), square };
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function same(a: Target | null, b: Target | null): boolean {
  return a?.grid === b?.grid && a?.cell === b?.cell;
}
