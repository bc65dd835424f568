import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { Refusal } from "./lab";

/** Why there is nothing to show. */
@customElement("lab-refusal")
export class RefusalText extends Localized {
  @property({ attribute: false }) refusal: Refusal | null = null;

  static override styles = [
    shared,
    css`
      :host {
        display: contents;
      }
      p {
        max-width: 640px;
        margin: 0 auto;
        padding: 12px 16px;
        border-radius: var(--radius);
        background: var(--fill);
        text-align: center;
      }
    `,
  ];

  protected override render() {
    const { refusal } = this;
    return refusal ? html`<p role="alert">${t(refusal.message, refusal.params)}</p>` : nothing;
  }
}
