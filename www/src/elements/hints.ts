import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type Color, type Hint, MOST_HINTS } from "../app/hints";
import type { LikelyColor } from "../engine";
import { Localized, percent, t } from "../i18n";
import type { Camera } from "../view/camera";
import { Gestures, TREMBLE } from "../view/gestures";
import { type Point, placed, type View } from "../view/viewport";
import { hintStyles } from "./hints.styles";
import { icons } from "./icons";
import { glass, shared } from "./shared";

/** Step of the arrow keys, and with Shift, as fractions of the picture. */
const STEP = 0.01;
const LEAP = 0.05;
/** Stage width, in CSS pixels, below which the names in the corners leave no room between them. */
const NARROW = 700;
/** Stage height, in CSS pixels, below which the color menu would cover the tags: it goes to the bottom. */
const LOW = 300;

/** Questions to the network and the engine. */
export interface Colorist {
  likely(at: Point, hints: readonly Hint[]): Promise<LikelyColor[]>;
  chroma(rgb: [number, number, number]): Promise<Color>;
  /** CIE L* of the photo at a place; null: unknown. */
  lightness(at: Point): Promise<number | null>;
}

/** CIE L* of a hint's mark until the photo's is known. */
const MIDDLE = 60;

/**
 * Color hints on the picture. A click offers the colors that the network finds likely there, and any other; hints can
 * be moved, changed, deleted and undone. Emits `hints` with all of them, and `hinting` with whether a click sets one.
 */
@customElement("up-hints")
export class HintsView extends Localized {
  @property({ attribute: false }) hints: readonly Hint[] = [];
  /** Id of the picture with the hints. */
  @property({ type: Number }) picture: number | null = null;
  @property({ attribute: false }) camera!: Camera;
  @property({ attribute: false }) view: View | null = null;
  @property({ attribute: false }) colorist!: Colorist;

  /** Whether a click sets a hint. */
  @state() private active = false;
  /** Index of the hint whose color menu is open; the length of the list for a new one. */
  @state() private open: number | null = null;
  @state() private place: Point = { x: 0.5, y: 0.5 };
  /** null: the network has not answered yet. */
  @state() private likely: LikelyColor[] | null = null;
  /** CIE L* of the picture at the hints' places. */
  @state() private lightness: ReadonlyMap<string, number> = new Map();
  @query(".catch") private area!: HTMLElement | null;
  @query(".colors") private dialog!: HTMLElement | null;

  static override styles = [shared, glass, hintStyles];

  #before: (readonly Hint[])[] = [];
  #gestures: HTMLElement | null = null;
  #asked = 0;
  /** Index of the hint to focus. */
  #focus: number | null = null;
  /** The hint being dragged. */
  #drag: { index: number; from: Point; moved: boolean } | null = null;
  @state() private moving: Hint | null = null;

  protected override updated(changed: PropertyValues): void {
    if (changed.has("hints") || changed.has("picture")) void this.#light(changed.has("picture"));
    // The page's policy forbids style attributes.
    for (const part of this.renderRoot.querySelectorAll<HTMLElement>("[data-left], [data-color]")) {
      const { left, top, color } = part.dataset;
      if (left && top) Object.assign(part.style, { left: `${left}px`, top: `${top}px` });
      if (color) part.style.setProperty("--color", color);
    }
    if (this.area && this.area !== this.#gestures) this.#listen(this.area);
    const isOpen = this.open !== null;
    if (isOpen && (changed as Map<string, unknown>).has("open"))
      this.dialog?.querySelector<HTMLElement>("button, input")?.focus();
    const wanted = this.#focus !== null && !isOpen ? this.#place(this.#focus) : null;
    if (!wanted) return;
    this.#focus = null;
    wanted.focus();
  }

  /** The element of a hint, or the button that adds hints. Null: the hint is not rendered yet. */
  #place(index: number): HTMLElement | null {
    if (index < 0) return this.renderRoot.querySelector(".offer [aria-pressed]");
    return this.renderRoot.querySelectorAll<HTMLElement>(".hint")[index] ?? null;
  }

  #listen(area: HTMLElement): void {
    this.#gestures = area;
    const nothing = () => {};
    new Gestures(area, {
      hover: nothing,
      leave: nothing,
      press: nothing,
      drag: (_, dx, dy) => this.camera.pan(dx, dy),
      click: (at) => this.#add(this.camera.share(at)),
      doubleClick: nothing,
      zoom: (factor, at, dx, dy) => this.camera.zoom(factor, at, dx, dy),
    });
  }

  /** Colors each mark as the photo will be there, with the photo's lightness. */
  async #light(anew: boolean): Promise<void> {
    const known = anew ? new Map<string, number>() : this.lightness;
    const { hints, picture } = this;
    const read = hints.map(async (hint) => {
      const at = placeOf(hint);
      return [at, known.get(at) ?? (await this.colorist.lightness(hint)) ?? MIDDLE] as const;
    });
    const lightness = new Map(await Promise.all(read));
    if (hints === this.hints && picture === this.picture) this.lightness = lightness;
  }

  protected override render() {
    const { camera, view } = this;
    if (!view || !camera.frame) return nothing;
    const { hints } = this;
    const full = hints.length >= MOST_HINTS;
    return html`
      ${this.active ? html`<div class="catch"></div>` : nothing}
      ${hints.map((hint, index) => this.#renderHint(this.#drag?.index === index && this.moving ? this.moving : hint, index))}
      ${this.open === hints.length ? this.#renderHint({ ...this.place, a: 0, b: 0 }, this.open) : nothing}
      <div class="offer glass ${camera.stage.height < LOW ? "bottom" : camera.stage.width < NARROW && !this.active ? "low" : ""}" role="group" aria-label=${t("hints.heading")}>
        ${
          this.active
            ? html`<p role="status">${t(full ? "hints.full" : "hints.place")}</p>
              <button @click=${() => this.#add({ x: 0.5, y: 0.5 })} ?disabled=${full}>${t("hints.middle")}</button>`
            : nothing
        }
        <button aria-pressed=${this.active ? "true" : "false"} @click=${this.#toggle}>${icons.hint} ${t(this.active ? "hints.done" : "hints.add")}</button>
        ${this.#before.length > 0 ? html`<button @click=${this.#undo}>${icons.undo} ${t("hints.undo")}</button>` : nothing}
        ${hints.length > 1 ? html`<button @click=${() => this.#change([])}>${t("hints.clear")}</button>` : nothing}
      </div>
      ${this.open !== null ? this.#renderColors(this.open) : nothing}
    `;
  }

  #renderHint(hint: Hint, index: number) {
    const { x, y } = this.#onStage(hint);
    // A new hint takes no pointer events: the click that ends a tap would land on it and close its colors.
    const isNew = index >= this.hints.length;
    const color = isNew ? "transparent" : `lab(${this.lightness.get(placeOf(hint)) ?? MIDDLE}% ${hint.a} ${hint.b})`;
    return html`<button class="hint" ?data-new=${isNew} data-left=${x} data-top=${y} data-color=${color} aria-haspopup="dialog"
      aria-expanded=${this.open === index ? "true" : "false"} aria-label=${t("hints.one", { number: index + 1 })} title=${t("hints.keys")}
      @pointerdown=${(event: PointerEvent) => this.#grab(event, index)} @pointermove=${this.#pull}
      @pointerup=${this.#drop} @pointercancel=${this.#drop}
      @click=${() => this.#choose(index)} @keydown=${(event: KeyboardEvent) => this.#key(event, index)}></button>`;
  }

  #renderColors(index: number) {
    const { x, y } = this.#onStage(this.hints[index] ?? this.place);
    const { width, height } = this.camera.stage;
    const left = Math.min(Math.max(x - 116, 8), Math.max(width - 240, 8));
    const below = y + 24;
    const top = below + 150 < height ? below : Math.max(y - 24 - 140, 8);
    const { likely } = this;
    return html`<div class="colors" role="dialog" aria-label=${t("hints.choose")} data-left=${left} data-top=${top}
      @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#close(event)}>
      <p>${t(likely === null ? "hints.asking" : likely.length > 0 ? "hints.likely" : "hints.any")}</p>
      ${
        likely && likely.length > 0
          ? html`<div class="swatches">${likely.map(
              ({ a, b, rgb, probability }) =>
                html`<button data-color=${`rgb(${rgb.join(" ")})`} title=${t("hints.share", { share: percent(probability) })}
                  aria-label=${t("hints.color", { color: hex(rgb), share: percent(probability) })} @click=${() => this.#take({ a, b })}></button>`,
            )}</div>`
          : nothing
      }
      <div class="foot">
        <label><input type="color" value=${hex(likely?.[0]?.rgb ?? [128, 128, 128])} @change=${this.#picked} /> ${t("hints.other")}</label>
        ${
          index < this.hints.length
            ? html`<button @click=${() => this.#delete(index)}>${t("hints.delete")}</button>`
            : html`<button @click=${this.#close}>${t("hints.cancel")}</button>`
        }
      </div>
    </div>`;
  }

  #onStage({ x, y }: Point): Point {
    const { view, camera } = this;
    if (!view || !camera.frame) return { x: 0, y: 0 };
    const area = placed(view, camera.frame, camera.stage);
    return { x: area.x + x * area.width, y: area.y + y * area.height };
  }

  #toggle(): void {
    this.active = !this.active;
    this.open = null;
    this.dispatchEvent(new CustomEvent<boolean>("hinting", { detail: this.active }));
  }

  #add(at: Point): void {
    const inside = (share: number) => share >= 0 && share < 1;
    if (this.open !== null)
      this.open = null; // a click beside the colors closes them
    else if (inside(at.x) && inside(at.y) && this.hints.length < MOST_HINTS) this.#ask(this.hints.length, at);
  }

  #choose(index: number): void {
    const hint = this.hints[index];
    if (this.#drag?.moved) this.#drag = null;
    else if (this.open === index) this.open = null;
    else if (hint) this.#ask(index, hint);
  }

  /** Offers colors for a hint, given the other hints. */
  async #ask(index: number, { x, y }: Point): Promise<void> {
    const asked = ++this.#asked;
    [this.open, this.place, this.likely] = [index, { x, y }, null];
    const beside = this.hints.filter((_, at) => at !== index);
    const likely = await this.colorist.likely({ x, y }, beside);
    if (asked === this.#asked) this.likely = likely;
  }

  async #picked(event: Event): Promise<void> {
    const text = (event.target as HTMLInputElement).value;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
    this.#take(await this.colorist.chroma([red, green, blue]));
  }

  #take(color: Color): void {
    const { open, place } = this;
    if (open === null) return;
    const hint = { ...(this.hints[open] ?? place), ...color };
    this.#change(open < this.hints.length ? this.hints.with(open, hint) : [...this.hints, hint]);
    this.#leave(open);
  }

  #delete(index: number): void {
    this.#change(this.hints.toSpliced(index, 1));
    this.#leave(index - 1);
  }

  #close(event: Event): void {
    event.stopPropagation(); // otherwise Escape would stop the run as well
    const { open } = this;
    this.#leave(open !== null && open < this.hints.length ? open : -1);
  }

  /** Closes the color menu and focuses the hint, once rendered, or the button that adds hints. */
  #leave(index: number): void {
    this.open = null;
    this.#focus = index;
  }

  #change(hints: readonly Hint[]): void {
    this.#before = [...this.#before, this.hints].slice(-MOST_HINTS);
    this.#emit(hints);
  }

  #undo(): void {
    const last = this.#before.at(-1);
    this.#before = this.#before.slice(0, -1);
    this.open = null;
    if (last) this.#emit(last);
  }

  #grab(event: PointerEvent, index: number): void {
    if (event.button !== 0 || index >= this.hints.length) return;
    (event.target as Element).setPointerCapture(event.pointerId);
    this.#drag = { index, from: { x: event.clientX, y: event.clientY }, moved: false };
  }

  #pull(event: PointerEvent): void {
    const drag = this.#drag;
    const hint = drag && this.hints[drag.index];
    if (!drag || !hint || event.buttons === 0) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.from.x, event.clientY - drag.from.y) < TREMBLE) return;
    drag.moved = true;
    const { left, top } = this.getBoundingClientRect();
    const { x, y } = this.camera.share({ x: event.clientX - left, y: event.clientY - top });
    this.open = null;
    this.moving = { ...hint, x: within(x), y: within(y) };
  }

  #drop(): void {
    const { moving } = this;
    const drag = this.#drag;
    this.moving = null;
    if (drag?.moved && moving) this.#change(this.hints.with(drag.index, moving));
    else this.#drag = null;
  }

  #key(event: KeyboardEvent, index: number): void {
    const hint = this.hints[index];
    const step = event.shiftKey ? LEAP : STEP;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (!hint) return;
    if (event.key === "Delete" || event.key === "Backspace") this.#delete(index);
    else if (event.key in moves) {
      const [dx = 0, dy = 0] = moves[event.key as keyof typeof moves];
      this.open = null;
      this.#change(this.hints.with(index, { ...hint, x: within(hint.x + dx), y: within(hint.y + dy) }));
    } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) this.#undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #emit(detail: readonly Hint[]): void {
    this.dispatchEvent(new CustomEvent<readonly Hint[]>("hints", { detail }));
  }
}

function placeOf({ x, y }: Point): string {
  return `${x} ${y}`;
}

function within(share: number): number {
  return Math.min(Math.max(share, 0), 0.9999);
}

function hex(rgb: readonly number[]): string {
  return `#${rgb.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
