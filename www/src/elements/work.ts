import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import { shared } from "./shared";

/** The current activity, and a button that stops or resumes it. Emits `stop` and `resume`. */
@customElement("up-work")
export class Work extends Localized {
  @property() words = "";
  @property({ type: Boolean }) busy = false;
  @property({ type: Boolean }) stopped = false;
  #focused = false;

  static override styles = [
    shared,
    css`
      p {
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 28px;
        color: var(--ink-soft);
      }
      button {
        min-height: 28px;
        padding: 0 10px;
        font-size: 13px;
      }
    `,
  ];

  protected override willUpdate(): void {
    this.#focused = this.shadowRoot?.activeElement instanceof HTMLButtonElement;
  }

  protected override render() {
    const { words, busy, stopped } = this;
    return html`<p tabindex="-1"><span role="status">${words}</span>
      ${
        busy || stopped
          ? html`<button @click=${() => this.dispatchEvent(new Event(stopped ? "resume" : "stop"))}>${t(stopped ? "inspect.resume" : "run.stop")}</button>`
          : nothing
      }</p>`;
  }

  /** Removing the button would lose the keyboard focus. */
  protected override updated(): void {
    if (this.#focused && !this.renderRoot.querySelector("button")) this.renderRoot.querySelector("p")?.focus();
  }
}
