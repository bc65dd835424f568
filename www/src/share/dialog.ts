import { html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Route } from "../app/router";
import "../elements/segments";
import { icons } from "../elements/icons";
import { Leaving } from "../elements/leaving";
import { dialogs, shared } from "../elements/shared";
import { PARTS, type Part, USUAL } from "../embed/mode";
import { LANGUAGES, Localized, languageName, type MessageKey, t } from "../i18n";
import { shareStyles } from "./dialog.styles";
import {
  attributesOf,
  type Files,
  frameOf,
  linkTo,
  NO_FILES,
  previewOf,
  SHAPES,
  type Shape,
  tagOf,
  type Wish,
} from "./written";

const WAYS = ["tag", "frame"] as const;
type Way = (typeof WAYS)[number];
const THEMES = ["light", "dark"] as const;

const NAMES: Record<Part, MessageKey> = {
  picture: "picture.heading",
  task: "task.heading",
  methods: "methods.heading",
  mode: "mode.heading",
  size: "size.heading",
  finish: "finish.heading",
  backend: "backend.heading",
  compare: "tools.label",
  actions: "run.label",
};

/** Milliseconds that the options must rest before the preview reloads. */
const REST = 400;
/** Width of the preview's frame, in CSS pixels, for a frame of full width. */
const USUAL_WIDTH = 640;
const WIDTHS = { min: 200, max: 2000, step: 10 };

/** A dialog with a link to the current view, and code that embeds it, with a preview. */
@customElement("up-share")
export class ShareDialog extends Localized {
  /** Address of the page's own folder. */
  @property() base = "";
  @property({ attribute: false }) route: Route = { view: "playground", path: "", query: "" };
  @property({ attribute: false }) files: Files = NO_FILES;
  @state() private wish: Wish = {
    parts: new Set(USUAL),
    locked: false,
    lang: null,
    theme: null,
    width: null,
    shape: SHAPES[0],
  };
  @state() private way: Way = "tag";
  /** Result of the last copy, for the live region. */
  @state() private said = "";
  /** Content of the preview; empty: none yet. */
  @state() private previewed = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  @query(".preview") private box!: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fitting = new ResizeObserver(() => this.#fit());

  static override styles = [shared, dialogs, shareStyles];

  constructor() {
    super();
    new Leaving(this, () => this.dialog);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#fitting.disconnect();
  }

  async show(): Promise<void> {
    await this.updateComplete;
    this.dialog.showModal();
    this.#fitting.observe(this.box);
    this.#preview();
  }

  protected override render() {
    const { wish, way, files, base, route } = this;
    const code =
      way === "tag" ? tagOf(base, attributesOf(route, wish, files), wish) : frameOf(base, route, wish, t("app.name"));
    return html`<dialog aria-labelledby="title" @close=${() => this.remove()}>
      <div class="head">
        <h2 id="title">${t("share.heading")}</h2>
        <button class="icon plain" aria-label=${t("help.close")} @click=${() => this.dialog.close()}>${icons.close}</button>
      </div>
      <section class="link" aria-labelledby="link">
        <h3 id="link">${t("share.link")}</h3>
        <div class="copied">
          <input id="address" readonly aria-labelledby="link" .value=${linkTo(base, route)} @focus=${select} />
          <button aria-label=${t("share.copy.link")} @click=${() => this.#copy("#address")}>${icons.copy} ${t("share.copy")}</button>
        </div>
        ${this.#stays()}
      </section>
      <div class="columns">
        <section class="wishes" aria-labelledby="embed">
          <h3 id="embed">${t("share.embed")}</h3>
          ${route.view === "playground" ? this.#parts() : nothing}
          <label class="check"><input type="checkbox" .checked=${wish.locked}
            @change=${(event: Event) => this.#set({ locked: isChecked(event) })} /> ${t("share.lock")}</label>
          <div class="fields">
            <label>${t("share.width")}
              <input type="number" inputmode="numeric" min=${WIDTHS.min} max=${WIDTHS.max} step=${WIDTHS.step} placeholder=${t("share.width.full")}
                .value=${wish.width === null ? "" : String(wish.width)} @change=${this.#width} /></label>
            <label>${t("share.language")}
              <select @change=${(event: Event) => this.#set({ lang: chosen(event) || null })}>
                <option value="" ?selected=${wish.lang === null}>${t("share.language.reader")}</option>
                ${LANGUAGES.map((tag) => html`<option value=${tag} ?selected=${wish.lang === tag}>${languageName(tag)}</option>`)}
              </select></label>
            <label>${t("share.theme")}
              <select @change=${(event: Event) => this.#set({ theme: THEMES.find((one) => one === chosen(event)) ?? null })}>
                <option value="" ?selected=${wish.theme === null}>${t("share.theme.around")}</option>
                ${THEMES.map((theme) => html`<option value=${theme} ?selected=${wish.theme === theme}>${t(`share.theme.${theme}`)}</option>`)}
              </select></label>
          </div>
          <h4>${t("share.shape")}</h4>
          <up-segments .label=${t("share.shape")} .value=${wish.shape} .options=${SHAPES.map((value) => ({ value, label: value }))}
            @pick=${(event: CustomEvent<Shape>) => this.#set({ shape: event.detail })}></up-segments>
        </section>
        <section aria-labelledby="seen">
          <h3 id="seen">${t("share.preview")}</h3>
          <div class="preview">
            ${this.previewed ? html`<iframe src=${this.previewed} title=${t("share.preview")} loading="lazy"></iframe>` : nothing}
          </div>
        </section>
      </div>
      <section class="code" aria-labelledby="as">
        <h3 id="as">${t("share.as")}</h3>
        <up-segments .label=${t("share.as")} .value=${way} .options=${WAYS.map((value) => ({ value, label: t(`share.as.${value}`) }))}
          @pick=${(event: CustomEvent<Way>) => (this.way = event.detail)}></up-segments>
        <p class="sentence">${t(`share.as.${way}.sentence`)}</p>
        <textarea id="code" readonly rows="6" spellcheck="false" aria-labelledby="as" .value=${code} @focus=${select}></textarea>
      </section>
      <div class="foot">
        <a href="./help/embedding.html#where-to-paste-it" target="_blank" hreflang="en">${t("share.guide")}</a>
        <span role="status">${this.said}</span>
        <button class="primary" @click=${() => this.#copy("#code")}>${icons.copy} ${t("share.copy.code")}</button>
      </div>
    </dialog>`;
  }

  protected override updated(): void {
    this.#fit();
  }

  /** Names the files that a link cannot hold. */
  #stays() {
    const { photo, model, mask } = this.files;
    const sentences = [
      ...(photo === null ? [] : [t("share.stays.photo", { name: photo })]),
      ...(model === null ? [] : [t("share.stays.model", { name: model })]),
      ...(mask ? [t("share.stays.mask")] : []),
    ];
    return sentences.map((sentence) => html`<p class="stays">${sentence}</p>`);
  }

  #parts() {
    return html`<fieldset>
      <legend>${t("share.parts")}</legend>
      ${PARTS.map(
        (part) => html`<label class="check"><input type="checkbox" .checked=${this.wish.parts.has(part)}
          @change=${(event: Event) => this.#part(part, isChecked(event))} /> ${t(NAMES[part])}</label>`,
      )}
    </fieldset>`;
  }

  #part(part: Part, on: boolean): void {
    this.#set({ parts: new Set(PARTS.filter((one) => (one === part ? on : this.wish.parts.has(one)))) });
  }

  #width = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const wanted = Math.round(Number(input.value));
    const width = wanted > 0 ? Math.min(Math.max(wanted, WIDTHS.min), WIDTHS.max) : null;
    this.#set({ width });
    input.value = width === null ? "" : String(width);
  };

  #set(change: Partial<Wish>): void {
    this.wish = { ...this.wish, ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), REST);
  }

  #preview(): void {
    this.previewed = previewOf(this.base, this.route, this.wish);
  }

  /** Gives the preview the chosen size, scaled down if it is too wide for the dialog. */
  #fit(): void {
    const frame = this.renderRoot.querySelector("iframe");
    if (!frame) return;
    const [across = 4, down = 3] = this.wish.shape.split(":").map(Number);
    const width = this.wish.width ?? USUAL_WIDTH;
    const scale = Math.min(this.box.clientWidth / width, 1);
    const height = Math.max((width * down) / across, 240);
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
    this.box.style.height = `${height * scale}px`;
  }

  async #copy(field: "#address" | "#code"): Promise<void> {
    const input = this.renderRoot.querySelector<HTMLInputElement | HTMLTextAreaElement>(field);
    if (!input) return;
    this.said = "";
    try {
      await navigator.clipboard.writeText(input.value);
      this.said = t(field === "#code" ? "share.copied.code" : "share.copied.link");
    } catch {
      input.focus();
      input.select();
      this.said = t("share.copy.failed");
    }
  }
}

function select(event: Event): void {
  (event.target as HTMLInputElement | HTMLTextAreaElement).select();
}

function isChecked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}

function chosen(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}
