import { html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type Drawing, paint, type Stroke } from "../app/strokes";
import { Localized, t } from "../i18n";
import type { Point } from "../protocol";
import { drawStyles } from "./draw.styles";
import { icons } from "./icons";
import { Leaving } from "./leaving";
import "./segments";
import { dialogs, shared } from "./shared";
import "./slider";

/** Longer side of a drawing, in pixels: a few times the networks' input. */
export const DRAWN = 512;
/** Width of the pen, in percent of the drawing's width. */
const WIDTHS = { min: 0.4, max: 6, step: 0.2, first: 1.2 };
/** Milliseconds that the pen must rest before the drawing is processed. */
const REST = 120;
const TOOLS = ["pen", "eraser"] as const;
type Tool = (typeof TOOLS)[number];
/** The dialog's return value when the drawing is to be kept. */
const KEEP = "keep";

/**
 * Draws lines on blank paper, or on the existing lines, beside the scene made from them. Emits `drawn` with a PNG file
 * whenever the pen rests, and `dropped` if it is closed without Done after that.
 */
@customElement("up-draw")
export class DrawDialog extends Localized {
  /** The scene made from the drawing. */
  @property({ attribute: false }) scene: ImageBitmap | null = null;
  /** Whether the scene is out of date. */
  @property({ type: Boolean }) busy = false;
  @state() private strokes: readonly Stroke[] = [];
  /** Earlier states for undo, the latest last. */
  @state() private past: Drawing[] = [];
  @state() private ground: ImageBitmap | null = null;
  @state() private tool: Tool = "pen";
  @state() private width = WIDTHS.first;
  @query("dialog") private dialog!: HTMLDialogElement;
  @query(".paper") private paper!: HTMLCanvasElement;
  @query(".scene") private seen!: HTMLCanvasElement;
  /** The original lines. */
  #lines: ImageBitmap | null = null;
  #points: Point[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the drawing was emitted since the dialog was opened. */
  #told = false;

  static override styles = [shared, dialogs, drawStyles];

  constructor() {
    super();
    new Leaving(this, () => this.dialog);
  }

  /** `lines`: the existing drawing; null for blank paper. */
  show(lines: ImageBitmap | null): void {
    this.#lines = lines;
    this.ground = lines;
    this.strokes = [];
    this.past = [];
    const { width, height } = lines ?? { width: 1, height: 1 };
    const factor = DRAWN / Math.max(width, height);
    Object.assign(this.paper, { width: Math.round(width * factor), height: Math.round(height * factor) });
    this.#told = false;
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  protected override render() {
    const tools = TOOLS.map((value) => ({ value, label: t(`draw.${value}`) }));
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @keydown=${this.#key}>
      <div class="head">
        <h2 id="title">${t("draw.heading")}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.dialog.close()}>${icons.close}</button>
      </div>
      <div class="stage">
        <canvas class="paper" role="img" aria-label=${t("draw.paper")} data-tool=${this.tool} @pointerdown=${this.#begin} @pointermove=${this.#move}
          @pointerup=${this.#end} @pointercancel=${this.#end}></canvas>
        <canvas class="scene" role="img" aria-label=${t("draw.scene")} aria-busy=${this.busy ? "true" : "false"}></canvas>
      </div>
      <div class="tools">
        <up-segments .label=${t("draw.tool")} .options=${tools} .value=${this.tool} @pick=${(event: CustomEvent<Tool>) => (this.tool = event.detail)}></up-segments>
        <up-slider .label=${t("draw.width")} .min=${WIDTHS.min} .max=${WIDTHS.max} .step=${WIDTHS.step} .value=${this.width} .said=${""}
          @slide=${(event: CustomEvent<number>) => (this.width = event.detail)}></up-slider>
        <button ?disabled=${this.past.length === 0} @click=${this.#undo}>${icons.undo} ${t("draw.undo")}</button>
        <button ?disabled=${!this.ground && this.strokes.length === 0} @click=${this.#blank}>${t("draw.blank")}</button>
        ${this.#lines ? html`<button ?disabled=${this.ground !== null} @click=${() => this.#set({ ground: this.#lines, strokes: [] })}>${t("draw.lines")}</button>` : nothing}
      </div>
      <div class="foot">
        <button @click=${() => this.dialog.close()}>${t("draw.cancel")}</button>
        <button class="primary" @click=${() => this.dialog.close(KEEP)}>${t("draw.done")}</button>
      </div>
    </dialog>`;
  }

  protected override updated(): void {
    this.#paint();
    const { scene, seen } = this;
    if (!scene) return seen.removeAttribute("data-there");
    if (seen.width !== scene.width || seen.height !== scene.height) {
      Object.assign(seen, { width: scene.width, height: scene.height });
    }
    seen.getContext("2d")?.drawImage(scene, 0, 0);
    seen.toggleAttribute("data-there", true);
  }

  #paint(): void {
    const context = this.paper.getContext("2d");
    const now = this.#points ? [...this.strokes, this.#stroke(this.#points)] : this.strokes;
    if (context) paint(context, { ground: this.ground, strokes: now });
  }

  #stroke(points: readonly Point[]): Stroke {
    return { points, width: this.width / 100, erases: this.tool === "eraser" };
  }

  #place({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width } = this.paper.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / width };
  }

  #begin = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.paper.setPointerCapture(event.pointerId);
    clearTimeout(this.#timer);
    this.#points = [this.#place(event)];
    this.#paint();
  };

  #move = (event: PointerEvent): void => {
    if (!this.#points) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    this.#points.push(...(passed.length > 0 ? passed : [event]).map((one) => this.#place(one)));
    this.#paint();
  };

  #end = (): void => {
    const points = this.#points;
    this.#points = null;
    if (points) this.#set({ ground: this.ground, strokes: [...this.strokes, this.#stroke(points)] });
  };

  #set({ ground, strokes }: Drawing): void {
    this.past = [...this.past, { ground: this.ground, strokes: this.strokes }];
    this.#show({ ground, strokes });
  }

  #show({ ground, strokes }: Drawing): void {
    this.ground = ground;
    this.strokes = strokes;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tell, REST);
  }

  #blank = (): void => {
    this.tool = "pen"; // there is nothing to erase
    this.#set({ ground: null, strokes: [] });
  };

  #undo = (): void => {
    const last = this.past.at(-1);
    if (!last) return;
    this.past = this.past.slice(0, -1);
    this.#show(last);
  };

  #key = (event: KeyboardEvent): void => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#undo();
  };

  #tell = (): void => {
    this.#timer = undefined;
    this.#told = true;
    this.paper.toBlob((png) => {
      if (!png) return;
      const detail = new File([png], `${t("draw.name")}.png`, { type: "image/png" });
      this.dispatchEvent(new CustomEvent<File>("drawn", { detail }));
    });
  };

  #closed = (): void => {
    const waits = this.#timer !== undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#points = null;
    if (this.dialog.returnValue !== KEEP) {
      if (this.#told) this.dispatchEvent(new CustomEvent("dropped"));
    } else if (waits) this.#tell();
  };
}
