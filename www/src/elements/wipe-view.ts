import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Pane } from "../app/panes";
import { Localized, percent, t } from "../i18n";
import type { Camera } from "../view/camera";
import { Gestures } from "../view/gestures";
import { covered, type Point, type View } from "../view/viewport";
import { Wipe } from "../view/wipe";
import { icons } from "./icons";
import "./lens";
import "./picture-view";
import { shared } from "./shared";
import "./tag";
import { wipeStyles } from "./wipe-view.styles";

/** Distance from the line within which a drag grabs it, in CSS pixels. */
const GRIP = 22;
/** Width of the displayed photo, in CSS pixels, below which the tags are beside it. */
const APART = 300;

/** Two pictures under one wipe. Emits `left` and `right` with the chosen pane, and `point` with the pointer's place. */
@customElement("up-wipe")
export class WipeView extends Localized {
  @property({ attribute: false }) left: Pane | null = null;
  @property({ attribute: false }) right: Pane | null = null;
  @property({ attribute: false }) panes: Pane[] = [];
  @property({ attribute: false }) camera!: Camera;
  /** The camera's view; a move of it redraws. */
  @property({ attribute: false }) view: View | null = null;
  @property() name = "";
  @property({ type: Boolean }) differs = false;
  @property({ type: Boolean }) smooth = false;
  /** Whether the wipe moves up and down instead of left and right; `left` is then the upper picture. */
  @property({ type: Boolean }) upright = false;
  /** Height of the overlay at the bottom of the stage, in pixels; tags keep clear of it. */
  @property({ type: Number }) keep = 0;
  @property({ attribute: false }) lens: Point | null = null;
  @property({ attribute: false }) values: Record<string, number[]> = {};
  /** The displayed wipe position during a flicker. */
  @state() private flickered: number | null = null;
  @query(".stage") private area!: HTMLElement;

  static override styles = [shared, wipeStyles];

  #wipe = new Wipe(() => this.requestUpdate());
  #dragsWipe = false;
  /** Positions of the line and the tags, for the styles. */
  #place: Record<string, number> = {};
  /** Whether the photo is too narrow for tags on it. */
  #apart = false;

  /** Moves the wipe: 1 shows only the left picture, 0 only the right, anything between shows part of both. */
  show(at: number): void {
    this.#wipe.hold(at);
  }

  /** While on, shows the other picture alone. */
  flicker(on: boolean): void {
    if (!on) this.flickered = null;
    else if (this.#after) this.flickered ??= this.#wipe.at > 0.5 ? 0 : 1;
  }

  get #at(): number {
    return this.flickered ?? this.#wipe.at;
  }

  get #after() {
    return (this.differs && this.right?.difference) || this.right?.layer || null;
  }

  protected override firstUpdated(): void {
    const point = (detail: Point | null) => this.dispatchEvent(new CustomEvent("point", { detail }));
    new Gestures(this.area, {
      hover: (at) => {
        if (this.#after) this.#wipe.follow(this.#fraction(at));
        point(at);
      },
      leave: () => {
        this.#wipe.leave();
        point(null);
      },
      press: (at, touch) => {
        this.#dragsWipe = this.#takesWipe(at, touch);
        if (touch) point(null); // until it proves to be a tap
      },
      drag: (at, dx, dy) => this.#drag(at, dx, dy),
      click: (at, touch) => {
        this.#click(at, touch);
        point(at);
      },
      doubleClick: (at) => this.camera.toggleActual(at),
      zoom: (factor, at, dx, dy) => this.camera.zoom(factor, at, dx, dy),
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const last = changed.get("right") as Pane | null | undefined;
    if (changed.has("right") && !last?.layer && this.right?.layer) this.#wipe.reveal();
  }

  protected override updated(): void {
    for (const [name, length] of Object.entries(this.#place)) this.area.style.setProperty(name, `${length}px`);
  }

  protected override render() {
    const { camera, view, left, right } = this;
    const { stage, frame } = camera;
    const zoom = (view?.scale ?? 1) * window.devicePixelRatio;
    const area = view && frame ? covered(view, frame, stage) : { x: 0, y: 0, ...stage };
    const after = this.#after;
    const share = after ? this.#at : 1;
    const line = this.upright ? area.y + area.height * share : area.x + area.width * share;
    const [beyond, bottom] = [stage.width - area.x - area.width, stage.height - area.y - area.height];
    this.#place = {
      "--line": line,
      "--left": area.x,
      "--right": beyond,
      "--top": area.y,
      "--bottom": bottom,
      "--keep": this.keep,
    };
    this.#apart = !this.upright && area.width < APART;
    const tags = this.#apart
      ? { "--tag-left": 0, "--tag-right": 0, "--tag-top": 0 }
      : { "--tag-left": area.x, "--tag-right": beyond, "--tag-top": area.y };
    Object.assign(this.#place, tags);
    const complete = (left?.complete ?? true) && (!after || (right?.complete ?? true));
    const input = this.panes.find(({ id }) => id === "input")?.layer ?? null;
    return html`
      <div class="stage ${complete ? "complete" : ""} ${camera.canPan ? "pans" : ""} ${this.upright ? "upright" : ""}" role="group"
        aria-label=${t("compare.label", { zoom: percent(zoom) })}>
 ${
   complete
     ? nothing
     : html`<up-picture class="dim" .layer=${input} .view=${view} .frame=${frame} .stage=${stage} .smooth=${this.smooth}></up-picture>`
 }
        <up-picture class="before" .layer=${left?.layer ?? null} .view=${view} .frame=${frame} .stage=${stage}
          .smooth=${this.smooth} .label=${t("compare.picture", { what: left?.name ?? "", name: this.name })}></up-picture>
        <up-picture class="after" .layer=${after} .view=${view} .frame=${frame} .stage=${stage}
          .smooth=${this.smooth} .label=${t("compare.picture", { what: right?.name ?? "", name: this.name })}></up-picture>
        ${after && left && right ? this.#renderWipe(left, right, this.upright ? [line - area.y, area.height] : [line - area.x, area.width]) : nothing}
        <div class="failures">${[...new Set([left, right])].map((pane) => this.#renderFailure(pane))}</div>
        ${
          this.lens && after
            ? html`<up-lens .layers=${[left?.layer ?? null, after]} .at=${this.lens} .share=${camera.share(this.lens)}
              .frame=${frame} .view=${view} .smooth=${this.smooth}></up-lens>`
            : nothing
        }
      </div>
    `;
  }

  #renderFailure(pane: Pane | null) {
    return pane?.failure ? html`<p><b>${pane.name}</b> · ${pane.failure}</p>` : nothing;
  }

  #renderWipe(left: Pane, right: Pane, [before, length]: [number, number]) {
    const at = this.#at;
    const { upright } = this;
    const room = upright ? 50 : 90; // width of a tag
    const value = { left: left.name, right: right.name, before: percent(at), after: percent(1 - at) };
    return html`
      <div class="wipe ${this.#wipe.held ? "held" : ""}" role="slider" tabindex="0" aria-orientation=${upright ? "vertical" : "horizontal"}
        aria-label=${t(upright ? "compare.slider.upright" : "compare.slider")} aria-valuemin="0" aria-valuemax="100"
        aria-valuenow=${Math.round(at * 100)} aria-valuetext=${t("compare.value", value)}
        @keydown=${this.#slide}><i>${icons.handle}</i></div>
      <up-tag class="before-tag" ?data-faint=${!this.#apart && before < room} .pane=${left} .panes=${this.panes}
        .label=${t(upright ? "compare.top" : "compare.left")} .value=${this.values[left.id] ?? null}
        @pick=${(event: CustomEvent) => this.#pick("left", event.detail)}></up-tag>
      <up-tag class="after-tag" ?data-faint=${!this.#apart && length - before < room} .pane=${right} .panes=${this.panes}
        .label=${t(upright ? "compare.bottom" : "compare.right")} .value=${this.values[right.id] ?? null}
        @pick=${(event: CustomEvent) => this.#pick("right", event.detail)}></up-tag>
    `;
  }

  /** A place on the stage as the wipe position from before to after. */
  #fraction({ x, y }: Point): number {
    const [start, length] = this.#span();
    return length > 0 ? Math.min(Math.max(((this.upright ? y : x) - start) / length, 0), 1) : 0.5;
  }

  /** Start and length of the wipe's range. */
  #span(): [number, number] {
    const { view, frame, stage } = this.camera;
    if (!view || !frame) return [0, 0];
    const { x, y, width, height } = covered(view, frame, stage);
    return this.upright ? [y, height] : [x, width];
  }

  /** A drag moves the wipe if it begins on the line, or if there is nothing to pan. */
  #takesWipe(at: Point, touch: boolean): boolean {
    if (!this.camera.view || !this.#after) return false;
    if (!this.camera.canPan) return true;
    const [start, length] = this.#span();
    const line = start + length * this.#wipe.at;
    return (touch || this.#wipe.held) && Math.abs((this.upright ? at.y : at.x) - line) < GRIP;
  }

  #drag(at: Point, dx: number, dy: number): void {
    if (this.#dragsWipe) this.#wipe.hold(this.#fraction(at));
    else this.camera.pan(dx, dy);
  }

  #click(at: Point, touch: boolean): void {
    if (!this.#after) return;
    if (touch || !this.#wipe.held) return this.#wipe.hold(this.#fraction(at));
    this.#wipe.release();
    this.#wipe.follow(this.#fraction(at));
  }

  #slide(event: KeyboardEvent): void {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    // An upright wipe follows the arrow keys; otherwise up means more, as in any slider.
    const down = this.upright ? 0.02 : -0.02;
    const step = {
      ArrowLeft: -0.02,
      ArrowDown: down,
      ArrowRight: 0.02,
      ArrowUp: -down,
      PageUp: -5 * down,
      PageDown: 5 * down,
    };
    const { key } = event;
    if (key === "Home") this.#wipe.hold(0);
    else if (key === "End") this.#wipe.hold(1);
    else if (key in step) this.#wipe.hold(this.#wipe.at + step[key as keyof typeof step]);
    else return;
    event.preventDefault();
  }

  #pick(side: "left" | "right", detail: string): void {
    this.dispatchEvent(new CustomEvent<string>(side, { detail }));
  }
}
