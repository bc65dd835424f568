import { css, html, svg } from "lit";
import { customElement, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import "../lab/grid";
import { format, matrix, withValue } from "../lab/matrix";
import { panel } from "../lab/panel.styles";

const styles = [
  shared,
  panel,
  css`
    .math {
      font-size: 15px;
    }
    .side {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
      align-items: center;
      gap: 20px 36px;
    }
    label {
      display: grid;
      gap: 4px;
      color: var(--ink-soft);
    }
    input {
      width: 100%;
      accent-color: var(--ink);
    }
    svg {
      display: block;
      width: 100%;
      max-width: 320px;
      overflow: visible;
    }
    .axis {
      stroke: var(--hairline);
      stroke-width: 1;
    }
    .curve {
      fill: none;
      stroke: var(--ink-soft);
      stroke-width: 1.5;
    }
    circle {
      fill: var(--accent);
    }
    .pictures {
      display: flex;
      flex-wrap: wrap;
      gap: 20px 32px;
      margin-bottom: 12px;
    }
    figure {
      margin: 0;
    }
    figcaption {
      margin-bottom: 8px;
      font-size: 13px;
      font-weight: 600;
    }
  `,
];

/** Cross-entropy of one pixel as a function of its class probability. */
@customElement("slides-cross-entropy")
export class CrossEntropy extends Localized {
  /** Probability of the right class, in percent. */
  @state() private percent = 60;

  static override styles = styles;

  protected override render() {
    const p = this.percent / 100;
    // The other classes keep the slide's proportion, 0.13 to 0.27.
    const rest = [0.13, 0.27].map((share) => format(Number((((1 - p) * share) / 0.4).toFixed(2))));
    const loss = -Math.log(p);
    const at = (q: number) => `${q * 300},${110 - Math.min(-Math.log(q) * 24, 110)}`;
    const curve = Array.from({ length: 100 }, (_, step) => at((step + 1) / 100)).join(" ");
    const [x = "0", y = "0"] = at(p).split(",");
    return html`<div class="side">
      <label>${t("slides.probability")}
        <input type="range" min="1" max="100" .value=${String(this.percent)} aria-valuetext=${format(p)}
          @input=${(event: Event) => (this.percent = Number((event.target as HTMLInputElement).value))} />
        <span class="math" role="status">CE([${format(p)}, ${rest.join(", ")}], [1, 0, 0]) = −ln ${format(p)} = <b>${loss.toFixed(3)}</b></span>
      </label>
      <svg viewBox="0 -4 300 122" role="img" aria-label=${t("slides.curve")}>
        <path class="axis" d="M0 0v110h300" fill="none" />
        ${svg`<polyline class="curve" points=${curve} /><circle cx=${x} cy=${y} r="4.5" />`}
      </svg>
    </div>`;
  }
}

/** The mean absolute error of two small pictures, editable. */
@customElement("slides-l1")
export class L1 extends Localized {
  @state() private output = matrix([52, 60], [71, 90]);
  @state() private target = matrix([50, 64], [70, 85]);
  /** The number selected by a first tap: a second one edits it. */
  @state() private pinned: { name: "output" | "target"; cell: number } | null = null;

  static override styles = styles;

  protected override render() {
    const { output, target } = this;
    const errors = output.values.map((value, at) => Math.abs(value - (target.values[at] ?? 0)));
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const picture = (name: "output" | "target", title: string) => html`<figure><figcaption>${title}</figcaption>
      <lab-grid .name=${title} .matrix=${this[name]} editable
        .pinned=${this.pinned?.name === name ? this.pinned.cell : null}
        @pin=${({ detail: cell }: CustomEvent<number>) => (this.pinned = { name, cell })}
        @edit=${({ detail: { cell, value } }: CustomEvent<{ cell: number; value: number }>) => {
          this[name] = withValue(this[name], cell, value);
        }}></lab-grid></figure>`;
    return html`<div class="pictures">
        ${picture("output", t("slides.predicted"))}
        ${picture("target", t("slides.target"))}
      </div>
      <p class="math" role="status">L1 = (${errors.map(format).join(" + ")}) / ${errors.length} = <b>${format(mean)}</b></p>`;
  }
}
