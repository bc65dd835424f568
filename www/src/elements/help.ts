import { css, html } from "lit";
import { customElement, query } from "lit/decorators.js";
import { Localized, type MessageKey, t } from "../i18n";
import { icons } from "./icons";
import { hasShortcuts, setShortcuts } from "./keys";
import { dialogs, shared } from "./shared";

const ROWS: [MessageKey, MessageKey][] = [
  ["help.wipe", "help.wipe.keys"],
  ["help.hold", "help.hold.keys"],
  ["help.views", "help.views.keys"],
  ["help.flicker", "help.flicker.keys"],
  ["help.tools", "help.tools.keys"],
  ["help.zoom", "help.zoom.keys"],
  ["help.fit", "help.fit.keys"],
  ["help.pan", "help.pan.keys"],
  ["help.fullscreen", "help.fullscreen.keys"],
  ["help.open.photo", "help.open.photo.keys"],
  ["help.run", "help.run.keys"],
  ["help.save", "help.save.keys"],
];

/** The list of keys and gestures, in a dialog. */
@customElement("up-help")
export class Help extends Localized {
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    shared,
    dialogs,
    css`
      dialog {
        width: 480px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-bottom: 12px;
      }
      input {
        width: 17px;
        height: 17px;
        margin: 0;
        accent-color: var(--ink);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr);
        gap: 0 20px;
        margin: 0;
        line-height: 20px;
      }
      dt,
      dd {
        margin: 0;
        padding: 8px 0;
        border-top: 1px solid var(--hairline);
      }
      dd {
        color: var(--ink-soft);
      }
    `,
  ];

  /** A dialog that is removed while open is no longer modal, and could not be shown again. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dialog?.close();
  }

  show(): void {
    this.dialog.showModal();
  }

  #switch = (event: Event): void => setShortcuts((event.target as HTMLInputElement).checked);

  protected override render() {
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${t("help.open")}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.dialog.close()}>${icons.close}</button>
      </div>
      <label><input type="checkbox" .checked=${hasShortcuts()} @change=${this.#switch} /> ${t("help.shortcuts")}</label>
      <dl>${ROWS.map(([what, keys]) => html`<dt>${t(what)}</dt><dd>${t(keys)}</dd>`)}</dl>
    </dialog>`;
  }
}
