import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { charts, shared } from "../elements/shared";
import { decimal, Localized, language, t } from "../i18n";
import { colored, type Group } from "./groups";
import { type Axis, type Box, type Cost, linearAxis, logarithmicAxis, type Point, paretoFront, placed } from "./points";

const [LEFT, BOTTOM, TOP, RIGHT] = [52, 44, 14, 14];
/** Pixels of a label's line, and of a letter of it on average. */
const [LINE, LETTER] = [16, 6.6];

export interface NamedPoint extends Point {
  name: string;
  group: Group;
}

/** Quality over cost. Emits `pick` with the id of a point that is clicked or pressed. */
@customElement("gallery-chart")
export class GalleryChart extends Localized {
  @property({ attribute: false }) points: NamedPoint[] = [];
  @property({ attribute: false }) chosen: readonly string[] = [];
  /** No more can be chosen. */
  @property({ type: Boolean }) full = false;
  @property() score = "";
  @property() unit = "";
  @property() cost: Cost = "flops";
  @property({ type: Boolean }) logarithmic = true;
  /** What there is without a network. */
  @property({ attribute: false }) reference: { name: string; value: number } | null = null;
  #width = 900;
  #watch = new ResizeObserver(([entry]) => {
    const width = Math.round(entry?.contentRect.width ?? 0);
    if (width === 0 || width === this.#width) return;
    this.#width = width;
    this.requestUpdate();
  });

  static override styles = [
    shared,
    charts,
    css`
      svg {
        display: block;
        width: 100%;
      }
      .front {
        fill: none;
        stroke: var(--ink-faint);
        stroke-width: 1.2;
        stroke-dasharray: 2 4;
        stroke-linecap: round;
      }
      .reference {
        stroke: var(--ink-soft);
        stroke-dasharray: 6 4;
      }
      g.point {
        cursor: pointer;
        outline: none;
      }
      .reach {
        fill: transparent;
      }
      .dot {
        fill: var(--surface);
        stroke: var(--color);
        stroke-width: 2.4;
      }
      [aria-checked="true"] .dot {
        fill: var(--color);
      }
      .point text {
        fill: var(--ink);
        stroke: var(--surface);
        stroke-width: 4px;
        stroke-linejoin: round;
        paint-order: stroke;
      }
      [aria-checked="true"] text {
        font-weight: 650;
      }
      [aria-disabled="true"] {
        cursor: default;
      }
      .point:focus-visible .ring {
        stroke: var(--accent);
        stroke-width: 2;
      }
      .ring {
        fill: none;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watch.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch.disconnect();
  }

  protected override render() {
    const { points, reference, logarithmic } = this;
    if (points.length === 0) return nothing;
    const width = this.#width;
    const height = Math.round(Math.min(460, Math.max(300, width * 0.52), Math.max(200, innerHeight - 24)));
    const across = (logarithmic ? logarithmicAxis : linearAxis)(points.map(({ cost }) => cost));
    const up = linearAxis([...points.map(({ quality }) => quality), ...(reference ? [reference.value] : [])]);
    const x = (cost: number) => LEFT + across.at(cost) * (width - LEFT - RIGHT);
    const y = (quality: number) => height - BOTTOM - up.at(quality) * (height - TOP - BOTTOM);
    const order = [...points].sort((a, b) => a.cost - b.cost || a.quality - b.quality);
    const spots = order.map((point) => ({ x: x(point.cost), y: y(point.quality), width: point.name.length * LETTER }));
    const labels = placed(spots, LINE, [width, height - BOTTOM]);
    const front = paretoFront(points).map((point) => `${x(point.cost).toFixed(1)},${y(point.quality).toFixed(1)}`);
    return html`<svg viewBox="0 0 ${width} ${height}" height=${height} role="group" aria-label=${t("gallery.chart")}>
      ${up.ticks.map(
        (tick) => svg`<path class="tick" d="M${LEFT} ${y(tick)}H${width - RIGHT}" />
        <text x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${decimal(tick, digits(up))}</text>`,
      )}
      ${across.ticks.map((tick) => svg`<text x=${x(tick)} y=${height - BOTTOM + 18} text-anchor="middle">${compact(tick)}</text>`)}
      <text x=${width - RIGHT} y=${height - 6} text-anchor="end">${t(`gallery.cost.${this.cost}`)} →</text>
      <text x="0" y=${height - 6}>↑ ${this.score}${this.unit && `, ${this.unit}`}</text>
      ${
        reference
          ? svg`<path class="reference" d="M${LEFT} ${y(reference.value)}H${width - RIGHT}" />
            <text x=${width - RIGHT} y=${y(reference.value) - 6} text-anchor="end">${t("gallery.reference", { name: reference.name })}</text>`
          : nothing
      }
      <polyline class="front" points=${front.join(" ")}><title>${t("gallery.front")}</title></polyline>
      ${order.map((point, index) => {
        const { x, y } = spots[index] ?? { x: 0, y: 0 };
        const label = labels[index];
        const checked = this.chosen.includes(point.id);
        const barred = this.full && !checked;
        return svg`<g class="point" .style=${colored(point.group)} role="checkbox" tabindex="0" aria-checked=${checked ? "true" : "false"}
          aria-disabled=${barred ? "true" : "false"} aria-label=${this.#said(point)}
          @click=${() => this.#pick(point.id)} @keydown=${(event: KeyboardEvent) => this.#pressed(event, point.id)}>
          <title>${this.#said(point)}</title>
          <circle class="reach" cx=${x} cy=${y} r="16" /><circle class="ring" cx=${x} cy=${y} r="11" />
          <circle class="dot" cx=${x} cy=${y} r="5.5" />
          ${label ? this.#label(label, x, point.name) : nothing}</g>`;
      })}
    </svg>`;
  }

  /** Its width is an estimate: it is held where it is nearest to its point. */
  #label({ x, y, width }: Box, point: number, name: string) {
    const [at, anchor] = x > point ? [x, "start"] : x + width < point ? [x + width, "end"] : [x + width / 2, "middle"];
    return svg`<text x=${at} y=${y + 12} text-anchor=${anchor}>${name}</text>`;
  }

  #said({ name, quality, cost }: NamedPoint): string {
    const spent = t(`gallery.said.${this.cost}`, { cost: compact(cost) });
    return `${name}: ${decimal(quality, this.unit ? 2 : 3)} ${this.unit}, ${spent}`;
  }

  #pressed(event: KeyboardEvent, id: string): void {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    this.#pick(id);
  }

  #pick(detail: string): void {
    if (this.full && !this.chosen.includes(detail)) return;
    this.dispatchEvent(new CustomEvent("pick", { detail }));
  }
}

function digits({ ticks }: Axis): number {
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

/** 16744 → "17K" */
function compact(value: number): string {
  return new Intl.NumberFormat(language(), { notation: "compact", maximumSignificantDigits: 2 }).format(value);
}
