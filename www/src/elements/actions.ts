import { css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { methodName } from "../app/panes";
import type { Activity, Expected, Outcome } from "../app/state";
import { bytes, duration, Localized, percent, plural, t } from "../i18n";
import { icons } from "./icons";
import "./keep-menu";
import type { KeepMenu } from "./keep-menu";
import { shared } from "./shared";

/**
 * Run or Stop, Save and its menu, and the progress. On narrow screens also opens a photo. Emits `run`, `stop`, `save`,
 * `keep`, `open-photo`.
 */
@customElement("up-actions")
export class Actions extends Localized {
  @property({ attribute: false }) activity: Activity | null = null;
  @property({ attribute: false }) outcome: Outcome = { kind: "ready" };
  /** Estimated cost of a run. */
  @property({ attribute: false }) expected: Expected | null = null;
  @property({ type: Boolean }) canSave = false;
  /** Name of the running task, shown where the controls may be closed. */
  @property() task = "";
  /** Name of the chosen result, which is saved. */
  @property() saves = "";
  /** Address of the lab for the chosen network's upsampling. */
  @property() lab = "";
  /** Address of the inspector for the chosen network. */
  @property() inspect = "";

  /** Forbids opening other photos and using the result as one. */
  @property({ type: Boolean, reflect: true }) fixed = false;

  /** Progress of all results, 0 to 1. */
  @property({ type: Number }) done = 0;

  @query("up-keep") private menu!: KeepMenu;
  /** Quarters of the current work that were announced. */
  #quarter = 0;

  static override styles = [
    shared,
    css`
      .status {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 12px;
        min-height: 20px;
        line-height: 20px;
        font-variant-numeric: tabular-nums;
      }
      .estimate {
        color: var(--ink-soft);
      }
      /* A long file name must not move the pictures above. */
      .name {
        flex: 1 1 50%;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .estimate:empty {
        display: none; /* or it would take a share of the row */
      }
      .bar {
        position: relative;
        height: 3px;
        margin: 8px 0 14px;
        border-radius: 2px;
        background: var(--fill);
        overflow: hidden;
      }
      .bar i {
        position: absolute;
        inset: 0;
        border-radius: inherit;
        background: var(--accent);
        transform: scaleX(var(--part, 0));
        transform-origin: left;
        transition: transform 120ms linear, opacity 300ms ease;
      }
      .bar[data-idle] i {
        opacity: 0;
      }
      .bar[data-open] i {
        transform: none;
        width: 30%;
        animation: pass 1.3s ease-in-out infinite;
      }
      @keyframes pass {
        from {
          left: -30%;
        }
        to {
          left: 100%;
        }
      }
      .buttons {
        display: grid;
        grid-template-columns: minmax(84px, auto) minmax(0, 1fr) auto;
        gap: 8px;
      }
      @media (max-width: 899px) {
        .buttons {
          grid-template-columns: auto minmax(84px, auto) minmax(0, 1fr) auto;
        }
      }
      /* The controls beside it have a button of their own; long names of results need the room. */
      @media (min-width: 640px) and (max-width: 899px) and (max-height: 520px) {
        :host([data-beside]) .open {
          display: none;
        }
        :host([data-beside]) .buttons {
          grid-template-columns: minmax(84px, auto) minmax(0, 1fr) auto;
        }
      }
      .task {
        color: var(--ink-soft);
      }
      @media (min-width: 900px) {
        .task {
          display: none;
        }
        .status {
          align-content: start;
          min-height: 40px;
        }
        .open {
          display: none;
        }
      }
      .buttons button {
        min-height: 44px;
        padding: 0 8px;
        white-space: nowrap;
      }
      .buttons .save {
        padding-block: 4px;
      }
      .save span {
        display: grid;
        min-width: 0;
        text-align: left;
        line-height: 18px;
      }
      .save small {
        overflow: hidden;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        font-size: 12px;
        line-height: 16px;
        white-space: normal;
        overflow-wrap: anywhere;
        color: var(--ink-soft);
      }
      .save:disabled small {
        color: inherit;
      }
      :host([fixed]) .open {
        display: none;
      }
      :host([fixed]) .buttons {
        grid-template-columns: minmax(84px, auto) minmax(0, 1fr) auto;
      }
      /* In a small frame of another page: the bar and the live region report the progress. */
      @media (max-width: 699px) and (max-height: 479px) {
        :host([data-embed]) .status > :not(.hidden) {
          display: none;
        }
        :host([data-embed]) .status {
          min-height: 0;
        }
        :host([data-embed]) .bar {
          margin: 0 0 6px;
        }
        :host([data-embed]) .buttons button {
          min-height: 40px;
        }
        :host([data-embed]) .save small {
          -webkit-line-clamp: 1;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .bar[data-open] i {
          left: 0;
          width: 100%;
          opacity: 0.4;
        }
      }
    `,
  ];

  /** Whether the menu is open; Escape closes it. */
  get open(): boolean {
    return this.menu.open;
  }

  protected override willUpdate(): void {
    if (!this.activity) this.#quarter = 0;
    else if (this.activity.kind === "compute" || this.activity.kind === "batch") {
      this.#quarter = Math.max(this.#quarter, Math.min(Math.floor((this.#part() ?? 0) * 4), 3));
    }
  }

  protected override render() {
    const { activity, expected } = this;
    const part = this.#part();
    const stops = activity !== null && activity.kind !== "saving";
    return html`<section aria-label=${t("run.label")}>
      <div class="status">
        <span class=${!activity && this.outcome.kind === "saved" ? "name" : ""}>${this.#status()}</span>
        <span class="task">${this.task}</span>
        <span class="estimate">${expected && activity?.kind !== "compute" ? describe(expected) : ""}</span>
        <span class="hidden" role="status">${this.#spoken()}</span>
      </div>
      <div class="bar" role="progressbar" aria-label=${t("run.progress")} aria-valuemin="0" aria-valuemax="100"
        aria-valuenow=${part === null ? (activity ? 0 : 100) : Math.round(part * 100)}
        ?data-idle=${!activity} ?data-open=${activity !== null && part === null}><i></i></div>
      <div class="buttons">
        <button class="open" aria-label=${t("picture.open")} title=${t("picture.open")}
          @click=${() => this.#emit("open-photo")}>${icons.photo}</button>
        <button class="primary" @click=${() => this.#emit(stops ? "stop" : "run")}>
          ${stops ? icons.stop : icons.run} ${t(stops ? "run.stop" : "run.run")}</button>
        <button class="save" ?disabled=${!this.canSave} @click=${() => this.#emit("save")}>
          ${icons.save} <span>${t("run.save")} <small>${this.saves}</small></span></button>
        <up-keep ?disabled=${!this.canSave} .lab=${this.lab} .inspect=${this.inspect} .fixed=${this.fixed}
          @keep=${(event: CustomEvent) => this.#emit("keep", event.detail)}></up-keep>
      </div>
    </section>`;
  }

  protected override updated(): void {
    this.renderRoot.querySelector<HTMLElement>(".bar")?.style.setProperty("--part", String(this.#part() ?? 0));
  }

  /** Progress of the whole work, 0 to 1; null if unknown, or if nothing runs. */
  #part(): number | null {
    if (!this.activity) return null;
    return this.activity.kind === "compute" ? this.done : partOf(this.activity);
  }

  #status(): string {
    const { activity, outcome } = this;
    if (activity) return describeActivity(activity);
    if (outcome.kind === "done") return t(`status.done.${outcome.backend}`, { time: duration(outcome.milliseconds) });
    if (outcome.kind === "saved") return t("status.saved", { name: outcome.name });
    return t(`status.${outcome.kind}`);
  }

  /** Text of the live region: the start, each quarter of the whole work, and how it ended. */
  #spoken(): string {
    if (!this.activity) return this.#status();
    return this.#quarter > 0 ? t("status.part", { percent: percent(this.#quarter / 4) }) : t("status.busy");
  }

  #emit(name: "run" | "stop" | "save" | "keep" | "open-photo", detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Progress of work other than computing results. */
function partOf(activity: Exclude<Activity, { kind: "compute" }>): number | null {
  if (activity.kind === "batch") return activity.done / activity.total;
  if (activity.kind === "download" && activity.total) return Math.min(activity.loaded / activity.total, 1);
  return null;
}

function describeActivity(activity: Activity): string {
  switch (activity.kind) {
    case "compute": {
      const said = { method: methodName(activity.method), percent: percent(activity.fraction) };
      if (activity.left === null) return t("status.compute", said);
      return t("status.compute.left", { ...said, time: duration(Math.ceil(activity.left / 1000) * 1000) });
    }
    case "gathering":
      return t("status.gathering", { found: activity.found });
    case "batch": {
      const done = Math.min(Math.floor(activity.done), activity.total - 1);
      return t("status.batch", { done: done + 1, total: activity.total, percent: percent(activity.done - done) });
    }
    case "download": {
      const loaded = bytes(activity.loaded);
      if (activity.total === null) return t("status.download.open", { loaded });
      return t("status.download", { loaded, total: bytes(activity.total) });
    }
    default:
      return t(`status.${activity.kind}`);
  }
}

function describe({ tiles, peakBytes, milliseconds, resized }: Expected): string {
  const said = { tiles, memory: bytes(peakBytes), time: duration(milliseconds) };
  const run = plural("run.estimate", tiles, said);
  return resized ? `${run}. ${t("run.resized", { width: resized[0], height: resized[1] })}` : run;
}
