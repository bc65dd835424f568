import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Column, type Row, sorted, winners } from "../app/ranking";
import { decibels, decimal, duration, Localized, share, t, thousands } from "../i18n";
import { icons } from "./icons";
import { shared } from "./shared";

export interface NamedRow extends Row {
  name: string;
  /** The error, or the progress. */
  note: string;
}

const SCORES: Column[] = ["psnr", "ssim", "mae"];
const COSTS: Column[] = ["time", "parameters", "checkerboard"];
/** Columns of label pictures. */
const LABEL_SCORES: Column[] = ["iou", "accuracy"];
const LABEL_COSTS: Column[] = ["time", "parameters"];

/** The results as a sortable table. Emits `choose` with a result's id, and `close`. */
@customElement("up-results")
export class Results extends Localized {
  @property({ attribute: false }) rows: NamedRow[] = [];
  /** The methods' input, for reference. */
  @property({ attribute: false }) input: NamedRow | null = null;
  @property() chosen: string | null = null;
  /** Whether there is a reference to score against. */
  @property({ type: Boolean }) test = false;
  /** Whether the degradation changed nothing, so that nothing is scored. */
  @property({ type: Boolean }) unchanged = false;
  /** Whether the reference is a mask. */
  @property({ type: Boolean }) masked = false;
  /** Whether some networks output gray only. */
  @property({ type: Boolean }) gray = false;
  @state() private column: Column = "psnr";
  @state() private turned = false;

  static override styles = [
    shared,
    css`
      .title {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: 2px 8px 0 20px;
      }
      .title button {
        min-height: 32px;
      }
      section {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        min-height: 0;
      }
      :host {
        display: grid;
        overflow: hidden;
        border-top: 1px solid var(--hairline);
        background: var(--surface);
      }
      .scroll {
        container-type: inline-size;
        overflow: auto;
        overscroll-behavior: contain;
        outline-offset: -2px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      th,
      td {
        padding: 0 12px;
        height: 34px;
        text-align: right;
        font-weight: 400;
      }
      :is(th, td):first-child {
        padding-left: 20px;
        text-align: left;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--surface);
        box-shadow: inset 0 -1px 0 var(--hairline);
        color: var(--ink-soft);
        font-size: 12px;
        font-weight: 600;
      }
      thead th button {
        min-height: 32px;
        padding: 0 6px;
        margin-right: -6px;
        gap: 4px;
        background: none;
        font: inherit;
        color: inherit;
      }
      thead th button[data-sorts] {
        color: var(--ink);
      }
      tbody button {
        justify-content: start;
        min-height: 30px;
        margin-left: -8px;
        padding: 0 8px;
        background: none;
        text-align: left;
      }
      tr[data-chosen] {
        background: var(--fill);
      }
      tr[data-chosen] button {
        font-weight: 600;
      }
      .wins,
      small {
        margin-left: 6px;
        font-size: 12px;
        color: var(--accent);
      }
      small {
        color: var(--ink-soft);
      }
      .reference {
        color: var(--ink-soft);
      }
      p {
        position: sticky;
        left: 0;
        max-width: 100cqw;
        padding: 8px 20px 12px;
      }
    `,
  ];

  protected override render() {
    const [scores, costs] = this.masked ? [LABEL_SCORES, LABEL_COSTS] : [SCORES, COSTS];
    const columns = this.test && !this.unchanged ? [...scores, ...costs] : costs;
    const column = columns.includes(this.column) ? this.column : (columns[0] ?? "time");
    const best = winners(this.rows);
    return html`<section aria-label=${t("tools.table")}><div class="title"><h2>${t("tools.table")}</h2>
      <button class="icon plain" aria-label=${t("help.close")}
        @click=${() => this.dispatchEvent(new CustomEvent("close"))}>${icons.close}</button></div>
    <div class="scroll" role="group" tabindex="0" aria-label=${t("tools.table")}><table>
      <thead><tr>
        <th scope="col">${t("results.method")}</th>
        ${columns.map((one) => this.#renderHead(one, column))}
      </tr></thead>
      <tbody>
        ${sorted(this.rows, column, this.turned).map(
          (row) => html`<tr ?data-chosen=${row.id === this.chosen}>
            <th scope="row">
              <button aria-pressed=${row.id === this.chosen ? "true" : "false"}
                @click=${() => this.dispatchEvent(new CustomEvent("choose", { detail: row.id }))}>${row.name}</button>
              ${best.includes(row.id) ? html`<span class="wins">${t(best.length > 1 ? "result.tie" : "result.best")}</span>` : nothing}
              ${row.note ? html`<small>${row.note}</small>` : nothing}
            </th>
            ${columns.map((one) => html`<td>${say(row, one)}</td>`)}
          </tr>`,
        )}
        ${
          this.input
            ? html`<tr class="reference"><th scope="row">${this.input.name}</th>
              ${columns.map((one) => html`<td>${say(this.input as NamedRow, one)}</td>`)}</tr>`
            : nothing
        }
      </tbody>
    </table>
    <p class="sentence">${this.#sentence()}</p></div></section>`;
  }

  #sentence(): string {
    if (this.masked) return t(this.test ? "results.labels.sentence" : "results.mask.sentence");
    if (this.unchanged) return [t("notice.unchanged"), t("results.checkerboard.sentence")].join(" ");
    const gray = this.test && this.gray ? [t("results.gray.sentence")] : [];
    return [
      t(this.test ? "results.scores.sentence" : "results.test.sentence"),
      ...gray,
      t("results.checkerboard.sentence"),
    ].join(" ");
  }

  #renderHead(one: Column, by: Column) {
    const less = one === "mae" || COSTS.includes(one);
    const rising = less !== this.turned;
    const sorts = one === by;
    return html`<th scope="col" aria-sort=${sorts ? (rising ? "ascending" : "descending") : nothing}>
      <button ?data-sorts=${sorts} title=${t(`results.${one}.title`)} @click=${() => this.#sort(one, by)}>
        ${t(`results.${one}`)}${sorts ? (rising ? " ↑" : " ↓") : ""}
      </button>
    </th>`;
  }

  #sort(column: Column, by: Column): void {
    this.turned = column === by && !this.turned;
    this.column = column;
  }
}

function say({ scores, agreement, milliseconds, parameters, checkerboard }: Row, column: Column): string {
  const nothing = "–";
  switch (column) {
    case "psnr":
      return scores ? decibels(scores.psnr) : nothing;
    case "ssim":
      return scores?.ssim == null ? nothing : decimal(scores.ssim, 3);
    case "mae":
      return scores ? decimal(scores.mae, 2) : nothing;
    case "iou":
      return agreement?.meanIou == null ? nothing : share(agreement.meanIou);
    case "accuracy":
      return agreement?.pixelAccuracy == null ? nothing : share(agreement.pixelAccuracy);
    case "time":
      return milliseconds === null ? nothing : duration(milliseconds);
    case "parameters":
      return parameters ? thousands(parameters) : nothing;
    case "checkerboard":
      return checkerboard === null ? nothing : decibels(checkerboard);
  }
}
