import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { decibels, Localized, t } from "../i18n";
import "../elements/bitmap";
import { type Box, cutName, type Edge } from "./graph";
import type { InspectedModel } from "./inspected";
import { shapeWords } from "./names";
import { GAIN, type Made, type Shown } from "./outputs";

/**
 * Skip connections as checkboxes, and the output with and without the cut ones. Emits `cut` with names and whether they
 * are cut.
 */
@customElement("inspect-skips")
export class Skips extends Localized {
  @property({ attribute: false }) inspected!: InspectedModel;
  @property({ attribute: false }) cuts: readonly string[] = [];
  @property({ attribute: false }) made!: Shown;
  /** The network's input. */
  @property({ attribute: false }) input: ImageBitmap | null = null;

  static override styles = [
    shared,
    css`
      .skips {
        display: grid;
        grid-template-columns: minmax(220px, 280px) minmax(0, 1fr);
        gap: 20px 32px;
        align-items: start;
      }
      label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 1px 10px;
        align-items: center;
        padding: 5px 0;
        cursor: pointer;
      }
      input {
        width: 17px;
        height: 17px;
        margin: 0;
        accent-color: var(--ink);
      }
      label small {
        grid-column: 2;
        font-size: 12px;
        line-height: 15px;
        color: var(--ink-soft);
      }
      .ways {
        display: flex;
        gap: 6px;
        margin-top: 10px;
      }
      .pictures {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 14px;
      }
      figure {
        margin: 0;
      }
      up-bitmap {
        aspect-ratio: var(--aspect);
        border-radius: 6px;
        background: var(--fill);
        overflow: hidden;
      }
      figcaption {
        margin-top: 6px;
        font-weight: 600;
      }
      figcaption span {
        display: block;
        font-weight: 400;
        color: var(--ink-soft);
        font-variant-numeric: tabular-nums;
      }
      .hint {
        color: var(--ink-soft);
      }
      @media (max-width: 700px) {
        .skips {
          grid-template-columns: minmax(0, 1fr);
        }
        .pictures {
          gap: 8px;
        }
        label {
          min-height: 40px;
        }
      }
    `,
  ];

  protected override render() {
    const { inspected } = this;
    const { skips } = inspected;
    const inner = skips.filter((edge) => !inspected.fromInput(edge)).map(cutName);
    const all = inner.length > 0 && inner.every((name) => this.cuts.includes(name));
    const { width, height } = inspected.inspection.rect;
    return html`<div class="skips">
      <div role="group" aria-label=${t("inspect.skips")}>
        ${skips.length === 0 ? html`<p class="hint">${t("inspect.skips.none")}</p>` : skips.map((edge) => this.#skip(edge))}
        ${
          inner.length > 1
            ? html`<div class="ways"><button @click=${() => this.#cut(inner, !all)}>${t(all ? "inspect.restore.all" : "inspect.cut.all")}</button></div>`
            : nothing
        }
      </div>
      <div class="pictures" .style=${`--aspect:${width / height}`}>${this.cuts.length > 0 ? this.#compared() : this.#plain()}</div>
    </div>`;
  }

  #skip(edge: Edge) {
    const { boxes } = this.inspected.graph;
    const [from, to] = [boxes[edge.from], boxes[edge.to]];
    const name = cutName(edge);
    const own = this.inspected.fromInput(edge);
    const said = own
      ? t("inspect.skip.input", { to: to?.name ?? "" })
      : t("inspect.skip", { from: edge.value, to: to?.value ?? "" });
    return html`<label>
      <input type="checkbox" .checked=${!this.cuts.includes(name)} @change=${(event: Event) => this.#cut([name], !(event.target as HTMLInputElement).checked)} />
      <span>${said}</span><small>${own && to && isResidual(edge, to) ? t("inspect.skip.residual") : shapeWords(from?.shape ?? [])}</small>
    </label>`;
  }

  #plain() {
    const { whole } = this.made;
    return html`
      ${this.#figure(this.input, t("inspect.input"), [])}
      ${this.#figure(whole?.bitmap ?? null, t("inspect.output"), this.#figures(whole))}
      ${this.inspected.skips.length > 0 ? html`<p class="hint">${t("inspect.skips.hint")}</p>` : nothing}`;
  }

  #compared() {
    const { whole, cut, difference, apart } = this.made;
    const labels = this.inspected.model.classes.length > 0; // PSNR between label colors is meaningless
    const apartness = labels || apart === null ? [] : [t("inspect.apart", { psnr: decibels(apart) })];
    return html`
      ${this.#figure(whole?.bitmap ?? null, t("inspect.with"), this.#figures(whole))}
      ${this.#figure(cut?.bitmap ?? null, t("inspect.without"), this.#figures(cut))}
      ${this.#figure(difference, t("inspect.difference", { gain: GAIN }), apartness)}`;
  }

  #figures(made: Made | null): string[] {
    return made && made.psnr !== null ? [t("inspect.psnr", { psnr: decibels(made.psnr) })] : [];
  }

  #figure(bitmap: ImageBitmap | null, name: string, figures: string[]) {
    return html`<figure><up-bitmap .bitmap=${bitmap} .label=${name}></up-bitmap>
      <figcaption>${name}${figures.map((one) => html`<span>${one}</span>`)}</figcaption></figure>`;
  }

  #cut(names: string[], on: boolean): void {
    this.dispatchEvent(new CustomEvent("cut", { detail: { names, on } }));
  }
}

/** Whether the network's input is added to its output at the very end. */
function isResidual({ reader }: Edge, to: Box): boolean {
  const op = to.nodes.find(({ name }) => name === reader)?.op;
  return to.isOutput && (op === "Add" || op === "Sum");
}
