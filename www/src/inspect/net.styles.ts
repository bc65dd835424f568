import { css } from "lit";

export const netStyles = css`
  .scroll {
    overflow-x: auto;
    overscroll-behavior-x: contain;
  }
  .zooms {
    display: flex;
    justify-content: end;
    gap: 4px;
  }
  /* Legible where a line passes behind. */
  .words {
    padding: 0 2px;
    border-radius: 4px;
    background: var(--surface);
  }
  .small .words {
    z-index: 1;
  }
  .small button:not([aria-pressed="true"]) + .words,
  .small .level {
    display: none;
  }
  .net {
    position: relative;
    margin: 0 auto;
  }
  .net > svg {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    overflow: visible;
  }
  .line {
    fill: none;
    stroke: var(--ink-faint);
    stroke-width: 1.2;
  }
  .head {
    fill: none;
    stroke: var(--ink-faint);
    stroke-width: 1.2;
    stroke-linejoin: round;
  }
  .line.skip {
    stroke: var(--ink);
    stroke-width: 1.5;
  }
  .line.indices {
    stroke: var(--cool);
    stroke-dasharray: 2 3;
  }
  .line.cut {
    stroke: var(--accent);
    stroke-dasharray: 5 5;
    opacity: 0.75;
  }
  .switch {
    cursor: pointer;
  }
  .switch .reach {
    fill: none;
    stroke: transparent;
    stroke-width: 14;
    pointer-events: stroke;
  }
  .switch circle {
    fill: var(--surface);
    stroke: var(--ink);
    stroke-width: 1.3;
  }
  .switch path {
    fill: none;
    stroke: var(--ink);
    stroke-width: 1.4;
    stroke-linecap: round;
  }
  .switch:hover circle {
    fill: var(--fill-hover);
  }
  .switch.cut :is(circle, path:not(.reach)) {
    stroke: var(--accent);
  }
  .level {
    position: absolute;
    left: 14px;
    translate: 0 -50%;
    font-size: 11px;
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
  }
  .net button {
    position: absolute;
    display: block;
    min-height: 0;
    padding: 0;
    border-radius: 5px;
    background: var(--raised);
    --rim: color-mix(in srgb, var(--ink) 26%, var(--surface));
    box-shadow: 0 0 0 1px var(--rim);
  }
  .net button:is(:hover, :active) {
    background: var(--raised);
    --rim: var(--ink);
  }
  .net .cards-1 {
    box-shadow: 0 0 0 1px var(--rim), 3px -3px 0 0 var(--raised), 3px -3px 0 1px var(--rim);
  }
  .net .cards-2 {
    box-shadow: 0 0 0 1px var(--rim), 3px -3px 0 0 var(--raised), 3px -3px 0 1px var(--rim), 6px -6px 0 0 var(--raised),
      6px -6px 0 1px var(--rim);
  }
  .net .cards-3 {
    box-shadow: 0 0 0 1px var(--rim), 3px -3px 0 0 var(--raised), 3px -3px 0 1px var(--rim), 6px -6px 0 0 var(--raised),
      6px -6px 0 1px var(--rim), 9px -9px 0 0 var(--raised), 9px -9px 0 1px var(--rim);
  }
  .net .down {
    --rim: var(--cool);
  }
  .net .up {
    --rim: var(--accent);
  }
  .net .join {
    border-radius: 50%;
  }
  .sign {
    font-size: 14px;
    line-height: 1;
  }
  up-bitmap {
    width: 100%;
    height: 100%;
    border-radius: 5px;
  }
  button[aria-pressed="true"] {
    outline: 2.5px solid var(--ink);
    outline-offset: 2px;
  }
  button:focus-visible {
    outline: 2.5px solid var(--accent);
    outline-offset: 2px;
    z-index: 1;
  }
  .words {
    position: absolute;
    translate: -50% 0;
    display: grid;
    justify-items: center;
    font-size: 10px;
    line-height: 12px;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .words b {
    font-weight: 500;
  }
  .words i {
    font-style: normal;
    color: var(--ink-soft);
  }
  button[aria-pressed="true"] + .words b {
    font-weight: 700;
  }
  .words .bar {
    width: 40px;
    height: 3px;
    margin-top: 1px;
    border-radius: 2px;
    background: var(--fill);
  }
  .bar i {
    display: block;
    height: 100%;
    border-radius: inherit;
    background: var(--ink-soft);
  }
  @media (pointer: coarse) {
    .net button {
      min-height: 0;
    }
  }
`;
