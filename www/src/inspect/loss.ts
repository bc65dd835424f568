import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { decimal, Localized, t } from "../i18n";
import "../elements/bitmap";
import type { InspectedModel } from "./inspected";
import type { Loss, Losses } from "./losses";

/** The loss of the output as a map, and its mean by the lecture's formula. */
@customElement("inspect-loss")
export class LossPanel extends Localized {
  @property({ attribute: false }) inspected!: InspectedModel;
  @property({ attribute: false }) loss: Loss | null = null;
  @property({ attribute: false }) failure: Losses["failure"] = null;
  /** Whether some connections are cut. */
  @property({ type: Boolean }) cut = false;
  /** Whether there is a reference. */
  @property({ type: Boolean }) compares = false;
  /** Whether the reference would be a mask. */
  @property({ type: Boolean }) masked = false;
  /** Address in the playground where a reference can be chosen. */
  @property() address = "";

  static override styles = [
    shared,
    css`
      .loss {
        display: grid;
        grid-template-columns: minmax(0, 280px) minmax(0, 1fr);
        gap: 14px 32px;
        align-items: center;
      }
      up-bitmap {
        aspect-ratio: var(--aspect);
        border-radius: 6px;
        overflow: hidden;
        background: var(--fill);
      }
      .formula {
        font-size: 16px;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      .formula sub {
        font-size: 0.75em;
      }
      p + p {
        margin-top: 8px;
      }
      .soft {
        max-width: 62ch;
        color: var(--ink-soft);
      }
      a {
        color: inherit;
      }
      @media (max-width: 700px) {
        .loss {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  protected override render() {
    const { loss, failure, inspected } = this;
    if (failure) return html`<p class="soft">${t(failure.message)}</p>`;
    if (!this.compares)
      return html`<p class="soft">${t("inspect.loss.none")} <a href=${this.address}>${t(this.masked ? "inspect.loss.mask" : "inspect.loss.test")}</a></p>`;
    const { width, height } = inspected.inspection.rect;
    const told = inspected.model.classes.length > 0;
    const mean = loss && decimal(loss.mean, 4);
    return html`<div class="loss" .style=${`--aspect:${width / height}`}>
      <up-bitmap .bitmap=${loss?.bitmap ?? null} .label=${t(told ? "inspect.loss.map.entropy" : "inspect.loss.map.absolute")}></up-bitmap>
      <div>
        <p class="formula" role="status">${
          told
            ? html`1 / (H·W) · Σ<sub>j,k</sub> CE(ŷ<sub>j,k</sub>, y<sub>j,k</sub>)`
            : html`L1 = 1 / (H·W·C) · Σ<sub>h,w,c</sub> |I1<sub>hwc</sub> − I2<sub>hwc</sub>|`
        }${mean ? html` = <b>${mean}</b>` : ""}</p>
        ${this.cut && loss ? html`<p class="soft">${t("inspect.without")}</p>` : ""}
        <p class="soft">${
          loss
            ? t(told ? "inspect.loss.entropy" : "inspect.loss.absolute", {
                of255: decimal(loss.mean * 255, 2),
                max: decimal(loss.max, 3),
                width: loss.width,
                height: loss.height,
              })
            : ""
        }</p>
      </div>
    </div>`;
  }
}
