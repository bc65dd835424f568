import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BackendChoice } from "../engine";
import { Localized, t } from "../i18n";
import type { EngineInfo } from "../protocol";
import "./segments";
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
    `,
  ];

  protected override render() {
    const { engine } = this;
    return html`
      <up-segments .label=${t("backend.heading")} .value=${this.choice}
        .options=${CHOICES.map((value) => ({ value, label: t(`backend.${value}`) }))}
        @pick=${(event: CustomEvent<BackendChoice>) => this.#choose(event.detail)}></up-segments>
      ${
        engine
          ? html`<div class="badge" data-got=${engine.backend}>${t(`backend.got.${engine.backend}`)}</div>
            <small title=${engine.reason}>${t(`backend.reason.${engine.code}`)}</small>`
          : this.starting
            ? html`<div class="badge">${t("backend.starting")}</div>`
            : nothing
      }
    `;
  }

  #choose(detail: BackendChoice): void {
    this.dispatchEvent(new CustomEvent<BackendChoice>("backend", { detail }));
  }
}
