/**
 * The lab's behaviour: settings, the worked example that the engine makes of them, and the cell that is looked
 * at. The elements read it; it tells of every change.
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

/** The two ways in which the lecture computes transposed convolution. */
export type ConvView = "spread" | "stamp";

/** Why there is nothing to show. */
export interface Refusal {
  message: MessageKey;
  params: Params;
}

export interface Overlap {
  /** Rows and columns of the kernel. */
  kernel: number;
  /** How many cells of the input reach each cell of the output: of a line, and of a square. */
  line: Matrix;
  square: Matrix;
}

export class Lab extends EventTarget {
  preset: PresetId = "nearest";
  settings: Settings = PRESETS.nearest;
  worked: Worked | null = null;
  refusal: Refusal | null = null;
  overlap: Overlap | null = null;
  /** Of the kernel that is one larger where overlaps are uneven, or one smaller where they are even. */
  otherOverlap: Overlap | null = null;
  view: ConvView = "spread";
  /** How many steps are done; null: all. */
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

  /** Another preset, and what the address changes of it. */
  open(id: string, query = ""): void {
    this.preset = presetOf(id);
    this.view = new URLSearchParams(query).get("view") === "stamp" ? "stamp" : "spread";
    this.#pinned = this.#pointed = null;
    this.step = null;
    void this.#work(parseSettings(query, PRESETS[this.preset]));
  }

  /** What the address holds of it, beside the preset. */
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

  /** What there is to step through: stamps, windows, or cells of the output. */
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

  /** The cell that is looked at: pinned, pointed at, or the one that the last step made. */
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

  /** Asks the engine; of answers that overtake each other the last one asked for counts. */
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

  /** Overlaps depend on the sizes of kernel and stride alone. */
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
    // All rows of a kernel of ones are alike.
    return { kernel, line: matrix(line.values.slice(0, line.width)), square };
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function same(a: Target | null, b: Target | null): boolean {
  return a?.grid === b?.grid && a?.cell === b?.cell;
}
