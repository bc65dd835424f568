import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "../elements/bitmap";
import "../elements/segments";
import { shared } from "../elements/shared";
import { decimal, Localized, t } from "../i18n";
import type { Point } from "../protocol";
import { type Attention, sharesOf, strongest } from "./attention";

const MEAN = "mean";
/** Color of the heat map over the photo: orange in both themes. */
const HEAT = [255, 112, 20] as const;

/** Attention of a chosen place of the photo, as a heat map over it. Emits `layer` with an attention's value. */
@customElement("inspect-attention")
export class AttentionMap extends Localized {
  @property({ attribute: false }) layers: readonly Attention[] = [];
  @property({ attribute: false }) layer: Attention | null = null;
  @property({ type: Number }) heads = 1;
  /** The network's input. */
  @property({ attribute: false }) photo: ImageBitmap | null = null;
  /** Returns one token's attention in all heads, one after the other; null: not computed yet. */
  @property({ attribute: false }) read: ((token: number) => Promise<Float32Array>) | null = null;
  @state() private token: Point | null = null;
  @state() private head: number | null = null;
  @state() private shares: Float32Array | null = null;
  @query("canvas") private canvas: HTMLCanvasElement | undefined;
  /** Request counter: an answer to an earlier request is outdated. */
  #turn = 0;

  static override styles = [
    shared,
    css`
      .choices {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        margin-bottom: 12px;
      }
      .choices label {
        display: flex;
        align-items: center;
        gap: 8px;
        color: var(--ink-soft);
      }
      select {
        color: var(--ink);
      }
      up-segments {
        min-width: 260px;
        font-size: 13px;
      }
      .map {
        display: grid;
        grid-template-columns: minmax(0, 480px) minmax(180px, 1fr);
        gap: 12px 24px;
        align-items: start;
      }
      .photo {
        position: relative;
        border-radius: 6px;
        overflow: hidden;
        cursor: crosshair;
        background: var(--fill);
      }
      .photo:focus-visible {
        outline-offset: 3px;
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        image-rendering: pixelated;
      }
      i {
        position: absolute;
        box-shadow: 0 0 0 1.5px #fff, 0 0 0 3px rgb(0 0 0 / 0.75);
        pointer-events: none;
      }
      .said {
        margin-bottom: 8px;
        font-variant-numeric: tabular-nums;
      }
      @media (max-width: 700px) {
        .map {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  /** The center token, until the user chooses another. */
  get #token(): Point {
    const { rows = 1, columns = 1 } = this.layer ?? {};
    const { x, y } = this.token ?? { x: Math.floor(columns / 2), y: Math.floor(rows / 2) };
    return { x: Math.min(x, columns - 1), y: Math.min(y, rows - 1) };
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["read", "token", "head", "layer"].some((name) => changed.has(name))) void this.#ask();
  }

  protected override updated(): void {
    this.#draw();
  }

  protected override render() {
    const { layer, layers, heads, photo, shares } = this;
    if (!layer) return nothing;
    const { rows, columns } = layer;
    const { x, y } = this.#token;
    const most = shares && strongest(shares, columns);
    const percent = (share: number) => decimal(100 * share, 1);
    const cell = `left:${(100 * x) / columns}%;top:${(100 * y) / rows}%;width:${100 / columns}%;height:${100 / rows}%`;
    const options = [null, ...Array.from({ length: heads }, (_, head) => head)].map((head) => ({
      value: head === null ? MEAN : String(head),
      label: head === null ? t("inspect.attention.mean") : String(head + 1),
    }));
    return html`<div class="choices">
        <label>${t("inspect.attention.layer")} <select @change=${this.#layer}>
          ${layers.map(({ name, value }) => html`<option value=${value} ?selected=${value === layer.value}>${name}</option>`)}
        </select></label>
        <label>${t("inspect.attention.head")} <up-segments .label=${t("inspect.attention.head")} .options=${options}
          .value=${this.head === null ? MEAN : String(this.head)}
          @pick=${({ detail }: CustomEvent<string>) => (this.head = detail === MEAN ? null : Number(detail))}></up-segments></label>
      </div>
      <div class="map">
        <div class="photo" tabindex="0" role="group" aria-label=${t("inspect.attention.photo", { row: y, column: x })}
          .style=${`aspect-ratio:${columns}/${rows}`} @click=${this.#clicked} @keydown=${this.#key}>
          <up-bitmap smooth .bitmap=${photo}></up-bitmap><canvas width=${columns} height=${rows} aria-hidden="true"></canvas><i .style=${cell}></i>
        </div>
        <div>
          <p class="said" role="status">${
            most
              ? t("inspect.attention.said", {
                  row: y,
                  column: x,
                  share: percent(most.share),
                  toRow: most.y,
                  toColumn: most.x,
                })
              : t("inspect.doing.maps")
          }</p>
          <p class="sentence">${t("inspect.attention.hint", { rows, columns, share: percent(1 / (rows * columns)) })}</p>
        </div>
      </div>`;
  }

  async #ask(): Promise<void> {
    const turn = ++this.#turn;
    const { layer, read, head } = this;
    const { x, y } = this.#token;
    if (!layer || !read) {
      this.shares = null;
      return;
    }
    try {
      const row = await read(y * layer.columns + x);
      if (turn === this.#turn) this.shares = sharesOf(row, layer.rows * layer.columns, head);
    } catch {
      if (turn === this.#turn) this.shares = null; // another layer's values have replaced it
    }
  }

  /** The most attended place is the brightest; the rest of the photo is dimmed. */
  #draw(): void {
    const { canvas, shares, layer } = this;
    const context = canvas?.getContext("2d");
    if (!canvas || !context || !layer) return;
    if (shares?.length !== layer.rows * layer.columns) return context.clearRect(0, 0, canvas.width, canvas.height);
    const most = Math.max(...shares);
    const image = new ImageData(layer.columns, layer.rows);
    for (const [at, share] of shares.entries()) {
      const heat = most > 0 ? share / most : 0;
      image.data.set([...HEAT.map((color) => color * heat), 255 * (0.45 + 0.35 * heat)], 4 * at);
    }
    context.putImageData(image, 0, 0);
  }

  #layer = (event: Event): void => {
    this.dispatchEvent(new CustomEvent("layer", { detail: (event.target as HTMLSelectElement).value }));
  };

  #clicked = (event: MouseEvent): void => {
    const { rows = 1, columns = 1 } = this.layer ?? {};
    const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.#choose(((event.clientX - left) / width) * columns, ((event.clientY - top) / height) * rows);
  };

  #key = (event: KeyboardEvent): void => {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { x, y } = this.#token;
    this.#choose(x + (by[0] ?? 0), y + (by[1] ?? 0));
  };

  #choose(x: number, y: number): void {
    const { rows = 1, columns = 1 } = this.layer ?? {};
    const within = (value: number, count: number) => Math.min(Math.max(Math.floor(value), 0), count - 1);
    this.token = { x: within(x, columns), y: within(y, rows) };
  }
}
