import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { PoolingWindow } from "../inspection";
import type { FeaturesInfo, Point } from "../protocol";
import "../elements/bitmap";

/** One channel, enlarged: shows the value under the pointer, or at the place that the arrow keys lead to. */
@customElement("inspect-enlarged")
export class Enlarged extends Localized {
  @property({ attribute: false }) features!: FeaturesInfo;
  @property({ type: Number }) channel = 0;
  /** Width of the plane that max-pooling indices refer to. */
  @property({ type: Number }) across = 1;
  @property({ attribute: false }) bitmap: ImageBitmap | null = null;
  @property({ attribute: false }) read: (at: Point) => Promise<number> = async () => 0;
  @state() private at: Point | null = null;
  @state() private found: number | null = null;
  #asking = false;
  #wanted: Point | null = null;

  static override styles = [
    shared,
    css`
      :host {
        max-width: 420px;
      }
      .picture {
        position: relative;
        aspect-ratio: var(--aspect);
        border-radius: 6px;
        overflow: hidden;
        background: var(--fill);
        cursor: crosshair;
        touch-action: pan-y;
      }
      up-bitmap {
        width: 100%;
        height: 100%;
      }
      .cross {
        position: absolute;
        min-width: 5px;
        min-height: 5px;
        box-shadow: 0 0 0 1.5px #fff, 0 0 0 3px #000;
        pointer-events: none;
      }
      .window {
        display: grid;
        grid-template-columns: repeat(var(--across), 14px);
        gap: 2px;
        margin-top: 6px;
      }
      .window i {
        height: 14px;
        border-radius: 2px;
      }
      p {
        min-height: 40px;
        margin-top: 8px;
        font-variant-numeric: tabular-nums;
        color: var(--ink-soft);
      }
      p b {
        color: var(--ink);
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const size = ({ width, height }: FeaturesInfo) => `${width} ${height}`;
    const last = changed.get("features") as FeaturesInfo | undefined;
    if (last && size(last) !== size(this.features)) this.at = null;
    if (changed.has("features") || changed.has("channel")) void this.#ask(this.at);
  }

  protected override render() {
    const { features, channel, at, found } = this;
    const { width, height, ranges, window } = features;
    const [low = 0, high = 0] = ranges.subarray(2 * channel, 2 * channel + 2);
    const cross =
      at && `left:${(at.x / width) * 100}%;top:${(at.y / height) * 100}%;width:${100 / width}%;height:${100 / height}%`;
    const where = { channel, row: at?.y ?? 0, column: at?.x ?? 0 };
    return html`
      <div class="picture" .style=${`--aspect:${Math.min(2, Math.max(0.5, width / height))}`} tabindex="0" role="group"
        aria-label=${t("inspect.enlarged", { channel })} @pointermove=${this.#pointed} @pointerdown=${this.#pointed} @keydown=${this.#key}>
        <up-bitmap .bitmap=${this.bitmap}></up-bitmap>
        ${cross ? html`<i class="cross" .style=${cross}></i>` : nothing}
      </div>
      <p role="status">${
        at && found !== null
          ? html`${t("inspect.value.at", where)} <b>${window ? this.#place(found, window) : String(Number(found.toPrecision(5)))}</b>`
          : window
            ? t("inspect.indices.hint")
            : t("inspect.value.hint", {
                channel,
                low: String(Number(low.toPrecision(3))),
                high: String(Number(high.toPrecision(3))),
              })
      }</p>
      ${window ? this.#legend(window) : nothing}
    `;
  }

  /** An index, with its position in the plane and in the pooling window. */
  #place(index: number, { height, width }: PoolingWindow): string {
    const [row, column] = [Math.floor(index / this.across), index % this.across];
    return t("inspect.index", { index, row, column, y: (row % height) + 1, x: (column % width) + 1 });
  }

  /** The window in the colors of its positions. */
  #legend({ width, colors }: PoolingWindow) {
    return html`<div class="window" aria-hidden="true" .style=${`--across:${width}`}>${colors.map((color) => html`<i .style=${`background:rgb(${color})`}></i>`)}</div>`;
  }

  #pointed = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { width, height } = this.features;
    this.#move(
      Math.floor(((event.clientX - box.left) / box.width) * width),
      Math.floor(((event.clientY - box.top) / box.height) * height),
    );
  };

  #key = (event: KeyboardEvent): void => {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { width, height } = this.features;
    const at = this.at ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    this.#move(at.x + (by[0] ?? 0), at.y + (by[1] ?? 0));
  };

  #move(x: number, y: number): void {
    const within = (value: number, length: number) => Math.min(Math.max(value, 0), length - 1);
    this.at = { x: within(x, this.features.width), y: within(y, this.features.height) };
    void this.#ask(this.at);
  }

  /** One request at a time: a pointer moves faster than a busy worker answers. */
  async #ask(at: Point | null): Promise<void> {
    this.#wanted = at;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#wanted) {
      const now = this.#wanted;
      this.#wanted = null;
      this.found = await this.read(now).catch(() => null);
    }
    this.#asking = false;
  }
}
