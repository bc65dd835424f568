import { css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { Lab } from "../lab/lab";
import "../lab/overlap";
import { panel } from "../lab/panel.styles";
import { PRESETS } from "../lab/presets";
import { type CountName, nameOf, RANGES } from "../lab/settings";
import { impossible, sizeRule } from "../lab/size";
import "../lab/stepper";

const COUNTS = ["kernelSize", "stride", "padding", "outputPadding"] as const satisfies CountName[];

const SIDE = 64;

/** The size formula for a feature map of 64. */
@customElement("slides-sizes")
export class Sizes extends Localized {
  @state() private settings = { ...PRESETS["transposed-conv-3"], kernelSize: 4, padding: 1 };

  static override styles = [
    shared,
    panel,
    css`
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 22px;
      }
      .math {
        margin-top: 12px;
        font-size: 16px;
      }
    `,
  ];

  protected override render() {
    const { settings } = this;
    const { formula, numbers, result } = sizeRule(settings, SIDE);
    const refusal = impossible({ ...settings, input: { ...settings.input, height: SIDE, width: SIDE } });
    return html`<div class="counts">${COUNTS.map((name) => {
      const [least, most] = RANGES[name];
      return html`<lab-stepper name=${nameOf(name, settings.operator)} .value=${settings[name]} .least=${least} .most=${most}
        @count=${({ detail }: CustomEvent<number>) => (this.settings = { ...settings, [name]: detail })}></lab-stepper>`;
    })}</div>
    <p class="math soft">${formula}</p>
    <p class="math" role="status">${refusal ? t(refusal.message, refusal.params) : html`${numbers} = <b>${result}</b>`}</p>`;
  }
}

/** The overlap of two kernels, one below the other. */
@customElement("slides-overlaps")
export class Overlaps extends Localized {
  @property({ attribute: false }) labs: Lab[] = [];

  static override styles = [
    shared,
    css`
      .overlaps {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 28px 40px;
      }
    `,
  ];

  #changed = () => this.requestUpdate();

  protected override willUpdate(): void {
    for (const lab of this.labs) lab.addEventListener("change", this.#changed);
  }

  protected override render() {
    return html`<div class="overlaps">${this.labs.map(
      ({
        overlap,
        settings,
      }) => html`<lab-overlap .heading=${t("slides.overlap", { kernel: settings.kernel.width, stride: settings.stride })}
        .overlap=${overlap} .stride=${settings.stride}></lab-overlap>`,
    )}</div>`;
  }
}
