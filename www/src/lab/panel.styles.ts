import { css } from "lit";

/** Styles of the lab's panels. */
export const panel = css`
  h2 {
    font-size: 13px;
    color: var(--ink);
  }
  .soft {
    color: var(--ink-soft);
  }
  .math {
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .math b {
    font-weight: 650;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    min-height: 30px;
    padding: 0 11px;
    border-radius: 15px;
    color: var(--ink-soft);
    text-decoration: none;
    white-space: nowrap;
    transition: background 120ms ease, color 120ms ease;
  }
  .chip:hover {
    color: var(--ink);
    background: var(--fill);
  }
  .chip[aria-current],
  .chip[aria-pressed="true"] {
    color: var(--ink);
    background: var(--fill-hover);
    font-weight: 600;
  }
  button.chip {
    background: none;
  }
  button.chip:hover {
    background: var(--fill);
  }
  @media (pointer: coarse) {
    .chip {
      min-height: 40px;
      border-radius: 20px;
    }
  }
`;
