import { css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import { pytorch, tensorflow } from "./code";
import { panel } from "./panel.styles";
import type { Settings } from "./settings";

type Library = "PyTorch" | "TensorFlow";

/** The current settings as a PyTorch or TensorFlow program. */
@customElement("lab-code")
export class CodePanel extends Localized {
  @property({ attribute: false }) settings!: Settings;
  @state() private copied: Library | null = null;

  static override styles = [
    shared,
    panel,
    css`
      .libraries {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
        gap: 20px;
      }
      section {
        min-width: 0;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }
      header button {
        min-height: 30px;
        padding: 0 10px;
        color: var(--ink-soft);
      }
      pre {
        margin: 4px 0 0;
        padding: 14px 16px;
        overflow-x: auto;
        border-radius: var(--radius);
        background: var(--fill);
        font: 12.5px/1.55 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
        tab-size: 4;
      }
      .note {
        margin-top: 8px;
      }
    `,
  ];

  protected override render() {
    const { settings } = this;
    return html`<div class="libraries">
      ${this.#program("PyTorch", pytorch(settings))}
      ${this.#program("TensorFlow", tensorflow(settings))}
    </div>
    ${
      settings.operator === "bicubic"
        ? html`<p class="note soft">${t(settings.alignCorners ? "lab.code.bicubic.corners" : "lab.code.bicubic")}</p>`
        : ""
    }
    <p class="hidden" role="status">${this.copied ? t("lab.code.copied") : ""}</p>`;
  }

  #program(library: Library, code: string) {
    const label = t(this.copied === library ? "lab.code.copied" : "lab.code.copy");
    return html`<section>
      <header><h2>${library}</h2>
        <button class="plain" aria-label="${label}, ${library}" @click=${(event: Event) => this.#copy(library, code, event.currentTarget as Element)}>${label}</button></header>
      <pre tabindex="0" role="region" aria-label=${library}>${code}</pre>
    </section>`;
  }

  /** If the clipboard is forbidden, selects the program for copying by hand. */
  async #copy(library: Library, code: string, button: Element): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      const program = button.closest("section")?.querySelector("pre");
      if (program) getSelection()?.selectAllChildren(program);
      return;
    }
    this.copied = library;
    setTimeout(() => (this.copied = null), 2000);
  }
}
