import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import { shared } from "./shared";

/** Asks what to do with several photos. Emits `all` (a ZIP) or `one`. */
@customElement("up-many")
export class Many extends Localized {
  @property({ type: Number }) count = 0;

  static override styles = [
    shared,
    css`
      div {
        display: grid;
        gap: 10px;
        padding: 14px 16px;
        border-radius: calc(var(--radius) + 6px);
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
        line-height: 20px;
      }
      span {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
    `,
  ];

  protected override render() {
    return html`<div role="group" aria-label=${t("many.label")}>
      <p>${t("many.sentence", { count: this.count })}</p>
      <span>
        <button class="primary" @click=${() => this.dispatchEvent(new CustomEvent("all"))}>${t("many.all")}</button>
        <button @click=${() => this.dispatchEvent(new CustomEvent("one"))}>${t("many.one")}</button>
      </span>
    </div>`;
  }
}
