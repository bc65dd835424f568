import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { decimal, Localized, t } from "../i18n";
import type { FeatureLook } from "../inspection";
import type { FeaturesInfo, Point } from "../protocol";
import "../elements/bitmap";
import type { Inspector } from "./inspector";
import "./enlarged";

export type Way = Pick<FeatureLook, "scale" | "colors">;
/** Channels per page. */
const PAGE = 32;

/** The channels of one value as a grid of pictures to choose from, and the chosen one enlarged. Emits `channel`. */
@customElement("inspect-maps")
export class FeatureMaps extends Localized {
  @property({ attribute: false }) inspector!: Inspector;
  @property({ attribute: false }) features!: FeaturesInfo;
  @property({ attribute: false }) way: Way = { scale: "local", colors: "gray" };
  @property({ type: Number }) channel = 0;
  /** Width of the plane that max-pooling indices refer to. */
  @property({ type: Number }) across = 1;
  @property() name = "";
  @state() private pictures: ImageBitmap[] = [];
  @state() private large: ImageBitmap | null = null;
  /** Key of the displayed page. */
  #drawn = "";
  #enlarged = "";

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      .maps {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(180px, 300px);
        gap: 18px;
        align-items: start;
      }
      .channels {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr));
        gap: 4px;
      }
      [role="option"] {
        position: relative;
        aspect-ratio: var(--aspect);
        border-radius: 3px;
        cursor: pointer;
      }
      [role="option"] up-bitmap {
        width: 100%;
        height: 100%;
        border-radius: inherit;
      }
      [aria-selected="true"] {
        outline: 2.5px solid var(--ink);
        outline-offset: 1px;
        z-index: 1;
      }
      [role="option"]:focus-visible {
        outline: 2.5px solid var(--accent);
        z-index: 2;
      }
      small {
        position: absolute;
        left: 3px;
        bottom: 2px;
        padding: 0 3px;
        border-radius: 3px;
        background: rgb(0 0 0 / 0.6);
        color: #fff;
        font-size: 10px;
        line-height: 13px;
      }
      .pages {
        display: flex;
        align-items: center;
        gap: 6px;
        margin-top: 8px;
        color: var(--ink-soft);
        font-variant-numeric: tabular-nums;
      }
      .pages button {
        min-height: 30px;
      }
      @container (max-width: 600px) {
        .maps {
          grid-template-columns: minmax(0, 1fr);
        }
        inspect-enlarged {
          grid-row: 1;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
    this.#drawn = this.#enlarged = "";
  }

  get #first(): number {
    return Math.floor(this.#chosen / PAGE) * PAGE;
  }

  get #chosen(): number {
    return Math.min(this.channel, this.features.channels - 1);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (["features", "way", "channel"].some((name) => changed.has(name as keyof FeatureMaps))) void this.#draw();
  }

  protected override render() {
    const { features, pictures, large } = this;
    const first = this.#first;
    const { channels, width, height } = features;
    return html`<div class="maps">
      <div>
        <div class="channels" role="listbox" aria-label=${t("inspect.channels", { name: this.name })} .style=${`--aspect:${Math.min(2, Math.max(0.5, width / height))};--side:${channels > 16 ? 60 : channels > 8 ? 76 : 104}px`} @keydown=${this.#key}>
          ${pictures.map((picture, at) => this.#option(first + at, picture))}
        </div>
        ${channels > PAGE ? this.#pages(first, channels) : nothing}
      </div>
      <inspect-enlarged .features=${features} .channel=${this.#chosen} .bitmap=${large} .across=${this.across}
        .read=${(at: Point) => this.inspector.value(features, this.#chosen, at)}></inspect-enlarged>
    </div>`;
  }

  #option(channel: number, picture: ImageBitmap) {
    const chosen = channel === this.#chosen;
    const [low = 0, high = 0] = this.features.ranges.subarray(2 * channel, 2 * channel + 2);
    const said = t("inspect.channel", { channel, low: decimal(low, 2), high: decimal(high, 2) });
    return html`<div role="option" data-channel=${channel} tabindex=${chosen ? 0 : -1} aria-selected=${chosen ? "true" : "false"} aria-label=${said} title=${said}
      @click=${() => this.#choose(channel)}><up-bitmap .bitmap=${picture}></up-bitmap><small aria-hidden="true">${channel}</small></div>`;
  }

  #pages(first: number, channels: number) {
    const last = Math.min(first + PAGE, channels);
    return html`<div class="pages">
      <button class="plain" ?disabled=${first === 0} @click=${() => this.#choose(first - PAGE)}>${t("inspect.page.before")}</button>
      <span>${t("inspect.page", { first, last: last - 1, channels })}</span>
      <button class="plain" ?disabled=${last === channels} @click=${() => this.#choose(first + PAGE)}>${t("inspect.page.after")}</button>
    </div>`;
  }

  #choose(detail: number): void {
    this.dispatchEvent(new CustomEvent<number>("channel", { detail }));
  }

  #key = async (event: KeyboardEvent): Promise<void> => {
    const options = [...this.renderRoot.querySelectorAll<HTMLElement>("[role=option]")];
    const top = options[0]?.offsetTop;
    const across = options.filter((each) => each.offsetTop === top).length;
    const by = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -across,
      ArrowDown: across,
      Home: -1e9,
      End: 1e9,
      PageUp: -PAGE,
      PageDown: PAGE,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#choose(Math.min(this.features.channels - 1, Math.max(0, this.#chosen + by)));
    await this.updateComplete;
    await this.#draw();
    // The focus may have moved meanwhile.
    const inside = this.shadowRoot?.activeElement;
    const gone = inside ? !inside.matches("[role=option]") : document.activeElement !== document.body;
    if (!gone) this.renderRoot.querySelector<HTMLElement>(`[data-channel="${this.#chosen}"]`)?.focus();
  };

  /** Draws the page and the enlarged channel, each only if it changed. */
  async #draw(): Promise<void> {
    const { features, way, inspector } = this;
    const { id, channels, width, height } = features;
    const first = this.#first;
    const drawn = `${id} ${first} ${way.scale} ${way.colors}`;
    const enlarged = `${id} ${this.#chosen} ${way.scale} ${way.colors}`;
    const ask = (look: Omit<FeatureLook, "scale" | "colors">) =>
      inspector.client.call("featureMaps", { features: id, look: { ...look, ...way } });
    try {
      if (this.#enlarged !== enlarged) {
        this.#enlarged = enlarged;
        const one = await ask({ first: this.#chosen, count: 1, columns: 1 });
        if (this.#enlarged !== enlarged) return one.close();
        this.large?.close();
        this.large = one;
      }
      if (this.#drawn === drawn) return;
      this.#drawn = drawn;
      const count = Math.min(PAGE, channels - first);
      const sheet = await ask({ first, count, columns: 8 });
      const parts = await Promise.all(
        Array.from({ length: count }, (_, at) =>
          createImageBitmap(sheet, (at % 8) * width, Math.floor(at / 8) * height, width, height),
        ),
      );
      sheet.close();
      if (this.#drawn !== drawn) return parts.forEach((part) => part.close());
      for (const old of this.pictures) old.close();
      this.pictures = parts;
      await this.updateComplete;
    } catch {
      this.#drawn = this.#enlarged = ""; // other features have replaced them
    }
  }

  #close(): void {
    for (const picture of this.pictures) picture.close();
    this.pictures = [];
    this.large?.close();
    this.large = null;
  }
}
