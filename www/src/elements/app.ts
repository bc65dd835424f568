import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { hinted, shownHints } from "../app/coloring";
import type { Cut } from "../app/cut";
import { dropped } from "../app/drop";
import { PICTURES } from "../app/files";
import type { Keeper } from "../app/keep";
import { GAIN } from "../app/measuring";
import { isOpening } from "../app/opening";
import { describePanes, inputName, rows } from "../app/panes";
import type { Playground } from "../app/playground";
import { proposalOf } from "../app/proposal";
import { formatRoute } from "../app/router";
import { formatSettings, type LastingTool } from "../app/settings";
import { type Action, isTest, isTransparent, isUnchanged, type State } from "../app/state";
import { tellsClasses } from "../app/tasks";
import { isFirstVisit, noteVisit } from "../app/visited";
import type { Mode } from "../embed/mode";
import { Localized, percent, t } from "../i18n";
import { FIRST_LOOK, formatLook } from "../inspect/address";
import "./actions";
import type { Actions } from "./actions";
import { appStyles } from "./app.styles";
import "./camera";
import type { CameraDialog } from "./camera";
import "./compare";
import { taskName } from "./controls";
import { type CropDialog, SHOWN } from "./crop";
import "./crop";
import { DRAWN, type DrawDialog } from "./draw";
import "./draw";
import "./header";
import "./help";
import type { Help } from "./help";
import type { Colorist } from "./hints";
import { icons } from "./icons";
import type { Way } from "./keep-menu";
import { isFreeKey } from "./keys";
import "./many";
import "./notice";
import "./proposal";
import "./networks";
import "./reading";
import "./results";
import type { NamedRow } from "./results";
import "./save-as";
import type { SaveAs } from "./save-as";
import { shared } from "./shared";

/** Where the controls are beside the pictures and take no room from them; see `app.styles.ts`. */
const BESIDE = "(min-width: 900px), (min-width: 640px) and (max-height: 520px)";

/** The page: lays out the elements, passes them the state, and forwards their requests to the playground. */
@customElement("up-app")
export class App extends Localized {
  @property({ attribute: false }) playground!: Playground;
  /** Layout within a frame of another page; null: a page by itself. */
  @property({ attribute: false }) embed: Mode | null = null;
  @state() private open = matchMedia(BESIDE).matches;
  /** Whether the controls cover the pictures, in a frame of another page that is too small for both. */
  @state() private unfolded = false;
  @state() private dropping = false;
  @state() private greets = isFirstVisit() && noteVisit();
  @state() private values: Record<string, number[]> = {};
  @query("#photo") private photoInput!: HTMLInputElement;
  @query("#model") private modelInput!: HTMLInputElement;
  @query("#mask") private maskInput!: HTMLInputElement;
  @query(".notices") private notices!: HTMLElement;
  @query("main") private main!: HTMLElement;
  @query("up-help") private help!: Help;
  @query("up-actions") private actions!: Actions;
  @query("up-camera") private camera!: CameraDialog;
  @query("up-crop") private cropDialog!: CropDialog;
  @query("up-draw") private drawDialog!: DrawDialog;
  /** The scene made from the latest drawing. */
  @state() private scene: ImageBitmap | null = null;
  @query("up-save-as") private saveDialog!: SaveAs;

  static override styles = [shared, appStyles];

  #changed = () => this.requestUpdate();
  #listeners: [keyof WindowEventMap, (event: never) => void][] = [
    ["keydown", (event: KeyboardEvent) => this.#key(event)],
    ["paste", (event: ClipboardEvent) => this.#bring(event, event.clipboardData)],
    ["dragenter", (event: DragEvent) => this.#dragged(event)],
    ["dragover", (event: DragEvent) => this.#dragged(event)],
    ["dragleave", (event: DragEvent) => event.relatedTarget === null && (this.dropping = false)],
    ["drop", (event: DragEvent) => this.#bring(event, event.dataTransfer)],
  ];

  /** Reports the height of the notices, which the pictures' own messages stay above. */
  #sizes = new ResizeObserver(() => {
    const { main, notices } = this;
    const reach = main.getBoundingClientRect().bottom - notices.getBoundingClientRect().top;
    main.style.setProperty("--noticed", notices.offsetHeight > 0 ? `${reach}px` : "0px");
  });

  override connectedCallback(): void {
    super.connectedCallback();
    for (const [name, listener] of this.#listeners) window.addEventListener(name, listener as EventListener);
    this.playground.addEventListener("change", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const [name, listener] of this.#listeners) window.removeEventListener(name, listener as EventListener);
    this.playground.removeEventListener("change", this.#changed);
  }

  protected override firstUpdated(): void {
    for (const part of [this.main, this.notices]) this.#sizes.observe(part);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    document.title = t("app.name");
  }

  protected override render() {
    const { playground } = this;
    const { state } = playground;
    const { settings } = state;
    const panes = describePanes(state);
    const { embed } = this;
    const proposal = embed ? null : proposalOf(state);
    const open = embed ? [...embed.parts].some((part) => part !== "compare" && part !== "actions") : this.open;
    return html`
      <div class="page" ?data-open=${open} ?data-embed=${embed} ?data-unfolded=${this.unfolded} ?data-grid=${settings.layout === "grid"} ?data-bare=${embed && !embed.parts.has("compare")}>
        ${embed ? this.#corner(open) : nothing}
        <up-header .open=${this.open} @controls=${() => (this.open = !this.open)} @help=${() => this.help.show()}></up-header>
        <div class="left">
        <main>
          <up-compare .panes=${panes} .frame=${state.frame} .chosen=${state.chosen} .layout=${settings.layout}
            .left=${settings.left} .tools=${settings.tools} .name=${this.#subject(state)} .values=${this.values} .scale=${Math.floor(255 / GAIN)} .colors=${state.colors}
            .against=${state.against ? t(`difference.against.${state.against}`) : ""}
            @choose=${(event: CustomEvent<string>) => playground.choose(event.detail)}
            @arrange=${(event: CustomEvent) => playground.arrange(event.detail)}
            @tool=${(event: CustomEvent<LastingTool>) => playground.toggleTool(event.detail)}
            .hints=${hinted(state) && !embed?.locked ? shownHints(state) : null} .colorist=${this.#colorist}
            @hints=${(event: CustomEvent) => playground.hint(event.detail)}
            @look=${(event: CustomEvent) => (playground.looking = event.detail)}
            @probe=${(event: CustomEvent) => this.#probe(event.detail)}
          ></up-compare>
          <div class="notices" ?data-urgent=${state.notice !== null || state.many > 0}>
            <up-notice .notice=${state.notice}
              @act=${(event: CustomEvent<Action>) => this.#act(event.detail)}
              @dismiss=${() => playground.dismiss()}
            ></up-notice>
            ${
              proposal && !state.notice && state.many === 0
                ? html`<up-proposal .sentence=${t(`proposal.${proposal.why}`)} .action=${taskName(proposal.task)}
                  @accept=${() => playground.set({ task: proposal.task, mode: "apply" })} @decline=${() => playground.decline()}></up-proposal>`
                : nothing
            }
            ${
              this.greets && !embed && isOpening(settings) && state.outcome.kind === "done" && !state.notice
                ? html`<up-proposal .sentence=${t("welcome.sentence")} .action=${t("picture.open")}
                  @accept=${() => this.photoInput.click()} @decline=${() => (this.greets = false)}></up-proposal>`
                : nothing
            }
            <up-many .count=${state.many} ?hidden=${state.many === 0 || state.activity !== null}
              @all=${() => playground.restoreMany()} @one=${() => playground.forgetMany()}></up-many>
          </div>
        </main>
        <up-results ?hidden=${!settings.tools.includes("table")} .rows=${this.#rows(state)} .chosen=${state.chosen} .test=${isTest(state)} .unchanged=${isUnchanged(state)} .masked=${tellsClasses(state.task)}
          .input=${this.#inputRow(state)} .gray=${state.results.some(({ gray }) => gray)}
          @choose=${(event: CustomEvent<string>) => playground.choose(event.detail)} @close=${() => playground.toggleTool("table")}></up-results>
        </div>
        <up-controls id="controls" .state=${state} .parts=${embed?.parts ?? null} ?hidden=${!open}
          @open-photo=${() => this.photoInput.click()} @open-model=${() => this.modelInput.click()}
          @open-mask=${() => this.maskInput.click()} @forget-mask=${() => playground.forgetMask()}
          @forget-photo=${() => playground.forgetPhoto()}
          @open-camera=${() => this.camera.show()} @crop=${this.#crop} @draw=${this.#draw}
          @read-model=${() => playground.askAgain()}
          @shipped-model=${() => playground.act("shipped")}
          @sample=${(event: CustomEvent) => playground.openSample(event.detail)}
          @task=${(event: CustomEvent<string>) => playground.set({ task: event.detail })}
          @method=${(event: CustomEvent<string>) => playground.toggleMethod(event.detail, matchMedia(BESIDE).matches)}
          @settings=${(event: CustomEvent) => playground.set(event.detail)}
        ></up-controls>
        <up-actions ?data-beside=${open} ?data-embed=${embed} .fixed=${embed !== null && (embed.locked || !embed.parts.has("picture"))} ?hidden=${embed && !embed.parts.has("actions")} .task=${taskName(state.task.id)} .done=${doneShare(state)} .activity=${state.activity} .outcome=${state.outcome} .expected=${state.expected}
          .canSave=${playground.keep.ready} .saves=${panes.find(({ id }) => id === state.chosen)?.name ?? ""} .lab=${labAddress(state)}
          .inspect=${inspectAddress(state)}
          @open-photo=${() => this.photoInput.click()}
          @run=${() => playground.run()} @stop=${() => playground.stop()} @save=${() => playground.keep.save()}
          @keep=${(event: CustomEvent<Way>) => this.#keep(event.detail)}
        ></up-actions>
      </div>
      <div class="drop" ?hidden=${!this.dropping}><p><b>${t("picture.drop")}</b>${t("picture.drop.hint")}</p></div>
      <input id="photo" type="file" hidden multiple accept=${PICTURES} aria-label=${t("picture.open")} @change=${this.#chosen} />
      <input id="model" type="file" hidden multiple aria-label=${t("model.open")} @change=${this.#chosen} />
      <input id="mask" type="file" hidden accept=${PICTURES} aria-label=${t("mask.open")} @change=${this.#chosen} />
      <up-camera @taken=${(event: CustomEvent<File>) => playground.openFiles([event.detail])}></up-camera>
      <up-crop @cut=${(event: CustomEvent<Cut>) => playground.cut(event.detail)}></up-crop>
      <up-draw .scene=${this.scene} ?busy=${state.activity !== null} @drawn=${(event: CustomEvent<File>) => this.#drawn(event.detail)} @dropped=${() => playground.dropDrawing()}></up-draw>
      <up-help></up-help>
      <up-save-as .what=${panes.find(({ id }) => id === state.chosen)?.name ?? ""} .encode=${this.#encode}
        .located=${state.photo?.located ?? false} .transparent=${isTransparent(state)} @save-file=${(event: CustomEvent<Blob>) => playground.keep.saveAs(event.detail)}></up-save-as>
      <up-reading .question=${state.question} @answer=${(event: CustomEvent) => playground.answer(event.detail)}
        @dismiss=${() => playground.stop()}></up-reading>
      <up-networks .names=${state.networks} @pick=${(event: CustomEvent<number>) => playground.pickNetwork(event.detail)}
        @dismiss=${() => playground.stop()}></up-networks>
    `;
  }

  /** In a frame of another page: the link out of it, and the button that unfolds the controls if it is small. */
  #corner(open: boolean) {
    const { unfolded } = this;
    const controls = t(unfolded ? "controls.hide" : "controls.show");
    return html`<nav class="corner" aria-label=${t("nav.label")}>
      ${
        open
          ? html`<button class="icon fold" aria-label=${controls} title=${controls} aria-expanded=${unfolded ? "true" : "false"}
            aria-controls="controls" @click=${() => (this.unfolded = !unfolded)}>${unfolded ? icons.close : icons.controls}</button>`
          : nothing
      }
      <a class="alone" href=${`./${location.hash}`} target="_blank" aria-label=${t("embed.open")} title=${t("embed.open")}>${icons.outside}<span>${t("embed.open")}</span></a>
    </nav>`;
  }

  #colorist: Colorist = {
    likely: (at, hints) => this.playground.likelyColors(at, hints),
    chroma: (rgb) => this.playground.chromaOf(rgb),
    lightness: (at) => this.playground.lightnessAt(at),
  };

  #encode: Keeper["encoded"] = (format, quality, location) => this.playground.keep.encoded(format, quality, location);

  #crop = async (): Promise<void> => {
    const bitmap = await this.playground.wholePhoto(SHOWN);
    const { photo, settings } = this.playground.state;
    if (bitmap && photo) this.cropDialog.show(bitmap, photo.size, settings.cut);
  };

  #draw = async (): Promise<void> => {
    const { playground } = this;
    const lines = await playground.beginDrawing(DRAWN);
    this.scene = await playground.chosenResult(DRAWN);
    this.drawDialog.show(lines);
  };

  /** A scene that came too late for its drawing is not shown: the next one follows. */
  async #drawn(file: File): Promise<void> {
    const scene = await this.playground.draw(file, DRAWN);
    if (scene) this.scene = scene;
  }

  #subject(state: State): string {
    return state.settings.sample ? t(`sample.${state.settings.sample}`) : (state.photo?.name ?? "");
  }

  /** Title of a comparison: task, photo, degradation. */
  #title(): string {
    const { state } = this.playground;
    return [taskName(state.task.id), this.#subject(state), ...(isTest(state) ? [inputName(state)] : [])].join(" · ");
  }

  #rows(state: State): NamedRow[] {
    const panes = describePanes(state);
    return rows(state).map((row, index) => {
      const result = state.results[index];
      const { name = "", failure = "" } = panes.find(({ id }) => id === row.id) ?? {};
      const status = result?.status === "running" ? percent(result.fraction) : "";
      return { ...row, name, note: failure || status };
    });
  }

  #inputRow(state: State): NamedRow | null {
    const scores = state.input?.scores;
    if (!scores || isUnchanged(state)) return null;
    return {
      id: "input",
      name: inputName(state),
      note: "",
      scores,
      agreement: null,
      milliseconds: null,
      parameters: null,
      checkerboard: null,
    };
  }

  #keep(way: Way): void {
    const { keep } = this.playground;
    if (way === "as") this.saveDialog.show();
    else if (way === "share") void keep.share();
    else if (way === "copy") void keep.copy();
    else if (way === "sheet") void keep.sheet(this.playground.looking, this.#title());
    else if (way === "report") void keep.report();
    else void this.playground.useResult();
  }

  /** One request at a time: a pointer moves faster than a busy worker answers. */
  async #probe(at: { x: number; y: number }): Promise<void> {
    this.#asked = at;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#asked) {
      const now = this.#asked;
      this.#asked = null;
      this.values = await this.playground.probe(now);
    }
    this.#asking = false;
  }
  #asking = false;
  #asked: { x: number; y: number } | null = null;

  #act(action: Action): void {
    if (action === "open") this.photoInput.click();
    else void this.playground.act(action);
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = ""; // otherwise the same file could not be chosen again
    const [first] = files;
    if (first && input === this.maskInput) void this.playground.openMask(first);
    else if (first) void this.playground.openFiles(files);
  }

  #bring(event: Event, data: DataTransfer | null): void {
    this.dropping = false;
    if (this.embed?.locked) return event.preventDefault();
    const what = data ? dropped(data) : [];
    if (!data || (event.type === "paste" && what.length === 0)) return;
    event.preventDefault();
    void this.playground.openDropped(what);
  }

  #dragged(event: DragEvent): void {
    event.preventDefault();
    this.dropping = !this.embed?.locked;
  }

  #key(event: KeyboardEvent): void {
    if (!isFreeKey(event) || this.embed?.locked) return;
    const { playground } = this;
    const { activity } = playground.state;
    if (event.key === "o") this.photoInput.click();
    else if (event.key === "r") void playground.run();
    else if (event.key === "s") void playground.keep.save();
    else if (event.key === "c") void playground.keep.copy();
    else if (event.key === "?") this.help.show();
    else if (event.key === "Escape" && this.unfolded) this.unfolded = false;
    else if (event.key === "Escape" && activity && !this.actions.open) playground.stop();
    else return;
    event.preventDefault();
  }
}

/** Progress of all results, 0 to 1. */
function doneShare({ results }: State): number {
  const sum = results.reduce(
    (sum, { status, fraction }) => sum + (status === "done" ? 1 : status === "running" ? fraction : 0),
    0,
  );
  return results.length > 0 ? sum / results.length : 0;
}

/** Address of the inspector for the chosen network; empty if the method has none. */
function inspectAddress({ results, chosen, settings }: State): string {
  const method = results.find(({ id }) => id === chosen)?.method;
  if (!method || method.kind === "baseline") return "";
  const query = formatLook({ ...FIRST_LOOK, model: method.id }, formatSettings(settings));
  return formatRoute({ view: "inspect", path: "", query });
}

/** Address of the lab for the chosen network's upsampling; empty if it is not one of the zoo. */
function labAddress({ results, chosen }: State): string {
  const method = results.find(({ id }) => id === chosen)?.method;
  if (method?.kind !== "network") return "";
  return `#lab/${method.name.startsWith("transposed-conv") ? "transposed-conv-1" : method.name}`;
}
