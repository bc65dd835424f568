import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Entry, FOR_COMPRESSED, methodId } from "../../../npm/src/manifest";
import { type Catalogue, fetchCatalogue, networkOf } from "../app/catalogue";
import { methodLabel } from "../app/panes";
import { formatRoute, type Router } from "../app/router";
import { fromBase } from "../app/samples";
import { MAX_RESULTS } from "../app/settings";
import { noticeFor } from "../app/state";
import { factsOf, tellsClasses } from "../app/tasks";
import "../elements/chips";
import type { Chips } from "../elements/chips";
import { taskName, toggled } from "../elements/controls";
import "../elements/header";
import { icons } from "../elements/icons";
import "../elements/notice";
import "../elements/segments";
import { column, scrolling, shared } from "../elements/shared";
import { bytes, decimal, hasMessage, Localized, plural, t, thousands } from "../i18n";
import "./chart";
import type { NamedPoint } from "./chart";
import "./curve";
import type { Drawing } from "./drawing";
import "./drawn";
import { colored, GROUPS, groupOf } from "./groups";
import type { Measuring } from "./measuring";
import { PAPERS } from "./papers";
import { COSTS, type Cost, commonScores, pointsOf, reference, timesOf } from "./points";
import { galleryStyles } from "./view.styles";

const FIRST_TASK = "super-resolve-x4";

/** Every network there is, as quality over cost; those that are chosen are compared in the playground. */
@customElement("gallery-view")
export class GalleryView extends Localized {
  @property({ attribute: false }) router!: Router;
  @property({ attribute: false }) measuring!: Measuring;
  @state() private catalogue: Catalogue | null = null;
  @state() private error: unknown = null;
  /** By file. */
  @state() private drawings: Readonly<Record<string, Drawing>> = {};
  @state() private task = FIRST_TASK;
  @state() private score = "";
  @state() private cost: Cost = "flops";
  @state() private logarithmic = true;
  @state() private without: readonly string[] = [];
  @state() private chosen: readonly string[] = [];

  static override styles = [shared, scrolling, column, galleryStyles];

  #opened = () => {
    const { view, path, query } = this.router.route;
    if (view !== "gallery") return;
    const given = new URLSearchParams(query);
    this.task = path || FIRST_TASK;
    this.score = given.get("score") ?? "";
    this.cost = COSTS.find((cost) => cost === given.get("cost")) ?? "flops";
    this.logarithmic = given.get("scale") !== "linear";
    this.without = (given.get("without") ?? "").split(",").filter(Boolean);
    this.chosen = (given.get("with") ?? "").split(",").filter(Boolean).slice(0, MAX_RESULTS);
  };

  #measured = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.measuring.addEventListener("change", this.#measured);
    this.router.addEventListener("change", this.#opened);
    this.#opened();
    if (!this.catalogue) void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.measuring.removeEventListener("change", this.#measured);
    this.measuring.stop();
    this.router.removeEventListener("change", this.#opened);
  }

  protected override updated(changed: PropertyValues): void {
    // In one row that scrolls, where there is little room.
    const tasks = this.renderRoot.querySelector(".tasks");
    const chosen = tasks
      ?.querySelector<Chips>("up-chips")
      ?.renderRoot.querySelector<HTMLElement>("label:has(:checked)");
    if (tasks && chosen && (changed.has("task") || changed.has("catalogue"))) tasks.scrollLeft = chosen.offsetLeft - 16;
    document.title = `${t("gallery.title")} · ${t("app.name")}`;
  }

  protected override render() {
    return html`
      <up-header view="gallery"></up-header>
      <main>
        <h2>${t("gallery.title")}</h2>
        <p class="about">${t("gallery.about")}</p>
        ${
          this.error
            ? html`<up-notice .notice=${noticeFor(this.error)} @act=${() => this.#load()} @dismiss=${() => (this.error = null)}></up-notice>`
            : nothing
        }
        ${this.catalogue ? this.#renderTask(this.catalogue) : nothing}
      </main>
    `;
  }

  #renderTask(catalogue: Catalogue) {
    const tasks = catalogue.tasks().filter(({ chain }) => !chain);
    const task = tasks.find(({ id }) => id === this.task) ?? tasks[0];
    const entries = catalogue.entries.filter(({ task: of, variant }) => of === task?.id && variant !== FOR_COMPRESSED);
    const groups = GROUPS.filter((group) => entries.some((entry) => groupOf(entry) === group));
    const shown = entries.filter((entry) => !this.without.includes(groupOf(entry)));
    const scores = commonScores(shown);
    const score = scores.includes(this.score) ? this.score : (scores[0] ?? "");
    const { here, times } = timesOf(shown, this.measuring.times);
    const points = pointsOf(shown, score, this.cost, times).map((point): NamedPoint => {
      return { ...point, name: nameOf(point.entry), group: groupOf(point.entry) };
    });
    const scored = shown.filter(({ scores }) => score in scores);
    const chosen = this.chosen.filter((id) => entries.some((entry) => methodId(entry) === id));
    const full = chosen.length >= MAX_RESULTS;
    const costs = COSTS.map((value) => ({ value, label: t(`gallery.cost.${value}`) }));
    const scales = (["logarithmic", "linear"] as const).map((value) => ({ value, label: t(`gallery.scale.${value}`) }));
    return html`
      <div class="tasks"><up-chips .label=${t("task.heading")} .chosen=${[task?.id ?? ""]} .options=${tasks.map(({ id }) => ({ value: id, label: taskName(id) }))}
        @pick=${({ detail }: CustomEvent<string>) => this.#set({ task: detail, score: "", chosen: [] })}></up-chips></div>
      <div class="what">
        <label>${t("gallery.score")} <select .value=${score} @change=${(event: Event) => this.#set({ score: (event.target as HTMLSelectElement).value })}>
          ${scores.map((name) => html`<option ?selected=${name === score}>${name}</option>`)}</select></label>
        <up-segments class="costs" .label=${t("gallery.cost")} .options=${costs} .value=${this.cost}
          @pick=${({ detail }: CustomEvent<Cost>) => this.#set({ cost: detail })}></up-segments>
        <up-segments .label=${t("gallery.scale")} .options=${scales} .value=${this.logarithmic ? "logarithmic" : "linear"}
          @pick=${({ detail }: CustomEvent<string>) => this.#set({ logarithmic: detail === "logarithmic" })}></up-segments>
      </div>
      ${
        groups.length > 1
          ? html`<div class="legend" role="group" aria-label=${t("gallery.groups")}>${groups.map(
              (
                group,
              ) => html`<label .style=${colored(group)}><input type="checkbox" .checked=${!this.without.includes(group)}
                @change=${() => this.#set({ without: toggled(this.without, group) })} /><i></i>${t(`gallery.group.${group}`)}</label>`,
            )}</div>`
          : nothing
      }
      ${this.cost === "time" ? this.#renderMeasuring(scored, here) : nothing}
      <gallery-chart .points=${points} .chosen=${chosen} .full=${full} .score=${score} .unit=${unitOf(score)} .cost=${this.cost}
        .logarithmic=${this.logarithmic} .reference=${reference(shown, score)}
        @pick=${({ detail }: CustomEvent<string>) => this.#set({ chosen: toggled(chosen, detail) })}></gallery-chart>
      <div class="compare">
        <a class="button primary" href=${chosen.length > 0 ? compared(task?.id ?? "", chosen) : nothing} role="link"
          aria-disabled=${chosen.length > 0 ? nothing : "true"}>${icons.run} ${t("gallery.compare")}</a>
        <span role="status">${chosen.length > 0 ? plural("gallery.chosen", chosen.length, { count: chosen.length, most: MAX_RESULTS }) : t("gallery.choose", { most: MAX_RESULTS })}</span>
      </div>
      <div class="cards">${scored
        .map((entry) => ({ entry, quality: entry.scores[score] ?? 0 }))
        .sort((a, b) => b.quality - a.quality)
        .map(({ entry, quality }) =>
          this.#renderCard(entry, score, quality, chosen, full, times.get(entry.file)),
        )}</div>
    `;
  }

  /** Whose the times are, and how they become those of this device. */
  #renderMeasuring(entries: readonly Entry[], here: boolean) {
    const { now, error, times } = this.measuring;
    const missing = entries.filter(({ file }) => !times.has(file));
    const said = now
      ? t("gallery.measuring", {
          name: nameOf(now),
          number: entries.length - missing.length + 1,
          count: entries.length,
        })
      : t(here ? "gallery.measured" : "gallery.measure.about");
    return html`<div class="measure">
      ${
        now
          ? html`<button @click=${() => this.measuring.stop()}>${icons.stop} ${t("run.stop")}</button>`
          : missing.length > 0
            ? html`<button @click=${() => this.measuring.measure(entries)}>${icons.run} ${t("gallery.measure")}</button>`
            : nothing
      }
      <span role="status">${error ? t(noticeFor(error).message, noticeFor(error).params) : said}</span>
    </div>`;
  }

  #renderCard(
    entry: Entry,
    score: string,
    quality: number,
    chosen: readonly string[],
    full: boolean,
    time: number | undefined,
  ) {
    const id = methodId(entry);
    const name = nameOf(entry);
    const about = [`design.${entry.design}.text`, `slides.${entry.strategy}.text`, `lab.about.${entry.strategy}`].find(
      hasMessage,
    );
    const paper = PAPERS[entry.design];
    const drawing = this.drawings[entry.file];
    const checked = chosen.includes(id);
    const labels = tellsClasses(factsOf(entry.task));
    const inspected = formatRoute({
      view: "inspect",
      path: "",
      query: String(new URLSearchParams({ task: entry.task, model: id })),
    });
    return html`<article .style=${colored(groupOf(entry))}>
      <h3><label><input type="checkbox" .checked=${checked} ?disabled=${full && !checked}
        @change=${() => this.#set({ chosen: toggled(chosen, id) })} />${name}</label></h3>
      ${drawing ? html`<gallery-drawing .drawing=${drawing} .name=${name}></gallery-drawing>` : nothing}
      ${about ? html`<p>${t(about)}</p>` : nothing}
      ${paper ? html`<p class="formula">${paper.formula}</p><p class="paper">${paper.paper}</p>` : nothing}
      ${entry.curve.length > 0 ? html`<gallery-curve .curve=${entry.curve} .unit=${labels ? "IoU" : "dB"}></gallery-curve>` : nothing}
      <dl>
        <div><dt>${score}</dt><dd>${decimal(quality, unitOf(score) ? 2 : 3)} ${unitOf(score)}</dd></div>
        <div><dt>${t("results.parameters")}</dt><dd>${thousands(entry.parameters)}</dd></div>
        <div><dt>${t("gallery.cost.flops")}</dt><dd>${thousands(entry.flopsPerPixel)}</dd></div>
        ${time === undefined ? nothing : html`<div><dt>${t("gallery.time")}</dt><dd>${decimal(time, 0)} ms</dd></div>`}
      </dl>
      <p class="links"><a href=${inspected}>${t("nav.inspect")}</a>
        <a href=${fromBase(`models/${entry.file}`)} download>${t("gallery.file", { size: bytes(entry.bytes) })}</a></p>
    </article>`;
  }

  async #load(): Promise<void> {
    this.error = null;
    try {
      this.catalogue = await fetchCatalogue(new AbortController().signal);
    } catch (error) {
      this.error = error;
    }
    // All else of a card can be read without.
    this.drawings = await import("virtual:drawings").then(
      ({ default: drawings }) => drawings,
      () => ({}),
    );
  }

  #set(change: {
    task?: string;
    score?: string;
    cost?: Cost;
    logarithmic?: boolean;
    without?: readonly string[];
    chosen?: readonly string[];
  }): void {
    Object.assign(this, change);
    const query = new URLSearchParams();
    if (this.score) query.set("score", this.score);
    if (this.cost !== "flops") query.set("cost", this.cost);
    if (!this.logarithmic) query.set("scale", "linear");
    if (this.without.length > 0) query.set("without", this.without.join());
    if (this.chosen.length > 0) query.set("with", this.chosen.join());
    this.router.note({ view: "gallery", path: this.task, query: query.toString().replaceAll("%2C", ",") });
  }
}

function nameOf(entry: Entry): string {
  return methodLabel(networkOf(entry));
}

/** Shares have none. */
function unitOf(score: string): string {
  return /IoU|hues|chroma|accuracy/.test(score) ? "" : "dB";
}

function compared(task: string, chosen: readonly string[]): string {
  const layout = chosen.length > 1 ? "&layout=grid" : "";
  return formatRoute({ view: "playground", path: "", query: `task=${task}&with=${chosen.join()}${layout}` });
}
