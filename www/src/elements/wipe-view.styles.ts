import { css } from "lit";

export const wipeStyles = css`
  :host {
    position: absolute;
    inset: 0 0 var(--below, 0); /* of the bar, where it does not lie on the pictures */
  }
  .stage {
    position: absolute;
    inset: 0;
    overflow: hidden;
    touch-action: none;
    user-select: none;
    cursor: default;
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
  .before {
    clip-path: inset(0 calc(100% - var(--line)) 0 0);
  }
  .dim {
    opacity: 0.3;
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
  .upright .after {
    clip-path: inset(var(--line) 0 0 0);
  }
  .upright .before {
    clip-path: inset(0 0 calc(100% - var(--line)) 0);
  }
  .upright .wipe {
    top: var(--line);
    bottom: auto;
    left: max(var(--left), 0px);
    right: max(var(--right), 0px);
    width: auto;
    height: 2px;
    margin: -1px 0 0;
    cursor: ns-resize;
  }
  .upright .wipe::before {
    inset: -14px 0;
  }
  .upright .wipe i {
    rotate: 90deg;
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
  up-tag {
    --over: max(var(--tag-top), 0px);
    /* Beside the element in the corner of the stage, if the tag is as high up. */
    --beyond: max(var(--tag-right), clamp(0px, (20px - var(--over)) * 999, var(--corner, 0px)), 0px);
    position: absolute;
    top: calc(var(--over) + 14px);
    max-width: calc((100% - max(var(--tag-left), 0px) - var(--beyond)) / 2 - 20px);
    transition: opacity 160ms ease;
  }
  up-tag[data-faint]:not(:focus-within, :hover) {
    opacity: 0;
  }
  .failures {
    position: absolute;
    inset: auto 12px max(var(--keep), var(--noticed, 0px) - var(--below, 0px) + 12px); /* above the page's own notices */
    display: grid;
    gap: 8px;
    justify-items: center;
  }
  .failures p {
    max-width: 440px;
    padding: 10px 12px;
    border-radius: calc(var(--radius) + 2px);
    background: var(--raised);
    line-height: 20px;
  }
  .before-tag {
    left: calc(var(--tag-left) + 14px);
  }
  .after-tag {
    right: calc(var(--beyond) + 14px);
  }
  .upright up-tag {
    left: calc(var(--left) + 14px);
    right: auto;
    max-width: calc(100% - 28px - var(--corner, 0px));
  }
  .upright .after-tag {
    top: auto;
    bottom: max(calc(var(--bottom) + 14px), var(--keep));
  }
`;
