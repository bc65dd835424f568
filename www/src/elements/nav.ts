import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { VIEWS, type ViewName } from "../app/router";
import { Localized, t } from "../i18n";
import { shared } from "./shared";

/** The guides, which the build renders from docs/. */
export const HELP = "./help/index.html";

/** The views of the page, and its help, as links. */
@customElement("up-nav")
export class Nav extends Localized {
  @property({ reflect: true }) view: ViewName = "playground";

  static override styles = [
    shared,
    css`
      nav {
        display: flex;
        flex-wrap: wrap;
      }
      a {
        display: inline-flex;
        align-items: center;
        min-height: 32px;
        padding: 0 7px;
        border-radius: var(--radius);
        color: var(--ink-soft);
        font-size: 13px;
        text-decoration: none;
        white-space: nowrap;
      }
      a:hover {
        color: var(--ink);
        background: var(--fill);
      }
      @media (min-width: 900px) {
        :host([view="playground"]) a {
          padding: 0 3px; /* all in one row of the panel */
          font-size: 12px;
        }
        /* The title above names it. */
        :host([view="playground"]) a[aria-current] {
          display: none;
        }
        /* Two rows are needed: in columns. */
        :host([view="playground"]:lang(vi)) nav {
          display: grid;
          grid-template-columns: repeat(3, auto);
        }
        :host([view="playground"]:lang(vi)) a {
          min-height: 26px;
        }
      }
      a[aria-current] {
        color: var(--ink);
        font-weight: 600;
      }
      @media (max-width: 400px), (min-width: 640px) and (max-width: 899px) and (max-height: 520px) {
        a {
          padding: 0 2px; /* all of Vietnamese in a row of 375 pixels */
          font-size: 12px;
          letter-spacing: -0.015em;
        }
        /* The title above names it. */
        :host(:lang(vi)) a {
          font-size: 11.5px;
          letter-spacing: -0.02em;
        }
        :host([view="playground"]) a[aria-current] {
          display: none;
        }
        /* The header has an icon for it. */
        .help {
          display: none;
        }
        :host {
          min-width: 0;
        }
        /* One row in every language; it scrolls if it does not fit. */
        nav {
          flex-wrap: nowrap;
          justify-content: space-between;
          max-width: 376px;
          overflow-x: auto;
          scrollbar-width: none;
          margin-left: 5px; /* what their padding lacks, as they stand below the title */
        }
        a {
          flex: none;
          outline-offset: -2px;
        }
      }
      @media (pointer: coarse) {
        a {
          min-height: 40px;
        }
      }
    `,
  ];

  /** Scrolls the current view's link into sight. */
  protected override updated(): void {
    const [nav, link] = ["nav", "a[aria-current]"].map((one) => this.renderRoot.querySelector<HTMLElement>(one));
    if (nav && link) nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  }

  protected override render() {
    return html`<nav aria-label=${t("nav.label")}>${VIEWS.map((name) => {
      const href = name === "playground" ? "#" : `#${name}`;
      return html`<a href=${href} aria-current=${name === this.view ? "page" : nothing}>${t(`nav.${name}`)}</a>`;
    })}<a class="help" href=${HELP} target="_blank" hreflang="en">${t("nav.help")}</a></nav>`;
  }
}
