import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shared } from "../elements/shared";
import type { Rect } from "../engine";
import { Localized, t } from "../i18n";
import type { Point } from "../protocol";
import type { Size } from "../view/viewport";
import "../elements/bitmap";

/** The whole picture as a thumbnail, with a frame around the network's input. Emits `place` with the wanted center. */
@customElement("inspect-place")
export class Place extends Localized {
  @property({ attribute: false }) bitmap: ImageBitmap | null = null;
  /** Size of the whole picture, in pixels. */
  @property({ attribute: false }) size: Size | null = null;
  @property({ attribute: false }) rect: Rect | null = null;

  static override styles = [
    shared,
    css`
      .place {
        position: relative;
        width: fit-content;
        border-radius: 6px;
        overflow: hidden;
      }
      .moves {
        cursor: crosshair;
      }
      up-bitmap {
        width: var(--width);
        height: var(--height);
      }
      .frame {
        position: absolute;
        box-shadow: 0 0 0 1.5px #fff, 0 0 0 3px rgb(0 0 0 / 0.7), 0 0 0 999px rgb(0 0 0 / 0.45);
        pointer-events: none;
      }
    `,
  ];

  protected override render() {
    const { size, rect, bitmap } = this;
    if (!size || !bitmap) return nothing;
    const scale = Math.min(168 / size.width, 120 / size.height);
    const box = `--width:${size.width * scale}px;--height:${size.height * scale}px`;
    if (!rect || !this.#moves)
      return html`<div class="place" .style=${box}><up-bitmap smooth .bitmap=${bitmap} .label=${t("inspect.place.whole")}></up-bitmap></div>`;
    const frame = `left:${rect.x * scale}px;top:${rect.y * scale}px;width:${rect.width * scale}px;height:${rect.height * scale}px`;
    return html`<div class="place moves" .style=${box} tabindex="0" role="group" aria-label=${t("inspect.place", { x: rect.x, y: rect.y })}
      title=${t("inspect.place.hint")} @click=${this.#clicked} @keydown=${this.#key}>
      <up-bitmap smooth .bitmap=${bitmap}></up-bitmap><i class="frame" .style=${frame}></i></div>`;
  }

  /** Whether the picture is larger than the visible part. */
  get #moves(): boolean {
    const { size, rect } = this;
    return !!size && !!rect && (rect.width < size.width - 7 || rect.height < size.height - 7);
  }

  #clicked = (event: MouseEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { width = 0, height = 0 } = this.size ?? {};
    this.#move({
      x: ((event.clientX - box.left) / box.width) * width,
      y: ((event.clientY - box.top) / box.height) * height,
    });
  };

  #key = (event: KeyboardEvent): void => {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by || !this.rect) return;
    event.preventDefault();
    const { x, y, width, height } = this.rect;
    this.#move({ x: x + width / 2 + (by[0] ?? 0) * 32, y: y + height / 2 + (by[1] ?? 0) * 32 });
  };

  #move({ x, y }: Point): void {
    const { width = 0, height = 0 } = this.rect ?? {};
    const within = (value: number, half: number, length: number) =>
      Math.round(Math.min(Math.max(value, half), Math.max(half, length - half)));
    const detail = { x: within(x, width / 2, this.size?.width ?? 0), y: within(y, height / 2, this.size?.height ?? 0) };
    this.dispatchEvent(new CustomEvent<Point>("place", { detail }));
  }
}
