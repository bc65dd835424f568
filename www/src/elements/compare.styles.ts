import { css } from "lit";

export const compareStyles = css`
  :host {
    position: relative;
    overflow: hidden;
    background: var(--stage);
    container-type: size;
  }
  .stage {
    position: absolute;
    inset: 0;
    overflow: hidden;
    touch-action: none;
    user-select: none;
    cursor: default;
  }
  .waiting {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
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
  .pans {
    cursor: grab;
  }
  .pans:active {
    cursor: grabbing;
  }
  .after {
    clip-path: inset(0 0 0 var(--line));
  }
  .complete .before {
    clip-path: inset(0 calc(100% - var(--line)) 0 0);
  }
  .wipe {
    position: absolute;
    top: max(var(--top), 0px);
    bottom: max(var(--top), 0px);
    left: var(--line);
    width: 2px;
    margin-left: -1px;
    background: #fff;
    box-shadow: 0 0 0 0.5px rgb(0 0 0 / 0.25), 0 0 12px rgb(0 0 0 / 0.25);
    cursor: ew-resize;
    outline: none;
  }
  .wipe::before {
    content: "";
    position: absolute;
    inset: 0 -14px;
  }
  .wipe i {
    position: absolute;
    top: 50%;
    left: 50%;
    display: grid;
    place-items: center;
    width: 40px;
    height: 40px;
    margin: -20px;
    border-radius: 50%;
    background: rgb(255 255 255 / 0.92);
    color: #1c1b19;
    box-shadow: 0 1px 2px rgb(0 0 0 / 0.3), 0 4px 16px rgb(0 0 0 / 0.25);
    transition: background 160ms ease, color 160ms ease;
  }
  .wipe i svg {
    width: 20px;
    height: 20px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .wipe.held i {
    background: #1c1b19;
    color: #fff;
  }
  .wipe:focus-visible i {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  .tag {
    position: absolute;
    top: calc(max(var(--top), 0px) + 14px);
    padding: 3px 10px;
    border-radius: 99px;
    background: rgb(20 20 18 / 0.66);
    backdrop-filter: blur(10px);
    color: #fff;
    font-size: 12px;
    line-height: 18px;
    font-weight: 500;
    pointer-events: none;
    transition: opacity 160ms ease;
  }
  .tag[data-faint] {
    opacity: 0;
  }
  .before-tag {
    left: calc(var(--left) + 14px);
  }
  .after-tag {
    right: calc(var(--right) + 14px);
  }
  up-zoom {
    position: absolute;
    left: 50%;
    bottom: 16px;
    transform: translateX(-50%);
    max-width: calc(100% - 24px);
  }
  @container (max-height: 380px) {
    up-zoom {
      display: none;
    }
  }
`;
