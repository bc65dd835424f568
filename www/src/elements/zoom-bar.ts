import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import type { ZoomWish } from "../view/camera";
import { icons } from "./icons";
import { shared } from "./shared";

/** Without group separators, which could be mistaken for a decimal point when edited. */
function typed(zoom: number): string {
  return `${Math.round(zoom * 100)}%`;
}

/** Zoom buttons and a percentage field. Emits `zoom` with the requested zoom. */
@customElement("up-zoom")
export class ZoomBar extends Localized {
  /** Device pixels per picture pixel. */
  @property({ type: Number }) zoom = 1;
  @property({ type: Boolean }) fitted = true;

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        align-items: center;
        gap: 2px;
        font-variant-numeric: tabular-nums;
      }
      button {
        white-space: nowrap;
        min-height: 32px;
        padding: 0 10px;
        background: none;
      }
      button:hover {
        background: var(--fill-hover);
      }
      button.icon {
        width: 32px;
        padding: 0;
      }
      input {
        width: 58px;
        height: 32px;
        padding: 0;
        border: 0;
        border-radius: var(--radius);
        background: none;
        text-align: center;
      }
      input:hover {
        background: var(--fill);
      }
      [aria-pressed="true"] {
        color: var(--accent);
      }
      @media (pointer: coarse) {
        button,
        input {
          min-height: 40px;
        }
        button.icon {
          width: 40px;
        }
      }
      @media (max-width: 480px) {
        div {
          gap: 0;
        }
        button {
          padding: 0 7px;
        }
        input {
          width: 50px;
        }
        .step {
          display: none;
        }
      }
    `,
  ];

  protected override render() {
    return html`<div role="group" aria-label=${t("zoom.label")}>
      <button class="icon step" aria-label=${t("zoom.out")} @click=${() => this.#wish({ by: 1 / 1.5 })}>
        ${icons.minus}
      </button>
      <input
        inputmode="numeric"
        autocomplete="off"
        aria-label=${t("zoom.percent")}
        .value=${typed(this.zoom)}
        @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
        @change=${this.#typed}
      />
      <button class="icon step" aria-label=${t("zoom.in")} @click=${() => this.#wish({ by: 1.5 })}>${icons.plus}</button>
      <button aria-pressed=${this.fitted ? "true" : "false"} @click=${() => this.#wish("fit")}>${t("zoom.fit")}</button>
      <button
        aria-label=${t("zoom.actual.label")}
        aria-pressed=${!this.fitted && Math.abs(this.zoom - 1) < 0.001 ? "true" : "false"}
        @click=${() => this.#wish("actual")}
      >
        ${t("zoom.actual")}
      </button>
    </div>`;
  }

  #typed(event: Event): void {
    const input = event.target as HTMLInputElement;
    const value = Number.parseFloat(input.value.replace(",", "."));
    if (value > 0) this.#wish({ to: value / 100 });
    input.value = typed(this.zoom);
  }

  #wish(detail: ZoomWish): void {
    this.dispatchEvent(new CustomEvent<ZoomWish>("zoom", { detail }));
  }
}
