import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { State } from "../app/state";
import { bytes, Localized, t } from "../i18n";
import "./backend";
import { icons } from "./icons";
import "./noise";
import "./samples";
import { shared } from "./shared";

/** All that can be chosen, in the order of the work: picture, task, test, backend. */
@customElement("up-controls")
export class Controls extends Localized {
  @property({ attribute: false }) state!: State;

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
        display: grid;
        grid-template-columns: auto 1fr;
        align-items: center;
        gap: 12px;
        margin-bottom: 4px;
      }
      .hint,
      .sentence {
        font-size: 12px;
        line-height: 17px;
        color: var(--ink-soft);
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
      .task {
        display: grid;
        gap: 2px;
        padding: 10px 12px;
        border-radius: calc(var(--radius) + 2px);
        background: var(--fill);
        line-height: 20px;
      }
      .task b {
        font-weight: 600;
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
      .link:hover {
        background: var(--fill);
        color: var(--ink);
      }
      .privacy {
        font-size: 12px;
        line-height: 17px;
        color: var(--ink-soft);
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
    return html`<div class="column" role="region" aria-label=${t("controls.label")}>
      <section aria-labelledby="picture">
        <h2 id="picture">${t("picture.heading")}</h2>
        <div class="open">
          <button @click=${() => this.#emit("open-photo")}>${icons.photo} ${t("picture.open")}</button>
          <p class="hint">${t("picture.hint")}</p>
        </div>
        <up-samples .chosen=${state.sample} @sample=${this.#forward}></up-samples>
        <p class="name">${this.#picture()}</p>
      </section>
      <section aria-labelledby="task">
        <h2 id="task">${t("task.heading")}</h2>
        ${this.#renderTask()}
      </section>
      <section aria-labelledby="noise">
        <h2 id="noise">${t("noise.heading")}</h2>
        <up-noise .noise=${state.noise} @noise=${this.#forward}></up-noise>
        <p class="sentence">${t("noise.sentence")}</p>
      </section>
      <section aria-labelledby="backend">
        <h2 id="backend">${t("backend.heading")}</h2>
        <up-backend .choice=${state.choice} .engine=${state.engine} .starting=${state.activity?.kind === "starting"}
          @backend=${this.#forward}></up-backend>
      </section>
      <p class="privacy">${t("app.privacy")}</p>
    </div>`;
  }

  #picture() {
    const { sample, fileName, before } = this.state;
    if (!before) return nothing;
    const name = sample ? t(`sample.${sample}`) : fileName;
    return html`${name} <small>${t("picture.size", before.size as unknown as Record<string, number>)}</small>`;
  }

  #renderTask() {
    const { model } = this.state;
    if (!model?.own) {
      return html`<div class="task"><b>${t("task.denoise")}</b><p class="sentence">${t("task.denoise.sentence")}</p></div>
        <button class="link" @click=${() => this.#emit("open-model")}>${icons.model} ${t("model.open")}</button>`;
    }
    const facts = t("model.facts", { name: model.name, size: bytes(model.bytes) });
    return html`<div class="task"><b>${facts}</b><p class="sentence">${t("task.own.sentence")}</p></div>
      <button class="link" @click=${() => this.#emit("shipped-model")}>${icons.model} ${t("model.shipped")}</button>`;
  }

  #forward(event: CustomEvent): void {
    this.#emit(event.type, event.detail);
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
