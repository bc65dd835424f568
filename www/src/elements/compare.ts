import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Localized, percent, t } from "../i18n";
import { Gestures } from "../view/gestures";
import type { Layer } from "../view/layer";
import { canPan, clamp, covered, fit, pan, zoomAt, type Point, type Size, type View } from "../view/viewport";
import { Wipe } from "../view/wipe";
import { compareStyles } from "./compare.styles";
import { icons, mark } from "./icons";
import "./picture-view";
import { isFreeKey } from "./keys";
import { shared } from "./shared";
import "./zoom-bar";
import type { ZoomWish } from "./zoom-bar";

/** How near to the line a drag takes hold of it. */
const GRIP = 22;

/** Two pictures under one wipe and one view. */
@customElement("up-compare")
export class Compare extends Localized {
  @property({ attribute: false }) beforeLayer: Layer | null = null;
  @property({ attribute: false }) afterLayer: Layer | null = null;
  /** Whether the after picture is whole; until then the before picture shows through its gaps. */
  @property({ type: Boolean }) complete = false;
  @property() name = "";
  @property() beforeLabel = "";
  @property() afterLabel = "";

  @state() private view: View | null = null;
  @state() private stage: Size = { width: 0, height: 0 };
  @query(".stage") private area!: HTMLElement;

  static override styles = [shared, compareStyles];

  #wipe = new Wipe(() => this.requestUpdate());
  #resize = new ResizeObserver(() => this.#measure());
  #flicker: number | null = null;
  #dragsWipe = false;
  #onKeyDown = (event: KeyboardEvent) => this.#key(event);
  #onKeyUp = (event: KeyboardEvent) => event.key === " " && this.#endFlicker();

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#onKeyDown);
    window.addEventListener("keyup", this.#onKeyUp);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#onKeyDown);
    window.removeEventListener("keyup", this.#onKeyUp);
    this.#resize.disconnect();
  }

  protected override firstUpdated(): void {
    this.#resize.observe(this.area);
    new Gestures(this.area, {
      hover: (at) => this.afterLayer && this.#wipe.follow(this.#fraction(at.x)),
      leave: () => this.#wipe.leave(),
      press: (at, touch) => (this.#dragsWipe = this.#takesWipe(at, touch)),
      drag: (at, dx, dy) => this.#drag(at, dx, dy),
      click: (at, touch) => this.#click(at, touch),
      doubleClick: (at) => this.#toggleActual(at),
      zoom: (factor, at, dx, dy) => this.#zoom((view) => view.scale * factor, at, dx, dy),
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get("afterLayer") === null && this.afterLayer) this.#wipe.reveal();
    if (!changed.has("beforeLayer")) return;
    const last = changed.get("beforeLayer");
    const { beforeLayer: before } = this;
    if (!before) return;
    const same = last && last.size.width === before.size.width && last.size.height === before.size.height;
    if (!same || !this.view) this.view = fit(before.size, this.#room());
  }

  protected override render() {
    const { view, beforeLayer: before, stage } = this;
    const zoom = (view?.scale ?? 1) * window.devicePixelRatio;
    const area = view && before ? covered(view, before.size, stage) : { x: 0, y: 0, ...stage };
    const line = this.afterLayer ? area.x + area.width * this.#wipe.at : area.x + area.width;
    const place = (element?: Element) => {
      const style = (element as HTMLElement | undefined)?.style;
      style?.setProperty("--line", `${line}px`);
      style?.setProperty("--left", `${area.x}px`);
      style?.setProperty("--right", `${stage.width - area.x - area.width}px`);
      style?.setProperty("--top", `${area.y}px`);
    };
    if (this.hasUpdated) place(this.area);
    const panning = view && before && canPan(view, before.size, stage);
    return html`
      <div class="stage ${this.complete ? "complete" : ""} ${panning ? "pans" : ""}" role="group"
        aria-label=${t("compare.label", { zoom: percent(zoom) })}>
        <up-picture class="before" .layer=${before} .view=${view} .frame=${before?.size ?? null} .stage=${stage}
          .label=${t("compare.picture.before", { name: this.name })}></up-picture>
        <up-picture class="after" .layer=${this.afterLayer} .view=${view} .frame=${before?.size ?? null} .stage=${stage}
          .label=${t("compare.picture.after", { name: this.name })}></up-picture>
        ${before ? nothing : html`<span class="waiting">${mark}</span>`}
        ${this.afterLayer ? this.#renderWipe(line - area.x, area.width) : nothing}
      </div>
      <up-zoom ?hidden=${!before} .zoom=${zoom} .fitted=${view?.fitted ?? true} @zoom=${this.#wished}></up-zoom>
    `;
  }

  #renderWipe(fromLeft: number, width: number) {
    const { at, held } = this.#wipe;
    const value = { before: percent(at), after: percent(1 - at) };
    return html`
      <span class="tag before-tag" ?data-faint=${fromLeft < 90}>${this.beforeLabel}</span>
      <span class="tag after-tag" ?data-faint=${width - fromLeft < 90}>${this.afterLabel}</span>
      <div class="wipe ${held ? "held" : ""}" role="slider" tabindex="0" aria-orientation="horizontal"
        aria-label=${t("compare.slider")} aria-valuemin="0" aria-valuemax="100"
        aria-valuenow=${Math.round(at * 100)} aria-valuetext=${t("compare.value", value)}
        @keydown=${this.#slide}><i>${icons.handle}</i></div>
    `;
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.area;
    this.stage = { width, height };
    const { beforeLayer: before, view } = this;
    if (!before) return;
    if (!view || view.fitted) this.view = fit(before.size, this.#room());
    else this.view = clamp(view, before.size, this.stage);
  }

  /** The part of the stage that a fitted picture may fill: clear of the zoom bar, which low stages do without. */
  #room(): Size {
    const { width, height } = this.stage;
    return { width: width - (width < 600 ? 0 : 64), height: height - (height <= 380 ? 32 : 128) };
  }

  #fraction(x: number): number {
    if (!this.view || !this.beforeLayer) return 0.5;
    const area = covered(this.view, this.beforeLayer.size, this.stage);
    return area.width > 0 ? Math.min(Math.max((x - area.x) / area.width, 0), 1) : 0.5;
  }

  /** A drag moves the wipe where it began on the line, or where there is nothing to pan. */
  #takesWipe(at: Point, touch: boolean): boolean {
    const { view, beforeLayer: before, stage } = this;
    if (!view || !before || !this.afterLayer) return false;
    if (!canPan(view, before.size, stage)) return true;
    const area = covered(view, before.size, stage);
    const line = area.x + area.width * this.#wipe.at;
    return (touch || this.#wipe.held) && Math.abs(at.x - line) < GRIP;
  }

  #drag(at: Point, dx: number, dy: number): void {
    if (this.#dragsWipe) this.#wipe.hold(this.#fraction(at.x));
    else if (this.view && this.beforeLayer) this.view = pan(this.view, dx, dy, this.beforeLayer.size, this.stage);
  }

  #click(at: Point, touch: boolean): void {
    if (!this.afterLayer) return;
    if (touch || !this.#wipe.held) return this.#wipe.hold(this.#fraction(at.x));
    this.#wipe.release();
    this.#wipe.follow(this.#fraction(at.x));
  }

  #slide(event: KeyboardEvent): void {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageUp: 0.1, PageDown: -0.1 };
    const { key } = event;
    if (key === "Home") this.#wipe.hold(0);
    else if (key === "End") this.#wipe.hold(1);
    else if (key in step) this.#wipe.hold(this.#wipe.at + step[key as keyof typeof step]);
    else return;
    event.preventDefault();
  }

  #key(event: KeyboardEvent): void {
    if (!isFreeKey(event, this) || !this.beforeLayer || !this.view) return;
    const { key } = event;
    const move = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
    if (event.shiftKey && key in move) {
      const [dx = 0, dy = 0] = move[key as keyof typeof move];
      this.view = pan(this.view, dx, dy, this.beforeLayer.size, this.stage);
    } else if (key === "1" || key === "2" || key === "3") {
      this.#wipe.hold({ "1": 1, "2": 0.5, "3": 0 }[key]);
    } else if (key === " ") {
      if (!event.repeat && this.afterLayer) this.#beginFlicker();
    } else if (key === "+" || key === "=") {
      this.#zoom((view) => view.scale * 1.25);
    } else if (key === "-") {
      this.#zoom((view) => view.scale / 1.25);
    } else if (key === "0") {
      this.#fit();
    } else return;
    event.preventDefault();
  }

  /** While Space is down: the other picture, whole. */
  #beginFlicker(): void {
    this.#flicker = this.#wipe.at;
    this.#wipe.hold(this.#wipe.at > 0.5 ? 0 : 1);
  }

  #endFlicker(): void {
    if (this.#flicker === null) return;
    this.#wipe.hold(this.#flicker);
    this.#flicker = null;
  }

  #wished({ detail }: CustomEvent<ZoomWish>): void {
    if (detail === "fit") this.#fit();
    else if (detail === "actual") this.#zoom(() => 1 / window.devicePixelRatio);
    else if ("by" in detail) this.#zoom((view) => view.scale * detail.by);
    else this.#zoom(() => detail.to / window.devicePixelRatio);
  }

  #toggleActual(at: Point): void {
    if (this.view?.fitted) this.#zoom((view) => Math.max(1 / window.devicePixelRatio, view.scale * 2), at);
    else this.#fit();
  }

  #fit(): void {
    if (this.beforeLayer) this.view = fit(this.beforeLayer.size, this.#room());
  }

  #zoom(scale: (view: View) => number, at?: Point, dx = 0, dy = 0): void {
    const { view, beforeLayer: before, stage } = this;
    if (!view || !before) return;
    const point = at ?? { x: stage.width / 2, y: stage.height / 2 };
    const zoomed = zoomAt(view, scale(view), point, before.size, stage);
    this.view = dx || dy ? pan(zoomed, dx, dy, before.size, stage) : zoomed;
  }
}
