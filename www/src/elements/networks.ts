import { css, html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { dialogs, shared } from "./shared";

/** Asks which of several networks to use, in a dialog. Emits `pick` with its index, and `dismiss`. */
@customElement("up-networks")
export class NetworksDialog extends Localized {
  @property({ attribute: false }) names: readonly string[] = [];
  @state() private picked = 0;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    shared,
    dialogs,
    css`
      dialog {
        width: 420px;
      }
      .names {
        display: grid;
        gap: 4px;
        margin: 12px 0 10px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 40px;
        padding: 4px 10px;
        border-radius: var(--radius);
        overflow-wrap: anywhere;
        cursor: pointer;
      }
      label:hover,
      label:has(:checked) {
        background: var(--fill);
      }
      input {
        flex: none;
        accent-color: var(--accent);
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.hasUpdated) this.dialog.close(); // otherwise it could not be shown again
  }

  protected override updated(): void {
    if (this.names.length === 0) {
      this.picked = 0;
      this.dialog.close();
    } else if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render() {
    return html`<dialog aria-labelledby="title" @cancel=${() => this.#emit("dismiss")}>
      <div class="head">
        <h2 id="title">${t("networks.heading")}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.#emit("dismiss")}>${icons.close}</button>
      </div>
      <p>${t("networks.sentence")}</p>
      <div class="names" role="radiogroup" aria-labelledby="title">
        ${this.names.map(
          (name, index) => html`<label>
          <input type="radio" name="network" .checked=${index === this.picked} @change=${() => (this.picked = index)} />${name}
        </label>`,
        )}
      </div>
      <div class="foot"><button class="primary" @click=${() => this.#emit("pick", this.picked)}>${t("reading.use")}</button></div>
    </dialog>`;
  }

  #emit(name: "pick" | "dismiss", detail?: number): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
