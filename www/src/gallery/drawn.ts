import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import { type Drawing, KINDS, LINES, outlinesOf, pathOf } from "./drawing";

/** Pixels that a drawing may take in height, and the width of a card at its narrowest. */
const [HEIGHT, WIDTH] = [132, 250];
/** The smallest at which boxes can be told apart, where it scrolls, and the largest. */
const SCALES = [0.07, 0.6] as const;

/** A network's drawing in its card. */
@customElement("gallery-drawing")
export class GalleryDrawing extends Localized {
  @property({ attribute: false }) drawing!: Drawing;
  @property() name = "";

  static override styles = [
    shared,
    css`
      div {
        overflow-x: auto;
        overscroll-behavior-x: contain;
        border-radius: 6px;
        scrollbar-width: thin;
      }
      svg {
        display: block;
        margin: 0 auto;
      }
      path {
        fill: none;
        stroke-width: 1px;
        vector-effect: non-scaling-stroke;
      }
      .data {
        stroke: var(--ink-faint);
      }
      .skip {
        stroke: var(--ink);
      }
      .indices {
        stroke: var(--cool);
        stroke-dasharray: 2 3;
      }
      .box {
        stroke: var(--ink-soft);
        fill: var(--raised);
      }
      .down {
        stroke: var(--cool);
      }
      .up {
        stroke: var(--accent);
      }
      .input {
        fill: var(--ink-soft);
      }
      .join {
        stroke: var(--ink);
      }
    `,
  ];

  protected override render() {
    const { drawing } = this;
    const { width, height } = drawing;
    const scale = Math.min(SCALES[1], HEIGHT / height, Math.max(SCALES[0], WIDTH / width));
    const scrolls = width * scale > WIDTH;
    return html`<div tabindex=${scrolls ? 0 : nothing} role="img" aria-label=${t("gallery.drawing", { name: this.name })}>
      <svg viewBox="0 0 ${width} ${height}" width=${width * scale} height=${height * scale} aria-hidden="true">
        ${LINES.map((kind) => svg`<path class=${kind} d=${pathOf(drawing, kind)} />`)}
        ${KINDS.map((kind) => svg`<path class="box ${kind}" d=${outlinesOf(drawing, kind)} />`)}
      </svg>
    </div>`;
  }
}
