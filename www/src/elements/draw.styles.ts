import { css } from "lit";

export const drawStyles = css`
  dialog {
    width: 860px;
  }
  .stage {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 12px;
    place-items: center;
    margin: 0 -8px;
    padding: 12px;
    border-radius: var(--radius);
    background: var(--stage);
  }
  canvas {
    display: block;
    max-width: 100%;
    max-height: min(46dvh, 400px);
    border-radius: 4px;
  }
  .paper {
    background: #fff;
    cursor: crosshair;
    touch-action: none;
  }
  .scene {
    width: 100%;
    object-fit: contain;
    transition: opacity 120ms ease;
  }
  .scene:not([data-there]) {
    visibility: hidden;
  }
  .scene[aria-busy="true"] {
    opacity: 0.6;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-top: 12px;
  }
  up-slider {
    flex: 1 1 140px;
    max-width: 220px;
  }
  @media (max-width: 560px) {
    .stage {
      grid-template-columns: minmax(0, 1fr);
    }
    canvas {
      max-height: 26dvh;
    }
  }
`;
