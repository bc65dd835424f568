import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { shared } from "./shared";

/** A small picture, scaled to fill its box without smoothing. */
@customElement("up-bitmap")
export class Bitmap extends LitElement {
  @property({ attribute: false }) bitmap: ImageBitmap | null = null;
  /** Empty: decorative. */
  @property() label = "";
  @property({ type: Boolean }) smooth = false;
  @query("canvas") private canvas!: HTMLCanvasElement;

  static override styles = [
    shared,
    css`
      canvas {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: contain;
        border-radius: inherit;
      }
      :host(:not([smooth])) canvas {
        image-rendering: pixelated;
      }
    `,
  ];

  protected override render() {
    return html`<canvas role="img" aria-label=${this.label || nothing} aria-hidden=${this.label ? nothing : "true"}></canvas>`;
  }

  protected override updated(): void {
    const { bitmap, canvas } = this;
    const { width = 1, height = 1 } = bitmap ?? {};
    // A closed bitmap has no size; what was drawn of it stays.
    if (width === 0 || height === 0) return;
    canvas.width = width;
    canvas.height = height;
    if (bitmap) canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  }
}
