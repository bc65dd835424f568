import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ViewName } from "../app/router";
import { isEmbedded } from "../embed/mode";
import { LANGUAGES, Localized, language, languageName, setLanguage, t } from "../i18n";
import { icons, mark } from "./icons";
import { HELP } from "./nav";
import { shared } from "./shared";

/**
 * Title, views, sharing, language; in the playground also shortcuts and the button for the controls. Emits `share`,
 * which bubbles, `controls` and `help`.
 */
@customElement("up-header")
export class Header extends Localized {
  @property({ reflect: true }) view: ViewName = "playground";
  @property({ type: Boolean, reflect: true }) open = true;

  static override styles = [
    shared,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
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
      up-nav {
        order: 1;
        flex-basis: 100%;
        margin: -6px 0 4px -7px;
      }
      .skip {
        position: absolute;
        left: 8px;
        top: -60px;
        z-index: 3;
        padding: 10px 14px;
        border-radius: var(--radius);
        background: var(--ink);
        color: var(--surface);
      }
      .skip:focus {
        top: 8px;
      }
      h1:focus {
        outline: none;
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
      @media (hover: none) and (pointer: coarse) {
        .help {
          display: none;
        }
      }
      .guide {
        display: none;
        place-content: center;
        width: 36px;
        min-height: 36px;
        border-radius: var(--radius);
        color: var(--ink-soft);
      }
      /* Where the row of the views has no room for it. */
      @media (max-width: 400px), (min-width: 640px) and (max-width: 899px) and (max-height: 520px) {
        .guide {
          display: grid;
        }
      }
      @media (pointer: coarse) {
        .guide {
          width: 44px;
          min-height: 44px;
        }
      }
      /* All in the first row of the panel beside the pictures. */
      @media (min-width: 640px) and (max-width: 899px) and (max-height: 520px) {
        :host([view="playground"]) :is(button, .guide) {
          width: 32px;
          min-width: 0;
          padding: 0;
        }
      }
      .guide:hover {
        background: var(--fill);
      }
      :is(button, .guide):hover {
        color: var(--ink);
      }
      @media (min-width: 900px) {
        header {
          padding: 0 10px 0 20px;
        }
        :host([view="playground"]) button {
          width: 32px; /* all in one row of the panel */
          min-width: 0;
        }
        :host([view="playground"]) up-nav {
          margin-left: -4px;
        }
        :host(:not([view="playground"])) up-nav {
          order: 0;
          flex-basis: auto;
          margin: 0 12px 0 0;
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
        :host(:not([open])) :is(h1, up-nav, .share, .language, .help) {
          display: none;
        }
      }
    `,
  ];

  protected override render() {
    const other = LANGUAGES[(LANGUAGES.indexOf(language()) + 1) % LANGUAGES.length] ?? language();
    return html`<header>
      <a class="skip" href="#" @click=${this.#skip}>${t("nav.skip")}</a>
      <h1 tabindex="-1">${mark} ${t("app.name")}</h1>
      <up-nav .view=${this.view}></up-nav>
      <a class="guide" href=${HELP} target="_blank" hreflang="en" aria-label=${t("nav.help")} title=${t("nav.help")}>${icons.guide}</a>
      <button class="plain icon share" aria-label=${t("share.open")} title=${t("share.open")} @click=${this.#share}>${icons.share}</button>
      <button class="plain language" lang=${other} aria-label="${other.toUpperCase()}, ${languageName(other)}" title=${languageName(other)}
        @click=${() => setLanguage(other)}>${other.toUpperCase()}</button>
      ${this.view === "playground" ? this.#playground() : nothing}
    </header>`;
  }

  #share = (): void => {
    this.dispatchEvent(new CustomEvent("share", { bubbles: true, composed: true }));
  };

  /** The page around has one of its own. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.hidden = isEmbedded();
  }

  /** Moves the focus to the element after this header in its view. */
  #skip = (event: Event): void => {
    event.preventDefault();
    const main = (this.getRootNode() as ShadowRoot).querySelector("main");
    if (!main) return;
    main.tabIndex = -1;
    main.focus();
  };

  /** Takes the focus after a change of view, where the view has no heading of its own. */
  focusHeading(): void {
    this.renderRoot.querySelector("h1")?.focus();
  }

  #playground() {
    const controls = t(this.open ? "controls.hide" : "controls.show");
    return html`<button class="plain icon help" aria-label=${t("help.open")} title=${t("help.open")}
        @click=${() => this.dispatchEvent(new CustomEvent("help"))}>${icons.help}</button>
      <button class="plain icon" aria-label=${controls} title=${controls} aria-expanded=${this.open ? "true" : "false"}
        @click=${() => this.dispatchEvent(new CustomEvent("controls"))}>${icons.controls}</button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "up-header": Header;
  }
}
