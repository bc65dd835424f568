import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { shared } from "../elements/shared";
import { Localized, t } from "../i18n";
import type { Mark } from "./marks";
import { format, type Matrix, parseNumber } from "./matrix";

/**
 * A matrix of numbers as an ARIA grid: arrow keys move, typing or Enter edits an editable cell, Space pins. Channels
 * form a grid of blocks. Emits `point` (a cell, or null), `pin` and `edit`.
 */
@customElement("lab-grid")
export class Grid extends Localized {
  @property() name = "";
  @property({ attribute: false }) matrix: Matrix = { channels: 1, height: 0, width: 0, values: [] };
  @property({ attribute: false }) marks: Map<number, Mark> = new Map();
  /** Number of channel blocks side by side. */
  @property({ type: Number }) across = 1;
  @property({ type: Boolean }) editable = false;
  /** Cells that are not computed yet. */
  @property({ attribute: false }) blank: (cell: number) => boolean = () => false;
  /** De-emphasized cells: inserted zeros. */
  @property({ attribute: false }) faint: (cell: number) => boolean = () => false;
  @property({ attribute: false }) pinned: number | null = null;
  /** Whether greater numbers have darker cells, to make patterns visible. */
  @property({ type: Boolean }) shaded = false;
  @state() private active = 0;
  @state() private editing: number | null = null;
  @query("input") private field!: HTMLInputElement | null;
  #typed: string | null = null;

  static override styles = [
    shared,
    css`
      :host {
        max-width: calc(100% + 6px);
        overflow-x: auto;
        overscroll-behavior-x: contain;
        padding: 3px;
        margin: -3px;
        outline: none;
      }
      [role="grid"] {
        display: inline-grid;
        gap: var(--gap);
        font-variant-numeric: tabular-nums;
        font-size: var(--size);
      }
      [role="row"] {
        display: flex;
        gap: var(--gap);
      }
      [role="gridcell"] {
        position: relative;
        display: grid;
        place-items: center;
        flex: none;
        width: var(--cell);
        height: var(--tall);
        border-radius: calc(var(--cell) * 0.12);
        background: var(--paper);
        box-shadow: inset 0 0 0 1px var(--edge, var(--hairline));
        cursor: default;
        user-select: none;
        -webkit-user-select: none;
        transition: background 140ms ease, box-shadow 140ms ease, color 140ms ease;
      }
      [role="gridcell"].block {
        margin-left: 10px;
      }
      [role="row"].block {
        margin-top: 10px;
      }
      [role="gridcell"].faint:not(.chosen) {
        color: var(--ink-soft);
        background: none;
      }
      [role="gridcell"].chosen {
        font-weight: 650;
        --edge: var(--accent);
        box-shadow: inset 0 0 0 2px var(--accent);
      }
      [role="gridcell"].pinned::before {
        content: "";
        position: absolute;
        top: 4px;
        right: 4px;
        width: 5px;
        height: 5px;
        border-radius: 50%;
        background: var(--accent);
      }
      [role="gridcell"][data-weight]::after {
        content: attr(data-weight);
        position: absolute;
        right: 3px;
        bottom: 1px;
        font-size: 9.5px;
        line-height: 12px;
        font-weight: 500;
        color: var(--ink-soft);
      }
      [role="gridcell"]:focus-visible {
        outline-offset: 1px;
        z-index: 1;
      }
      :host([editable]) [role="gridcell"] {
        cursor: text;
      }
      input {
        width: 100%;
        height: 100%;
        padding: 0 2px;
        border: 0;
        border-radius: inherit;
        background: var(--surface);
        text-align: center;
        font-variant-numeric: inherit;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("matrix")) this.active = Math.min(this.active, Math.max(0, this.matrix.values.length - 1));
  }

  protected override render() {
    const { matrix: m, across } = this;
    const texts = m.values.map((value, cell) => (this.blank(cell) ? "" : format(value)));
    const columns = Math.min(across, m.channels) * m.width;
    const longest = Math.max(1, ...texts.map((text) => text.length));
    const dense = columns > 8;
    const size = dense ? (columns > 16 ? 10 : 11.5) : 14;
    const cell = Math.max(dense ? (columns > 16 ? 22 : 28) : 44, Math.ceil(longest * size * 0.62 + (dense ? 6 : 14)));
    const style = `--cell:${cell}px;--tall:${dense ? Math.min(cell, 30) : 44}px;--size:${size}px;--gap:${dense ? 2 : 3}px`;
    const bands = Math.ceil(m.channels / across);
    const shade = this.shaded ? shadeOf(m.values) : () => "--paper: var(--raised)";
    return html`<div role="grid" aria-label=${this.name} aria-rowcount=${bands * m.height} aria-colcount=${columns}
      aria-readonly=${this.editable ? nothing : "true"} .style=${style}
      @pointerleave=${() => this.#emit("point", null)} @keydown=${this.#key} @focusout=${this.#left}>
      ${Array.from({ length: bands * m.height }, (_, row) => this.#row(row, texts, dense, shade))}
    </div>`;
  }

  #row(row: number, texts: string[], dense: boolean, shade: (value: number) => string) {
    const { matrix: m, across } = this;
    const [band, y] = [Math.floor(row / m.height), row % m.height];
    const channels = Array.from(
      { length: Math.min(across, m.channels - band * across) },
      (_, at) => band * across + at,
    );
    const cells = channels.flatMap((c) => Array.from({ length: m.width }, (_, x) => (c * m.height + y) * m.width + x));
    return html`<div role="row" class=${band > 0 && y === 0 ? "block" : ""}>${cells.map((cell, at) => {
      const block = at > 0 && at % m.width === 0 ? "block" : "";
      return this.#cell(cell, texts[cell] ?? "", block, dense, shade);
    })}</div>`;
  }

  #cell(cell: number, text: string, block: string, dense: boolean, shade: (value: number) => string) {
    const mark = this.marks.get(cell);
    const classes = [
      block,
      mark?.chosen ? "chosen" : "",
      this.faint(cell) ? "faint" : "",
      this.pinned === cell ? "pinned" : "",
    ];
    const weight = !dense && mark?.weight !== undefined ? short(mark.weight) : nothing;
    return html`<div role="gridcell" class=${classes.join(" ")} data-cell=${cell} data-weight=${weight}
      tabindex=${cell === this.active ? 0 : -1} .style=${mark ? tint(mark) : shade(this.blank(cell) ? Number.NaN : (this.matrix.values[cell] ?? 0))}
      aria-selected=${mark?.chosen ? "true" : nothing}
      @pointerenter=${(event: PointerEvent) => event.pointerType === "mouse" && this.#emit("point", cell)}
      @click=${() => this.#clicked(cell)} @dblclick=${() => this.#edit(cell)}
      @focus=${() => this.#focused(cell)}
    >${this.editing === cell ? this.#field(cell) : text}</div>`;
  }

  #field(cell: number) {
    const value = this.#typed ?? format(this.matrix.values[cell] ?? 0);
    return html`<input inputmode="text" autocomplete="off" aria-label=${t("lab.cell.edit")} .value=${value}
      @keydown=${this.#fieldKey} @blur=${() => this.#commit()} />`;
  }

  protected override updated(): void {
    const { field } = this;
    if (!field || this.shadowRoot?.activeElement === field) return;
    field.focus();
    if (this.#typed === null) field.select();
  }

  #focused(cell: number): void {
    this.active = cell;
    this.#emit("point", cell);
  }

  #left = (event: FocusEvent): void => {
    if (!(event.relatedTarget instanceof Node && this.shadowRoot?.contains(event.relatedTarget)))
      this.#emit("point", null);
  };

  /** A tap or click pins; a second one edits an editable number. */
  #clicked(cell: number): void {
    if (this.editing !== null) return;
    if (this.editable && this.pinned === cell) this.#edit(cell);
    else this.#emit("pin", cell);
  }

  #edit(cell: number, typed: string | null = null): void {
    if (!this.editable || this.editing !== null) return;
    this.#typed = typed;
    this.editing = cell;
  }

  #commit(): void {
    const { editing: cell, field } = this;
    if (cell === null || !field) return;
    this.editing = null;
    const value = parseNumber(field.value);
    if (value !== null && value !== this.matrix.values[cell]) this.#emit("edit", { cell, value });
    else if (this.pinned === cell) this.#emit("pin", cell); // the tap that would unpin it has begun the edit
  }

  #fieldKey = async (event: KeyboardEvent): Promise<void> => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Escape") this.editing = null;
    else this.#commit();
    await this.updateComplete;
    this.#focus(this.active);
  };

  #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey && (event.key === "Home" || event.key === "End")) {
      this.#focus(event.key === "Home" ? 0 : this.matrix.values.length - 1);
    } else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") this.#move(event.key);
    else if (event.key === " ") this.#emit("pin", this.active);
    else if (event.key === "Enter") this.editable ? this.#edit(this.active) : this.#emit("pin", this.active);
    else if (this.editable && /^[-\d.−]$/.test(event.key)) this.#edit(this.active, event.key);
    else return;
    event.preventDefault();
  };

  /** Moves by position on screen: across blocks, but not beyond the edges. */
  #move(key: string): void {
    const rows = [...this.renderRoot.querySelectorAll("[role=row]")].map((row) => [...row.children] as HTMLElement[]);
    const y = rows.findIndex((row) => row.some((cell) => Number(cell.dataset.cell) === this.active));
    const x = rows[y]?.findIndex((cell) => Number(cell.dataset.cell) === this.active) ?? 0;
    const [dy, dx] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key] ?? [0, 0];
    const row = rows[y + (dy ?? 0)];
    const to = key === "Home" ? row?.[0] : key === "End" ? row?.at(-1) : row?.[x + (dx ?? 0)];
    if (to) this.#focus(Number(to.dataset.cell));
  }

  #focus(cell: number): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-cell="${cell}"]`)?.focus();
  }

  #emit(name: "point" | "pin" | "edit", detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** A weight for the corner of a cell: ×.188 */
function short(weight: number): string {
  return `×${format(Number(weight.toFixed(3))).replace(/^(-?)0\./, "$1.")}`;
}

/** Shades from the least number to the greatest; all alike if they are equal. */
function shadeOf(values: readonly number[]): (value: number) => string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => {
    const share = high > low && Number.isFinite(value) ? Math.round((30 * (value - low)) / (high - low)) : 0;
    return `--paper: color-mix(in srgb, var(--ink) ${share}%, var(--raised))`;
  };
}

/** Warm for positive weights, cool for negative ones. */
function tint({ strength }: Mark): string {
  const color = strength < 0 ? "var(--cool)" : "var(--accent)";
  const share = Math.round(8 + 34 * Math.min(1, Math.abs(strength)));
  return `--paper: color-mix(in srgb, ${color} ${share}%, var(--raised)); --edge: color-mix(in srgb, ${color} 45%, transparent)`;
}
