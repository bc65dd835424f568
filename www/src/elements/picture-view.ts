import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Layer } from "../view/layer";
import type { Size, View } from "../view/viewport";

/** Draws one layer according to its view. Elements that share a view stay in step. */
@customElement("up-picture")
export class PictureView extends LitElement {
  @property({ attribute: false }) layer: Layer | null = null;
  @property({ attribute: false }) view: View | null = null;
  /** The size of the picture that the view refers to. */
  @property({ attribute: false }) frame: Size | null = null;
  @property({ attribute: false }) stage: Size = { width: 0, height: 0 };
  @property({ type: Boolean }) smooth = false;
  /** Empty: decorative. */
  @property() label = "";

  static override styles = css`
    :host,
    canvas {
      display: block;
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
    }
  `;

  #frame = 0;
  #listening: Layer | null = null;
  #schedule = () => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  };

  protected override render() {
    const hidden = !this.layer || !this.label;
    return html`<canvas role="img" aria-label=${this.label || nothing} aria-hidden=${hidden ? "true" : "false"}></canvas>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("layer")) this.#listen(this.layer);
    if (["stage", "view", "layer", "frame", "smooth"].some((name) => changed.has(name as keyof PictureView))) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#draw();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(null);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen(this.layer);
  }

  #listen(layer: Layer | null): void {
    if (layer === this.#listening) return;
    this.#listening?.removeEventListener("change", this.#schedule);
    layer?.addEventListener("change", this.#schedule);
    this.#listening = layer;
  }

  #draw(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const density = window.devicePixelRatio;
    const width = Math.max(Math.round(this.stage.width * density), 1);
    const height = Math.max(Math.round(this.stage.height * density), 1);
    // Setting either clears the canvas, and is slow even when nothing changes.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const { layer, view, frame, stage, smooth } = this;
    if (layer && view && frame) layer.draw(context, { view, frame, stage, density, smooth });
    else context.clearRect(0, 0, width, height);
  }
}
