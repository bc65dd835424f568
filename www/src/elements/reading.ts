import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { linesFor, type Question, type ReadingId } from "../app/reading";
import { Localized, t } from "../i18n";
import "./bitmap";
import { icons } from "./icons";
import { dialogs, shared } from "./shared";

/**
 * Asks how to interpret a network's output, in a dialog. Emits `answer` with the id of an interpretation, and
 * `dismiss`.
 */
@customElement("up-reading")
export class ReadingDialog extends Localized {
  @property({ attribute: false }) question: Question | null = null;
  /** The clicked interpretation; null: the most likely, or the earlier choice. */
  @state() private picked: ReadingId | null = null;
  @state() private copied = false;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    shared,
    dialogs,
    css`
      dialog {
        width: 620px;
      }
      .readings {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
        gap: 12px;
        margin: 14px 0;
      }
      label {
        position: relative;
        display: grid;
        align-content: start;
        gap: 6px;
        padding: 8px;
        border-radius: calc(var(--radius) + 4px);
        box-shadow: inset 0 0 0 1px var(--hairline);
        cursor: pointer;
      }
      label:has(:checked) {
        box-shadow: inset 0 0 0 2px var(--accent);
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      up-bitmap,
      .none {
        aspect-ratio: 4 / 3;
        border-radius: var(--radius);
        background: var(--fill);
        overflow: hidden;
      }
      label b {
        font-weight: 600;
      }
      pre {
        margin: 8px 0;
        padding: 10px 12px;
        border-radius: var(--radius);
        background: var(--fill);
        font-size: 12px;
        line-height: 18px;
        overflow: auto;
      }
      summary {
        width: max-content;
        cursor: pointer;
        font-size: 12px;
        color: var(--ink-soft);
      }
      details {
        margin-bottom: 10px;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.hasUpdated) this.dialog.close(); // otherwise it could not be shown again
  }

  protected override updated(): void {
    if (!this.question) {
      this.picked = null;
      this.copied = false;
      this.dialog.close();
    } else if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render() {
    const { question } = this;
    const readings = question?.readings ?? [];
    const picked = readings.find(({ id }) => id === (this.picked ?? question?.chosen)) ?? readings[0];
    return html`<dialog aria-labelledby="title" @cancel=${() => this.#emit("dismiss")}>
      <div class="head">
        <h2 id="title">${t("reading.heading", { name: question?.name ?? "" })}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.#emit("dismiss")}>${icons.close}</button>
      </div>
      <p>${t("reading.sentence")}</p>
      <div class="readings" role="radiogroup" aria-labelledby="title">
        ${readings.map(({ id }) => {
          const preview = question?.previews[id];
          return html`<label>
            <input class="over" type="radio" name="reading" .checked=${id === picked?.id} @change=${() => this.#pick(id)} />
            ${preview ? html`<up-bitmap .bitmap=${preview} smooth></up-bitmap>` : html`<span class="none"></span>`}
            <b>${t(`reading.${id}`)}</b><span class="sentence">${t(`reading.${id}.sentence`)}</span>
          </label>`;
        })}
      </div>
      ${
        picked && question
          ? html`<details>
            <summary>${t("reading.lines")}</summary>
            <pre tabindex="0">${linesFor(question.name, picked)}</pre>
            <button @click=${() => this.#copy(linesFor(question.name, picked))}>${icons.copy} ${t(this.copied ? "lab.code.copied" : "lab.code.copy")}</button>
          </details>`
          : nothing
      }
      <div class="foot">
        <button class="primary" ?disabled=${!picked} @click=${() => this.#emit("answer", picked?.id)}>${t("reading.use")}</button>
      </div>
    </dialog>`;
  }

  #pick(id: ReadingId): void {
    this.picked = id;
    this.copied = false;
  }

  #copy(lines: string): void {
    const done = () => (this.copied = true);
    navigator.clipboard?.writeText(lines).then(done, () => {}); // where it cannot be copied it can still be selected
  }

  #emit(name: "answer" | "dismiss", detail?: ReadingId): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
