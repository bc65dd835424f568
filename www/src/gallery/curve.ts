import { css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Entry } from "../../../npm/src/manifest";
import { charts, shared } from "../elements/shared";
import { decimal, Localized, language, t } from "../i18n";
import { linearAxis } from "./points";

/** A card at its narrowest. */
const [WIDTH, HEIGHT] = [268, 104];
const [LEFT, BOTTOM, TOP, RIGHT] = [38, 20, 20, 12];

/** What a network scored while it was trained, in its card. */
@customElement("gallery-curve")
export class GalleryCurve extends Localized {
  @property({ attribute: false }) curve: Entry["curve"] = [];
  /** dB, or the name of a score without a unit. */
  @property() unit = "dB";

  static override styles = [
    shared,
    charts,
    css`
      svg {
        display: block;
        width: 100%;
        max-width: 340px;
        height: auto;
      }
      polyline {
        fill: none;
        stroke: var(--color);
        stroke-width: 1.8;
        stroke-linejoin: round;
        stroke-linecap: round;
      }
      circle {
        fill: var(--color);
      }
      text {
        font-size: 11px;
      }
    `,
  ];

  protected override render() {
    const { curve, unit } = this;
    const [first, last] = [curve[0], curve.at(-1)];
    if (!first || !last) return html``;
    const axis = linearAxis(
      curve.map(([, score]) => score),
      3,
    );
    const x = (step: number) => LEFT + (step / last[0]) * (WIDTH - LEFT - RIGHT);
    const y = (score: number) => HEIGHT - BOTTOM - axis.at(score) * (HEIGHT - BOTTOM - TOP);
    const number = new Intl.NumberFormat(language());
    const digits = unit === "dB" ? 1 : 2;
    const said = t("gallery.curve.said", {
      unit,
      from: decimal(first[1], digits),
      first: number.format(first[0]),
      to: decimal(last[1], digits),
      last: number.format(last[0]),
    });
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${said}>
      ${axis.ticks.map(
        (tick) => svg`<path class="tick" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}" />
        <text x=${LEFT - 6} y=${y(tick) + 4} text-anchor="end">${decimal(tick, digits)}</text>`,
      )}
      <text x="0" y="10">${t("gallery.curve.axis", { unit })}</text>
      <text x=${LEFT} y=${HEIGHT - 4}>${number.format(0)}</text>
      <text x=${WIDTH - RIGHT} y=${HEIGHT - 4} text-anchor="end">${t("gallery.curve.step", { step: number.format(last[0]) })}</text>
      <polyline points=${curve.map(([step, score]) => `${x(step).toFixed(1)},${y(score).toFixed(1)}`).join(" ")} />
      <circle cx=${x(last[0])} cy=${y(last[1])} r="2.6" />
    </svg>`;
  }
}
