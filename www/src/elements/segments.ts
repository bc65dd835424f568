import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized } from "../i18n";
import { shared } from "./shared";

export interface Option {
  value: string;
  label: string;
}

/** A choice of one of a few options, side by side. Emits `pick` with the value. */
@customElement("up-segments")
export class Segments extends Localized {
  @property() label = "";
  @property({ attribute: false }) options: Option[] = [];
  @property() value = "";

  static override styles = [
    shared,
    css`
      div {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(0, 1fr);
        padding: 3px;
        border-radius: calc(var(--radius) + 2px);
        background: var(--fill);
      }
      label {
        position: relative;
        display: grid;
        place-items: center;
        min-height: 30px;
        padding: 0 8px;
        border-radius: var(--radius);
        color: var(--ink-soft);
        text-align: center;
        cursor: pointer;
        transition: background 120ms ease, color 120ms ease;
      }
      label:hover {
        color: var(--ink);
      }
      label:has(:checked) {
        background: var(--segment);
        color: var(--ink);
        box-shadow: 0 0 0 0.5px var(--hairline), 0 1px 3px rgb(0 0 0 / 0.12);
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      @media (pointer: coarse) {
        label {
          min-height: 40px;
        }
      }
    `,
  ];

  protected override render() {
    return html`<div role="radiogroup" aria-label=${this.label}>
      ${this.options.map(
        ({ value, label }) => html`<label>
          <input class="over" type="radio" name="segment" .checked=${value === this.value}
            @change=${() => this.#pick(value)} />
          ${label}
        </label>`,
      )}
    </div>`;
  }

  #pick(detail: string): void {
    this.dispatchEvent(new CustomEvent<string>("pick", { detail }));
  }
}
