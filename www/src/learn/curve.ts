import { css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { charts, shared } from "../elements/shared";
import { Localized, language, t } from "../i18n";
import type { Curve } from "./learning";
import { lossAt, scaleOf } from "./scale";

const [WIDTH, HEIGHT] = [900, 210];
const [LEFT, BOTTOM, TOP, RIGHT] = [40, 24, 10, 26];

/** The loss over the training steps, with the saved checkpoints. Emits `moment` with the index of a clicked one. */
@customElement("learn-curve")
export class LossCurve extends Localized {
  @property({ attribute: false }) curve!: Curve;
  @property({ type: Number }) moment = 0;

  static override styles = [
    shared,
    charts,
    css`
      svg {
        display: block;
        width: 100%;
        height: auto;
        overflow: visible;
      }
      .loss {
        fill: none;
        stroke: var(--ink-soft);
        stroke-width: 1.4;
        stroke-linejoin: round;
      }
      .done {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .here {
        stroke: var(--accent);
        stroke-dasharray: 3 3;
      }
      g.mark {
        cursor: pointer;
      }
      .mark .reach {
        fill: transparent;
      }
      .mark circle:not(.reach) {
        fill: var(--surface);
        stroke: var(--ink);
        stroke-width: 1.6;
      }
      .mark.chosen circle:not(.reach) {
        fill: var(--accent);
        stroke: var(--accent);
      }
      .mark.chosen text {
        fill: var(--ink);
        font-weight: 650;
      }
      @media (max-width: 700px) {
        text {
          font-size: 22px;
        }
      }
    `,
  ];

  protected override render() {
    const { curve: points, kept } = this.curve;
    const scale = scaleOf(points);
    const x = (step: number) => LEFT + scale.x(step) * (WIDTH - LEFT - RIGHT);
    const y = (loss: number) => TOP + scale.y(loss) * (HEIGHT - TOP - BOTTOM);
    const line = (part: Curve["curve"]) =>
      part.map(({ step, loss }) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
    const here = kept[this.moment] ?? 0;
    const number = new Intl.NumberFormat(language());
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
      aria-label=${t("learn.curve", { step: number.format(here), loss: number.format(Number(lossAt(points, here).toPrecision(3))) })}>
      ${scale.ticks.map((loss) => svg`<path class="tick" d="M${LEFT} ${y(loss)}H${WIDTH - RIGHT}" /><text x=${LEFT - 6} y=${y(loss) + 4} text-anchor="end">${number.format(loss)}</text>`)}
      <path class="here" d="M${x(here)} ${TOP}V${HEIGHT - BOTTOM}" />
      <polyline class="loss" points=${line(points)} />
      <polyline class="done" points=${line(points.filter(({ step }) => step <= here))} />
      ${kept.map((step, index) => this.#mark(index, x(step), y(lossAt(points, step)), number.format(step)))}
    </svg>`;
  }

  #mark(index: number, x: number, y: number, step: string) {
    const chosen = index === this.moment;
    return svg`<g class="mark ${chosen ? "chosen" : ""}" @click=${() => this.dispatchEvent(new CustomEvent("moment", { detail: index }))}>
      <circle class="reach" cx=${x} cy=${y} r="18" /><circle cx=${x} cy=${y} r=${chosen ? 6 : 4.5} />
      <text x=${x} y=${HEIGHT - 5} text-anchor=${index === 0 ? "start" : "middle"}>${step}</text></g>`;
  }
}
