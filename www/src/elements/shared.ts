import { css } from "lit";

/** Styles of all elements: buttons, focus, visually hidden text. Colors come from `styles.css`. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 36px;
    padding: 0 14px;
    border: 0;
    border-radius: var(--radius);
    background: var(--fill);
    cursor: pointer;
    transition: background 120ms ease, color 120ms ease, opacity 120ms ease;
    -webkit-tap-highlight-color: transparent;
  }
  button:hover {
    background: var(--fill-hover);
  }
  button:active {
    background: var(--fill-active);
  }
  button:disabled {
    color: var(--ink-faint);
    background: var(--fill);
    cursor: default;
  }
  button.plain {
    background: none;
  }
  button.plain:hover {
    background: var(--fill);
  }
  button.primary {
    background: var(--ink);
    color: var(--surface);
    font-weight: 600;
  }
  button.primary:hover {
    background: color-mix(in srgb, var(--ink) 86%, var(--surface));
  }
  button.icon {
    width: 36px;
    padding: 0;
  }
  :is(button, a) svg,
  .glyph {
    width: 18px;
    height: 18px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  select {
    min-height: 32px;
    max-width: 100%;
    padding: 0 8px;
    border: 0;
    border-radius: var(--radius);
    background: var(--fill);
    cursor: pointer;
    text-overflow: ellipsis;
  }
  select:hover {
    background: var(--fill-hover);
  }
  option {
    background: var(--raised);
    color: var(--ink);
  }
  /* An invisible control on top of its label. */
  .over {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }
  .sentence {
    font-size: 12px;
    line-height: 17px;
    color: var(--ink-soft);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  h2 {
    margin: 0;
    font-size: 12px;
    font-weight: 600;
    line-height: 20px;
    color: var(--ink-soft);
  }
  p {
    margin: 0;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (pointer: coarse) {
    button,
    select {
      min-height: 44px;
    }
    /* iOS zooms the page for smaller fonts. */
    input,
    select {
      font-size: 16px;
    }
    button.icon {
      width: 44px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`;

/**
 * Styles of dialogs, beside `shared`: a header with a title and a close button, and a footer with buttons, both sticky.
 */
export const dialogs = css`
  dialog {
    --ink-soft: light-dark(#66615a, #bab4ab); /* readable on fields of a raised surface, too */
    --side: 24px;
    --fade: 8px;
    max-width: calc(100vw - 32px);
    max-height: calc(100dvh - 32px);
    padding: 0 var(--side);
    /* Otherwise the focused control could be under the header or footer. */
    scroll-padding: 64px 0 88px;
    border: 0;
    border-radius: 16px;
    background: var(--raised);
    color: var(--ink);
    box-shadow: var(--shadow);
    overflow: auto;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 0.4);
  }
  dialog:not(:has(> .foot)) {
    padding-bottom: var(--side);
  }
  .head,
  .foot {
    position: sticky;
    z-index: 1;
    display: flex;
    align-items: center;
    margin: 0 calc(-1 * var(--side));
    background: var(--raised);
  }
  .head {
    top: 0;
    justify-content: space-between;
    margin-bottom: var(--fade);
    /* At the bottom: room for the focus ring of a button. */
    padding: calc(var(--side) - 4px) calc(var(--side) - 8px) 5px var(--side);
  }
  .head h2 {
    font-size: 16px;
    color: inherit;
  }
  .foot {
    bottom: 0;
    flex-wrap: wrap;
    justify-content: end;
    gap: 8px 12px;
    margin-top: var(--fade);
    padding: 5px var(--side) var(--side);
  }
  /*
   * Content fades at the top and bottom edges to show that it scrolls. The margins have the same height, so that the
   * ends are clear.
   */
  .head::after,
  .foot::before {
    content: "";
    position: absolute;
    inset: 100% 0 calc(-1 * var(--fade));
    background: linear-gradient(var(--raised), transparent);
    pointer-events: none;
  }
  .foot::before {
    inset: calc(-1 * var(--fade)) 0 100%;
    background: linear-gradient(transparent, var(--raised));
  }
`;

/** A bar that floats on the pictures, beside `shared`. */
export const glass = css`
  .glass {
    padding: 3px;
    border-radius: calc(var(--radius) + 3px);
    background: var(--glass);
    backdrop-filter: blur(18px) saturate(1.4);
    box-shadow: var(--shadow);
  }
`;

/** Styles of views that scroll as a whole, beside `shared`: the header is sticky. */
export const scrolling = css`
  :host {
    position: relative; /* or what is placed in it would make the page around it longer */
    height: 100dvh;
    overflow: auto;
    background: var(--surface);
  }
  up-header {
    position: sticky;
    top: 0;
    z-index: 2;
    background: var(--surface);
  }
`;

/** Views that read from top to bottom: one column under a heading. */
export const column = css`
  main {
    max-width: 1060px;
    margin: 0 auto;
    padding: 12px 28px calc(48px + env(safe-area-inset-bottom));
  }
  h2 {
    margin-bottom: 6px;
    font-size: 19px;
    line-height: 26px;
    color: var(--ink);
  }
`;

/** Numbers and lines of charts. */
export const charts = css`
  text {
    fill: var(--ink-soft);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
  .tick {
    stroke: var(--hairline);
  }
`;
