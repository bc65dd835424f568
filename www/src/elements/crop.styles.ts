import { css } from "lit";

export const cropStyles = css`
  dialog {
    width: 760px;
    --room: min(38dvh, 560px);
  }
  .stage {
    display: grid;
    place-items: center;
    margin: 0 -8px;
    /* The greatest height it can have, so that rotating the photo does not move what is below. */
    height: calc(var(--room) + 32px);
    padding: 16px;
    border-radius: var(--radius);
    background: var(--stage);
  }
  .photo {
    position: relative;
    width: min(100%, var(--room) * var(--shape));
    line-height: 0;
  }
  canvas {
    width: 100%;
  }
  .shade {
    position: absolute;
    inset: 0;
    overflow: hidden;
    pointer-events: none;
  }
  .shade i {
    position: absolute;
    box-shadow: 0 0 0 9999px rgb(0 0 0 / 0.55);
  }
  .frame {
    position: absolute;
    outline: 1.5px solid #fff;
    cursor: move;
    touch-action: none;
  }
  .frame:focus-visible {
    outline: 2px solid var(--accent);
  }
  .grip {
    position: absolute;
    width: 36px;
    height: 36px;
    margin: -18px;
    touch-action: none;
  }
  .grip::after {
    content: "";
    position: absolute;
    inset: 13px;
    border-radius: 50%;
    background: #fff;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 0.4);
  }
  .grip[data-x="-1"] {
    left: 0;
  }
  .grip[data-x="0"] {
    left: 50%;
  }
  .grip[data-x="1"] {
    left: 100%;
  }
  .grip[data-y="-1"] {
    top: 0;
  }
  .grip[data-y="0"] {
    top: 50%;
  }
  .grip[data-y="1"] {
    top: 100%;
  }
  .grip:is([data-x="-1"][data-y="-1"], [data-x="1"][data-y="1"]) {
    cursor: nwse-resize;
  }
  .grip:is([data-x="-1"][data-y="1"], [data-x="1"][data-y="-1"]) {
    cursor: nesw-resize;
  }
  .grip[data-x="0"] {
    cursor: ns-resize;
  }
  .grip[data-y="0"] {
    cursor: ew-resize;
  }
  .tools,
  .numbers {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-top: 12px;
  }
  .numbers {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
    gap: 8px 14px;
    color: var(--ink-soft);
  }
  .numbers label {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 6px;
  }
  .numbers input {
    width: 76px;
    min-height: 32px;
    padding: 0 8px;
    border: 0;
    border-radius: var(--radius);
    background: var(--fill);
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
  .sentence {
    grid-column: 1 / -1;
  }
  @media (max-height: 560px) {
    dialog {
      --room: 28dvh;
    }
  }
  @media (max-width: 480px) {
    .tools {
      display: grid;
      grid-template-columns: 1fr 1fr;
    }
    .tools > :last-child {
      grid-column: 1 / -1;
    }
  }
  @media (pointer: coarse) {
    .numbers input {
      width: 84px;
      min-height: 40px;
    }
    .keys {
      display: none;
    }
  }
`;
