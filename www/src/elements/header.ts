import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { language, Localized, setLanguage, t } from "../i18n";
import { icons, mark } from "./icons";
import { shared } from "./shared";

/** Name, language, help, and the switch of the controls. Emits `controls` and `help`. */
@customElement("up-header")
export class Header extends Localized {
  @property({ type: Boolean, reflect: true }) open = true;

  static override styles = [
    shared,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 2px;
        min-height: 52px;
        padding: 0 8px 0 16px;
      }
      h1 {
        display: flex;
        align-items: center;
        gap: 9px;
        margin: 0 auto 0 0;
        font-size: 14px;
        font-weight: 650;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      h1 svg {
        width: 19px;
        height: 19px;
        fill: none;
        stroke: var(--accent);
        stroke-width: 2.3;
        stroke-linecap: round;
      }
      .language {
        padding: 0 9px;
        min-width: 36px;
        font-size: 12px;
        font-weight: 600;
        color: var(--ink-soft);
      }
      button.icon {
        color: var(--ink-soft);
      }
      button:hover {
        color: var(--ink);
      }
      @media (min-width: 900px) {
        header {
          padding: 0 10px 0 20px;
        }
        :host(:not([open])) header {
          margin: 12px;
          padding: 3px;
          min-height: 0;
          border-radius: calc(var(--radius) + 3px);
          background: var(--glass);
          backdrop-filter: blur(18px) saturate(1.4);
          box-shadow: var(--shadow);
        }
        :host(:not([open])) :is(h1, .language, .help) {
          display: none;
        }
      }
    `,
  ];

  protected override render() {
    const other = language() === "en" ? "vi" : "en";
    const controls = t(this.open ? "controls.hide" : "controls.show");
    return html`<header>
      <h1>${mark} ${t("app.name")}</h1>
      <button class="plain language" lang=${other} aria-label="${other.toUpperCase()}, ${t(`language.${other}`)}" title=${t(`language.${other}`)}
        @click=${() => setLanguage(other)}>${other.toUpperCase()}</button>
      <button class="plain icon help" aria-label=${t("help.open")} title=${t("help.open")}
        @click=${() => this.dispatchEvent(new CustomEvent("help"))}>${icons.help}</button>
      <button class="plain icon" aria-label=${controls} title=${controls} aria-expanded=${this.open ? "true" : "false"}
        @click=${() => this.dispatchEvent(new CustomEvent("controls"))}>${icons.controls}</button>
    </header>`;
  }
}
