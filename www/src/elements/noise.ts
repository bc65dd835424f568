import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { MAX_SIGMA, type State } from "../app/state";
import { Localized, t } from "../i18n";
import { shared } from "./shared";

/** Whether and how much noise is added before the run. Emits `noise` with what changed. */
@customElement("up-noise")
export class Noise extends Localized {
  @property({ attribute: false }) noise: State["noise"] = { on: false, sigma: 0 };

  static override styles = [
    shared,
    css`
      label {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 32px;
        cursor: pointer;
      }
      [role="switch"] {
        appearance: none;
        position: relative;
        width: 38px;
        height: 22px;
        margin: 0;
        border-radius: 11px;
        background: var(--track);
        cursor: pointer;
        transition: background 160ms ease;
      }
      [role="switch"]::before {
        content: "";
        position: absolute;
        top: 3px;
        left: 3px;
        width: 16px;
        height: 16px;
        border-radius: 50%;
        background: #fff;
        box-shadow: 0 1px 2px rgb(0 0 0 / 0.3);
        transition: transform 160ms ease;
      }
      [role="switch"]:checked {
        background: var(--ink);
      }
      [role="switch"]:checked::before {
        transform: translateX(16px);
        background: var(--surface);
      }
      .level {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 12px;
        min-height: 32px;
      }
      .level[data-off] {
        opacity: 0.4;
      }
      input[type="range"] {
        appearance: none;
        width: 100%;
        height: 24px;
        margin: 0;
        background: none;
        cursor: pointer;
      }
      input[type="range"]::-webkit-slider-runnable-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--ink) var(--part), var(--track) var(--part));
      }
      input[type="range"]::-moz-range-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--ink) var(--part), var(--track) var(--part));
      }
      input[type="range"]::-webkit-slider-thumb {
        appearance: none;
        width: 18px;
        height: 18px;
        margin-top: -7px;
        border-radius: 50%;
        background: var(--thumb);
        box-shadow: 0 0 0 1px var(--hairline), 0 1px 4px rgb(0 0 0 / 0.3);
      }
      input[type="range"]::-moz-range-thumb {
        width: 18px;
        height: 18px;
        border: 0;
        border-radius: 50%;
        background: var(--thumb);
        box-shadow: 0 0 0 1px var(--hairline), 0 1px 4px rgb(0 0 0 / 0.3);
      }
      output {
        min-width: 78px;
        text-align: right;
        font-variant-numeric: tabular-nums;
        color: var(--ink-soft);
      }
    `,
  ];

  protected override render() {
    const { on, sigma } = this.noise;
    const value = t("noise.value", { sigma });
    return html`
      <label>
        ${t("noise.switch")}
        <input type="checkbox" role="switch" .checked=${on} @change=${(event: Event) =>
          this.#emit({ on: (event.target as HTMLInputElement).checked })} />
      </label>
      <div class="level" ?data-off=${!on}>
        <input type="range" min="0" max=${MAX_SIGMA} step="1" aria-label=${t("noise.level")} aria-valuetext=${value}
          .value=${String(sigma)} ?disabled=${!on} @input=${(event: Event) =>
            this.#emit({ sigma: Number((event.target as HTMLInputElement).value) })} />
        <output aria-hidden="true">${value}</output>
      </div>
    `;
  }

  protected override updated(): void {
    const range = this.renderRoot.querySelector<HTMLInputElement>("input[type=range]");
    range?.style.setProperty("--part", `${(this.noise.sigma / MAX_SIGMA) * 100}%`);
  }

  #emit(detail: Partial<State["noise"]>): void {
    this.dispatchEvent(new CustomEvent<Partial<State["noise"]>>("noise", { detail }));
  }
}
