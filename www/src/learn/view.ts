import { html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { PICTURES } from "../app/files";
import type { Router } from "../app/router";
import { isSample } from "../app/samples";
import type { Action } from "../app/state";
import "../elements/bitmap";
import "../elements/header";
import { icons } from "../elements/icons";
import "../elements/notice";
import "../elements/samples";
import "../elements/segments";
import { column, scrolling, shared } from "../elements/shared";
import "../elements/slider";
import "../elements/work";
import { isLocked } from "../embed/mode";
import { decibels, Localized, language, t } from "../i18n";
import "./curve";
import { type Learning, RANDOM, type Shown, STRATEGIES } from "./learning";
import { viewStyles } from "./view.styles";

/** Milliseconds per checkpoint during playback. */
const PACE = 1100;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Watch it learn: lays out pictures, curve and slider, and synchronizes the address. */
@customElement("learn-view")
export class LearnView extends Localized {
  @property({ attribute: false }) learning!: Learning;
  @property({ attribute: false }) router!: Router;
  @state() private playing = false;
  @query("#photo") private chooser!: HTMLInputElement;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [shared, scrolling, column, viewStyles];

  #sample: string | null = null;
  #changed = () => {
    const { sample } = this.learning.playground.state.settings;
    if (sample !== this.#sample) this.#note();
    this.#sample = sample;
    this.requestUpdate();
  };
  #opened = () => {
    const { view, query } = this.router.route;
    if (view !== "learn") return;
    const given = new URLSearchParams(query);
    const { learning } = this;
    const { steps, playground } = learning;
    const step = Number(given.get("step"));
    if (given.has("random")) learning.set({ random: true });
    else if (given.has("step") && steps.includes(step)) learning.set({ moment: steps.indexOf(step), random: false });
    const sample = given.get("picture");
    if (sample && isSample(sample) && sample !== playground.state.settings.sample) void learning.openSample(sample);
    else this.#note();
  };
  #note = () => {
    if (this.router.route.view !== "learn" || !this.learning.curve) return;
    const { random, moment, steps, playground } = this.learning;
    const query = new URLSearchParams({ picture: playground.state.settings.sample ?? "own" });
    if (random) query.set("random", "1");
    else query.set("step", String(steps[moment] ?? 0));
    this.router.note({ view: "learn", path: "", query: query.toString() });
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.learning.addEventListener("change", this.#changed);
    this.learning.addEventListener("look", this.#note);
    this.learning.addEventListener("curve", this.#opened);
    this.router.addEventListener("change", this.#opened);
    this.#opened();
    this.learning.retry();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.learning.removeEventListener("change", this.#changed);
    this.learning.removeEventListener("look", this.#note);
    this.learning.removeEventListener("curve", this.#opened);
    this.router.removeEventListener("change", this.#opened);
    this.#pause();
    this.learning.stop();
  }

  protected override updated(): void {
    document.title = `${t("learn.title")} · ${t("app.name")}`;
  }

  protected override render() {
    const { learning } = this;
    const { playground, random } = learning;
    const options = (["trained", "random"] as const).map((value) => ({ value, label: t(`learn.${value}`) }));
    return html`
      <up-header view="learn"></up-header>
      <main>
        <h2>${t("learn.title")}</h2>
        <p class="about">${t(random ? "learn.about.random" : "learn.about")}</p>
        <div class="what">
          <up-segments .label=${t("learn.weights")} .options=${options} .value=${random ? "random" : "trained"}
            @pick=${({ detail }: CustomEvent<string>) => this.#choose(detail === "random")}></up-segments>
          ${this.#work()}
        </div>
        <up-notice .notice=${learning.notice ?? playground.state.notice} @act=${({ detail }: CustomEvent<Action>) => this.#act(detail)}
          @dismiss=${() => this.#dismiss()}></up-notice>
        ${random ? this.#untrained() : this.#trained()}
        ${isLocked() ? nothing : this.#source()}
      </main>
    `;
  }

  #source() {
    const { playground } = this.learning;
    return html`<div class="source">
        <button @click=${() => this.chooser.click()}>${icons.photo} ${t("picture.open")}</button>
        <span>${this.#photoName()}</span>
      </div>
      <input id="photo" type="file" hidden accept=${PICTURES} aria-label=${t("picture.open")} @change=${this.#opens} />
      <up-samples .chosen=${playground.state.settings.sample}
        @sample=${({ detail }: CustomEvent) => this.learning.openSample(detail)}></up-samples>`;
  }

  #photoName(): string {
    const { settings, photo } = this.learning.playground.state;
    return settings.sample ? t(`sample.${settings.sample}`) : (photo?.name ?? "");
  }

  #opens = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = ""; // otherwise the same file could not be chosen again
    if (files.length > 0) void this.learning.openFiles(files);
  };

  #trained() {
    const { learning } = this;
    const { steps, moment, curve } = learning;
    const step = steps[moment] ?? 0;
    const number = new Intl.NumberFormat(language()).format(step);
    return html`
      <div class="pictures">
        ${this.#figure(learning.noisy, t("learn.noisy"))}
        ${this.#figure(learning.shown(`step-${step}`), t("learn.output", { step: number }), true)}
        ${this.#figure(learning.truth, t("learn.truth"))}
      </div>
      ${
        curve
          ? html`<div class="line">
              ${this.#play()}
              <up-slider .label=${t("learn.step")} .min=${0} .max=${steps.length - 1} .value=${moment} .said=${t("learn.step.value", { step: number })}
                @slide=${({ detail }: CustomEvent<number>) => this.#show(detail)}></up-slider>
            </div>
            <h3>${t("learn.loss")}</h3>
            <learn-curve .curve=${curve} .moment=${moment} @moment=${({ detail }: CustomEvent<number>) => this.#show(detail)}></learn-curve>
            <p class="note">${t("learn.curve.note")}</p>`
          : nothing
      }`;
  }

  #untrained() {
    const { learning } = this;
    return html`<div class="pictures five">
      ${this.#figure(learning.noisy, t("learn.noisy"))}
      ${STRATEGIES.map((strategy) => this.#figure(learning.shown(RANDOM + strategy), t(`strategy.${strategy}`), false, true))}
    </div>`;
  }

  #figure(shown: Shown | null, name: string, live = false, checks = false) {
    const figures = [
      ...(shown && shown.psnr !== null && !checks ? [t("inspect.psnr", { psnr: decibels(shown.psnr) })] : []),
      ...(checks && shown && shown.checkerboard !== null
        ? [t("learn.checkerboard", { db: decibels(shown.checkerboard) })]
        : []),
    ];
    return html`<figure><up-bitmap .bitmap=${shown?.bitmap ?? null} .label=${name} ?smooth=${!checks}></up-bitmap>
      <figcaption><b>${name}</b><span role=${live ? "status" : nothing}>${figures.join(" · ")}</span></figcaption></figure>`;
  }

  /** With reduced motion, each press advances by one checkpoint. */
  #play() {
    if (calm())
      return html`<button class="icon" aria-label=${t("learn.next")} title=${t("learn.next")} @click=${() => this.#next()}>${icons.run}</button>`;
    const name = t(this.playing ? "lab.step.pause" : "learn.play");
    return html`<button class="icon" aria-label=${name} title=${name} @click=${() => (this.playing ? this.#pause() : this.#start())}>
      ${this.playing ? icons.stop : icons.run}</button>`;
  }

  #work() {
    const { notice, queue, playground } = this.learning;
    const busy = queue.now !== null || playground.state.activity !== null;
    const words = t(
      queue.stopped ? "status.stopped" : busy ? "learn.busy" : notice ? "status.failed" : "inspect.ready",
    );
    return html`<up-work .words=${words} .busy=${queue.now !== null} .stopped=${queue.stopped}
      @stop=${() => this.#stop()} @resume=${() => this.learning.retry()}></up-work>`;
  }

  #choose(random: boolean): void {
    this.#pause();
    this.learning.set({ random });
  }

  #show(moment: number): void {
    this.#pause();
    this.learning.set({ moment });
  }

  #next(): void {
    const { moment, steps } = this.learning;
    this.learning.set({ moment: (moment + 1) % Math.max(1, steps.length) });
  }

  #start(): void {
    this.playing = true;
    const { moment, steps } = this.learning;
    if (moment >= steps.length - 1) this.learning.set({ moment: 0 });
    this.#timer = setInterval(() => {
      if (this.learning.moment >= this.learning.steps.length - 1) this.#pause();
      else this.#next();
    }, PACE);
  }

  #stop(): void {
    this.#pause(); // each displayed checkpoint counts as a request
    this.learning.stop();
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  #act(action: Action): void {
    const { learning } = this;
    if (learning.notice && action === "retry") return learning.retry();
    learning.notice = null;
    if (action !== "open") void learning.playground.act(action).then(() => learning.retry());
    else this.chooser.click();
  }

  #dismiss(): void {
    this.learning.notice = null;
    this.learning.playground.dismiss();
    this.requestUpdate();
  }
}
