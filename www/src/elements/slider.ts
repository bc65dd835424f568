import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized } from "../i18n";
import { shared } from "./shared";

/** A range input with a name and its value in words. Emits `slide` with the number. */
@customElement("up-slider")
export class Slider extends Localized {
  @property() label = "";
  @property({ type: Number }) min = 0;
  @property({ type: Number }) max = 1;
  @property({ type: Number }) step = 1;
  @property({ type: Number }) value = 0;
  @property() said = "";

  static override styles = [
    shared,
    css`
      label {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 2px 12px;
        line-height: 20px;
      }
      input {
        grid-column: 1 / -1;
        appearance: none;
        width: 100%;
        height: 24px;
        margin: 0;
        background: none;
        cursor: pointer;
      }
      input::-webkit-slider-runnable-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--ink) var(--part), var(--track) var(--part));
      }
      input::-moz-range-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--ink) var(--part), var(--track) var(--part));
      }
      input::-webkit-slider-thumb {
        appearance: none;
        width: 18px;
        height: 18px;
        margin-top: -7px;
        border-radius: 50%;
        background: var(--thumb);
        box-shadow: 0 0 0 1px var(--hairline), 0 1px 4px rgb(0 0 0 / 0.3);
      }
      input::-moz-range-thumb {
        width: 18px;
        height: 18px;
        border: 0;
        border-radius: 50%;
        background: var(--thumb);
        box-shadow: 0 0 0 1px var(--hairline), 0 1px 4px rgb(0 0 0 / 0.3);
      }
      output {
        font-variant-numeric: tabular-nums;
        color: var(--ink-soft);
      }
    `,
  ];

  protected override render() {
    return html`<label>
      <span aria-hidden="true">${this.label}</span>
      <output aria-hidden="true">${this.said}</output>
      <input type="range" min=${this.min} max=${this.max} step=${this.step} aria-label=${this.label}
        aria-valuetext=${this.said} .value=${String(this.value)} @input=${this.#slid} />
    </label>`;
  }

  protected override updated(): void {
    const part = ((this.value - this.min) / (this.max - this.min)) * 100;
    this.renderRoot.querySelector("input")?.style.setProperty("--part", `${part}%`);
  }

  #slid(event: Event): void {
    const detail = Number((event.target as HTMLInputElement).value);
    this.dispatchEvent(new CustomEvent<number>("slide", { detail }));
  }
}
