import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Localized } from "../i18n";
import type { Layer } from "../view/layer";
import type { Point, Size, View } from "../view/viewport";
import "./picture-view";

const SIDE = 176;
/** Magnification relative to the surroundings. */
const POWER = 4;

/** A magnifying glass: one picture, or two halves of the same place. Decorative. */
@customElement("up-lens")
export class Lens extends Localized {
  @property({ attribute: false }) layers: (Layer | null)[] = [];
  /** On the stage, and as a fraction of the picture. */
  @property({ attribute: false }) at: Point = { x: 0, y: 0 };
  @property({ attribute: false }) share: Point = { x: 0.5, y: 0.5 };
  @property({ attribute: false }) frame: Size | null = null;
  @property({ attribute: false }) view: View | null = null;
  @property({ type: Boolean }) smooth = false;

  static override styles = css`
    :host {
      position: absolute;
      width: ${SIDE}px;
      height: ${SIDE}px;
      margin: ${-SIDE / 2}px;
      border-radius: 50%;
      overflow: hidden;
      background: var(--stage);
      box-shadow: 0 0 0 2px #fff, 0 0 0 2.5px rgb(0 0 0 / 0.4), 0 8px 32px rgb(0 0 0 / 0.4);
      pointer-events: none;
    }
    .second {
      clip-path: inset(0 0 0 50%);
      border-left: 1px solid #fff;
    }
  `;

  protected override render() {
    const { view, frame, share } = this;
    if (!view || !frame) return;
    const scale = Math.min(view.scale * POWER, 64);
    const near: View = { scale, center: { x: share.x * frame.width, y: share.y * frame.height }, fitted: false };
    return this.layers.map(
      (
        layer,
        index,
      ) => html`<up-picture class=${index > 0 ? "second" : ""} .layer=${layer} .view=${near} .frame=${frame}
        .stage=${{ width: SIDE, height: SIDE }} .smooth=${this.smooth}></up-picture>`,
    );
  }

  protected override updated(): void {
    this.style.left = `${this.at.x}px`;
    this.style.top = `${this.at.y}px`;
  }
}
