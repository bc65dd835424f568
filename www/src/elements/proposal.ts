import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";

/** A proposal with a button to accept it; can be dismissed. Emits `accept` and `decline`. */
@customElement("up-proposal")
export class ProposalLine extends Localized {
  @property() sentence = "";
  @property() action = "";

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        align-items: center;
        gap: 6px 10px;
        padding: 8px 8px 8px 16px;
        border-radius: calc(var(--radius) + 6px);
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
        line-height: 20px;
      }
      p {
        flex: 1;
        min-width: 0;
      }
      button {
        flex: none;
      }
      @media (max-width: 500px) {
        p {
          font-size: 13px;
          line-height: 18px;
        }
        div {
          padding-left: 14px;
        }
      }
      button.icon {
        width: 32px;
        min-height: 32px;
      }
    `,
  ];

  protected override render() {
    return html`<div role="status">
      <p>${this.sentence}</p>
      <button class="primary" @click=${() => this.#emit("accept")}>${this.action}</button>
      <button class="icon plain" aria-label=${t("proposal.decline")} @click=${() => this.#emit("decline")}>${icons.close}</button>
    </div>`;
  }

  #emit(name: "accept" | "decline"): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}
