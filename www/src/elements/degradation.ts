import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import {
  type Control,
  type DegradationSettings,
  isKind,
  isRandom,
  isRange,
  offerOf,
  SAVED,
  usual,
  usualOf,
} from "../app/degradation";
import type { TaskFacts } from "../app/tasks";
import type { DegradationKind } from "../engine";
import { hasMessage, Localized, type Params, percent, t } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";
import "./slider";

/** How a test degrades the photo: kind, its settings, seed and file. Emits `degradation` with all of them. */
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
      input[type="number"] {
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
      input[type="number"]::-webkit-inner-spin-button {
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
    const { kind, seed, saved } = degradation;
    return html`
      ${
        task.kinds.length > 1
          ? html`<label class="row">
            ${t("degrade.kind")}
            <select id="kind" @change=${this.#kind}>
              ${task.kinds.map((one) => html`<option value=${one}>${t(`degrade.${one}`)}</option>`)}
            </select>
          </label>`
          : this.#sentence(kind)
      }
      ${offerOf(kind).controls.map((control) => this.#control(control))}
      ${
        isRandom(kind)
          ? html`<div class="row">
            <label for="seed">${t("degrade.seed")}</label>
            <span class="seed">
              <button class="plain icon" aria-label=${t("degrade.seed.next")} title=${t("degrade.seed.next")}
                @click=${() => this.#emit({ seed: (seed + 1) % 2 ** 32 })}>${icons.again}</button>
              <input id="seed" type="number" min="0" max="4294967295" step="1" .value=${String(seed)} @change=${this.#seed} />
            </span>
          </div>`
          : nothing
      }
      <label class="row">
        ${t("degrade.saved")}
        <input id="saved" type="checkbox" .checked=${saved !== null}
          @change=${() => this.#emit({ saved: saved === null ? SAVED.usual : null })} />
      </label>
      ${
        saved !== null
          ? html`<up-slider .label=${t("degrade.saved.quality")} .min=${SAVED.min} .max=${SAVED.max} .step=${SAVED.step}
            .value=${saved} .said=${String(saved)}
            @slide=${(event: CustomEvent<number>) => this.#emit({ saved: event.detail })}></up-slider>`
          : nothing
      }
    `;
  }

  /** For a task's only kind; where photos are downscaled, the size control says so. */
  #sentence(kind: DegradationKind) {
    const said = say(`degrade.${kind}.sentence`);
    return said ? html`<p class="sentence">${said}</p>` : nothing;
  }

  #control(control: Control) {
    const { kind, values } = this.degradation;
    const { name } = control;
    const label = say(`degrade.${kind}.${name}`);
    const set = (value: number | string) => this.#emit({ values: { ...values, [name]: value } });
    if (!isRange(control)) {
      return html`<label class="row">
        ${label}
        <select .value=${String(values[name])} @change=${(event: Event) => set((event.target as HTMLSelectElement).value)}>
          ${control.options.map((option) => html`<option value=${option} ?selected=${option === values[name]}>${say(`degrade.${kind}.${name}.${option}`)}</option>`)}
        </select>
      </label>`;
    }
    const value = Number(values[name]);
    const said = say(`degrade.${kind}.${name}.value`, { value: control.max <= 1 ? percent(value) : value });
    return html`<up-slider .label=${label} .min=${control.min} .max=${control.max} .step=${control.step}
      .value=${value} .said=${said} @slide=${(event: CustomEvent<number>) => set(event.detail)}></up-slider>`;
  }

  /** Options chosen by hand no longer follow `selected`. */
  protected override updated(): void {
    const select = this.renderRoot.querySelector<HTMLSelectElement>("#kind");
    if (select) select.value = this.degradation.kind;
  }

  #kind(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    if (!isKind(value)) return;
    const first = usualOf(this.task);
    this.#emit({
      ...(first?.kind === value ? first : usual(value)),
      seed: this.degradation.seed,
      saved: this.degradation.saved,
    });
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

/** A message that only some kinds have. */
function say(key: string, params?: Params): string {
  return hasMessage(key) ? t(key, params) : "";
}
