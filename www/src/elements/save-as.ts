import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { FORMATS, type Format, type Keeper } from "../app/keep";
import { noticeFor } from "../app/state";
import { bytes, Localized, percent, t } from "../i18n";
import { icons } from "./icons";
import { Leaving } from "./leaving";
import "./segments";
import { dialogs, shared } from "./shared";
import "./slider";

/** Milliseconds that the slider must rest before the file is encoded to tell its size. */
const REST = 150;

/**
 * Saves the chosen result in a chosen format and quality, and shows the file's size. Emits `save-file` with the file.
 */
@customElement("up-save-as")
export class SaveAs extends Localized {
  /** Name of the result. */
  @property() what = "";
  /** Encodes the file. */
  @property({ attribute: false }) encode!: Keeper["encoded"];
  /** Whether the photo contains its location. */
  @property({ type: Boolean }) located = false;
  /** Whether the photo has transparency. */
  @property({ type: Boolean }) transparent = false;
  @state() private format: Format = "jpeg";
  @state() private quality = 0.9;
  @state() private location = false;
  @state() private file: Blob | null = null;
  @state() private failure = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    shared,
    dialogs,
    css`
      dialog {
        width: 380px;
      }
      .choices {
        display: grid;
        gap: 14px;
        margin: 12px 0 10px;
      }
      .foot {
        justify-content: space-between;
      }
      output {
        font-variant-numeric: tabular-nums;
        color: var(--ink-soft);
      }
    `,
  ];

  constructor() {
    super();
    new Leaving(this, () => this.dialog);
  }

  show(): void {
    this.dialog.showModal();
    this.#make();
  }

  protected override render() {
    const { format, quality, file, failure } = this;
    return html`<dialog aria-labelledby="title" @close=${() => this.#turn++}>
      <div class="head">
        <h2 id="title">${t("save.heading", { what: this.what })}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.dialog.close()}>${icons.close}</button>
      </div>
      <div class="choices">
        <up-segments .label=${t("save.format")} .value=${format} .options=${FORMATS.map((value) => ({ value, label: t(`save.${value}`) }))}
          @pick=${(event: CustomEvent<Format>) => this.#set({ format: event.detail })}></up-segments>
        ${
          format === "png"
            ? html`<p class="sentence">${t("save.lossless")}</p>`
            : html`<up-slider .label=${t("save.quality")} .min=${0.3} .max=${1} .step=${0.01} .value=${quality} .said=${percent(quality)}
              @slide=${(event: CustomEvent<number>) => this.#set({ quality: event.detail })}></up-slider>`
        }
        ${this.transparent && format === "jpeg" ? html`<p class="sentence" role="status">${t("save.white")}</p>` : nothing}
        ${
          this.located
            ? html`<label><input type="checkbox" .checked=${this.location}
              @change=${(event: Event) => this.#set({ location: (event.target as HTMLInputElement).checked })} /> ${t("save.location")}</label>`
            : nothing
        }
        ${failure ? html`<p role="alert">${failure}</p>` : nothing}
      </div>
      <div class="foot">
        <output>${file ? t("save.size", { size: bytes(file.size) }) : failure ? "" : t("status.saving")}</output>
        <button class="primary" ?disabled=${!file} @click=${this.#save}>${icons.save} ${t("save.save")}</button>
      </div>
    </dialog>`;
  }

  #set(change: { format?: Format; quality?: number; location?: boolean }): void {
    Object.assign(this, change);
    this.#make();
  }

  /** If files overtake each other, the last one requested counts. */
  #make(): void {
    const turn = ++this.#turn;
    this.file = null;
    this.failure = "";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      try {
        const file = await this.encode(this.format, this.quality, this.located && this.location);
        if (turn === this.#turn) this.file = file;
      } catch (error) {
        const { message, params } = noticeFor(error);
        if (turn === this.#turn) this.failure = t(message, params);
      }
    }, REST);
  }

  #save = (): void => {
    const { file: detail } = this;
    this.dialog.close();
    if (detail) this.dispatchEvent(new CustomEvent<Blob>("save-file", { detail }));
  };
}
