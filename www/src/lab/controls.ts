import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { ConvView } from "./lab";
import { format, parseNumber, resized } from "./matrix";
import { panel } from "./panel.styles";
import { COUNTS, type CountName, hasCorners, mostChannels, nameOf, RANGES, type Settings } from "./settings";
import "./stepper";

/** The operator's settings. Emits `change-settings` with the changes, and `view`. */
@customElement("lab-controls")
export class LabControls extends Localized {
  @property({ attribute: false }) settings!: Settings;
  @property() view: ConvView = "spread";

  static override styles = [
    shared,
    panel,
    css`
      .controls {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 22px;
        min-height: 36px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        color: var(--ink-soft);
      }
      input[type="checkbox"] {
        width: 16px;
        height: 16px;
        margin: 0;
        accent-color: var(--ink);
      }
      input.number {
        width: 58px;
        height: 28px;
        padding: 0 8px;
        border: 1px solid var(--hairline);
        border-radius: 6px;
        background: var(--raised);
        font-variant-numeric: tabular-nums;
      }
      .views {
        display: flex;
        flex-wrap: wrap;
        gap: 2px;
        margin-left: auto;
      }
      @media (max-width: 700px) {
        .views {
          margin: 0 -8px;
        }
      }
    `,
  ];

  protected override render() {
    const { settings } = this;
    const { operator, alignCorners, bias, input, factor } = settings;
    const unit = factor * factor;
    return html`<div class="controls" role="group" aria-label=${t("lab.settings")}>
      ${COUNTS[operator].map((name) => this.#count(name))}
      ${
        operator === "pixel-shuffle" && mostChannels(factor) > 1
          ? html`<lab-stepper name=${t("lab.channels")} .value=${input.channels / unit} least="1" .most=${mostChannels(factor)}
            @count=${(event: CustomEvent<number>) => this.#channels(event.detail * unit)}></lab-stepper>`
          : nothing
      }
      ${
        hasCorners(settings)
          ? html`<label>align_corners <input type="checkbox" .checked=${alignCorners}
            @change=${(event: Event) => this.#emit({ alignCorners: (event.target as HTMLInputElement).checked })} /></label>`
          : nothing
      }
      ${
        operator === "transposed-conv"
          ? html`<label>bias <input class="number" inputmode="text" autocomplete="off" .value=${format(bias)}
              @change=${(event: Event) => this.#bias(event.target as HTMLInputElement)} /></label>
            <div class="views" role="group" aria-label=${t("lab.view")}>
              ${(["spread", "stamp"] as const).map(
                (view) => html`<button class="chip" aria-pressed=${this.view === view ? "true" : "false"}
                @click=${() => this.dispatchEvent(new CustomEvent("view", { detail: view }))}>${t(`lab.view.${view}`)}</button>`,
              )}
            </div>`
          : nothing
      }
    </div>`;
  }

  #count(name: CountName) {
    const { settings } = this;
    const [least, most] = RANGES[name];
    return html`<lab-stepper name=${nameOf(name, settings.operator)} .value=${settings[name]} .least=${least} .most=${most}
      @count=${(event: CustomEvent<number>) => this.#counted(name, event.detail)}></lab-stepper>`;
  }

  #counted(name: CountName, value: number): void {
    const { operator, input, kernel, factor } = this.settings;
    if (name === "kernelSize" && operator === "transposed-conv") {
      this.#emit({ kernelSize: value, kernel: resized(kernel, 1, value, value, [1]) });
    } else if (name === "factor" && operator === "pixel-shuffle") {
      const channels = Math.min(input.channels / (factor * factor), mostChannels(value)) * value * value;
      this.#emit({
        factor: value,
        input: resized(input, channels, input.height, input.width, counting(channels, input)),
      });
    } else this.#emit({ [name]: value });
  }

  #channels(channels: number): void {
    const { input } = this.settings;
    this.#emit({ input: resized(input, channels, input.height, input.width, counting(channels, input)) });
  }

  #bias(field: HTMLInputElement): void {
    const bias = parseNumber(field.value);
    if (bias === null) field.value = format(this.settings.bias);
    else this.#emit({ bias });
  }

  #emit(detail: Partial<Settings>): void {
    this.dispatchEvent(new CustomEvent<Partial<Settings>>("change-settings", { detail }));
  }
}

/** 0, 1, 2, …: makes every cell of the shuffled channels identifiable. */
function counting(channels: number, { height, width }: Settings["input"]): number[] {
  return Array.from({ length: channels * height * width }, (_, at) => at);
}
