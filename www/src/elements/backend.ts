import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BackendChoice } from "../engine";
import { Localized, t } from "../i18n";
import type { EngineInfo } from "../protocol";
import { shared } from "./shared";

const CHOICES: BackendChoice[] = ["auto", "webgpu", "cpu"];

/** The choice of backend, and a badge that says which one it got and why. Emits `backend`. */
@customElement("up-backend")
export class Backend extends Localized {
  @property() choice: BackendChoice = "auto";
  @property({ attribute: false }) engine: EngineInfo | null = null;
  @property({ type: Boolean }) starting = false;

  static override styles = [
    shared,
    css`
      .choices {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        padding: 3px;
        border-radius: calc(var(--radius) + 2px);
        background: var(--fill);
      }
      label {
        position: relative;
        display: grid;
        place-items: center;
        min-height: 30px;
        border-radius: var(--radius);
        color: var(--ink-soft);
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
      input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      .badge {
        display: flex;
        align-items: baseline;
        gap: 8px;
        margin-top: 10px;
        line-height: 20px;
      }
      .badge::before {
        content: "";
        flex: none;
        width: 7px;
        height: 7px;
        border-radius: 50%;
        background: var(--ink-faint);
      }
      .badge[data-got]::before {
        background: var(--good);
      }
      small {
        display: block;
        margin-left: 15px;
        font-size: 12px;
        line-height: 17px;
        color: var(--ink-soft);
        overflow-wrap: anywhere;
      }
      @media (pointer: coarse) {
        label {
          min-height: 40px;
        }
      }
    `,
  ];

  protected override render() {
    const { engine } = this;
    return html`
      <div class="choices" role="radiogroup" aria-label=${t("backend.heading")}>
        ${CHOICES.map(
          (choice) => html`<label>
            <input type="radio" name="backend" .checked=${choice === this.choice} @change=${() => this.#choose(choice)} />
            ${t(`backend.${choice}`)}
          </label>`,
        )}
      </div>
      ${engine
        ? html`<div class="badge" data-got=${engine.backend}>${t(`backend.got.${engine.backend}`)}</div>
            <small title=${engine.reason}>${t(`backend.reason.${engine.code}`)}</small>`
        : this.starting
          ? html`<div class="badge">${t("backend.starting")}</div>`
          : nothing}
    `;
  }

  #choose(detail: BackendChoice): void {
    this.dispatchEvent(new CustomEvent<BackendChoice>("backend", { detail }));
  }
}
