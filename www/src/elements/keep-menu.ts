import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { Localized, t } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";

const WAYS = ["as", "share", "copy", "sheet", "report", "next"] as const;
export type Way = (typeof WAYS)[number];

const GLYPHS = {
  as: icons.save,
  share: icons.share,
  copy: icons.copy,
  sheet: icons.grid,
  report: icons.report,
  next: icons.next,
};

/** Whether this device can share pictures with other apps. */
function shares(): boolean {
  return navigator.canShare?.({ files: [new File([], "picture.png", { type: "image/png" })] }) ?? false;
}

/** Further ways to save a result, behind one button. Emits `keep` with the way. */
@customElement("up-keep")
export class KeepMenu extends Localized {
  @property({ type: Boolean }) disabled = false;
  /** Address of the lab for the chosen network's upsampling; empty: none. */
  @property() lab = "";
  /** Address of the inspector for the chosen network; empty: none. */
  @property() inspect = "";
  /** The result cannot become the photo. */
  @property({ type: Boolean }) fixed = false;
  @query("#ways") private list!: HTMLElement;

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
      }
      #more {
        anchor-name: --more;
        width: 44px;
        min-height: 44px;
        height: 100%; /* as tall as what is beside it */
        padding: 0;
      }
      #ways {
        position: fixed;
        inset: auto 16px calc(84px + env(safe-area-inset-bottom)) auto;
        width: max-content;
        max-width: calc(100vw - 24px);
        margin: 0;
        padding: 5px;
        border: 0;
        border-radius: calc(var(--radius) + 5px);
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }
      @supports (bottom: anchor(top)) {
        #ways {
          position-anchor: --more;
          inset: auto anchor(right) calc(anchor(top) + 6px) auto;
        }
      }
      #ways:popover-open {
        display: grid;
      }
      #ways button,
      #ways a {
        display: flex;
        align-items: center;
        gap: 8px;
        justify-content: start;
        min-height: 36px;
        padding: 0 14px 0 10px;
        border-radius: var(--radius);
        background: none;
        color: inherit;
        text-decoration: none;
      }
      #ways :is(button, a):hover {
        background: var(--fill);
      }
    `,
  ];

  get open(): boolean {
    return this.list.matches(":popover-open");
  }

  protected override render() {
    return html`
      <button id="more" popovertarget="ways" ?disabled=${this.disabled} aria-label=${t("keep.more")} title=${t("keep.more")}>
        ${icons.more}
      </button>
      <div id="ways" popover role="group" aria-label=${t("keep.more")}>
        ${WAYS.filter((way) => (way !== "share" || shares()) && (way !== "next" || !this.fixed)).map((way) => html`<button @click=${() => this.#keep(way)}>${GLYPHS[way]} ${t(`keep.${way}`)}</button>`)}
        ${this.inspect ? html`<a href=${this.inspect}>${icons.network} ${t("keep.inspect")}</a>` : nothing}
        ${this.lab ? html`<a href=${this.lab}>${icons.model} ${t("keep.lab")}</a>` : nothing}
      </div>
    `;
  }

  #keep(detail: Way): void {
    this.list.hidePopover();
    this.dispatchEvent(new CustomEvent<Way>("keep", { detail }));
  }
}
