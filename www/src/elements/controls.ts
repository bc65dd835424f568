import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { BEST_QUALITY, flopsPerPixel, type Method } from "../app/catalogue";
import { SIGMA } from "../app/classical";
import { takesNoiseLevel } from "../app/hints";
import { briefLabel, methodLabel } from "../app/panes";
import { MAX_RESULTS, SOURCES } from "../app/settings";
import { isFree } from "../app/size";
import { shownClasses } from "../app/stages";
import { isCompressed, isDegraded, type State, usedMethods, usedSize } from "../app/state";
import { isAgainstNoise, stepsOf, type TaskFacts, takesLines, takesSigma, tellsClasses } from "../app/tasks";
import type { Part } from "../embed/mode";
import type { ClassInfo, OptionalInput } from "../engine";
import { decimal, hasMessage, Localized, percent, t } from "../i18n";
import "./backend";
import { mayUseCamera } from "./camera";
import "./chips";
import "./degradation";
import { icons } from "./icons";
import "./samples";
import "./segments";
import "./size";
import { shared } from "./shared";
import "./slider";

type NumberInput = Extract<OptionalInput, { kind: "number" }>;

/** All choices, in the order of the work. Emits what its parts emit, and `settings` with changes. */
@customElement("up-controls")
export class Controls extends Localized {
  @property({ attribute: false }) state!: State;
  /** The visible parts; null: all. */
  @property({ attribute: false }) parts: ReadonlySet<Part> | null = null;

  static override styles = [
    shared,
    css`
      .column {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 22px;
        padding: 14px 16px 20px;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
      }
      .open {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-bottom: 4px;
      }
      .open p {
        flex: 1;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      /* Touch devices neither drop nor paste. */
      @media (hover: none) and (pointer: coarse) {
        .open p {
          display: none;
        }
      }
      .name {
        margin-top: 2px;
        line-height: 20px;
        overflow-wrap: anywhere;
      }
      .name small {
        font-size: inherit;
        color: var(--ink-soft);
        white-space: nowrap;
      }
      h3 {
        margin: 4px 0 0;
        font-size: 12px;
        font-weight: 400;
        line-height: 18px;
        color: var(--ink-soft);
      }
      .links {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
      }
      .link {
        justify-self: start;
        min-height: 28px;
        margin-left: -8px;
        padding: 0 8px;
        background: none;
        color: var(--ink-soft);
      }
      .link svg {
        width: 16px;
        height: 16px;
      }
      .inline {
        min-height: 0;
        padding: 0;
        background: none;
        color: inherit;
        text-decoration: underline;
      }
      details {
        display: grid;
        gap: 8px;
      }
      summary {
        min-height: 28px;
        color: var(--ink-soft);
        font-size: 12px;
        line-height: 28px;
        cursor: pointer;
      }
      details a {
        color: inherit;
      }
      .link:hover {
        background: var(--fill);
        color: var(--ink);
      }
      @media (min-width: 900px) {
        .column {
          padding: 8px 20px 20px;
        }
      }
    `,
  ];

  protected override render() {
    const { state } = this;
    const { settings, task, tasks } = state;
    const shows = (part: Part) => !this.parts || this.parts.has(part);
    return html`<div class="column" role="region" aria-label=${t("controls.label")}>
      ${shows("picture") ? this.#renderPicture() : nothing}
      ${
        shows("task")
          ? html`<section aria-labelledby="task">
            <h2 id="task">${t("task.heading")}</h2>
            <up-chips .label=${t("task.heading")} .chosen=${[task.id]}
              .options=${tasks.map(({ id }) => ({ value: id, label: taskName(id) }))}
              @pick=${(event: CustomEvent<string>) => this.#emit("task", event.detail)}></up-chips>
            <p class="sentence">${this.#sentence(task)}</p>
          </section>`
          : nothing
      }
      ${shows("methods") && task.chain ? this.#renderSteps(task.chain) : nothing}
      ${shows("methods") ? this.#renderMethods() : nothing}
      ${shows("mode") && (task.kinds.length > 0 || tellsClasses(task)) ? this.#renderMode() : nothing}
      ${
        shows("size") && isFree(task)
          ? html`<section aria-labelledby="size">
            <h2 id="size">${t(settings.mode === "test" ? "size.heading.test" : "size.heading")}</h2>
            <up-size .state=${state} @size=${(event: CustomEvent) => this.#set({ enlarge: event.detail })}></up-size>
          </section>`
          : nothing
      }
      ${shows("finish") && (task.finish.length > 0 || this.#classes().length > 0 || this.#numbers().length > 0) ? this.#renderFinish() : nothing}
      ${
        shows("backend")
          ? html`<section aria-labelledby="backend">
            <h2 id="backend">${t("backend.heading")}</h2>
            <up-backend .choice=${settings.backend} .engine=${state.engine} .starting=${state.activity?.kind === "starting"}
              @backend=${(event: CustomEvent) => this.#set({ backend: event.detail })}></up-backend>
          </section>`
          : nothing
      }
      ${this.parts ? nothing : html`<p class="sentence">${t("app.privacy")}</p>`}
    </div>`;
  }

  #renderPicture() {
    const { state } = this;
    const { settings } = state;
    return html`<section aria-labelledby="picture">
        <h2 id="picture">${t("picture.heading")}</h2>
        <div class="open">
          <button @click=${() => this.#emit("open-photo")}>${icons.photo} ${t("picture.open")}</button>
          ${
            mayUseCamera()
              ? html`<button class="icon" aria-label=${t("camera.open")} title=${t("camera.open")}
                @click=${() => this.#emit("open-camera")}>${icons.camera}</button>`
              : nothing
          }
          <p class="sentence">${t("picture.hint")}</p>
        </div>
        <up-samples .chosen=${settings.sample} .busy=${state.activity !== null} @sample=${this.#forward}></up-samples>
        <p class="name">${this.#picture()}</p>
        ${this.#noise()}
        ${
          state.photo
            ? html`<div class="links">
              <button class="link" @click=${() => this.#emit("crop")}>${icons.crop} ${t("crop.heading")}</button>
              ${takesLines(state.task) ? html`<button class="link" @click=${() => this.#emit("draw")}>${icons.pen} ${t("draw.open")}</button>` : nothing}
              ${settings.sample ? nothing : html`<button class="link" @click=${() => this.#emit("forget-photo")}>${icons.close} ${t("picture.forget")}</button>`}
            </div>`
            : nothing
        }
      </section>`;
  }

  #picture() {
    const { settings, photo } = this.state;
    const size = usedSize(this.state);
    if (!photo || !size) return nothing;
    const name = settings.sample ? t(`sample.${settings.sample}`) : photo.name;
    return html`${name} <small>${t("picture.size", { ...size })}</small>`;
  }

  /** The photo's noise level, for tasks that remove noise. */
  #noise() {
    const { noise, task } = this.state;
    if (noise === null || !isAgainstNoise(task)) return nothing;
    return html`<p class="sentence">${t(`picture.noise.${loudness(noise)}`, { sigma: decimal(noise, noise < 10 ? 1 : 0) })}</p>`;
  }

  #sentence({ id }: TaskFacts): string {
    if (this.state.results.some(({ method }) => method.kind === "own")) return t("task.own.sentence");
    const key = `task.${id}.sentence`;
    return hasMessage(key) ? t(key) : "";
  }

  /** The steps of a chain: each can be skipped, except the last remaining one. */
  #renderSteps(chain: readonly string[]) {
    const { without } = this.state.settings;
    const done = stepsOf(this.state.task, without);
    const options = chain.map((id) => ({
      value: id,
      label: stepName(id),
      disabled: done.length === 1 && done[0]?.id === id,
    }));
    return html`<section aria-labelledby="steps">
      <h2 id="steps">${t("steps.heading")}</h2>
      <up-chips multiple .label=${t("steps.heading")} .chosen=${done.map(({ id }) => id)} .options=${options}
        @pick=${(event: CustomEvent<string>) => this.#set({ without: toggled(without, event.detail) })}></up-chips>
      <p class="sentence">${t("steps.sentence")}</p>
    </section>`;
  }

  #renderMethods() {
    const { methods, own } = this.state;
    const chosen = usedMethods(this.state);
    const full = chosen.length >= MAX_RESULTS;
    const option = (method: Method) => ({
      value: method.id,
      label: this.state.sources ? briefLabel(method) : methodLabel(method),
      quiet: method.kind === "baseline",
      disabled: full && !chosen.includes(method.id),
    });
    const chips = (label: string, listed: Method[]) => html`<up-chips multiple .label=${label} .chosen=${chosen}
      .options=${listed.map(option)} @pick=${(event: CustomEvent<string>) => this.#emit("method", event.detail)}></up-chips>`;
    const networks = methods.filter(({ kind, survey }) => kind !== "baseline" && !survey);
    const best = methods.filter(({ survey }) => survey === BEST_QUALITY);
    const surveyed = methods.filter(({ survey }) => survey && survey !== BEST_QUALITY);
    const baselines = methods.filter(({ kind }) => kind === "baseline");
    return html`<section aria-labelledby="methods">
      <h2 id="methods">${t(networks.length > 0 ? "methods.heading" : "methods.baselines")}</h2>
      ${
        networks.length > 0
          ? html`${chips(t("methods.heading"), networks)}
            <p class="sentence">${t(full ? "methods.full" : "methods.sentence", { most: MAX_RESULTS })}</p>`
          : nothing
      }
      ${best.map((method) => this.#renderBest(method, networks[0], chips))}
      ${surveyed.length > 0 ? this.#renderSurveyed(surveyed, chosen, chips) : nothing}
      ${this.state.sources ? this.#renderSources() : nothing}
      ${baselines.length > 0 ? html`${networks.length > 0 ? html`<h3>${t("methods.baselines")}</h3>` : nothing}${chips(t("methods.baselines"), baselines)}` : nothing}
      ${this.#takesSigma(chosen) ? this.#renderSigma() : nothing}
      <button class="link" @click=${() => this.#emit(own ? "shipped-model" : "open-model")}>
        ${icons.model} ${t(own ? "model.shipped" : "model.open")}
      </button>
      ${
        own?.reading
          ? html`<p class="sentence">${t("model.reading", { reading: t(`reading.${own.reading}`) })}
            <button class="inline" @click=${() => this.#emit("read-model")}>${t("model.reading.change")}</button></p>`
          : nothing
      }
    </section>`;
  }

  /** The task's best network, and its cost relative to `usual`. */
  #renderBest(best: Method, usual: Method | undefined, chips: (label: string, listed: Method[]) => unknown) {
    const times = usual ? flopsPerPixel(best) / flopsPerPixel(usual) : 0;
    return html`${chips(methodLabel(best), [best])}
      ${times >= 1.5 && Number.isFinite(times) ? html`<p class="sentence">${t("methods.best.sentence", { times: decimal(times, 0) })}</p>` : nothing}`;
  }

  /** The networks of surveys: collapsed while none is chosen. */
  #renderSurveyed(surveyed: Method[], chosen: readonly string[], chips: (label: string, listed: Method[]) => unknown) {
    return html`<details ?open=${surveyed.some(({ id }) => chosen.includes(id))}>
      <summary>${t("methods.more")}</summary>
      ${chips(t("methods.more"), surveyed)}
      <p class="sentence"><a href=${`#gallery/${this.state.task.id}`}>${t("methods.gallery")}</a></p>
    </details>`;
  }

  #takesSigma(chosen: readonly string[]): boolean {
    const used = this.state.methods.filter(({ id }) => chosen.includes(id));
    const filters = used.some(({ stages }) =>
      stages.some((stage) => stage.kind === "filter" && takesSigma(stage.filter)),
    );
    return filters || this.state.results.some(({ optional }) => takesNoiseLevel(optional));
  }

  /**
   * Strength of the noise to remove, for filters and networks that take it; the left end lets the engine estimate it.
   */
  #renderSigma() {
    const { sigma } = this.state.settings;
    return html`<up-slider .label=${t("methods.sigma")} .min=${SIGMA.min - SIGMA.step} .max=${SIGMA.max} .step=${SIGMA.step}
      .value=${sigma ?? SIGMA.min - SIGMA.step} .said=${sigma === null ? t("methods.sigma.auto") : decimal(sigma, 0)}
      @slide=${(event: CustomEvent<number>) => this.#set({ sigma: event.detail < SIGMA.min ? null : event.detail })}></up-slider>`;
  }

  #renderSources() {
    const options = SOURCES.map((value) => ({ value, label: t(`source.${value}`) }));
    return html`<h3>${t("source.heading")}</h3>
      <up-segments .label=${t("source.heading")} .value=${this.state.settings.source} .options=${options}
        @pick=${(event: CustomEvent) => this.#set({ source: event.detail })}></up-segments>
      <p class="sentence">${t(isCompressed(this.state) ? "source.compressed.sentence" : "source.clean.sentence")}</p>`;
  }

  #renderMode() {
    const { settings, task } = this.state;
    const options = (["apply", "test"] as const).map((value) => ({
      value,
      label: t(value === "test" && tellsClasses(task) ? "mode.mask" : `mode.${value}`),
    }));
    return html`<section aria-labelledby="mode">
      <h2 id="mode">${t("mode.heading")}</h2>
      <up-segments .label=${t("mode.heading")} .value=${settings.mode} .options=${options}
        @pick=${(event: CustomEvent) => this.#set({ mode: event.detail })}></up-segments>
      <p class="sentence">${t(settings.mode === "test" && tellsClasses(task) ? "mode.mask.sentence" : `mode.${settings.mode}.sentence`)}</p>
      ${settings.mode === "test" && tellsClasses(task) ? this.#renderMask() : nothing}
      ${
        isDegraded(this.state)
          ? html`<up-degradation .task=${task} .degradation=${settings.degradation}
            @degradation=${(event: CustomEvent) => this.#set({ degradation: event.detail })}></up-degradation>`
          : nothing
      }
    </section>`;
  }

  #renderMask() {
    const { mask } = this.state;
    if (mask) {
      return html`<p class="name">${mask.name}</p>
        <button class="link" @click=${() => this.#emit("forget-mask")}>${icons.close} ${t("mask.forget")}</button>`;
    }
    const classes = this.#classes().map(({ name }, index) => t("mask.class", { index, name: className(name) }));
    return html`<button @click=${() => this.#emit("open-mask")}>${icons.photo} ${t("mask.open")}</button>
      ${classes.length > 0 ? html`<p class="sentence">${t("mask.format", { classes: classes.join(", ") })}</p>` : nothing}`;
  }

  #renderFinish() {
    const { settings, task } = this.state;
    const classes = this.#classes();
    const shown = shownClasses(classes, settings).flatMap((index) => classes[index]?.name ?? []);
    const views = (["overlay", "cutout", "classes"] as const).map((value) => ({ value, label: t(`labels.${value}`) }));
    const slider = (name: "strength" | "saturation", max: number) => html`<up-slider .label=${t(`finish.${name}`)}
      .min=${0} .max=${max} .step=${0.05} .value=${settings[name]} .said=${percent(settings[name])}
      @slide=${(event: CustomEvent<number>) => this.#set({ [name]: event.detail })}></up-slider>`;
    return html`<section aria-labelledby="finish">
      <h2 id="finish">${t("finish.heading")}</h2>
      ${task.finish.includes("strength") ? slider("strength", 1) : nothing}
      ${task.finish.includes("saturation") ? slider("saturation", 2) : nothing}
      ${this.#numbers().map(([name, input]) => this.#renderNumber(name, input))}
      ${
        classes.length > 0
          ? html`<up-segments .label=${t("labels.heading")} .value=${settings.labels} .options=${views}
              @pick=${(event: CustomEvent) => this.#set({ labels: event.detail })}></up-segments>
            <up-chips multiple .label=${t("labels.classes.heading")} .chosen=${shown}
              .options=${classes.map(({ name, color }) => ({ value: name, label: className(name), color }))}
              @pick=${(event: CustomEvent<string>) => this.#set({ classes: toggled(shown, event.detail) })}></up-chips>`
          : nothing
      }
    </section>`;
  }

  /** A numeric input of the networks; at the file's default it is omitted. */
  #renderNumber(name: string, { range: [min, max], default: usual }: NumberInput) {
    const { numbers } = this.state.settings;
    const value = numbers[name] ?? usual;
    const key = `optional.${name}`;
    const step = 10 ** Math.floor(Math.log10((max - min) / 50));
    const { [name]: _, ...others } = numbers;
    return html`<up-slider .label=${hasMessage(key) ? t(key) : name} .min=${min} .max=${max} .step=${step} .value=${value}
      .said=${decimal(value, 2)} @slide=${({ detail }: CustomEvent<number>) =>
        this.#set({
          numbers: Math.abs(detail - usual) < step / 2 ? others : { ...others, [name]: Number(detail.toFixed(4)) },
        })}></up-slider>`;
  }

  #numbers(): [string, NumberInput][] {
    const inputs = new Map<string, NumberInput>();
    for (const { optional } of this.state.results) {
      for (const [name, input] of Object.entries(optional)) if (input.kind === "number") inputs.set(name, input);
    }
    return [...inputs];
  }

  #classes(): ClassInfo[] {
    return this.state.results.find(({ classes }) => classes.length > 0)?.classes ?? [];
  }

  #set(detail: Partial<State["settings"]>): void {
    this.#emit("settings", detail);
  }

  #forward(event: CustomEvent): void {
    this.#emit(event.type, event.detail);
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Name of the noise level for a sigma, of 255. */
function loudness(sigma: number): "none" | "weak" | "medium" | "strong" {
  if (sigma < 2) return "none";
  if (sigma < 8) return "weak";
  return sigma < 18 ? "medium" : "strong";
}

/** The list with `one` removed if present, otherwise added. */
export function toggled(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

function className(name: string): string {
  const key = `class.${name}`;
  return hasMessage(key) ? t(key) : name;
}

/** Name of a step of a chain: a task, or a classical method. */
function stepName(id: string): string {
  const key = `baseline.${id}`;
  return hasMessage(key) ? t(key) : taskName(id);
}

/** Name of a task; the id if the page does not know it. */
export function taskName(id: string): string {
  const key = `task.${id}`;
  return hasMessage(key) ? t(key) : id;
}
