import { html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Playground } from "../app/playground";
import type { Action, State } from "../app/state";
import { language, Localized, t } from "../i18n";
import "./actions";
import { appStyles } from "./app.styles";
import "./compare";
import "./controls";
import "./header";
import "./help";
import type { Help } from "./help";
import { isFreeKey } from "./keys";
import "./notice";
import { shared } from "./shared";

const PICTURES = "image/*,.avif,.heic,.heif,.tif,.tiff,.bmp";

/** The page: lays out the elements, hands them the state, and hands what they ask for to the playground. */
@customElement("up-app")
export class App extends Localized {
  @property({ attribute: false }) playground!: Playground;
  @state() private open = matchMedia("(min-width: 900px)").matches;
  @state() private dropping = false;
  @query("#photo") private photoInput!: HTMLInputElement;
  @query("#model") private modelInput!: HTMLInputElement;
  @query("up-help") private help!: Help;

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

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    document.title = t("app.name");
    document.documentElement.lang = language();
  }

  protected override render() {
    const { playground } = this;
    const { state } = playground;
    const noisy = state.noise.on && state.noise.sigma > 0;
    return html`
      <div class="page" ?data-open=${this.open}>
        <up-header .open=${this.open} @controls=${() => (this.open = !this.open)} @help=${() => this.help.show()}></up-header>
        <main>
          <up-compare
            .beforeLayer=${state.before} .afterLayer=${state.after} .complete=${state.canSave}
            .name=${this.#subject(state)}
            .beforeLabel=${t(noisy ? "compare.noisy" : "compare.before")}
            .afterLabel=${t(noisy ? "compare.restored" : "compare.after")}
          ></up-compare>
          <up-notice .notice=${state.notice}
            @act=${(event: CustomEvent<Action>) => this.#act(event.detail)}
            @dismiss=${() => playground.dismiss()}
          ></up-notice>
        </main>
        <up-controls id="controls" .state=${state} ?hidden=${!this.open}
          @open-photo=${() => this.photoInput.click()} @open-model=${() => this.modelInput.click()}
          @shipped-model=${() => playground.act("shipped")}
          @sample=${(event: CustomEvent) => playground.openSample(event.detail)}
          @noise=${(event: CustomEvent) => playground.setNoise(event.detail)}
          @backend=${(event: CustomEvent) => playground.setBackend(event.detail)}
        ></up-controls>
        <up-actions .activity=${state.activity} .outcome=${state.outcome} .estimate=${state.estimate}
          .canSave=${state.canSave}
          @open-photo=${() => this.photoInput.click()}
          @run=${() => playground.run()} @stop=${() => playground.stop()} @save=${() => playground.save()}
        ></up-actions>
      </div>
      <div class="drop" ?hidden=${!this.dropping}><p><b>${t("picture.drop")}</b>${t("picture.drop.hint")}</p></div>
      <input id="photo" type="file" hidden accept=${PICTURES} aria-label=${t("picture.open")} @change=${this.#chosen} />
      <input id="model" type="file" hidden multiple aria-label=${t("model.open")} @change=${this.#chosen} />
      <up-help></up-help>
    `;
  }

  #subject(state: State): string {
    return state.sample ? t(`sample.${state.sample}`) : state.fileName;
  }

  #act(action: Action): void {
    if (action === "open") this.photoInput.click();
    else void this.playground.act(action);
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = ""; // or the same file could not be chosen again
    if (files.length > 0) void this.playground.openFiles(files);
  }

  #bring(event: Event, data: DataTransfer | null): void {
    this.dropping = false;
    if (!data || (event.type === "paste" && data.files.length === 0)) return;
    event.preventDefault();
    void this.playground.openFiles([...data.files]);
  }

  #dragged(event: DragEvent): void {
    event.preventDefault();
    this.dropping = true;
  }

  #key(event: KeyboardEvent): void {
    if (!isFreeKey(event)) return;
    const { playground } = this;
    const { activity } = playground.state;
    if (event.key === "o") this.photoInput.click();
    else if (event.key === "r") void playground.run();
    else if (event.key === "s") void playground.save();
    else if (event.key === "?") this.help.show();
    else if (event.key === "Escape" && activity) playground.stop();
    else return;
    event.preventDefault();
  }
}
