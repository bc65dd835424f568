import { css } from "lit";

export const hintStyles = css`
  :host {
    position: absolute;
    inset: 0;
    pointer-events: none;
  }
  .catch {
    position: absolute;
    inset: 0;
    pointer-events: auto;
    cursor: crosshair;
    touch-action: none;
  }
  .offer {
    position: absolute;
    top: 12px;
    left: 50%;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 2px;
    width: max-content;
    max-width: min(calc(100% - 16px), 720px);
    transform: translateX(-50%);
    pointer-events: auto;
    font-size: 13px;
  }
  .offer p {
    margin: 0;
    padding: 0 10px;
  }
  .offer button {
    min-height: 32px;
    padding: 0 10px;
    background: none;
  }
  .offer button:hover {
    background: var(--fill-hover);
  }
  .offer.low {
    top: 44px;
  }
  .offer.bottom {
    top: auto;
    bottom: 8px;
  }
  .hint {
    position: absolute;
    width: 28px;
    min-height: 28px;
    margin: -14px;
    padding: 0;
    border-radius: 50%;
    background: none;
    pointer-events: auto;
    touch-action: none;
    cursor: grab;
  }
  .hint::before {
    content: "";
    position: absolute;
    inset: 6px;
    border-radius: 50%;
    background: var(--color, transparent);
    box-shadow: 0 0 0 2px #fff, 0 0 0 3.5px rgb(0 0 0 / 0.55);
  }
  .hint[data-new] {
    pointer-events: none;
  }
  .hint[aria-expanded="true"]::before {
    inset: 4px;
  }
  .colors {
    position: absolute;
    z-index: 1; /* above the bar of tools */
    display: grid;
    gap: 8px;
    width: 232px;
    padding: 10px;
    border-radius: calc(var(--radius) + 3px);
    background: var(--raised);
    box-shadow: var(--shadow);
    pointer-events: auto;
    font-size: 13px;
  }
  .colors p {
    margin: 0;
  }
  .swatches {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .swatches button {
    width: 32px;
    min-height: 32px;
    padding: 0;
    border-radius: 50%;
    background: var(--color);
    box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.25), inset 0 0 0 2px rgb(255 255 255 / 0.35);
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
  }
  .foot label {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  input[type="color"] {
    width: 32px;
    height: 32px;
    padding: 0;
    border: 0;
    background: none;
    cursor: pointer;
  }
  .foot button {
    min-height: 32px;
    padding: 0 10px;
  }
`;
