import { css, html, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { SAMPLES, type SampleId, thumbnailUrl } from "../app/samples";
import { Localized, t } from "../i18n";
import { shared } from "./shared";

/** The gallery of sample pictures: a radio group of thumbnails. Emits `sample` with the chosen id. */
@customElement("up-samples")
export class Samples extends Localized {
  @property() chosen: SampleId | null = null;
  /** Whether a requested sample may still arrive. */
  @property({ type: Boolean }) busy = false;
  #asked: SampleId | null = null;

  static override styles = [
    shared,
    css`
      div {
        display: grid;
        grid-template-columns: repeat(5, 1fr);
        gap: 8px;
      }
      @media (max-width: 899px) {
        div {
          grid-template-columns: repeat(10, 56px);
          margin: -6px -16px;
          padding: 6px 16px;
          overflow-x: auto;
          scrollbar-width: none;
        }
      }
      label {
        position: relative;
        display: block;
        aspect-ratio: 1;
        border-radius: var(--radius);
        cursor: pointer;
      }
      img {
        display: block;
        width: 100%;
        height: 100%;
        border-radius: inherit;
        object-fit: cover;
        transition: transform 160ms ease;
      }
      label::after {
        content: "";
        position: absolute;
        inset: 0;
        border-radius: inherit;
        box-shadow: inset 0 0 0 1px var(--hairline);
        pointer-events: none;
      }
      label:hover::after {
        box-shadow: inset 0 0 0 2px var(--hairline);
      }
      label:has(:checked)::after {
        inset: -3px;
        border-radius: calc(var(--radius) + 3px);
        box-shadow: inset 0 0 0 2px var(--ink);
      }
      label:has(:focus-visible)::after {
        inset: -4px;
        border-radius: calc(var(--radius) + 4px);
        box-shadow: inset 0 0 0 2px var(--accent);
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("chosen") || !this.busy) this.#asked = null;
  }

  protected override render() {
    return html`<div role="radiogroup" aria-label=${t("picture.samples")}>
      ${SAMPLES.map(({ id }) => {
        const name = t(`sample.${id}`);
        return html`<label title=${name}>
          <input
            class="over"
            type="radio"
            name="sample"
            aria-label=${name}
            .checked=${live(id === (this.#asked ?? this.chosen))}
            @change=${() => this.#choose(id)}
          />
          <img fetchpriority="low" src=${thumbnailUrl(id)} alt="" width="96" height="96" draggable="false" />
        </label>`;
      })}
    </div>`;
  }

  #choose(detail: SampleId): void {
    this.#asked = detail;
    this.dispatchEvent(new CustomEvent<SampleId>("sample", { detail }));
  }
}
