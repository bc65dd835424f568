import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isKind, kindOf, usual, type DegradationSettings } from "../app/degradation";
import type { TaskFacts } from "../app/tasks";
import { hasMessage, Localized, t, type Params } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";
import "./slider";

/** How a test makes the photo worse: kind, level, angle, seed. Emits `degradation` with all of it. */
@customElement("up-degradation")
export class DegradationControls extends Localized {
  @property({ attribute: false }) task!: TaskFacts;
  @property({ attribute: false }) degradation!: DegradationSettings;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .row {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        min-height: 32px;
      }
      .seed {
        display: flex;
        align-items: center;
        gap: 2px;
      }
      input {
        width: 84px;
        height: 32px;
        padding: 0 8px;
        border: 0;
        border-radius: var(--radius);
        background: var(--fill);
        text-align: right;
        font-variant-numeric: tabular-nums;
        appearance: textfield;
      }
      input::-webkit-inner-spin-button {
        appearance: none;
      }
      button.icon {
        width: 32px;
        min-height: 32px;
        color: var(--ink-soft);
      }
    `,
  ];

  protected override render() {
    const { task, degradation } = this;
    const { kind, level, angle, seed } = degradation;
    const { range, random } = kindOf(kind);
    return html`
      ${task.kinds.length > 1
        ? html`<label class="row">
            ${t("degrade.kind")}
            <select @change=${this.#kind}>
              ${task.kinds.map((one) => html`<option value=${one}>${t(`degrade.${one}`)}</option>`)}
            </select>
          </label>`
        : html`<p class="sentence">${say(`degrade.${kind}.sentence`)}</p>`}
      ${range
        ? html`<up-slider .label=${say(`degrade.${kind}.level`)} .min=${range.min} .max=${range.max} .step=${range.step}
            .value=${level} .said=${say(`degrade.${kind}.value`, { level })}
            @slide=${(event: CustomEvent<number>) => this.#emit({ level: event.detail })}></up-slider>`
        : nothing}
      ${kind === "motion"
        ? html`<up-slider .label=${t("degrade.angle")} .min=${0} .max=${180} .step=${5} .value=${angle}
            .said=${t("degrade.angle.value", { angle })}
            @slide=${(event: CustomEvent<number>) => this.#emit({ angle: event.detail })}></up-slider>`
        : nothing}
      ${random
        ? html`<div class="row">
            <label for="seed">${t("degrade.seed")}</label>
            <span class="seed">
              <button class="plain icon" aria-label=${t("degrade.seed.next")} title=${t("degrade.seed.next")}
                @click=${() => this.#emit({ seed: (seed + 1) % 2 ** 32 })}>${icons.again}</button>
              <input id="seed" type="number" min="0" max="4294967295" step="1" .value=${String(seed)} @change=${this.#seed} />
            </span>
          </div>`
        : nothing}
    `;
  }

  /** Options that have been chosen by hand no longer heed `selected`. */
  protected override updated(): void {
    const select = this.renderRoot.querySelector("select");
    if (select) select.value = this.degradation.kind;
  }

  #kind(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    if (isKind(value)) this.#emit({ ...usual(value), seed: this.degradation.seed });
  }

  #seed(event: Event): void {
    const input = event.target as HTMLInputElement;
    const seed = Math.trunc(Number(input.value));
    if (seed >= 0 && seed < 2 ** 32) this.#emit({ seed });
    else input.value = String(this.degradation.seed);
  }

  #emit(change: Partial<DegradationSettings>): void {
    const detail = { ...this.degradation, ...change };
    this.dispatchEvent(new CustomEvent<DegradationSettings>("degradation", { detail }));
  }
}

/** A message that only kinds with a range have. */
function say(key: string, params?: Params): string {
  return hasMessage(key) ? t(key, params) : "";
}
