import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Action, Notice } from "../app/state";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";

/** An error or notice as a sentence with actions. Emits `act` with the chosen action, and `dismiss`. */
@customElement("up-notice")
export class NoticeBar extends Localized {
  @property({ attribute: false }) notice: Notice | null = null;

  static override styles = [
    shared,
    css`
      .card {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 4px 12px;
        padding: 14px;
        border-radius: calc(var(--radius) + 6px);
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
        line-height: 20px;
        animation: rise 200ms ease;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(8px);
        }
      }
      p {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      b {
        font-weight: 600;
      }
      .glyph {
        margin-top: 1px;
        color: var(--accent);
      }
      .glyph svg {
        width: 20px;
        height: 20px;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.6;
        stroke-linecap: round;
      }
      button.icon {
        min-height: 28px;
        width: 28px;
        margin: -4px -4px 0 0;
        align-self: start;
      }
      .more {
        grid-column: 2 / -1;
        display: grid;
        gap: 10px;
      }
      details {
        font-size: 12px;
        color: var(--ink-soft);
      }
      summary {
        width: max-content;
        cursor: pointer;
        border-radius: 4px;
      }
      details p {
        margin-top: 4px;
        max-height: 120px;
        overflow: auto;
        overflow-wrap: anywhere;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 2px;
      }
    `,
  ];

  protected override render() {
    const { notice } = this;
    return html`<div role="alert">${notice ? this.#renderCard(notice) : nothing}</div>`;
  }

  /**
   * Details of model errors are open from the start, since authors of models can use them; so is the type of an
   * unreadable picture.
   */
  #renderCard({ subject, message, params, detail, actions }: Notice) {
    return html`<div class="card">
      <span class="glyph">${icons.alert}</span>
      <p>${subject ? html`<b>${subject}</b><br />` : nothing}${t(message, params)}</p>
      <button class="icon plain" aria-label=${t("notice.dismiss")} @click=${() => this.#emit("dismiss")}>
        ${icons.close}
      </button>
      <div class="more">
        ${detail ? html`<details ?open=${actions.includes("shipped") || message === "error.unsupported-picture"}><summary>${t("notice.details")}</summary><p>${detail}</p></details>` : nothing}
        ${
          actions.length > 0
            ? html`<div class="ways">
              ${actions.map((action) => html`<button @click=${() => this.#emit("act", action)}>${t(`notice.${action}`)}</button>`)}
            </div>`
            : nothing
        }
      </div>
    </div>`;
  }

  #emit(name: "act" | "dismiss", detail?: Action): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
