import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import "../elements/slider";
import { bytes, decimal, Localized, t, thousands } from "../i18n";
import { panel } from "../lab/panel.styles";
import "../lab/stepper";
import { COUNTS, type Count, costs, type Layer } from "./dimensions";

const RANGES = {
  channels: [8, 256, 8],
  side: [32, 512, 32],
  depth: [16, 256, 16],
} as const;

/** A layer on a slice beside the same layer on a volume, at adjustable sizes. */
@customElement("slides-volume")
export class Volume extends Localized {
  @state() private layer: Layer = { channels: 32, kernel: 3, side: 256, depth: 64 };

  static override styles = [
    shared,
    panel,
    css`
      .sizes {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
        align-items: center;
        gap: 14px 28px;
        margin-bottom: 18px;
      }
      table {
        width: 100%;
        max-width: 720px;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 6px 0 6px 12px;
        border-top: 1px solid var(--hairline);
        text-align: right;
        vertical-align: top;
      }
      thead th {
        border-top: 0;
        color: var(--ink-soft);
        font-weight: 400;
      }
      tbody th {
        padding-left: 0;
        font-weight: 400;
        text-align: left;
      }
      small {
        display: block;
        color: var(--ink-soft);
        font-size: 13px;
      }
    `,
  ];

  protected override render() {
    const { layer } = this;
    const [flat, solid] = [costs(layer, 2), costs(layer, 3)];
    return html`<div class="sizes">
      ${(["channels", "side", "depth"] as const).map((name) => this.#slider(name))}
      <lab-stepper name="kernel_size" .value=${layer.kernel} .least=${1} .most=${7}
        @count=${({ detail }: CustomEvent<number>) => (this.layer = { ...layer, kernel: detail })}></lab-stepper>
    </div>
    <table>
      <thead><tr><td></td><th scope="col">${t("slides.volume.slice")}</th><th scope="col">${t("slides.volume.volume")}</th>
        <th scope="col">${t("slides.volume.times")}</th></tr></thead>
      <tbody>${COUNTS.map(
        (
          count,
        ) => html`<tr><th scope="row">${t(`slides.volume.${count}`)}<small>${t(`slides.volume.${count}.formula`)}</small></th>
          <td>${said(count, flat[count])}</td><td>${said(count, solid[count])}</td>
          <td>${decimal(solid[count] / flat[count], 0)}×</td></tr>`,
      )}</tbody>
    </table>`;
  }

  #slider(name: keyof typeof RANGES) {
    const [min, max, step] = RANGES[name];
    const value = this.layer[name];
    return html`<up-slider .label=${t(`slides.volume.${name}`)} .min=${min} .max=${max} .step=${step} .value=${value} .said=${String(value)}
      @slide=${({ detail }: CustomEvent<number>) => (this.layer = { ...this.layer, [name]: detail })}></up-slider>`;
  }
}

function said(count: Count, value: number): string {
  switch (count) {
    case "memory":
    case "attention":
      return bytes(value);
    case "weights":
    case "flops":
    case "tokens":
      return thousands(value);
  }
}
