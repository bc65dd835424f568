import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { keptPhoto, samplePhoto } from "../app/photo";
import { FIRST_SAMPLE } from "../app/samples";
import { noticeFor } from "../app/state";
import { icons } from "../elements/icons";
import { shared } from "../elements/shared";
import { isLocked } from "../embed/mode";
import { Localized, type MessageKey, t } from "../i18n";
import { CallError } from "../protocol";
import type { Matrix } from "./matrix";

/**
 * Longest side of the picture that patches are cut from; in a larger one, a cell would be too small a part of the
 * photo.
 */
const SIDE = 96;
const SHOWN = 288;
/** Minimum rows and columns of a new patch: fewer show nothing. */
const LEAST = 6;

/**
 * The user's photo from the playground, or a sample. The engine decodes it, since it reads more formats than the
 * browser.
 */
async function usual(): Promise<ImageBitmap> {
  const kept = await keptPhoto();
  const own = kept && (await createImageBitmap(kept.file).catch(() => null));
  return own ?? createImageBitmap((await samplePhoto(FIRST_SAMPLE, new AbortController().signal)).file);
}

/** A patch of a photo as the input: the picture with a movable frame. Emits `patch` with a matrix. */
@customElement("lab-patch")
export class Patch extends Localized {
  @property({ type: Number }) rows = 8;
  @property({ type: Number }) columns = 8;
  @state() private open = false;
  @state() private failure: MessageKey | null = null;
  @state() private at = { x: 40, y: 26 };
  @query("canvas") private canvas!: HTMLCanvasElement | null;
  @query("input") private chooser!: HTMLInputElement;
  #picture: ImageData | null = null;

  static override styles = [
    shared,
    css`
      .patch {
        display: grid;
        justify-items: start;
        gap: 8px;
        margin-top: 8px;
      }
      canvas {
        max-width: 100%;
        border-radius: 6px;
        image-rendering: pixelated;
        cursor: crosshair;
        touch-action: none;
      }
      .choices {
        display: flex;
        gap: 4px;
      }
      p {
        max-width: ${SHOWN}px;
        font-size: 12.5px;
        color: var(--ink-soft);
      }
      button {
        min-height: 32px;
      }
      button.plain {
        margin-left: -14px;
      }
    `,
  ];

  protected override render() {
    const toggle = html`<button class="plain" aria-expanded=${this.open ? "true" : "false"} @click=${this.#toggle}>
      ${icons.photo} ${t("lab.patch")}</button>`;
    const chooser = html`<input type="file" hidden accept="image/*" aria-label=${t("lab.patch.own")} @change=${this.#chosen} />`;
    if (!this.open) return html`${toggle}${chooser}`;
    return html`${toggle}${chooser}<div class="patch">
      <canvas width=${SHOWN} height=${SHOWN} tabindex="0" role="img" aria-label=${t("lab.patch.label", this.at)}
        @pointerdown=${this.#pointed} @pointermove=${(event: PointerEvent) => event.buttons && this.#pointed(event)}
        @keydown=${this.#key}></canvas>
      <p>${t(this.failure ?? "lab.patch.hint")}</p>
      ${isLocked() ? nothing : html`<div class="choices"><button @click=${() => this.chooser.click()}>${t("lab.patch.own")}</button></div>`}
    </div>`;
  }

  #toggle = async (): Promise<void> => {
    this.open = !this.open;
    if (!this.open) return;
    if (this.#picture) return;
    this.rows = Math.max(this.rows, LEAST);
    this.columns = Math.max(this.columns, LEAST);
    await this.#load(usual());
  };

  protected override updated(changed: PropertyValues): void {
    const moved = ["open", "at", "rows", "columns"].some((name) => changed.has(name));
    if (this.#picture && moved) this.#draw(this.#picture);
  }

  #chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (file) await this.#load(createImageBitmap(file));
  };

  async #load(opening: Promise<ImageBitmap>): Promise<void> {
    this.failure = null;
    const bitmap = await opening.catch((error: unknown) => {
      this.failure = error instanceof CallError ? noticeFor(error).message : "error.unsupported-picture";
    });
    if (!bitmap || !this.isConnected) return;
    const scale = SIDE / Math.max(bitmap.width, bitmap.height);
    const small = document.createElement("canvas");
    small.width = Math.max(8, Math.round(bitmap.width * scale));
    small.height = Math.max(8, Math.round(bitmap.height * scale));
    const context = small.getContext("2d");
    if (!context) return;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, small.width, small.height);
    bitmap.close();
    this.#picture = context.getImageData(0, 0, small.width, small.height);
    this.#move(this.at.x, this.at.y);
  }

  #pointed = (event: PointerEvent): void => {
    const { canvas } = this;
    if (!canvas) return;
    const box = canvas.getBoundingClientRect();
    const cell = (box.width / canvas.width) * this.#zoom();
    const x = (event.clientX - box.left) / cell - this.columns / 2;
    const y = (event.clientY - box.top) / cell - this.rows / 2;
    this.#move(Math.round(x), Math.round(y));
  };

  #key = (event: KeyboardEvent): void => {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    this.#move(this.at.x + (by[0] ?? 0), this.at.y + (by[1] ?? 0));
  };

  #zoom(): number {
    const { width = SIDE, height = SIDE } = this.#picture ?? {};
    return SHOWN / Math.max(width, height);
  }

  #move(x: number, y: number): void {
    const picture = this.#picture;
    if (!picture) return;
    const within = (value: number, most: number) => Math.min(Math.max(0, value), Math.max(0, most));
    this.at = { x: within(x, picture.width - this.columns), y: within(y, picture.height - this.rows) };
    this.dispatchEvent(new CustomEvent<Matrix>("patch", { detail: this.#cut(picture) }));
  }

  #draw(picture: ImageData): void {
    const { canvas } = this;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const zoom = this.#zoom();
    canvas.width = Math.round(picture.width * zoom);
    canvas.height = Math.round(picture.height * zoom);
    const small = document.createElement("canvas");
    small.width = picture.width;
    small.height = picture.height;
    small.getContext("2d")?.putImageData(picture, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    const frame = [this.at.x * zoom, this.at.y * zoom, this.columns * zoom, this.rows * zoom] as const;
    for (const [color, width] of [
      ["#000", 4],
      ["#fff", 2],
    ] as const) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.strokeRect(...frame);
    }
  }

  /** Brightness from 0 to 255: luma of Rec. 601, as Pillow's mode L. */
  #cut({ data, width }: ImageData): Matrix {
    const values: number[] = [];
    for (let y = this.at.y; y < this.at.y + this.rows; y++) {
      for (let x = this.at.x; x < this.at.x + this.columns; x++) {
        const [r = 0, g = 0, b = 0] = data.subarray((y * width + x) * 4);
        values.push(Math.round(0.299 * r + 0.587 * g + 0.114 * b));
      }
    }
    return { channels: 1, height: this.rows, width: this.columns, values };
  }
}
