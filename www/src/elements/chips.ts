import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized } from "../i18n";
import type { Option } from "./segments";
import { shared } from "./shared";

/** A choice of one (or, with `multiple`, several) of many options. Emits `pick` with the clicked value. */
@customElement("up-chips")
export class Chips extends Localized {
  @property() label = "";
  @property({ attribute: false }) options: (Option & { quiet?: boolean; disabled?: boolean; color?: number[] })[] = [];
  @property({ attribute: false }) chosen: readonly string[] = [];
  @property({ type: Boolean }) multiple = false;

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      label {
        position: relative;
        display: inline-flex;
        align-items: center;
        gap: 7px;
        min-height: 30px;
        padding: 0 10px;
        border-radius: 15px;
        background: var(--fill);
        font-size: 13px;
        cursor: pointer;
        transition: background 120ms ease, color 120ms ease;
      }
      label:hover {
        background: var(--fill-hover);
      }
      label[data-quiet] {
        background: none;
        box-shadow: inset 0 0 0 1px var(--hairline);
        color: var(--ink-soft);
      }
      label:has(:checked) {
        background: var(--ink);
        color: var(--surface);
        box-shadow: none;
      }
      label:has(:disabled) {
        color: var(--ink-faint);
        cursor: default;
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      i {
        width: 10px;
        height: 10px;
        border-radius: 50%;
        box-shadow: 0 0 0 1px var(--hairline);
      }
      @media (pointer: coarse) {
        label {
          min-height: 40px;
          padding: 0 14px;
          border-radius: 20px;
        }
      }
    `,
  ];

  protected override render() {
    const { multiple } = this;
    return html`<div role=${multiple ? "group" : "radiogroup"} aria-label=${this.label}>
      ${this.options.map(
        ({ value, label, quiet, disabled, color }) => html`<label ?data-quiet=${quiet}>
          <input class="over" type=${multiple ? "checkbox" : "radio"} name="chip" .checked=${this.chosen.includes(value)}
            ?disabled=${disabled} @change=${(event: Event) => this.#pick(value, event)} />
          ${color ? html`<i data-color=${color.join(" ")}></i>` : nothing}${label}
        </label>`,
      )}
    </div>`;
  }

  protected override updated(): void {
    for (const dot of this.renderRoot.querySelectorAll("i")) dot.style.background = `rgb(${dot.dataset.color})`;
  }

  #pick(detail: string, event: Event): void {
    this.dispatchEvent(new CustomEvent<string>("pick", { detail }));
    // The owner decides what is chosen; until then the display stays as it was.
    if (this.multiple) (event.target as HTMLInputElement).checked = this.chosen.includes(detail);
  }
}
