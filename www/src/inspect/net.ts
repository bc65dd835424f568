import { html, nothing, type PropertyValues, svg } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icons } from "../elements/icons";
import { shared } from "../elements/shared";
import { Localized, t, thousands } from "../i18n";
import type { Profile } from "../inspection";
import "../elements/bitmap";
import { type Box, cutName } from "./graph";
import type { InspectedModel } from "./inspected";
import type { Placed } from "./layout";
import { joinSign } from "./names";
import { netStyles } from "./net.styles";
import { fitting, fittingShape, roomOf, wordWidth } from "./room";
import { step } from "./steps";
import type { Thumbnails } from "./thumbnails";
import { kindWords, type Metric, milliseconds, spoken, timeOf } from "./words";

/** Range of scales to fit the drawing's width; below it, the drawing scrolls. */
const SCALES = [0.82, 1.3] as const;
/** Screen width, in pixels, below which the user can zoom in if there is no room for labels; and the greatest zoom. */
const NARROW = 600;
const MOST_ZOOM = 5;
/** Scale below which only the selected box has a label. */
const WORDED = 0.6;

/**
 * A network drawn with buttons: arrow keys follow the data. Emits `pick` with a box's index, `cut` with an edge's name.
 */
@customElement("inspect-net")
export class Net extends Localized {
  @property({ attribute: false }) inspected!: InspectedModel;
  @property({ type: Number }) at = 0;
  @property({ attribute: false }) cuts: readonly string[] = [];
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property() metric: Metric = "shape";
  @property({ attribute: false }) profile: Profile | undefined;
  /** Incremented for every new thumbnail. */
  @property({ type: Number }) version = 0;
  @state() private scale = 1;
  /** Whether there are zoom buttons. */
  @state() private zooms = false;
  /** Zoom relative to the fitted scale. */
  @state() private zoom = 1;
  @query(".scroll") private scroller!: HTMLElement;

  static override styles = [shared, netStyles];

  #resized = new ResizeObserver(() => this.#fit());

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#resized.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override firstUpdated(): void {
    const { scroller } = this;
    this.#resized.observe(scroller);
    let last = 0;
    const apart = ({ touches: [a, b] }: TouchEvent) =>
      a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
    scroller.addEventListener("touchstart", (event) => (last = apart(event)), { passive: true });
    scroller.addEventListener(
      "touchmove",
      (event) => {
        const now = apart(event);
        if (now > 0 && last > 0) this.#zoomTo(this.zoom * (now / last));
        last = now;
        if (now > 0) event.preventDefault(); // otherwise the browser would zoom the page
      },
      { passive: false },
    );
  }

  #zoomTo(zoom: number): void {
    const { scroller } = this;
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / this.scale;
    this.zoom = Math.min(Math.max(zoom, 1), MOST_ZOOM);
    this.#fit();
    void this.updateComplete.then(() => (scroller.scrollLeft = middle * this.scale - scroller.clientWidth / 2));
  }

  protected override updated(changed: PropertyValues): void {
    this.#fit();
    if (changed.has("at")) this.#reveal();
  }

  /** Scrolls to the selected box if the drawing is wider than its frame, without scrolling the page. */
  #reveal(): void {
    const { scroller } = this;
    const { x, width } = this.inspected.layout.boxes[this.at] as Placed;
    const [left, right] = [(x - width / 2) * this.scale, (x + width / 2) * this.scale];
    const { scrollLeft, clientWidth } = scroller;
    if (left < scrollLeft || right > scrollLeft + clientWidth) scroller.scrollLeft = (left + right - clientWidth) / 2;
  }

  #fit(): void {
    const { clientWidth } = this.scroller;
    const wanted = Math.round(((clientWidth - 2) / this.inspected.layout.width) * 100 - 0.5) / 100;
    this.zooms = clientWidth < NARROW || wanted < WORDED;
    if (!this.zooms) this.zoom = 1;
    const least = this.zooms ? 0 : SCALES[0];
    this.scale = Math.min(SCALES[1], Math.max(least, wanted)) * this.zoom;
  }

  protected override render() {
    const { layout, graph } = this.inspected;
    const { scale } = this;
    const size = `width:${layout.width * scale}px;height:${layout.height * scale}px`;
    const step = (
      by: number,
      icon: "plus" | "minus",
    ) => html`<button class="zoom icon" aria-label=${t(by > 1 ? "zoom.in" : "zoom.out")}
      ?disabled=${by > 1 ? this.zoom >= MOST_ZOOM : this.zoom <= 1} @click=${() => this.#zoomTo(this.zoom * by)}>${icons[icon]}</button>`;
    return html`<div class="zooms" ?hidden=${!this.zooms}>${step(1 / 1.5, "minus")}${step(1.5, "plus")}</div>
    <div class="scroll"><div class="net ${scale < WORDED ? "small" : ""}" role="group" aria-label=${t("inspect.net")} .style=${size} @keydown=${this.#key}>
      <svg viewBox="0 0 ${layout.width} ${layout.height}" aria-hidden="true">
        <defs><marker id="head" viewBox="0 0 6 6" refX="4.4" refY="3" markerWidth="6" markerHeight="6" orient="auto-start-reverse">
          <path class="head" d="M0.5 0.5 5 3 0.5 5.5" /></marker></defs>
        ${graph.edges.map((_, edge) => this.#line(edge))}
      </svg>
      ${layout.rows.slice(1).map(({ y, level }) => this.#level(y, level))}
      ${graph.boxes.map((box, at) => this.#box(box, at, layout.boxes[at] as Placed))}
    </div></div>`;
  }

  #line(at: number) {
    const { graph, layout } = this.inspected;
    const edge = graph.edges[at];
    if (!edge) return nothing;
    const cut = this.cuts.includes(cutName(edge));
    const kind = [edge.skip ? "skip" : "", edge.indices ? "indices" : "", cut ? "cut" : ""].join(" ");
    const { x = 0, y = 0 } = layout.middles[at] ?? {};
    const line = svg`<path class="line ${kind}" d=${layout.paths[at] ?? ""} marker-end="url(#head)" />`;
    if (!edge.skip) return line;
    const toggle = () => this.dispatchEvent(new CustomEvent<string>("cut", { detail: cutName(edge) }));
    return svg`${line}<g class="switch ${kind}" @click=${toggle}><path class="reach" d=${layout.paths[at] ?? ""} />
      <circle cx=${x} cy=${y} r="7" />
      ${cut ? svg`<path d="M${x - 3} ${y - 3}l6 6m0 -6l-6 6" />` : svg`<path d="M${x - 3} ${y}h6" />`}</g>`;
  }

  /** The size of the feature maps in a row, at the left, where a U has room. */
  #level(y: number, level: number) {
    const box = this.inspected.graph.boxes.find((one) => one.level === level && one.shape.length === 4);
    const first = this.inspected.layout.boxes.find((_, at) => this.inspected.graph.boxes[at]?.level === level);
    if (!box || !first || first.column === 0) return nothing;
    return html`<span class="level" aria-hidden="true" .style=${`top:${y * this.scale}px`}>${box.shape.slice(2).join(" × ")}</span>`;
  }

  #box(box: Box, at: number, { x, y, width, height, cards }: Placed) {
    const { scale } = this;
    const style = `left:${(x - width / 2) * scale}px;top:${(y - height / 2) * scale}px;width:${width * scale}px;height:${height * scale}px`;
    const classes = [box.kind, box.isOutput ? "output" : "", `cards-${cards}`].join(" ");
    const picture = this.thumbnails.of(box);
    return html`<button class=${classes} .style=${style} data-box=${at} tabindex=${at === this.at ? 0 : -1}
      aria-pressed=${at === this.at ? "true" : "false"} aria-label=${spoken(box)} title=${`${box.name}\n${kindWords(box)}`}
      @click=${() => this.#pick(at)}>
      ${box.kind === "join" ? html`<span class="sign" aria-hidden="true">${joinSign(box)}</span>` : html`<up-bitmap .bitmap=${picture}></up-bitmap>`}
    </button>${box.kind === "join" ? nothing : this.#words(box, at, x * scale, (y + height / 2) * scale)}`;
  }

  /** The label beside the button, whose accessible name says more. */
  #words(box: Box, at: number, x: number, y: number) {
    const { layout, graph } = this.inspected;
    const whole = layout.width * this.scale;
    // A single label has all the room, but stays inside the drawing.
    const alone = this.scale < WORDED;
    const room = alone ? whole / 2 : roomOf(layout, graph, at) * this.scale;
    const name = box.kind === "input" ? t("inspect.input") : fitting(box, room);
    const half = wordWidth(name) / 2;
    const middle = alone ? Math.min(Math.max(x, half), whole - half) : x;
    return html`<span class="words" aria-hidden="true" .style=${`left:${middle}px;top:${y + 4}px`} @click=${() => this.#pick(at)}>
      <b>${name}</b>${this.#figure(box, room)}</span>`;
  }

  /** The chosen metric, with a bar relative to the other boxes. */
  #figure(box: Box, room: number) {
    const { graph, inspection } = this.inspected;
    const time = (one: Box) => timeOf(one, inspection.nodes, this.profile);
    const of = {
      shape: () => 0,
      parameters: (one: Box) => one.parameters,
      cost: (one: Box) => one.flops,
      time: (one: Box) => time(one) ?? 0,
    }[this.metric];
    if (this.metric === "shape") return html`<i>${fittingShape(box.shape, room)}</i>`;
    const value = of(box);
    const most = Math.max(...graph.boxes.map(of), 1e-9);
    const said = this.metric === "time" ? (value > 0 ? milliseconds(value) : "") : value > 0 ? thousands(value) : "";
    return html`<i>${said}</i><i class="bar"><i .style=${`width:${(100 * value) / most}%`}></i></i>`;
  }

  #pick(at: number): void {
    this.dispatchEvent(new CustomEvent<number>("pick", { detail: at }));
  }

  #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const from = Number((event.composedPath()[0] as HTMLElement).dataset?.box ?? this.at);
    const to = step(this.inspected.graph, this.inspected.layout, from, event.key);
    if (to === null) return;
    event.preventDefault();
    const button = this.renderRoot.querySelector<HTMLElement>(`[data-box="${to}"]`);
    button?.focus();
    button?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
}
