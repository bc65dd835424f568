import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { factorOf, largest, reducedSize, resultSize, smallest } from "../app/size";
import { type State, usedSize } from "../app/state";
import { decimal, Localized, t } from "../i18n";
import type { Size } from "../view/viewport";
import { shared } from "./shared";
import "./slider";

/** Decimals of a factor that tell all sizes apart. */
const DIGITS = 6;

/** How large the result is to be: by a factor, or in pixels where it is not to have the photo's own. Emits `size` with the factor; null: as the network makes it. */
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

  /** What a test makes of the photo first. */
  #reduced(photo: Size): Size {
    const { task, settings } = this.state;
    const whole = (length: number) => Math.max(Math.floor(length / task.scale), 1);
    return reducedSize(task, settings, photo) ?? { width: whole(photo.width), height: whole(photo.height) };
  }

  /** What was typed gives way to what is made of it: drawing leaves a field alone whose size stays. */
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
