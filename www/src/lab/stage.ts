import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import "./grid";
import type { Lab } from "./lab";
import type { GridName, Marks } from "./marks";
import { MAX_SIDE, type Matrix, resized, withValue } from "./matrix";
import { panel } from "./panel.styles";
import type { Settings } from "./settings";
import "./stepper";
import type { Worked } from "./worked";

interface Figure {
  grid: GridName;
  title: string;
  matrix: Matrix;
  across?: number;
  editable?: boolean;
  blank?: (cell: number) => boolean;
  faint?: (cell: number) => boolean;
  below?: TemplateResult | typeof nothing;
  shaded?: boolean;
}

const never = () => false;

/** Input, the operator's computation, and output, side by side. */
@customElement("lab-stage")
export class Stage extends Localized {
  @property({ attribute: false }) lab!: Lab;

  static override styles = [
    shared,
    panel,
    css`
      .stage {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        justify-content: safe center;
        gap: 28px 14px;
      }
      figure {
        display: grid;
        justify-items: center;
        gap: 10px;
        min-width: 0;
        max-width: 100%;
        margin: 0;
      }
      figcaption {
        display: flex;
        align-items: baseline;
        gap: 8px;
        font-size: 13px;
        font-weight: 600;
        white-space: nowrap;
      }
      figcaption span {
        font-weight: 400;
        color: var(--ink-soft);
        font-variant-numeric: tabular-nums;
      }
      .between {
        align-self: center;
        padding-top: 28px;
        font-size: 19px;
        color: var(--ink-faint);
      }
      .sizes {
        display: grid;
        justify-items: end;
        font-size: 12.5px;
      }
      @media (max-width: 700px) {
        .stage {
          flex-direction: column;
          align-items: center;
          gap: 12px;
        }
        .between {
          padding: 0;
        }
        .arrow {
          display: inline-block;
          rotate: 90deg;
        }
      }
    `,
  ];

  #changed = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.lab.addEventListener("change", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.lab.removeEventListener("change", this.#changed);
  }

  protected override render() {
    const { lab } = this;
    const { marks } = lab;
    const figures = this.#figures(lab.settings, lab.worked);
    return html`<div class="stage">${figures.map((figure, at) => {
      const before =
        at > 0 ? html`<span class="between" aria-hidden="true">${symbol(lab, figure.grid)}</span>` : nothing;
      return html`${before}${this.#figure(figure, marks)}`;
    })}</div>`;
  }

  #figure(
    {
      grid,
      title,
      matrix,
      across = 1,
      editable = false,
      blank = never,
      faint = never,
      below = nothing,
      shaded = false,
    }: Figure,
    marks: Marks,
  ) {
    const { lab } = this;
    const size = `${matrix.channels > 1 ? `${matrix.channels} × ` : ""}${matrix.height} × ${matrix.width}`;
    return html`<figure>
      <figcaption>${title} <span>${size}</span></figcaption>
      <lab-grid .name=${title} .matrix=${matrix} .across=${across} ?editable=${editable} ?shaded=${shaded} .blank=${blank} .faint=${faint}
        .marks=${marks[grid]} .pinned=${lab.pinned?.grid === grid ? lab.pinned.cell : null}
        @point=${({ detail: cell }: CustomEvent<number | null>) => lab.point(cell === null ? null : { grid, cell })}
        @pin=${({ detail: cell }: CustomEvent<number>) => lab.pin({ grid, cell })}
        @edit=${({ detail: { cell, value } }: CustomEvent<{ cell: number; value: number }>) => this.#edited(grid, cell, value)}
      ></lab-grid>
      ${below}
    </figure>`;
  }

  #figures(settings: Settings, worked: Worked | null): Figure[] {
    const { operator, input, factor } = settings;
    const across = operator === "pixel-shuffle" ? factor : 1;
    const figures: Figure[] = [
      { grid: "input", title: t("lab.input"), matrix: input, across, editable: true, below: this.#sizes(input) },
    ];
    if (operator === "transposed-conv") {
      figures.push({ grid: "kernel", title: t("lab.kernel"), matrix: settings.kernel, editable: true });
      if (worked?.spread && this.lab.view === "spread") figures.splice(1, 0, spreadFigure(worked));
    }
    if (worked?.pooled) {
      const { maxima, indices } = worked.pooled;
      const blank = (cell: number) => cell >= (this.lab.step ?? Number.POSITIVE_INFINITY);
      figures.push({ grid: "maxima", title: t("lab.maxima"), matrix: maxima, blank });
      figures.push({ grid: "indices", title: t("lab.indices"), matrix: indices, blank });
    }
    if (worked) figures.push(this.#output(worked));
    return figures;
  }

  #output(worked: Worked): Figure {
    const { step, stamping } = this.lab;
    const { output, pooled, settings } = worked;
    const figure: Figure = {
      grid: "output",
      title: t("lab.output"),
      matrix: output,
      across: output.channels,
      shaded: true,
    };
    if (pooled) {
      const found = new Set(pooled.indices.values.slice(0, step ?? undefined));
      const values = output.values.map((value, cell) => (found.has(cell) ? value : 0));
      return { ...figure, matrix: { ...output, values }, faint: (cell) => !found.has(cell) };
    }
    if (step === null) return figure;
    if (!stamping) return { ...figure, blank: (cell) => cell >= step };
    if (step === 0) return { ...figure, matrix: { ...output, values: output.values.map(() => settings.bias) } };
    return { ...figure, matrix: worked.stampedOutput(step) };
  }

  /** Steppers of the input's size. */
  #sizes(input: Matrix) {
    const resize = (height: number, width: number) => {
      const fill =
        this.lab.settings.operator === "pixel-shuffle" ? counting(input.channels * height * width) : [1, 2, 3, 4];
      this.lab.change({ input: resized(input, input.channels, height, width, fill) });
    };
    return html`<div class="sizes">
      <lab-stepper name=${t("lab.rows")} .value=${input.height} least="2" .most=${MAX_SIDE}
        @count=${({ detail }: CustomEvent<number>) => resize(detail, input.width)}></lab-stepper>
      <lab-stepper name=${t("lab.columns")} .value=${input.width} least="2" .most=${MAX_SIDE}
        @count=${({ detail }: CustomEvent<number>) => resize(input.height, detail)}></lab-stepper>
    </div>`;
  }

  #edited(grid: GridName, cell: number, value: number): void {
    const { lab } = this;
    if (grid === "input") lab.change({ input: withValue(lab.settings.input, cell, value) });
    else if (grid === "kernel") lab.change({ kernel: withValue(lab.settings.kernel, cell, value) });
  }
}

function counting(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** The symbol between a figure and the previous one. */
function symbol(lab: Lab, grid: GridName): TemplateResult | string {
  if (grid === "indices") return "";
  if (grid === "kernel") return lab.view === "spread" ? "∗ ↻" : "×";
  if (grid === "output" && lab.settings.operator === "transposed-conv") return "=";
  return html`<span class="arrow">→</span>`;
}

function spreadFigure({ spread, settings }: Worked): Figure {
  const { height = 0, width = 0, origin = [] } = spread ?? {};
  const values = origin.map((cell) => settings.input.values[cell] ?? 0);
  const matrix = { channels: 1, height, width, values };
  return { grid: "spread", title: t("lab.spread"), matrix, faint: (cell) => (origin[cell] ?? -1) < 0 };
}
