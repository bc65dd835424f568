import { html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import {
  type Cut,
  cutOf,
  dragged,
  type Framed,
  flipped,
  framed,
  type Grip,
  turned,
  turnedSize,
  wholeOf,
} from "../app/cut";
import type { Rect } from "../engine";
import { Localized, t } from "../i18n";
import type { Size } from "../view/viewport";
import { cropStyles } from "./crop.styles";
import { icons } from "./icons";
import { Leaving } from "./leaving";
import { dialogs, shared } from "./shared";

/** Longest side of the displayed photo, in pixels. */
export const SHOWN = 1400;
const SIDES = [-1, 0, 1] as const;
/** Fraction of a side that arrow keys move by; with Ctrl it is one pixel. */
const KEY_STEP = 0.02;
const NUMBERS = ["x", "y", "width", "height"] as const;

/**
 * Crops and rotates the photo, in a dialog: by pointer and touch, by arrow keys (with Shift they move the right and the
 * lower edge) or by numbers. Emits `cut` with the crop.
 */
@customElement("up-crop")
export class CropDialog extends Localized {
  /** Size of the whole photo. */
  @state() private size: Size = { width: 1, height: 1 };
  @state() private now: Framed = framed(wholeOf(this.size), this.size);
  /** Earlier states for undo, the latest last. */
  @state() private past: Framed[] = [];
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("canvas") private canvas!: HTMLCanvasElement;
  #bitmap: ImageBitmap | null = null;
  #drag: { grip: Grip; from: Framed; x: number; y: number } | null = null;

  static override styles = [shared, dialogs, cropStyles];

  constructor() {
    super();
    new Leaving(this, () => this.dialog);
  }

  /** `photo`: the whole photo at `size`, or a smaller copy; `cut`: the current crop. */
  show(photo: ImageBitmap, size: Size, cut: Cut | null): void {
    this.#bitmap = photo;
    this.size = size;
    this.now = framed(cut ?? wholeOf(this.size), this.size);
    this.past = [];
    this.dialog.showModal();
  }

  protected override render() {
    const { frame } = this.now;
    const { width, height } = this.#seen;
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @keydown=${this.#undoKey}>
      <div class="head">
        <h2 id="title">${t("crop.heading")}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.dialog.close()}>${icons.close}</button>
      </div>
      <div class="stage"><div class="photo">
        <canvas aria-hidden="true"></canvas>
        <div class="shade"><i></i></div>
        <div class="frame" tabindex="0" role="group" aria-roledescription=${t("crop.frame")} aria-label=${t("crop.frame.value", { ...frame })}
          @pointerdown=${(event: PointerEvent) => this.#grab(event, { x: 0, y: 0 })} @pointermove=${this.#move}
          @pointerup=${this.#drop} @pointercancel=${this.#drop} @keydown=${this.#key}>
          ${SIDES.flatMap((y) => SIDES.map((x) => ({ x, y })))
            .filter(({ x, y }) => x !== 0 || y !== 0)
            .map(
              (grip) => html`<span class="grip" data-x=${grip.x} data-y=${grip.y}
              @pointerdown=${(event: PointerEvent) => this.#grab(event, grip)}></span>`,
            )}
        </div>
      </div></div>
      <div class="tools">
        <button @click=${() => this.#set(turned(turned(turned(this.now, this.size), this.size), this.size))}>${icons.left} ${t("crop.left")}</button>
        <button @click=${() => this.#set(turned(this.now, this.size))}>${icons.right} ${t("crop.right")}</button>
        <button @click=${() => this.#set(flipped(this.now, this.size))}>${icons.mirror} ${t("crop.mirror")}</button>
        <button ?disabled=${this.past.length === 0} @click=${this.#undo}>${icons.undo} ${t("crop.undo")}</button>
        <button class="plain" @click=${() => this.#set(framed(wholeOf(this.size), this.size))}>${t("crop.whole")}</button>
      </div>
      <div class="numbers">
        ${NUMBERS.map(
          (name) => html`<label>${t(`crop.${name}`)}
          <input type="number" inputmode="numeric" min=${name === "x" || name === "y" ? 0 : 1} max=${name === "x" || name === "width" ? width : height}
            .value=${String(frame[name])} @change=${(event: Event) => this.#number(name, event)} /></label>`,
        )}
        <p class="sentence">${t("crop.hint")} <span class="keys">${t("crop.keys")}</span></p>
      </div>
      <div class="foot">
        <button @click=${() => this.dialog.close()}>${t("crop.cancel")}</button>
        <button class="primary" @click=${this.#use}>${t("crop.use")}</button>
      </div>
    </dialog>`;
  }

  protected override updated(): void {
    const { width, height } = this.#seen;
    const { frame } = this.now;
    this.renderRoot.querySelector<HTMLElement>(".photo")?.style.setProperty("--shape", String(width / height));
    for (const { style } of this.renderRoot.querySelectorAll<HTMLElement>(".frame, .shade i")) {
      const sides = {
        left: frame.x / width,
        top: frame.y / height,
        width: frame.width / width,
        height: frame.height / height,
      };
      for (const [name, share] of Object.entries(sides)) style.setProperty(name, `${share * 100}%`);
    }
    this.#draw();
  }

  /** Size of the whole photo as rotated. */
  get #seen(): Size {
    return turnedSize(this.size, this.now.quarters);
  }

  #draw(): void {
    const bitmap = this.#bitmap;
    const context = this.canvas.getContext("2d");
    if (!bitmap || !context) return;
    const { quarters, mirrored } = this.now;
    const { width, height } = turnedSize(bitmap, quarters);
    Object.assign(this.canvas, { width, height });
    context.translate(width / 2, height / 2);
    context.rotate((quarters * Math.PI) / 2);
    context.scale(mirrored ? -1 : 1, 1);
    context.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
  }

  #set(now: Framed): void {
    this.past = [...this.past, this.now];
    this.now = now;
  }

  #undo = (): void => {
    const last = this.past.at(-1);
    if (!last) return;
    this.past = this.past.slice(0, -1);
    this.now = last;
  };

  #undoKey = (event: KeyboardEvent): void => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#undo();
  };

  #grab(event: PointerEvent, grip: Grip): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    this.renderRoot.querySelector(".frame")?.setPointerCapture(event.pointerId);
    this.#drag = { grip, from: this.now, x: event.clientX, y: event.clientY };
  }

  #move = (event: PointerEvent): void => {
    const drag = this.#drag;
    if (!drag) return;
    const scale = this.#seen.width / this.canvas.clientWidth;
    const frame = dragged(
      drag.from.frame,
      drag.grip,
      (event.clientX - drag.x) * scale,
      (event.clientY - drag.y) * scale,
      this.#seen,
    );
    this.now = { ...this.now, frame };
  };

  #drop = (): void => {
    const from = this.#drag?.from;
    this.#drag = null;
    if (from && from !== this.now) this.past = [...this.past, from];
  };

  #key = (event: KeyboardEvent): void => {
    const [x = 0, y = 0] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if (x === 0 && y === 0) return;
    event.preventDefault();
    const by = (side: number) => (event.ctrlKey ? 1 : Math.max(1, side * KEY_STEP));
    const grip: Grip = event.shiftKey ? { x: x === 0 ? 0 : 1, y: y === 0 ? 0 : 1 } : { x: 0, y: 0 };
    const { width, height } = this.#seen;
    this.#set({ ...this.now, frame: dragged(this.now.frame, grip, x * by(width), y * by(height), this.#seen) });
  };

  #number(name: keyof Rect, event: Event): void {
    const input = event.target as HTMLInputElement;
    const { frame } = this.now;
    const by = Number(input.value) - frame[name];
    const along = name === "x" || name === "width";
    const side = name === "width" || name === "height" ? 1 : 0;
    const grip: Grip = along ? { x: side, y: 0 } : { x: 0, y: side };
    if (Number.isFinite(by))
      this.#set({ ...this.now, frame: dragged(frame, grip, along ? by : 0, along ? 0 : by, this.#seen) });
    input.value = String(this.now.frame[name]);
  }

  #use = (): void => {
    const detail = cutOf(this.now, this.size);
    this.dialog.close();
    this.dispatchEvent(new CustomEvent<Cut>("cut", { detail }));
  };

  #closed = (): void => {
    this.#bitmap?.close();
    this.#bitmap = null;
  };
}
