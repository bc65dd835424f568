import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icons } from "../elements/icons";
import type { BackendName } from "../engine";
import "../elements/segments";
import { shared } from "../elements/shared";
import { bytes, decimal, Localized, percent, share, t } from "../i18n";
import type { Profile } from "../inspection";
import type { InspectedModel } from "./inspected";
import type { Phase } from "./inspector";
import { csv, type KernelRow, kernelRows, ORDERS, type Order, ordered } from "./kernels";
import { shapeWords } from "./names";
import { kindWords, milliseconds } from "./words";

/**
 * Every kernel of the network with its time. Emits `pick` with the index of a row's box, `measure`, `stop`, and `save`
 * with comma-separated values.
 */
@customElement("inspect-times")
export class TimesTable extends Localized {
  @property({ attribute: false }) inspected!: InspectedModel;
  /** Index of the selected box. */
  @property({ type: Number }) at = 0;
  /** null until measured. */
  @property({ attribute: false }) profile: Profile | null = null;
  @property() backend: BackendName | null = null;
  @property() phase: Phase = "waiting";
  @state() private order: Order = "network";
  @query(".scroll") private scroller!: HTMLElement | null;

  static override styles = [
    shared,
    css`
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        margin-bottom: 12px;
      }
      .actions up-segments {
        min-width: min(100%, 260px);
        margin-right: auto;
        font-size: 13px;
      }
      .status {
        color: var(--ink-soft);
      }
      .scroll {
        position: relative;
        max-height: min(560px, 80dvh);
        overflow: auto;
        border: 1px solid var(--hairline);
        border-radius: var(--radius);
        outline-offset: -2px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      th,
      td {
        height: 34px;
        padding: 0 12px;
        text-align: right;
        font-weight: 400;
      }
      :is(th, td).words {
        text-align: left;
      }
      thead th {
        position: sticky;
        z-index: 1;
        top: 0;
        background: var(--surface);
        box-shadow: inset 0 -1px 0 var(--hairline);
        color: var(--ink-soft);
        font-size: 12px;
        font-weight: 600;
      }
      tbody tr[data-box] {
        cursor: pointer;
      }
      tbody tr[data-box]:hover {
        background: var(--fill);
      }
      tr[data-chosen] {
        background: var(--fill);
      }
      tr[data-chosen] button {
        font-weight: 600;
      }
      tbody th button {
        justify-content: start;
        min-height: 30px;
        max-width: 240px;
        margin-left: -8px;
        padding: 0 8px;
        background: none;
      }
      tbody th span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      tbody th > span {
        display: inline-block;
        max-width: 240px;
        vertical-align: middle;
      }
      small {
        margin-left: 4px;
        font-size: 12px;
        color: var(--ink-soft);
      }
      .time {
        min-width: 150px;
      }
      .time > div {
        display: grid;
        grid-template-columns: 1fr 64px;
        align-items: center;
        gap: 8px;
      }
      .bar {
        height: 8px;
        border-radius: 4px;
        background: var(--fill);
        overflow: hidden;
      }
      .bar i {
        display: block;
        height: 100%;
        border-radius: 4px;
        background: var(--ink-soft);
      }
      [data-chosen] .bar {
        background: var(--fill-active);
      }
      [data-chosen] .bar i {
        background: var(--accent);
      }
      tfoot th,
      tfoot td {
        position: sticky;
        bottom: 0;
        background: var(--surface);
        box-shadow: inset 0 1px 0 var(--hairline);
        font-weight: 600;
      }
      p {
        margin-top: 10px;
        max-width: 86ch;
      }
      @media (max-width: 520px) {
        th,
        td {
          padding: 0 8px;
        }
        tbody th :is(button, span) {
          max-width: 132px;
        }
        .time {
          min-width: 118px;
        }
        .time > div {
          grid-template-columns: 1fr 56px;
        }
      }
    `,
  ];

  protected override updated(changed: PropertyValues): void {
    if (changed.has("at") || changed.has("profile")) this.#reveal();
  }

  /** Scrolls to the first row of the selected box within the table, without scrolling the page. */
  #reveal(): void {
    const { scroller } = this;
    const row = scroller?.querySelector<HTMLElement>("tr[data-chosen]");
    if (!scroller || !row) return;
    const edge = (part: string) => scroller.querySelector<HTMLElement>(part)?.offsetHeight ?? 0;
    const [above, below] = [row.offsetTop - edge("thead"), row.offsetTop + row.offsetHeight + edge("tfoot")];
    if (above < scroller.scrollTop) scroller.scrollTop = above;
    else if (below > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = below - scroller.clientHeight;
  }

  protected override render() {
    const { profile, inspected } = this;
    const rows = profile ? kernelRows(profile.kernels, inspected) : [];
    const measuring = this.phase === "measuring";
    return html`<div class="actions">
      ${
        profile
          ? html`<up-segments .label=${t("inspect.times.order")} .value=${this.order}
            .options=${ORDERS.map((value) => ({ value, label: t(`inspect.times.order.${value}`) }))}
            @pick=${({ detail }: CustomEvent<Order>) => (this.order = detail)}></up-segments>`
          : nothing
      }
      <span class="status">${this.#status()}</span>
      <button @click=${() => this.dispatchEvent(new Event(measuring ? "stop" : "measure"))}>
        ${icons[measuring ? "stop" : "again"]} ${t(measuring ? "run.stop" : profile ? "inspect.times.again" : "inspect.times.measure")}</button>
      ${
        profile
          ? html`<button @click=${() => this.dispatchEvent(new CustomEvent<string>("save", { detail: csv(rows) }))}>${icons.save} ${t("inspect.times.save")}</button>`
          : nothing
      }</div>
      ${profile ? this.#table(rows) : nothing}`;
  }

  #status(): string {
    switch (this.phase) {
      case "measuring":
        return t("inspect.doing.times");
      case "stopped":
        return t("status.stopped");
      case "waiting":
        return t("inspect.time.soon");
      case "done":
        return "";
    }
  }

  #table(rows: readonly KernelRow[]) {
    const most = Math.max(...rows.map(({ milliseconds }) => milliseconds), 1e-9);
    const all = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const bounded = rows.some(({ bound }) => bound !== null);
    const backend = this.backend ? t(`backend.${this.backend}`) : "";
    return html`<div class="scroll" role="group" tabindex="0" aria-label=${t("inspect.times.table", { backend })}><table>
        <thead><tr>
          <th scope="col" class="words">${t("inspect.times.node")}</th>
          <th scope="col">${t("results.time")}</th>
          <th scope="col">${t("inspect.times.share")}</th>
          <th scope="col">GFLOP/s</th>
          ${bounded ? html`<th scope="col">${t("inspect.times.bound")}</th>` : nothing}
          <th scope="col" class="words">${t("inspect.times.kernel")}</th>
          <th scope="col">${t("inspect.fact.shape")}</th>
          <th scope="col">${t("inspect.times.bytes")}</th>
        </tr></thead>
        <tbody>${ordered(rows, this.order).map((row) => this.#row(row, most, bounded))}</tbody>
        <tfoot><tr><th scope="row" class="words">${t("inspect.times.all")}</th><td>${milliseconds(all)}</td><td colspan=${bounded ? 6 : 5}></td></tr></tfoot>
      </table></div>
      <p class="sentence">${t(bounded ? "inspect.times.sentence" : "inspect.times.gpu")}</p>`;
  }

  #row(row: KernelRow, most: number, bounded: boolean) {
    const { box: at, node, op, kernel, shape, milliseconds: ms, rate, ofBound } = row;
    const box = at === null ? undefined : this.inspected.graph.boxes[at];
    const chosen = box !== undefined && at === this.at;
    const pick = () => this.dispatchEvent(new CustomEvent<number | null>("pick", { detail: at }));
    const ops = box ? kindWords(box) : op;
    const missing = "–";
    return html`<tr data-box=${box ? at : nothing} ?data-chosen=${chosen} @click=${box ? pick : nothing}>
      <th scope="row" class="words" title=${node}>${
        box
          ? html`<button aria-pressed=${chosen ? "true" : "false"}><span>${box.name}</span></button>`
          : html`<span>${node || op}</span>`
      }</th>
      <td class="time"><div><span class="bar"><i .style=${`width:${(100 * ms) / most}%`}></i></span><span>${milliseconds(ms)}</span></div></td>
      <td>${share(row.share)}</td>
      <td>${rate === null ? missing : decimal(rate, 1)}</td>
      ${bounded ? html`<td>${ofBound === null ? missing : percent(ofBound)}</td>` : nothing}
      <td class="words">${kernel || t("inspect.times.none")}${ops === kernel ? nothing : html` <small>${ops}</small>`}</td>
      <td>${shapeWords(shape)}</td>
      <td>${bytes(row.bytes)}</td>
    </tr>`;
  }
}
