import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { Target } from "./marks";
import { format, type Matrix, place } from "./matrix";
import { panel } from "./panel.styles";
import type { Worked } from "./worked";

/** The arithmetic of the selected cell, written out. */
@customElement("lab-explain")
export class Explain extends Localized {
  @property({ attribute: false }) worked: Worked | null = null;
  @property({ attribute: false }) target: Target | null = null;

  static override styles = [
    shared,
    panel,
    css`
      p {
        min-height: 44px;
        max-height: 132px;
        overflow: auto;
        line-height: 22px;
      }
      .term {
        white-space: nowrap;
      }
      .plus {
        color: var(--accent);
      }
      .minus {
        color: var(--cool);
      }
    `,
  ];

  protected override render() {
    const { worked, target } = this;
    return html`<p class="math" role="status">${worked && target ? this.#sentence(worked, target) : html`<span class="soft">${t("lab.hint")}</span>`}</p>`;
  }

  #sentence(worked: Worked, { grid, cell }: Target): TemplateResult {
    if (grid === "output") return made(worked, cell);
    if (grid === "maxima" || grid === "indices") return maximum(worked, cell);
    if (grid === "kernel") return kernel(worked, cell);
    const input = grid === "spread" ? (worked.spread?.origin[cell] ?? -1) : cell;
    return input < 0 ? html`${t("lab.explain.inserted")}` : used(worked, input);
  }
}

function made(worked: Worked, cell: number): TemplateResult {
  const { output, settings } = worked;
  const { input, bias, operator } = settings;
  const terms = worked.madeOf(cell);
  const value = output.values[cell] ?? 0;
  const name = html`<b>${t("lab.output")} ${at(output, cell)}</b>`;
  if (terms.length === 0) {
    const reason = operator === "max-unpool" ? t("lab.explain.no-maximum") : t("lab.explain.nothing");
    return html`${name} = ${format(value)} <span class="soft">${reason}</span>`;
  }
  if (operator === "nearest" || operator === "pixel-shuffle" || operator === "max-unpool") {
    const from = terms[0]?.input ?? 0;
    return html`${name} = ${t("lab.input")} ${at(input, from)} = <b>${format(value)}</b>`;
  }
  const parts = terms.map((term, index) => {
    const x = input.values[term.input] ?? 0;
    const weight = html`<span class=${term.weight < 0 ? "minus" : "plus"}>${number(term.weight)}</span>`;
    return html`${index > 0 ? " + " : ""}<span class="term">${number(x)} × ${weight}</span>`;
  });
  const offset = operator === "transposed-conv" && bias !== 0 ? html` + ${number(bias)}` : nothing;
  const rounded = terms.some(({ weight }) => Math.abs(Number(format(weight)) - weight) > 1e-6);
  return html`${name} = ${parts}${offset} <span class="term">${rounded ? "≈" : "="} <b>${format(value)}</b></span>`;
}

/** `[row, column]` in PyTorch's order, preceded by the channel if there are several. */
function at(matrix: Matrix, cell: number): string {
  const [channel, row, column] = place(matrix, cell);
  return matrix.channels > 1 ? `[${channel}, ${row}, ${column}]` : `[${row}, ${column}]`;
}

/** Negative numbers in parentheses. */
function number(value: number): string {
  const text = format(value).replace("-", "−");
  return value < 0 ? `(${text})` : text;
}

function used(worked: Worked, cell: number): TemplateResult {
  const { settings, output } = worked;
  const { input } = settings;
  const value = input.values[cell] ?? 0;
  const uses = worked.usesOf(cell);
  const name = html`<b>${t("lab.input")} ${at(input, cell)} = ${format(value)}</b>`;
  if (uses.length === 0) return html`${name} <span class="soft">${t("lab.explain.unused")}</span>`;
  const parts = uses.map(
    ({ output: o, weight }, index) =>
      html`${index > 0 ? ", " : ""}${at(output, o)}${
        weight === 1 ? nothing : html` <span class=${weight < 0 ? "minus" : "plus"}>×${number(weight)}</span>`
      }`,
  );
  return html`${name} → ${t("lab.output")} ${parts}`;
}

function kernel(worked: Worked, cell: number): TemplateResult {
  const { kernel } = worked.settings;
  const uses = worked.usesOfKernel(cell).length;
  return html`<b>${t("lab.kernel")} ${at(kernel, cell)} = ${format(kernel.values[cell] ?? 0)}</b>
    <span class="soft">${t("lab.explain.kernel", { uses })}</span>`;
}

function maximum({ pooled, settings }: Worked, cell: number): TemplateResult {
  if (!pooled) return html``;
  const { input } = settings;
  const index = pooled.indices.values[cell] ?? 0;
  const seen = (pooled.windows[cell] ?? []).map((each) => format(input.values[each] ?? 0)).join(", ");
  const [, row, column] = place(input, index);
  return html`max(${seen}) = <b>${format(pooled.maxima.values[cell] ?? 0)}</b>
    <span class="soft">${t("lab.explain.index", { index, row, column, width: input.width })}</span>`;
}
