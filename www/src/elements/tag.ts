import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Pane } from "../app/panes";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";

/** The name and caption of a picture; with `panes`, a choice of another one. Emits `pick`. */
@customElement("up-tag")
export class Tag extends Localized {
  @property({ attribute: false }) pane!: Pane;
  @property({ attribute: false }) panes: Pane[] = [];
  /** Label of the choice. */
  @property() label = "";
  /** Red, green, blue, alpha of the probed pixel. */
  @property({ attribute: false }) value: number[] | null = null;

  static override styles = [
    shared,
    css`
      div {
        position: relative;
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        max-width: 100%;
        min-height: 26px;
        padding: 2px 11px;
        border-radius: 13px;
        background: rgb(20 20 18 / 0.72);
        backdrop-filter: blur(10px);
        color: #fff;
        font-size: 12px;
        line-height: 18px;
        font-variant-numeric: tabular-nums;
      }
      /* The arrow stays beside a name of two lines. */
      b {
        display: inline-flex;
        align-items: center;
        min-width: 0;
        font-weight: 550;
      }
      span {
        color: rgb(255 255 255 / 0.82);
        white-space: nowrap;
      }
      span + .time::before {
        content: "· ";
      }
      /* In a narrow place, the picture needs the room more than the tag. */
      @container (max-width: 480px) {
        .time {
          display: none;
        }
      }
      @container (max-width: 240px) {
        div {
          gap: 0 6px;
          min-height: 20px;
          padding: 1px 8px;
          border-radius: 10px;
          font-size: 11px;
          line-height: 18px;
        }
      }
      .wins {
        color: #ffc59a;
      }
      svg {
        flex: none;
        width: 12px;
        height: 12px;
        margin-left: 8px;
        vertical-align: -1px;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.8;
        stroke-linecap: round;
      }
      div:has(select:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      i {
        width: 12px;
        height: 12px;
        border-radius: 3px;
        box-shadow: 0 0 0 1px rgb(255 255 255 / 0.5);
      }
    `,
  ];

  protected override render() {
    const { pane, panes, value } = this;
    const { name, caption, time, wins } = pane;
    return html`<div>
      <b>${name}${panes.length > 2 ? icons.down : nothing}</b>
      ${caption ? html`<span>${caption}</span>` : nothing}
      ${time ? html`<span class="time">${time}</span>` : nothing}
      ${wins ? html`<span class="wins">${t(wins === "tie" ? "result.tie" : "result.best")}</span>` : nothing}
      ${value ? html`<i></i><span>${value.slice(0, 3).join(" ")}</span>` : nothing}
      ${
        panes.length > 2
          ? html`<select class="over" aria-label=${this.label} @change=${this.#pick}>
            ${panes.map((one) => html`<option value=${one.id} ?selected=${one.id === pane.id}>${one.name}</option>`)}
          </select>`
          : nothing
      }
    </div>`;
  }

  protected override updated(): void {
    const swatch = this.renderRoot.querySelector<HTMLElement>("i");
    if (swatch && this.value) swatch.style.background = `rgb(${this.value.slice(0, 3).join(" ")})`;
    const select = this.renderRoot.querySelector("select");
    if (select) select.value = this.pane.id;
  }

  #pick(event: Event): void {
    const detail = (event.target as HTMLSelectElement).value;
    this.dispatchEvent(new CustomEvent<string>("pick", { detail }));
  }
}
