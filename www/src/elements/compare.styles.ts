import { css } from "lit";

export const compareStyles = css`
  :host {
    position: relative;
    overflow: hidden;
    background: var(--stage);
    container-type: size;
  }
  .waiting {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    pointer-events: none;
    animation: breathe 2.4s ease-in-out infinite;
  }
  .waiting svg {
    width: 44px;
    height: 44px;
    fill: none;
    stroke: var(--ink-faint);
    stroke-width: 2;
    stroke-linecap: round;
  }
  @keyframes breathe {
    50% {
      opacity: 0.3;
    }
  }
  .bar {
    position: absolute;
    left: 50%;
    bottom: 16px;
    display: var(--tools, flex);
    flex-wrap: wrap;
    justify-content: center;
    gap: 0 2px;
    width: max-content;
    max-width: min(calc(100% - 16px), 580px);
    transform: translateX(-50%);
  }
  .docked {
    bottom: 8px;
  }
  .legend {
    flex-basis: 100%;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 10px;
    padding: 4px 12px;
    font-size: 12px;
    line-height: 20px;
  }
  .against {
    grid-column: 1 / -1;
    line-height: 16px;
    color: var(--ink-soft);
  }
  .legend canvas {
    width: 100%;
    height: 8px;
    border-radius: 4px;
  }
  /* One row that scrolls. */
  @container (max-height: 400px) {
    .bar {
      bottom: 6px;
      flex-wrap: nowrap;
      justify-content: start;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .bar > * {
      flex: none;
    }
    .legend {
      width: 200px;
    }
  }
  @container (max-height: 120px) {
    .bar {
      display: none;
    }
  }
`;
