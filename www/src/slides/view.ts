import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatRoute, parseRoute, type Router } from "../app/router";
import type { Client } from "../client";
import "../elements/header";
import { scrolling, shared } from "../elements/shared";
import { hasMessage, Localized, t } from "../i18n";
import { Lab } from "../lab/lab";
import type { PresetId } from "../lab/presets";
import "./example";
import "./losses";
import { SECTIONS, type Section } from "./sections";
import "./sizes";
import { slidesStyles } from "./view.styles";
import "./volume";

/** Where the contents are beside the sections; elsewhere they are collapsed at first. See `view.styles.ts`. */
const BESIDE = matchMedia("(min-width: 901px)");

/** The lecture on one page: each section has a short text, an interactive figure, and its own link. */
@customElement("slides-view")
export class SlidesView extends Localized {
  @property({ attribute: false }) client!: Client;
  @property({ attribute: false }) router!: Router;
  /** One for each example. */
  #labs = new Map<string, Lab>();
  /** The section that the view last scrolled to, and whether the user has done nothing since. */
  #gone: string | null = null;
  #waits = false;
  #opened = () => this.#go();
  #resized = () => this.requestUpdate();
  /** Figures that load above push the section away: scrolls back to it. */
  #grown = new ResizeObserver(() => this.#waits && this.#scroll());

  static override styles = [shared, scrolling, slidesStyles];

  constructor() {
    super();
    for (const act of ["wheel", "pointerdown", "keydown"])
      this.addEventListener(act, () => (this.#waits = false), { passive: true });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.router.addEventListener("change", this.#opened);
    BESIDE.addEventListener("change", this.#resized);
    // On return from another view it keeps its scroll position.
    if (this.router.route.path !== this.#gone) void this.updateComplete.then(() => this.#scroll());
    void this.updateComplete.then(() => this.#grown.observe(this.renderRoot.querySelector("main") ?? this));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.router.removeEventListener("change", this.#opened);
    BESIDE.removeEventListener("change", this.#resized);
    this.#grown.disconnect();
    this.#waits = false;
  }

  protected override updated(): void {
    document.title = `${t("slides.title")} · ${t("app.name")}`;
  }

  protected override render() {
    return html`
      <up-header view="slides"></up-header>
      <div class="columns" @click=${this.#followed}>
        <nav aria-label=${t("slides.contents")}><details ?open=${BESIDE.matches}>
          <summary>${t("slides.contents")}</summary>
          <ol>${SECTIONS.map(({ id }) => html`<li><a href=${address(id)}>${t(`slides.${id}`)}</a></li>`)}</ol>
        </details></nav>
        <main>
          <p class="about">${t("slides.about")}</p>
          ${SECTIONS.map((section) => this.#section(section))}
        </main>
      </div>
    `;
  }

  #section(section: Section) {
    const { id, photo, example, more } = section;
    const note = `lab.note.${example?.preset}`;
    const further = more ? `slides.${parseRoute(more).view}` : "";
    return html`<section id=${id} aria-labelledby="${id}-title" tabindex="-1">
      <h2 id="${id}-title"><a href=${address(id)}>${t(`slides.${id}`)}</a></h2>
      <p>${t(`slides.${id}.text`)}</p>
      <div class=${example ? "live example" : "live"}>${this.#live(section)}</div>
      ${hasMessage(note) && example?.view !== "stamp" ? html`<p class="note"><b>${t("lab.note")}</b> ${t(note)}</p>` : nothing}
      ${photo ? html`<p><a class="photo" href=${`#${photo}`}>${t("slides.photo")}</a></p>` : nothing}
      ${hasMessage(further) ? html`<p><a class="photo" href=${`#${more}`}>${t(further)}</a></p>` : nothing}
    </section>`;
  }

  #live({ id, example, live }: Section) {
    if (example) return html`<slides-example .lab=${this.#lab(id, example.preset, example.view)}></slides-example>`;
    if (live === "cross-entropy") return html`<slides-cross-entropy></slides-cross-entropy>`;
    if (live === "l1") return html`<slides-l1></slides-l1>`;
    if (live === "volume") return html`<slides-volume></slides-volume>`;
    if (live === "size") return html`<slides-sizes></slides-sizes>`;
    if (live !== "overlap") return nothing;
    const labs = (["transposed-conv-uneven", "transposed-conv-even"] as const).map((preset) =>
      this.#lab(preset, preset),
    );
    return html`<slides-overlaps .labs=${labs}></slides-overlaps>`;
  }

  #lab(key: string, preset: PresetId, view?: Lab["view"]): Lab {
    const made = this.#labs.get(key);
    if (made) return made;
    const lab = new Lab(this.client);
    this.#labs.set(key, lab);
    lab.open(preset, view === "stamp" ? "view=stamp" : "");
    return lab;
  }

  /** Following a link to the current address does not change it. */
  #followed = ({ target }: Event): void => {
    if (target instanceof HTMLAnchorElement && target.hash === location.hash) this.#go();
  };

  /** Scrolls to the section in the address, after the user followed a link. */
  #go(): void {
    this.#scroll()?.focus({ preventScroll: true });
  }

  /** Scrolls only this view: `scrollIntoView` would also scroll an embedding page. */
  #scroll(): HTMLElement | null {
    const { view, path } = this.router.route;
    if (view !== "slides") return null;
    this.#gone = path;
    const section = SECTIONS.some(({ id }) => id === path)
      ? this.renderRoot.querySelector<HTMLElement>(`#${path}`)
      : null;
    if (section) {
      const margin = parseFloat(getComputedStyle(section).scrollMarginTop);
      this.scrollTop += section.getBoundingClientRect().top - this.getBoundingClientRect().top - margin;
    }
    this.#waits = true;
    return section;
  }
}

function address(id: string): string {
  return formatRoute({ view: "slides", path: id, query: "" });
}
