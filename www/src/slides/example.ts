import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatRoute } from "../app/router";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import "../lab/explain";
import type { Lab } from "../lab/lab";
import "../lab/refusal";
import "../lab/scrub";
import "../lab/stage";

/** A worked example of the lab embedded in the lecture, fully interactive. */
@customElement("slides-example")
export class Example extends Localized {
  @property({ attribute: false }) lab!: Lab;

  static override styles = [
    shared,
    css`
      .example {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      lab-explain {
        text-align: center;
      }
      a {
        justify-self: end;
        color: inherit;
      }
    `,
  ];

  #changed = () => this.requestUpdate();

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("lab")) return;
    changed.get("lab")?.removeEventListener("change", this.#changed);
    this.lab.addEventListener("change", this.#changed);
  }

  protected override render() {
    const { lab } = this;
    return html`<div class="example" @keydown=${(event: KeyboardEvent) => event.key === "Escape" && lab.unpin()}>
      <lab-refusal .refusal=${lab.refusal}></lab-refusal>
      <lab-stage .lab=${lab}></lab-stage>
      <lab-explain .worked=${lab.worked} .target=${lab.target}></lab-explain>
      ${
        lab.worked
          ? html`<lab-scrub .steps=${lab.steps} .done=${lab.step ?? lab.steps}
            @step=${({ detail }: CustomEvent<number>) => lab.setStep(detail)}></lab-scrub>`
          : nothing
      }
      <a href=${formatRoute({ view: "lab", path: lab.preset, query: lab.query })}>${t("slides.lab")}</a>
    </div>`;
  }
}
