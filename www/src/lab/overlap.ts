import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { Overlap } from "./lab";
import type { Matrix } from "./matrix";
import { panel } from "./panel.styles";

/** How often each output cell is reached: evenly, or in the checkerboard of uneven overlap. */
@customElement("lab-overlap")
export class OverlapPanel extends Localized {
  @property({ attribute: false }) overlap: Overlap | null = null;
  /** The overlap of another kernel, for comparison. */
  @property({ attribute: false }) other: Overlap | null = null;
  @property({ type: Number }) stride = 0;
  @property() heading = "";

  static override styles = [
    shared,
    panel,
    css`
      .pictures {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: end;
        gap: 20px;
        margin: 12px 0 10px;
      }
      @media (max-width: 500px) {
        .pictures {
          grid-template-columns: minmax(0, 1fr);
          justify-items: center;
        }
      }
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      .squares {
        display: flex;
        gap: 10px;
      }
      figure {
        width: 128px;
        margin: 0;
      }
      figure:only-child {
        width: 168px;
      }
      figcaption {
        font-size: 12px;
        line-height: 20px;
        text-align: center;
        color: var(--ink-soft);
      }
      figcaption[data-chosen] {
        font-weight: 600;
        color: var(--ink);
      }
      .bar {
        fill: var(--ink-faint);
      }
      .line {
        fill: none;
        stroke: var(--ink-faint);
        stroke-width: 0.06;
      }
      text {
        font-size: 0.62px;
        fill: var(--ink-soft);
        text-anchor: middle;
      }
      .cell {
        fill: var(--accent);
      }
    `,
  ];

  protected override render() {
    const { overlap, other, stride } = this;
    if (!overlap) return html``;
    const { kernel } = overlap;
    const squares = [overlap, ...(other ? [other] : [])].sort((a, b) => a.kernel - b.kernel);
    const even = kernel % stride === 0;
    return html`<h2>${this.heading || t("lab.overlap")}</h2>
      <div class="pictures">
        ${this.#line(overlap)}
        <div class="squares">${squares.map(
          (one) => html`<figure>${this.#square(one.square)}
          ${other ? html`<figcaption ?data-chosen=${one === overlap}>${t("lab.overlap.kernel", { kernel: one.kernel })}</figcaption>` : nothing}</figure>`,
        )}</div>
      </div>
      <p class="soft">${t(even ? "lab.overlap.even" : "lab.overlap.uneven", { kernel, stride })}</p>`;
  }

  /** Stamps as brackets above bars of the counts. */
  #line({ kernel, line: { values, width } }: Overlap) {
    const { stride } = this;
    const most = Math.max(...values);
    const stamps = Math.floor((width - kernel) / stride) + 1;
    const lanes = Math.min(stamps, Math.ceil(kernel / stride) + 1);
    const top = lanes * 0.5 + 0.4;
    const scale = 2.4 / most;
    const bottom = top + 2.4 + 0.9;
    return html`<svg viewBox="0 0 ${width} ${bottom + 0.9}" role="img" aria-label=${t("lab.overlap.line", { counts: values.join(" ") })}>
      ${Array.from({ length: stamps }, (_, at) => {
        const [x, y] = [at * stride, (at % lanes) * 0.5 + 0.3];
        return svg`<path class="line" d="M${x + 0.12} ${y + 0.25}v-0.2h${kernel - 0.24}v0.2" />`;
      })}
      ${values.map((count, x) => {
        const tall = count * scale;
        return svg`<rect class="bar" x=${x + 0.1} width="0.8" y=${bottom - tall} height=${Math.max(tall, 0.03)} rx="0.1" />
          <text x=${x + 0.5} y=${bottom + 0.7}>${count}</text>`;
      })}
    </svg>`;
  }

  #square({ values, width, height }: Matrix) {
    const most = Math.max(...values);
    return html`<svg class="square" viewBox="0 0 ${width} ${height}" role="img" aria-label=${t("lab.overlap.square")}>
      ${values.map(
        (
          count,
          at,
        ) => svg`<rect class="cell" x=${at % width} y=${Math.floor(at / width)} width="1" height="1" shape-rendering="crispEdges"
        fill-opacity=${(count / most) ** 1.2} />`,
      )}
    </svg>`;
  }
}
