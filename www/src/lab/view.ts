import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatRoute, type Route, type Router } from "../app/router";
import "../elements/header";
import { isFreeKey } from "../elements/keys";
import { scrolling, shared } from "../elements/shared";
import { hasMessage, Localized, t } from "../i18n";
import "./code-panel";
import "./controls";
import "./explain";
import type { Lab } from "./lab";
import type { Matrix } from "./matrix";
import "./overlap";
import { panel } from "./panel.styles";
import "./patch";
import "./refusal";
import { PRESETS, type PresetId, presetsOf } from "./presets";
import "./scrub";
import { formatSettings, OPERATORS, type Settings } from "./settings";
import "./size-panel";
import "./stage";
import { viewStyles } from "./view.styles";

/** The upsampling lab: lays out the elements, and synchronizes the address and the lab. */
@customElement("lab-view")
export class LabView extends Localized {
  @property({ attribute: false }) lab!: Lab;
  @property({ attribute: false }) router!: Router;

  static override styles = [shared, panel, scrolling, viewStyles];

  #shownTabs = new WeakMap<HTMLElement, string>();
  #changed = () => this.requestUpdate();
  #opened = () => this.#open(this.router.route);
  #noted = () => {
    const { preset, query } = this.lab;
    this.router.note({ view: "lab", path: preset, query });
  };
  #key = (event: KeyboardEvent) => {
    if (event.key === "Escape" && isFreeKey(event)) this.lab.unpin();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.lab.addEventListener("change", this.#changed);
    this.lab.addEventListener("settings", this.#noted);
    this.router.addEventListener("change", this.#opened);
    window.addEventListener("keydown", this.#key);
    this.#opened();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.lab.removeEventListener("change", this.#changed);
    this.lab.removeEventListener("settings", this.#noted);
    this.router.removeEventListener("change", this.#opened);
    window.removeEventListener("keydown", this.#key);
  }

  #open({ view, path, query }: Route): void {
    if (view !== "lab") return;
    const named = path !== "" || query !== "";
    if (!named && this.lab.worked) this.#noted();
    else this.lab.open(path, query);
  }

  protected override updated(): void {
    // If the tabs do not fit, scrolls to the active operator's.
    for (const nav of this.renderRoot.querySelectorAll<HTMLElement>(".operators, .examples")) {
      const active = nav.querySelector<HTMLElement>("[aria-current]");
      const key = `${active?.getAttribute("href")}`;
      if (!active || this.#shownTabs.get(nav) === key) continue;
      this.#shownTabs.set(nav, key);
      nav.scrollLeft = active.offsetLeft - nav.offsetLeft - (nav.clientWidth - active.offsetWidth) / 2;
    }
    document.title = `${t("lab.title")} · ${t("app.name")}`;
  }

  protected override render() {
    const { lab } = this;
    const { settings, worked } = lab;
    return html`
      <up-header view="lab"></up-header>
      <main>
        <h2 class="hidden">${t("lab.title")}</h2>
        <nav class="operators" aria-label=${t("lab.operators")}>${OPERATORS.map((operator) => this.#operator(operator))}</nav>
        <p class="about">${t(`lab.about.${settings.operator}`)}</p>
        ${this.#examples()}
        <lab-controls .settings=${settings} .view=${lab.view}
          @change-settings=${({ detail }: CustomEvent<Partial<Settings>>) => lab.change(detail)}
          @view=${({ detail }: CustomEvent<Lab["view"]>) => lab.setView(detail)}></lab-controls>
        <section class="work" aria-label=${t("lab.work")}>
          <lab-refusal .refusal=${lab.refusal}></lab-refusal>
          <lab-stage .lab=${lab}></lab-stage>
          <lab-explain .worked=${worked} .target=${lab.target}></lab-explain>
          ${
            worked
              ? html`<lab-scrub .steps=${lab.steps} .done=${lab.step ?? lab.steps}
                @step=${({ detail }: CustomEvent<number>) => lab.setStep(detail)}></lab-scrub>`
              : nothing
          }
        </section>
        ${this.#notes()}
        <div class="panels">
          <lab-size .settings=${settings} .worked=${worked}></lab-size>
          ${
            settings.operator === "transposed-conv"
              ? html`<lab-overlap .overlap=${lab.overlap} .other=${lab.otherOverlap} .stride=${settings.stride}></lab-overlap>`
              : nothing
          }
          ${
            settings.input.channels === 1
              ? html`<lab-patch .rows=${settings.input.height} .columns=${settings.input.width}
                @patch=${({ detail }: CustomEvent<Matrix>) => lab.change({ input: detail })}></lab-patch>`
              : nothing
          }
        </div>
        <lab-code .settings=${settings}></lab-code>
      </main>
    `;
  }

  #operator(operator: Settings["operator"]) {
    const [first = "nearest"] = presetsOf(operator);
    const here = this.lab.settings.operator === operator;
    return html`<a class="chip" href=${address(first)} aria-current=${here ? "page" : nothing}>${t(`lab.operator.${operator}`)}</a>`;
  }

  /** The lecture's examples of the operator, if there are several. */
  #examples() {
    const { preset, settings } = this.lab;
    const presets = presetsOf(settings.operator);
    if (presets.length < 2) return nothing;
    return html`<nav class="examples" aria-label=${t("lab.examples")}>${presets.map(
      (id) =>
        html`<a class="chip" href=${address(id, this.lab.view)} aria-current=${id === preset ? "true" : nothing}>${title(id)}</a>`,
    )}</nav>`;
  }

  /** Notes on roundings and slips of the slide, while its numbers are shown. */
  #notes() {
    const { preset, settings } = this.lab;
    const key = `lab.note.${preset}`;
    if (formatSettings(settings, PRESETS[preset]) || !hasMessage(key)) return nothing;
    return html`<p class="note"><b>${t("lab.note")}</b> ${t(key)}</p>`;
  }
}

function title(preset: PresetId): string {
  const key = `lab.preset.${preset}`;
  return t(hasMessage(key) ? key : `lab.operator.${PRESETS[preset].operator}`);
}

function address(preset: PresetId, view: Lab["view"] = "spread"): string {
  return formatRoute({ view: "lab", path: preset, query: view === "stamp" ? "view=stamp" : "" });
}
