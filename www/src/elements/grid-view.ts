import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Pane } from "../app/panes";
import { Localized, percent, t } from "../i18n";
import { columnsFor } from "../view/arrange";
import type { Camera } from "../view/camera";
import { Gestures } from "../view/gestures";
import type { Point, Size, View } from "../view/viewport";
import "./lens";
import "./picture-view";
import { shared } from "./shared";
import "./tag";

const GAP = 2;

/** Several pictures side by side, with a common camera. Emits `choose` with a pane's id, and `point`. */
@customElement("up-grid")
export class GridView extends Localized {
  @property({ attribute: false }) panes: Pane[] = [];
  @property() chosen: string | null = null;
  @property({ attribute: false }) camera!: Camera;
  /** The camera's view; a move of it redraws. */
  @property({ attribute: false }) view: View | null = null;
  @property({ attribute: false }) stage: Size = { width: 0, height: 0 };
  @property() name = "";
  @property({ type: Boolean }) differs = false;
  @property({ type: Boolean }) smooth = false;
  /** Whether all panes show the input for a moment. */
  @property({ type: Boolean }) flickers = false;
  @property({ attribute: false }) lens: Point | null = null;
  @property({ attribute: false }) values: Record<string, number[]> = {};
  @query(".cells") private cells!: HTMLElement;

  static override styles = [
    shared,
    css`
      :host {
        position: absolute;
        inset: 0;
      }
      .cells {
        display: grid;
        grid-template-columns: repeat(var(--columns), minmax(0, 1fr));
        grid-auto-rows: minmax(0, 1fr);
        gap: ${GAP}px;
        height: var(--height);
        touch-action: none;
        user-select: none;
      }
      .pans {
        cursor: grab;
      }
      .cell {
        position: relative;
        container-type: size;
        overflow: hidden;
        background: var(--stage);
      }
      /* Something is in the corner of the stage. */
      .cell[data-corner] {
        --clear: var(--corner);
      }
      .cell:focus-visible {
        outline: 2px solid var(--accent);
        outline-offset: -5px;
      }
      .cell[data-chosen]::after {
        content: "";
        position: absolute;
        inset: 0;
        border: 2px solid var(--accent);
        pointer-events: none;
      }
      up-tag {
        position: absolute;
        top: 10px;
        left: 10px;
        max-width: calc(100% - 20px - var(--clear, 0px));
      }
      @container (max-width: 240px) {
        up-tag {
          top: 6px;
          left: 6px;
          max-width: calc(100% - 12px - var(--clear, 0px));
        }
      }
      .dim {
        opacity: 0.3;
      }
      .failure {
        position: absolute;
        inset: auto 12px 12px;
        max-height: calc(100% - 52px); /* below the tag */
        overflow: auto;
        padding: 10px 12px;
        border-radius: calc(var(--radius) + 2px);
        background: var(--raised);
        line-height: 20px;
      }
    `,
  ];

  /** The size of a cell on a stage of this size. */
  static cell(count: number, frame: Size, stage: Size): Size {
    const columns = columnsFor(count, frame, stage);
    const rows = Math.ceil(count / columns);
    return { width: (stage.width - GAP * (columns - 1)) / columns, height: (stage.height - GAP * (rows - 1)) / rows };
  }

  protected override firstUpdated(): void {
    const { camera } = this;
    const point = (at: Point | null) =>
      this.dispatchEvent(new CustomEvent("point", { detail: at && this.#within(at) }));
    new Gestures(this.cells, {
      hover: point,
      leave: () => point(null),
      press: (_at, touch) => touch && point(null), // until it proves to be a tap
      drag: (_at, dx, dy) => camera.pan(dx, dy),
      click: (at) => {
        point(this.#within(at));
        const pane = this.panes[this.#index(at)];
        if (pane) this.dispatchEvent(new CustomEvent<string>("choose", { detail: pane.id }));
      },
      doubleClick: (at) => camera.toggleActual(this.#within(at)),
      zoom: (factor, at, dx, dy) => camera.zoom(factor, this.#within(at), dx, dy),
    });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("panes") && !changed.has("stage")) return;
    this.cells.style.setProperty("--columns", String(this.#columns()));
    this.cells.style.setProperty("--height", `${this.stage.height}px`);
  }

  protected override render() {
    const { camera, view } = this;
    const zoom = percent((view?.scale ?? 1) * window.devicePixelRatio);
    return html`<div class="cells ${camera.canPan ? "pans" : ""}" role="group" aria-label=${t("compare.label", { zoom })}>
      ${this.panes.map((pane, index) => this.#renderCell(pane, index === this.#columns() - 1))}
    </div>`;
  }

  #renderCell(pane: Pane, corner: boolean) {
    const { camera, view, smooth } = this;
    const { frame, stage } = camera;
    const input = this.panes.find(({ id }) => id === "input")?.layer ?? null;
    const own = (this.differs && pane.difference) || pane.layer;
    const layer = this.flickers && own ? input : own;
    const beneath = pane.complete || this.flickers ? null : input;
    return html`<div class="cell" ?data-chosen=${pane.id === this.chosen} ?data-corner=${corner} role="button" tabindex="0"
      aria-pressed=${pane.id === this.chosen ? "true" : "false"} @keydown=${(event: KeyboardEvent) => this.#press(event, pane.id)}>
      ${
        beneath
          ? html`<up-picture class="dim" .layer=${beneath} .view=${view} .frame=${frame} .stage=${stage} .smooth=${smooth}></up-picture>`
          : nothing
      }
      <up-picture .layer=${layer} .view=${view} .frame=${frame} .stage=${stage} .smooth=${smooth}
        .label=${t("compare.picture", { what: pane.name, name: this.name })}></up-picture>
      <up-tag .pane=${pane} .value=${this.values[pane.id] ?? null}></up-tag>
      ${pane.failure ? html`<p class="failure">${pane.failure}</p>` : nothing}
      ${
        this.lens
          ? html`<up-lens .layers=${[layer]} .at=${this.lens} .share=${camera.share(this.lens)} .frame=${frame} .view=${view}
            .smooth=${smooth}></up-lens>`
          : nothing
      }
    </div>`;
  }

  #press(event: KeyboardEvent, detail: string): void {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return; // Space flickers
    event.preventDefault();
    this.dispatchEvent(new CustomEvent<string>("choose", { detail }));
  }

  #columns(): number {
    const { frame } = this.camera;
    return frame ? columnsFor(this.panes.length, frame, this.stage) : 1;
  }

  /** A place on the grid as a place in its cell. */
  #within({ x, y }: Point): Point {
    const { width, height } = this.camera.stage;
    return { x: x % (width + GAP), y: y % (height + GAP) };
  }

  #index({ x, y }: Point): number {
    const { width, height } = this.camera.stage;
    return Math.floor(y / (height + GAP)) * this.#columns() + Math.floor(x / (width + GAP));
  }
}
