import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { BackendName } from "../engine";
import "../elements/chips";
import { shared } from "../elements/shared";
import { Localized, language, percent, t, thousands } from "../i18n";
import type { Weights } from "../inspection";
import type { Box } from "./graph";
import type { InspectedModel } from "./inspected";
import type { Times } from "./inspector";
import { shapeWords } from "./names";
import { milliseconds, timeOf } from "./words";

const BACKENDS: BackendName[] = ["cpu", "webgpu"];

/** Type, cost and weight distribution of a box. */
@customElement("inspect-facts")
export class Facts extends Localized {
  @property({ attribute: false }) inspected!: InspectedModel;
  @property({ attribute: false }) box!: Box;
  @property({ attribute: false }) times: Times = {};
  /** The engine's backend. */
  @property() backend: BackendName | null = null;
  @property({ attribute: false }) weights: Weights[] = [];

  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 14px;
        margin: 0;
        font-variant-numeric: tabular-nums;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      dd small {
        color: var(--ink-soft);
        font-size: 12px;
      }
      figure {
        margin: 18px 0 0;
      }
      figcaption {
        font-size: 12.5px;
        overflow-wrap: anywhere;
      }
      figcaption small {
        color: var(--ink-soft);
        font-size: 12px;
      }
      svg {
        display: block;
        width: 100%;
        height: 64px;
        margin: 4px 0 1px;
      }
      .count {
        fill: var(--ink-soft);
      }
      .zero {
        stroke: var(--accent);
        stroke-width: 1;
        stroke-dasharray: 2 2;
        vector-effect: non-scaling-stroke;
      }
      .ends {
        display: flex;
        justify-content: space-between;
      }
      :is(.ends, .mean) {
        font-size: 11.5px;
        color: var(--ink-soft);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  protected override render() {
    const { box, inspected } = this;
    const { nodes } = inspected.inspection;
    const whole = nodes.reduce((sum, { flops }) => sum + flops, 0);
    const into = inspected.graph.edges.flatMap(({ to, from }) =>
      inspected.graph.boxes[to] === box ? (inspected.graph.boxes[from] ?? []) : [],
    );
    const fact = (name: string, value: unknown) => html`<dt>${name}</dt><dd>${value}</dd>`;
    return html`
      <dl>
        ${
          into.length > 0
            ? fact(
                t("inspect.fact.reads"),
                into.map(({ name, shape }) => html`<div>${name} <small>${shapeWords(shape)}</small></div>`),
              )
            : nothing
        }
        ${fact(t("inspect.fact.shape"), shapeWords(box.shape))}
        ${box.parameters > 0 ? fact(t("inspect.fact.parameters"), html`${box.parameters.toLocaleString(language())}${this.#shares()}`) : nothing}
        ${box.flops > 0 ? fact(t("inspect.fact.cost"), html`${thousands(box.flops)} <small>${percent(whole > 0 ? box.flops / whole : 0)}</small>`) : nothing}
        ${box.nodes.length > 0 ? BACKENDS.map((backend) => fact(t(`backend.${backend}`), this.#time(backend))) : nothing}
      </dl>
      ${this.weights.map((one) => this.#histogram(one))}
    `;
  }

  /** Parameters per node, for a box of several nodes with parameters. A single value is a constant of the file. */
  #shares() {
    const nodes = this.box.nodes.filter(({ parameters }) => parameters > 0);
    if (nodes.length < 2) return nothing;
    return nodes.map(({ op, parameters }) => {
      const count = parameters.toLocaleString(language());
      return html`<div><small>${t(parameters === 1 ? "inspect.fact.constant" : "inspect.fact.of", { op, count })}</small></div>`;
    });
  }

  #time(backend: BackendName) {
    const { box, inspected, times } = this;
    const { nodes } = inspected.inspection;
    const profile = times[backend];
    if (!profile)
      return html`<small>${t(backend === this.backend ? "inspect.time.soon" : "inspect.time.unknown")}</small>`;
    const time = timeOf(box, nodes, profile);
    if (time !== null) return milliseconds(time);
    const at = nodes.findIndex(({ name }) => name === box.name);
    const host = nodes[profile.within[at] ?? -1];
    return html`<small>${host ? t("inspect.time.within", { name: host.name }) : t("inspect.time.none")}</small>`;
  }

  #histogram({ name, shape, min, max, mean, std, counts }: Weights) {
    const most = Math.max(...counts, 1);
    const short = (value: number) => String(Number(value.toPrecision(3)));
    if (min === max)
      return html`<figure><figcaption>${name} <small>${shape.join(" × ")}</small> = ${short(min)}</figcaption></figure>`;
    const said = { min: short(min), max: short(max), mean: short(mean), std: short(std) };
    const zero = min < 0 && max > 0 ? (-min / (max - min)) * counts.length : null;
    return html`<figure>
      <figcaption>${name} <small>${shape.join(" × ")}</small></figcaption>
      <svg viewBox="0 0 ${counts.length} 100" preserveAspectRatio="none" role="img" aria-label=${t("inspect.histogram", { name, ...said })}>
        ${[...counts].map((count, at) => svg`<rect class="count" x=${at + 0.08} width="0.84" y=${100 - (100 * count) / most} height=${(100 * count) / most} />`)}
        ${zero === null ? nothing : svg`<path class="zero" d="M${zero} 0V100" />`}
      </svg>
      <div class="ends"><span>${said.min}</span><span>${said.max}</span></div>
      <p class="mean">${t("inspect.mean", said)}</p>
    </figure>`;
  }
}
