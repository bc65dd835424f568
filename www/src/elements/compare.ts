import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Hint } from "../app/hints";
import type { Pane } from "../app/panes";
import type { LastingTool, Settings } from "../app/settings";
import type { Rect } from "../engine";
import { Localized, t } from "../i18n";
import { Camera, type ZoomWish } from "../view/camera";
import type { Point, Size } from "../view/viewport";
import { compareStyles } from "./compare.styles";
import { GridView } from "./grid-view";
import "./hints";
import type { Colorist } from "./hints";
import { mark } from "./icons";
import { isFreeKey } from "./keys";
import { glass, shared } from "./shared";
import "./tools";
import type { Tool } from "./tools";
import "./wipe-view";
import type { WipeView } from "./wipe-view";
import "./zoom-bar";

/** Stage sizes, in CSS pixels, up to which the bar has little room; `compare.styles` uses the height as well. */
const NARROW = 600;
const LOW = 400;
/** Total margin above and below a picture that is above the bar. */
const MARGIN = 24;

/**
 * The pictures, under a wipe or in a grid, with a common camera; and the tools to inspect them. Emits `choose` (a
 * result's id), `arrange` (layout or left), `tool`, `look` (the visible part), `probe` (a place), `hints` (all color
 * hints). Places are fractions of the picture's width and height.
 */
@customElement("up-compare")
export class Compare extends Localized {
  @property({ attribute: false }) panes: Pane[] = [];
  @property({ attribute: false }) frame: Size | null = null;
  @property() chosen: string | null = null;
  @property() layout: Settings["layout"] = "wipe";
  /** Id of the picture on the left of the wipe; null: the input. */
  @property() left: string | null = null;
  @property({ attribute: false }) tools: readonly LastingTool[] = [];
  @property() name = "";
  /** The colors at the probed place, by pane. */
  @property({ attribute: false }) values: Record<string, number[]> = {};
  /** The largest difference on the map's scale, of 255; and its colors, 256 RGBA pixels. */
  @property({ type: Number }) scale = 64;
  @property({ attribute: false }) colors: Uint8ClampedArray | null = null;
  /** Color hints on the picture; null: the network takes none. */
  @property({ attribute: false }) hints: readonly Hint[] | null = null;
  @property({ attribute: false }) colorist: Colorist | null = null;
  /** Name of the difference map's reference. */
  @property() against = "";

  @state() private right: string | null = null;
  /** Orientation of the wipe, if the user chose it. */
  @state() private upright: boolean | null = null;
  @state() private fullscreen = false;
  @state() private pointer: Point | null = null;
  @state() private flickers = false;
  @state() private stage: Size = { width: 0, height: 0 };
  /** Height of the bar, which the grid keeps clear of. */
  @state() private barHeight = 0;
  @query("up-wipe") private wipe!: WipeView | null;
  @query(".bar") private bar!: HTMLElement;

  static override styles = [shared, glass, compareStyles];

  #camera = new Camera(() => {
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent<Rect>("look", { detail: this.#camera.seen }));
    this.#probe();
  });
  /** The pictures that were last probed. */
  #probed = "";
  #resize = new ResizeObserver(() => {
    this.stage = { width: this.clientWidth, height: this.clientHeight };
    this.barHeight = this.bar?.offsetHeight ?? 0;
  });
  #onKeyDown = (event: KeyboardEvent) => this.#key(event);
  #onKeyUp = (event: KeyboardEvent) => event.key === " " && this.#flicker(false);
  #onFullscreen = () => (this.fullscreen = this.matches(":fullscreen"));

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#onKeyDown);
    window.addEventListener("keyup", this.#onKeyUp);
    document.addEventListener("fullscreenchange", this.#onFullscreen);
    this.#resize.observe(this);
    if (this.hasUpdated) this.#resize.observe(this.bar);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#onKeyDown);
    window.removeEventListener("keyup", this.#onKeyUp);
    document.removeEventListener("fullscreenchange", this.#onFullscreen);
    this.#resize.disconnect();
  }

  protected override firstUpdated(): void {
    this.#resize.observe(this.bar);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("chosen") && this.chosen) this.right = this.chosen;
    const points = this.tools.includes("lens") || this.tools.includes("probe");
    if (changed.has("layout") || !points) this.pointer = null; // the place was on the other layout, or no tool needs it
    this.#camera.look(this.frame);
    const cell = this.#cell();
    const { stage } = this.#camera;
    if (cell.width !== stage.width || cell.height !== stage.height) this.#camera.resize(cell, this.#room(cell));
  }

  protected override render() {
    const camera = this.#camera;
    const { view } = camera;
    const zoom = (view?.scale ?? 1) * window.devicePixelRatio;
    const smooth = this.tools.includes("smooth");
    const differs = this.tools.includes("difference");
    const lens = this.tools.includes("lens") ? this.pointer : null;
    const values = this.tools.includes("probe") && this.pointer ? this.values : {};
    return html`
      ${
        this.#isGrid()
          ? html`<up-grid .panes=${this.panes} .chosen=${this.chosen} .camera=${camera} .view=${view} .stage=${this.#clear()}
            .name=${this.name} .differs=${differs} .smooth=${smooth} .flickers=${this.flickers} .lens=${lens} .values=${values}
            @choose=${this.#chose} @point=${this.#pointed}></up-grid>`
          : html`<up-wipe .left=${this.#pane(this.#leftId)} .right=${this.#pane(this.right)} .panes=${this.panes}
            .camera=${camera} .view=${view} .name=${this.name} .differs=${differs} .smooth=${smooth} .lens=${lens}
            .upright=${this.#isUpright()} .keep=${this.#isDocked() ? 12 : this.barHeight + 24} .values=${values} @point=${this.#pointed}
            @left=${(event: CustomEvent<string>) => this.#takeLeft(event.detail)}
            @right=${(event: CustomEvent<string>) => this.#takeRight(event.detail)}></up-wipe>`
      }
      ${this.panes.length > 0 ? nothing : html`<span class="waiting">${mark}</span>`}
      ${
        this.hints && this.colorist && !this.#isGrid()
          ? html`<up-hints .hints=${this.hints} .picture=${this.#pane("input")?.picture ?? null} .camera=${camera} .view=${view} .colorist=${this.colorist}
            @hints=${(event: CustomEvent) => this.#emit("hints", event.detail)}
            @hinting=${(event: CustomEvent<boolean>) => this.wipe?.show(event.detail ? 0 : 0.5)}></up-hints>`
          : nothing
      }
      <div class="bar glass ${this.#isDocked() ? "docked" : ""}" ?hidden=${this.panes.length === 0}>
        ${differs ? html`<div class="legend">0<canvas width="256" height="1"></canvas>${t("difference.scale", { most: this.scale })}<span class="against">${this.against}</span></div>` : nothing}
        <up-zoom .zoom=${zoom} .fitted=${view?.fitted ?? true}
          @zoom=${(event: CustomEvent<ZoomWish>) => camera.grant(event.detail)}></up-zoom>
        <up-tools .on=${this.#pressed()} .idle=${this.#idle()} @tool=${(event: CustomEvent<Tool>) => this.#toggle(event.detail)}></up-tools>
      </div>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const below = this.#isDocked() ? this.stage.height - this.#clear().height : 0;
    this.style.setProperty("--below", `${below}px`);
    if (changed.has("tools") || this.#pictures() !== this.#probed) this.#probe();
    const context = this.renderRoot.querySelector<HTMLCanvasElement>(".legend canvas")?.getContext("2d");
    if (context && this.colors) context.putImageData(new ImageData(this.colors.slice(), 256, 1), 0, 0);
  }

  #isGrid(): boolean {
    return this.layout === "grid" && this.panes.length > 1;
  }

  #pressed(): ReadonlySet<Tool> {
    const on = { grid: this.#isGrid(), turn: !this.#isGrid() && this.#isUpright(), fullscreen: this.fullscreen };
    const others = (Object.keys(on) as (keyof typeof on)[]).filter((tool) => on[tool]);
    return new Set([...this.tools, ...others]);
  }

  #idle(): ReadonlySet<Tool> {
    const idle: Tool[] = [
      ...(this.panes.length < 2 ? (["grid"] as const) : []),
      ...(this.#isGrid() ? (["turn"] as const) : []),
    ];
    return new Set(idle);
  }

  /** Never the picture on the right: there would be nothing to compare. */
  get #leftId(): string {
    return this.left === null || this.left === this.right ? "input" : this.left;
  }

  /** The wipe runs along the longer side if picture and stage are both upright, as on a phone. */
  #isUpright(): boolean {
    const tall = ({ width, height }: Size) => height > width;
    return this.upright ?? (this.frame !== null && tall(this.frame) && tall(this.stage));
  }

  /** The pane with this id; the input if there is none. */
  #pane(id: string | null): Pane | null {
    return this.panes.find((pane) => pane.id === id) ?? this.panes[id === this.right ? 1 : 0] ?? null;
  }

  #cell(): Size {
    if (this.#isGrid() && this.frame) return GridView.cell(this.panes.length, this.frame, this.#clear());
    return this.#isDocked() ? this.#clear() : this.stage;
  }

  /** Whether the bar is below the pictures, not over them: in the grid, and where it is as wide as the stage. */
  #isDocked(): boolean {
    const { width, height } = this.stage;
    return this.#isGrid() || (this.barHeight > 0 && width < NARROW && (height > LOW || this.#fitsAbove()));
  }

  /** Whether a picture as wide as the stage keeps its height above the bar. */
  #fitsAbove(): boolean {
    const { width, height } = this.#clear();
    return this.frame !== null && (width * this.frame.height) / this.frame.width <= height - MARGIN;
  }

  /** The stage without the bar. */
  #clear(): Size {
    const { width, height } = this.stage;
    return { width, height: Math.max(height - (this.barHeight ? this.barHeight + 16 : 0), 0) };
  }

  /** The part of the stage that a fitted picture may fill: without the bar, except on low stages. */
  #room({ width, height }: Size): Size {
    if (this.#isGrid()) return { width: width - 16, height: height - 16 };
    if (this.#isDocked()) return { width, height: height - MARGIN };
    return { width: width - (width < NARROW ? 0 : 64), height: height - (height <= LOW ? 32 : 128) };
  }

  #toggle(tool: Tool): void {
    if (tool === "grid") this.#emit("arrange", { layout: this.#isGrid() ? "wipe" : "grid" });
    else if (tool === "fullscreen") this.#fill();
    else if (tool !== "turn") this.#emit("tool", tool);
    else if (!this.#isGrid()) this.upright = !this.#isUpright();
  }

  /** Toggles full screen; if the browser refuses, nothing changes. */
  #fill(): void {
    const done = this.fullscreen ? document.exitFullscreen() : this.requestFullscreen?.();
    done?.catch(() => {});
  }

  #takeLeft(id: string): void {
    this.#emit("arrange", { left: id === "input" ? null : id });
  }

  #takeRight(id: string): void {
    this.right = id;
    this.#emit("choose", id);
  }

  #chose({ detail }: CustomEvent<string>): void {
    if (detail === "input" || detail === "original") this.#takeLeft(detail);
    else this.#emit("choose", detail);
  }

  #pointed({ detail }: CustomEvent<Point | null>): void {
    this.pointer = detail;
    this.#probe();
  }

  #pictures(): string {
    return this.panes.map(({ id, picture }) => `${id} ${picture}`).join();
  }

  #probe(): void {
    this.#probed = this.#pictures();
    if (this.pointer && this.tools.includes("probe")) this.#emit("probe", this.#camera.share(this.pointer));
  }

  #flicker(on: boolean): void {
    this.flickers = on;
    this.wipe?.flicker(on);
  }

  #key(event: KeyboardEvent): void {
    if (!isFreeKey(event, this) || !this.frame) return;
    const { key } = event;
    const camera = this.#camera;
    const move = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
    const tool = {
      g: "grid",
      d: "difference",
      l: "lens",
      p: "probe",
      x: "smooth",
      t: "table",
      f: "fullscreen",
      v: "turn",
    } as const;
    if (key in move) {
      const [dx = 0, dy = 0] = move[key as keyof typeof move];
      camera.pan(dx, dy);
    } else if (key in tool) this.#toggle(tool[key as keyof typeof tool]);
    else if (/^[1-9]$/.test(key)) this.#number(Number(key));
    else if (key === " ") {
      if (!event.repeat) this.#flicker(true);
    } else if (key === "+" || key === "=") camera.zoom(1.25);
    else if (key === "-") camera.zoom(1 / 1.25);
    else if (key === "0") camera.fit();
    else return;
    event.preventDefault();
  }

  /** Wipe: left, half, right. Grid: the result at that position. */
  #number(number: number): void {
    if (!this.#isGrid()) this.wipe?.show(Math.max((3 - number) / 2, 0));
    else {
      const pane = this.panes[number - 1];
      if (pane) this.#emit("choose", pane.id);
    }
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
