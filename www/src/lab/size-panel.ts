import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import { panel } from "./panel.styles";
import type { Settings } from "./settings";
import { sizeRule } from "./size";
import type { Worked } from "./worked";

/** The size formula with the current numbers, beside the actual shape of the result. */
@customElement("lab-size")
export class SizePanel extends Localized {
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) worked: Worked | null = null;

  static override styles = [
    shared,
    panel,
    css`
      .formula {
        margin: 6px 0;
        font-size: 15px;
      }
      dl {
        display: grid;
        grid-template-columns: auto auto 1fr;
        align-items: baseline;
        gap: 4px 12px;
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
      }
      .result {
        white-space: nowrap;
      }
      .holds {
        color: color-mix(in srgb, var(--good) 78%, var(--ink));
      }
      .note {
        margin-top: 8px;
      }
    `,
  ];

  protected override render() {
    const { settings, worked } = this;
    const { input, operator } = settings;
    const made = worked?.pooled?.maxima ?? worked?.output;
    const axis = (name: string, side: number, real: number | undefined) => {
      const { numbers, result } = sizeRule(settings, side);
      const holds =
        real === undefined
          ? ""
          : real === result
            ? html` <span class="holds">✓ ${t("lab.size.holds")}</span>`
            : html` ≠ ${real}`;
      return html`<dt>${name}</dt><dd class="math">${numbers}</dd><dd class="math result">= <b>${result}</b>${holds}</dd>`;
    };
    return html`<h2>${t("lab.size")}</h2>
      <p class="formula math">${sizeRule(settings, input.height).formula}</p>
      <dl>
        ${axis(t("lab.height"), input.height, made?.height)}
        ${axis(t("lab.width"), input.width, made?.width)}
      </dl>
      <p class="note soft">${t(`lab.size.${operator}`)}</p>`;
  }
}
