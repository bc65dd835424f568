import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { LASTING_TOOLS } from "../app/settings";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";

const TOOLS = ["grid", "turn", ...LASTING_TOOLS, "fullscreen"] as const;
export type Tool = (typeof TOOLS)[number];

/** Viewing tools, each on or off. Emits `tool` with the pressed one. */
@customElement("up-tools")
export class Tools extends Localized {
  @property({ attribute: false }) on: ReadonlySet<Tool> = new Set();
  /** Tools that would have no effect at present. */
  @property({ attribute: false }) idle: ReadonlySet<Tool> = new Set();

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        gap: 2px;
      }
      button.icon {
        width: 34px;
        min-height: 32px;
        background: none;
      }
      button.icon:hover {
        background: var(--fill-hover);
      }
      [aria-pressed="true"] {
        color: var(--accent);
        background: var(--fill);
      }
      @media (pointer: coarse) {
        button.icon {
          width: 40px;
          min-height: 40px;
        }
      }
      @media (max-width: 480px) {
        div {
          gap: 0;
        }
        button.icon {
          width: 35px;
        }
      }
    `,
  ];

  protected override render() {
    return html`<div role="group" aria-label=${t("tools.label")}>
      ${TOOLS.filter((tool) => tool !== "fullscreen" || document.fullscreenEnabled).map((tool) => {
        const name = t(`tools.${tool}`);
        return html`<button class="icon" aria-label=${name} title=${name} aria-pressed=${this.on.has(tool) ? "true" : "false"}
          ?disabled=${this.idle.has(tool)}
          @click=${() => this.dispatchEvent(new CustomEvent<Tool>("tool", { detail: tool }))}>${icons[tool]}</button>`;
      })}
    </div>`;
  }
}
