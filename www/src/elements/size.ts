import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { factorOf, largest, reducedSize, resultSize, smallest } from "../app/size";
import { type State, usedSize } from "../app/state";
import { decimal, Localized, t } from "../i18n";
import type { Size } from "../view/viewport";
import { shared } from "./shared";
import "./slider";

/** Decimals of a factor, enough to distinguish all sizes. */
const DIGITS = 6;

/**
 * The size of the result: a factor, or pixels unless it has the photo's own size. Emits `size` with the factor; null:
 * the network's own.
 */
@customElement("up-size")
export class SizeControl extends Localized {
  @property({ attribute: false }) state!: State;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
      .pixels {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      input {
        width: 88px;
        min-height: 32px;
        padding: 0 8px;
        border: 0;
        border-radius: var(--radius);
        background: var(--fill);
        font-variant-numeric: tabular-nums;
      }
      @media (pointer: coarse) {
        input {
          min-height: 40px;
        }
      }
    `,
  ];

  protected override render() {
    const { task, settings } = this.state;
    const photo = usedSize(this.state);
    if (!photo) return nothing;
    const factor = factorOf(task, settings);
    const size = resultSize(task, settings, photo);
    const tests = settings.mode === "test";
    const said = t("size.factor", { factor: decimal(factor, factor === Math.round(factor) ? 0 : 2) });
    const field = (
      side: "width" | "height",
    ) => html`<input type="number" inputmode="numeric" min=${photo[side]} max=${photo[side] * largest(task)}
      aria-label=${t(`size.${side}`)} .value=${String(size[side])} @change=${(event: Event) => this.#pixels(side, event)} />`;
    return html`<up-slider .label=${t("size.scale")} .min=${smallest(settings)} .max=${largest(task)} .step=${0.1} .value=${factor} .said=${said}
        @slide=${(event: CustomEvent<number>) => this.#emit(event.detail)}></up-slider>
      ${
        tests
          ? html`<p class="sentence">${t("size.test.sentence", { ...this.#reduced(photo) })}</p>`
          : html`<div class="pixels">${field("width")} × ${field("height")} ${t("size.pixels")}</div>`
      }
      ${factor === task.scale ? nothing : html`<p class="sentence">${t("size.sentence", { scale: task.scale })}</p>`}`;
  }

  /** The size that a test first downscales the photo to. */
  #reduced(photo: Size): Size {
    const { task, settings } = this.state;
    const whole = (length: number) => Math.max(Math.floor(length / task.scale), 1);
    return reducedSize(task, settings, photo) ?? { width: whole(photo.width), height: whole(photo.height) };
  }

  /** Replaces the typed value by the resulting one; rendering skips a field whose size did not change. */
  #pixels(side: "width" | "height", event: Event): void {
    const input = event.target as HTMLInputElement;
    const photo = usedSize(this.state);
    if (!photo) return;
    const { task, settings } = this.state;
    const wanted = Number(input.value);
    const factor = wanted > 0 ? Math.min(Math.max(wanted / photo[side], 1), largest(task)) : factorOf(task, settings);
    input.value = String(Math.round(photo[side] * factor));
    this.#emit(factor);
  }

  #emit(factor: number): void {
    const detail = factor === this.state.task.scale ? null : Number(factor.toFixed(DIGITS));
    this.dispatchEvent(new CustomEvent<number | null>("size", { detail }));
  }
}
