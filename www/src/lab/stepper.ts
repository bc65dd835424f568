import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icons } from "../elements/icons";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";

/** A whole number between bounds, under its PyTorch name. Emits `count` with the new number. */
@customElement("lab-stepper")
export class Stepper extends Localized {
  @property() name = "";
  @property({ type: Number }) value = 0;
  @property({ type: Number }) least = 0;
  @property({ type: Number }) most = 9;

  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
      }
      .stepper {
        display: flex;
        align-items: center;
        gap: 2px;
      }
      .name {
        margin-right: 4px;
        color: var(--ink-soft);
      }
      button.icon {
        width: 26px;
        min-height: 26px;
        border-radius: 50%;
        color: var(--ink-soft);
      }
      button.icon svg {
        width: 14px;
        height: 14px;
      }
      button:disabled {
        background: none;
        opacity: 0.35;
      }
      output {
        min-width: 18px;
        text-align: center;
        font-variant-numeric: tabular-nums;
        font-weight: 600;
      }
      @media (pointer: coarse) {
        button.icon {
          width: 40px;
          min-height: 40px;
        }
      }
    `,
  ];

  protected override render() {
    const { name, value, least, most } = this;
    const button = (label: "lab.less" | "lab.more", to: number, icon: unknown) => html`<button class="plain icon"
      aria-label=${t(label, { name })} ?disabled=${to < least || to > most}
      @click=${() => this.dispatchEvent(new CustomEvent("count", { detail: to }))}>${icon}</button>`;
    return html`<div class="stepper" role="group" aria-label=${name}>
      <span class="name" aria-hidden="true">${name}</span>
      ${button("lab.less", value - 1, icons.minus)}
      <output>${value}</output>
      ${button("lab.more", value + 1, icons.plus)}
    </div>`;
  }
}
