import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ViewName } from "../app/router";
import { noticeFor } from "../app/state";
import { Localized, t } from "../i18n";
import "./header";
import "./notice";
import { scrolling, shared } from "./shared";

/** Placeholder for a view that could not be loaded, with links to the others. */
@customElement("up-missing")
export class Missing extends Localized {
  @property() view: ViewName = "playground";
  @property({ attribute: false }) error: unknown;

  static override styles = [
    shared,
    scrolling,
    css`
      up-notice {
        max-width: 440px;
        margin: 24px auto;
        padding: 0 16px;
      }
    `,
  ];

  protected override updated(): void {
    document.title = t("app.name");
  }

  protected override render() {
    return html`
      <up-header .view=${this.view}></up-header>
      <main>
        <up-notice .notice=${noticeFor(this.error)} @act=${() => location.reload()} @dismiss=${() => (location.hash = "")}></up-notice>
      </main>
    `;
  }
}
