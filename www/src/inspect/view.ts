import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { inputName, methodLabel, methodName } from "../app/panes";
import type { Router } from "../app/router";
import { formatSettings, type Settings } from "../app/settings";
import { type Action, isTest } from "../app/state";
import "../elements/backend";
import "../elements/bitmap";
import "../elements/chips";
import { taskName } from "../elements/controls";
import "../elements/header";
import "../elements/notice";
import "../elements/reading";
import "../elements/segments";
import { scrolling, shared } from "../elements/shared";
import "../elements/work";
import { decibels, Localized, t, thousands } from "../i18n";
import type { FeaturesInfo, Point } from "../protocol";
import { formatLook, parseLook } from "./address";
import "./attended";
import type { Attention } from "./attention";
import "./facts";
import type { Box } from "./graph";
import type { Inspector, Maps, Times } from "./inspector";
import "./loss";
import "./maps";
import type { Way } from "./maps";
import { shapeWords } from "./names";
import "./net";
import "./place";
import type { InspectedModel } from "./inspected";
import { nodeOf } from "./inspected";
import "./skips";
import { activityWords } from "./status";
import "./times";
import { viewStyles } from "./view.styles";
import { kindWords, type Metric } from "./words";

const METRICS: Metric[] = ["shape", "parameters", "cost", "time"];

/**
 * The U-Net inspector: lays out the elements, and synchronizes the address, the playground's settings and the
 * inspector.
 */
@customElement("inspect-view")
export class InspectView extends Localized {
  @property({ attribute: false }) inspector!: Inspector;
  @property({ attribute: false }) router!: Router;
  @state() private metric: Metric = "shape";
  @state() private way: Way = { scale: "local", colors: "gray" };
  @state() private channel = 0;
  #version = 0;
  /** Values of an attention and their reader: the same function as long as the values are the same. */
  #attended: FeaturesInfo | null = null;
  #read: ((token: number) => Promise<Float32Array>) | null = null;

  static override styles = [shared, scrolling, viewStyles];

  #changed = () => {
    this.#version++;
    this.requestUpdate();
  };
  #opened = () => {
    const { view, query } = this.router.route;
    if (view !== "inspect") return;
    if (!query) return this.note();
    this.inspector.open(parseLook(query));
    void this.inspector.playground.follow(query);
  };

  /** Writes the selection to the address. */
  note = (): void => {
    if (this.router.route.view !== "inspect") return;
    const { look, playground } = this.inspector;
    this.router.note({ view: "inspect", path: "", query: formatLook(look, formatSettings(playground.state.settings)) });
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.inspector.addEventListener("change", this.#changed);
    this.inspector.addEventListener("look", this.note);
    this.router.addEventListener("change", this.#opened);
    this.#opened();
    this.inspector.retry();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.inspector.removeEventListener("change", this.#changed);
    this.inspector.removeEventListener("look", this.note);
    this.router.removeEventListener("change", this.#opened);
    this.inspector.stop();
  }

  protected override updated(): void {
    document.title = `${t("inspect.title")} · ${t("app.name")}`;
    // Its options change, and options chosen by hand do not follow `selected`.
    const beside = this.renderRoot.querySelector<HTMLSelectElement>(".beside select");
    if (beside) beside.value = this.inspector.besideMethod?.id ?? "";
  }

  protected override render() {
    const { inspector } = this;
    const { playground } = inspector;
    const { state } = playground;
    const inspected = inspector.inspected.value;
    return html`
      <up-header view="inspect"></up-header>
      <main>
        <h2 class="hidden">${t("inspect.title")}</h2>
        <section class="top" aria-label=${t("inspect.what")}>
          <inspect-place .bitmap=${inspector.overview.value} .size=${state.input?.layer.size ?? null} .rect=${inspected?.inspection.rect ?? null}
            @place=${({ detail }: CustomEvent<Point>) => inspector.set({ at: detail })}></inspect-place>
          <div class="choices">
            <p class="subject">${this.#subject()}</p>
            ${this.#models()}
            <up-work .words=${activityWords(inspector)} .busy=${inspector.queue.now !== null} .stopped=${inspector.queue.stopped}
              @stop=${() => inspector.stop()} @resume=${() => inspector.retry()}></up-work>
          </div>
          <up-backend .choice=${state.settings.backend} .engine=${state.engine} .starting=${state.activity?.kind === "starting"}
            @backend=${({ detail: backend }: CustomEvent<Settings["backend"]>) => playground.set({ backend })}></up-backend>
        </section>
        <up-notice .notice=${inspector.notice ?? state.notice} @act=${({ detail }: CustomEvent<Action>) => this.#act(detail)}
          @dismiss=${() => this.#dismiss()}></up-notice>
        ${inspected ? this.#network(inspected) : html`<div class="empty">${inspector.networks.length === 0 && state.methods.length > 0 ? html`<p>${t("inspect.none")}</p>` : nothing}</div>`}
      </main>
      <up-reading .question=${state.question} @answer=${(event: CustomEvent) => playground.answer(event.detail)}
        @dismiss=${() => playground.stop()}></up-reading>
    `;
  }

  #subject() {
    const { state } = this.inspector.playground;
    const name = state.settings.sample ? t(`sample.${state.settings.sample}`) : (state.photo?.name ?? "");
    // In a chain, the step whose network is inspected.
    const step = this.inspector.method?.stages.find(({ kind }) => kind === "model");
    const of = state.task.chain && step?.kind === "model" ? html` · ${taskName(step.entry.task)}` : nothing;
    const back = `#${formatSettings(state.settings)}`;
    return html`<span><b>${taskName(state.task.id)}</b>${of} · ${name}${isTest(state) ? html` · ${inputName(state)}` : nothing}</span>
      <a href=${back}>${t("inspect.back")}</a>`;
  }

  /** The task's strategies, and the one to show beside. */
  #models() {
    const { inspector } = this;
    const { networks, method } = inspector;
    if (networks.length === 0) return nothing;
    const options = networks.map((one) => ({ value: one.id, label: methodLabel(one) }));
    const others = networks.filter(({ id }) => id !== method?.id);
    return html`<up-chips .label=${t("methods.heading")} .options=${options} .chosen=${method ? [method.id] : []}
        @pick=${({ detail }: CustomEvent<string>) => inspector.set({ model: detail, beside: detail === inspector.look.beside ? null : inspector.look.beside })}></up-chips>
      ${
        others.length > 0
          ? html`<label class="beside">${t("inspect.beside")}
            <select @change=${(event: Event) => this.#compare((event.target as HTMLSelectElement).value || null)}>
              <option value="">${t("inspect.beside.none")}</option>
              ${others.map((one) => html`<option value=${one.id}>${methodLabel(one)}</option>`)}
            </select></label>`
          : nothing
      }`;
  }

  /** Compares with another network: if nothing is selected yet, selects the place where they begin to differ. */
  #compare(beside: string | null): void {
    const { inspector } = this;
    const differs = inspector.look.node === null ? inspector.inspected.value?.afterUpsampling : null;
    inspector.set({ beside, ...(beside && differs && { node: differs.name, output: 0 }) });
  }

  #network(inspected: InspectedModel) {
    const { inspector } = this;
    const { box, playground } = inspector;
    const { state } = playground;
    const times = inspector.times();
    const profile = state.engine ? times[state.engine.backend] : undefined;
    const test = `#${formatSettings({ ...state.settings, mode: "test" })}`;
    return html`
      <section aria-labelledby="network">
        <div class="head"><h2 id="network">${t("inspect.network")} <small>${this.#totals(inspected)}</small></h2>
          <up-segments .label=${t("inspect.metric")} .value=${this.metric} .options=${METRICS.map((value) => ({ value, label: t(`inspect.metric.${value}`) }))}
            @pick=${({ detail }: CustomEvent<Metric>) => (this.metric = detail)}></up-segments></div>
        <div class="drawing"><inspect-net .inspected=${inspected} .at=${inspector.at} .cuts=${inspector.cuts} .thumbnails=${inspector.thumbnails} .version=${this.#version}
          .metric=${this.metric} .profile=${profile}
          @pick=${({ detail }: CustomEvent<number>) => this.#pick(inspected, detail)}
          @cut=${({ detail }: CustomEvent<string>) => inspector.cut([detail], !inspector.look.cut.includes(detail))}></inspect-net>
          ${this.#effect(inspected)}</div>
      </section>
      ${box ? this.#node(inspected, box, times) : nothing}
      ${inspector.attention ? this.#attention(inspected, inspector.attention) : nothing}
      <section aria-labelledby="times">
        <h2 id="times">${t("inspect.times")}</h2>
        <inspect-times .inspected=${inspected} .at=${inspector.at} .profile=${profile ?? null} .backend=${state.engine?.backend ?? null} .phase=${inspector.timing}
          @pick=${({ detail }: CustomEvent<number>) => this.#pick(inspected, detail)} @measure=${() => inspector.measure()} @stop=${() => inspector.stop()}
          @save=${({ detail }: CustomEvent<string>) => playground.keep.table(detail, this.#called("times"))}></inspect-times>
      </section>
      <section aria-labelledby="skips">
        <h2 id="skips">${t("inspect.skips.heading")}</h2>
        <inspect-skips .inspected=${inspected} .cuts=${inspector.cuts} .made=${inspector.made} .input=${inspector.input}
          @cut=${({ detail: { names, on } }: CustomEvent<{ names: string[]; on: boolean }>) => inspector.cut(names, on)}></inspect-skips>
      </section>
      <section aria-labelledby="loss">
        <h2 id="loss">${t("inspect.loss")}</h2>
        <inspect-loss .inspected=${inspected} .loss=${inspector.loss} .failure=${inspector.losses.failure} .cut=${inspector.cuts.length > 0} .compares=${inspector.original !== null} .masked=${inspected.model.classes.length > 0} .address=${test}></inspect-loss>
      </section>
    `;
  }

  /** The output beside the drawing, and the output without the cut connections. */
  #effect(inspected: InspectedModel) {
    const { cuts, made } = this.inspector;
    const { width, height } = inspected.inspection.rect;
    const figure = (bitmap: ImageBitmap | null, name: string, psnr: number | null) => html`<figure>
      <up-bitmap .bitmap=${bitmap} .label=${name} .style=${`aspect-ratio:${width / height}`}></up-bitmap>
      <figcaption>${name}${psnr === null ? nothing : html` <small>${decibels(psnr)}</small>`}</figcaption></figure>`;
    const { whole, cut } = made;
    if (cuts.length === 0)
      return html`<aside>${figure(whole?.bitmap ?? null, t("inspect.output"), whole?.psnr ?? null)}</aside>`;
    return html`<aside>
      ${figure(whole?.bitmap ?? null, t("inspect.with"), whole?.psnr ?? null)}
      ${figure(cut?.bitmap ?? null, t("inspect.without"), cut?.psnr ?? null)}
    </aside>`;
  }

  /** The file name for data about the network, without extension. */
  #called(what: string): string {
    const { method, playground } = this.inspector;
    const { task, engine } = playground.state;
    return [task.id, method?.id, engine?.backend, what].filter(Boolean).join("-");
  }

  #totals({ inspection, graph }: InspectedModel): string {
    const sum = (of: "flops" | "parameters") => graph.boxes.reduce((total, box) => total + box[of], 0);
    return t("inspect.totals", {
      shape: shapeWords(inspection.shape),
      parameters: thousands(sum("parameters")),
      flops: thousands(sum("flops")),
    });
  }

  #node(inspected: InspectedModel, box: Box, times: Times) {
    const { inspector } = this;
    const { state } = inspector.playground;
    const { maps } = inspector;
    const other = inspector.besideMethod ? inspector.besideMaps : null;
    const indices = maps?.features.window !== undefined;
    return html`<section aria-labelledby="node">
      <div class="head"><h2 id="node">${box.name} <small>${kindWords(box)}</small></h2>${this.#values(box)}</div>
      <div class="node">
        <div class="features" ?data-two=${other !== null}>
          ${
            box.kind === "input"
              ? html`<up-bitmap class="input" .bitmap=${inspector.input} .label=${t("inspect.input")}></up-bitmap>`
              : html`${indices ? nothing : this.#ways()}
              ${maps ? this.#maps(maps, other !== null) : nothing}
              ${other ? this.#maps(other, true) : nothing}`
          }
        </div>
        <inspect-facts .inspected=${inspected} .box=${box} .times=${times} .backend=${state.engine?.backend ?? null} .weights=${inspector.weights}></inspect-facts>
      </div>
    </section>`;
  }

  #attention({ attentions }: InspectedModel, attention: Attention) {
    const { inspector } = this;
    const { attended } = inspector;
    if (attended !== this.#attended) {
      this.#attended = attended;
      this.#read = attended && ((token) => inspector.attendedBy(attended, token));
    }
    return html`<section aria-labelledby="attention">
      <h2 id="attention">${t("inspect.attention")}</h2>
      <inspect-attention .layers=${attentions} .layer=${attention} .heads=${attended?.channels ?? 1} .photo=${inspector.input} .read=${this.#read}
        @layer=${({ detail }: CustomEvent<string>) => inspector.attend(detail)}></inspect-attention>
    </section>`;
  }

  #maps({ method, features, box, across }: Maps, named: boolean) {
    const heading = named ? methodName(method) : "";
    return html`<div>${heading ? html`<h3>${heading} <small>${box.name}</small></h3>` : nothing}
      <inspect-maps .inspector=${this.inspector} .features=${features} .way=${this.way} .channel=${this.channel} .across=${across} .name=${[heading, box.name].filter(Boolean).join(", ")}
        @channel=${({ detail }: CustomEvent<number>) => (this.channel = detail)}></inspect-maps></div>`;
  }

  /** The displayed value of a box: the output of one of its nodes, or max-pooling indices. */
  #values(box: Box) {
    const { look } = this.inspector;
    const node = nodeOf(box, look.node);
    const values = box.nodes.flatMap((one) => one.outputs.slice(0, 2).map((_, output) => ({ one, output })));
    if (values.length < 2) return nothing;
    const options = values.map(({ one, output }) => ({
      value: `${output} ${one.name}`,
      label: output ? t("inspect.indices") : one.op,
    }));
    const output = node && node.outputs.length > 1 ? look.output : 0;
    return html`<up-segments .label=${t("inspect.values")} .options=${options} .value=${`${output} ${node?.name}`}
      @pick=${({ detail }: CustomEvent<string>) => this.inspector.set({ node: detail.slice(2), output: Number(detail[0]) })}></up-segments>`;
  }

  #ways() {
    const { scale, colors } = this.way;
    const segments = <T extends "scale" | "colors">(
      name: T,
      values: Way[T][],
    ) => html`<up-segments .label=${t(`inspect.${name}`)} .value=${this.way[name]}
      .options=${values.map((value) => ({ value, label: t(`inspect.${name}.${value}` as `inspect.scale.local`) }))}
      @pick=${({ detail }: CustomEvent<Way[T]>) => (this.way = { scale, colors, [name]: detail })}></up-segments>`;
    return html`<div class="ways">${segments("scale", ["local", "global"])}${segments("colors", ["gray", "signed"])}</div>`;
  }

  #pick(inspected: InspectedModel, at: number): void {
    const box = inspected.graph.boxes[at];
    if (!box) return;
    this.channel = this.inspector.thumbnails.channelOf(box);
    this.inspector.set({ node: box.nodes.at(-1)?.name ?? box.name, output: 0 });
  }

  #act(action: Action): void {
    const { inspector } = this;
    const { playground } = inspector;
    if (action === "open") location.hash = formatSettings(playground.state.settings);
    else if (inspector.notice && action === "retry") inspector.retry();
    else {
      inspector.notice = null;
      void playground.act(action).then(() => inspector.retry());
    }
  }

  #dismiss(): void {
    this.inspector.notice = null;
    this.inspector.playground.dismiss();
    this.requestUpdate();
  }
}
