import { css, html, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icons } from "../elements/icons";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";

/** Milliseconds per step during playback. */
const PACE = 700;

/** Steps through the operator's computation. Emits `step` with the number of finished steps. */
@customElement("lab-scrub")
export class Scrub extends Localized {
  @property({ type: Number }) steps = 0;
  @property({ type: Number }) done = 0;
  @state() private playing = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [
    shared,
    css`
      .scrub {
        display: grid;
        grid-template-columns: auto auto 1fr auto auto;
        align-items: center;
        gap: 6px;
        max-width: 560px;
        margin: 0 auto;
      }
      input {
        width: 100%;
        margin: 0 4px;
        accent-color: var(--ink);
      }
      output {
        min-width: 52px;
        text-align: right;
        font-variant-numeric: tabular-nums;
        color: var(--ink-soft);
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("steps")) this.#stop();
  }

  protected override render() {
    const { steps, done, playing } = this;
    const step = (label: "lab.step.back" | "lab.step.on", to: number, icon: unknown) => html`<button class="plain icon"
      aria-label=${t(label)} title=${t(label)} ?disabled=${to < 0 || to > steps} @click=${() => this.#go(to)}>${icon}</button>`;
    const play = t(playing ? "lab.step.pause" : "lab.step.play");
    return html`<div class="scrub">
      <button class="plain icon" aria-label=${play} title=${play} @click=${() => (playing ? this.#stop() : this.#play())}>
        ${playing ? icons.stop : icons.run}</button>
      ${step("lab.step.back", done - 1, icons.minus)}
      <input type="range" min="0" .max=${String(steps)} .value=${String(done)} aria-label=${t("lab.step")}
        aria-valuetext=${t("lab.step.value", { done, steps })}
        @input=${(event: Event) => this.#go(Number((event.target as HTMLInputElement).value))} />
      ${step("lab.step.on", done + 1, icons.plus)}
      <output aria-hidden="true">${done} / ${steps}</output>
    </div>`;
  }

  #go(step: number): void {
    this.#stop();
    this.#emit(step);
  }

  #play(): void {
    this.playing = true;
    this.#emit(this.done >= this.steps ? 1 : this.done + 1);
    this.#timer = setInterval(() => {
      if (this.done >= this.steps) this.#stop();
      else this.#emit(this.done + 1);
    }, PACE);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  #emit(detail: number): void {
    this.dispatchEvent(new CustomEvent("step", { detail }));
  }
}
