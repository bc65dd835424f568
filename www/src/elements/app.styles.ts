import { css } from "lit";

export const appStyles = css`
  .page {
    display: grid;
    --least: clamp(0px, 100dvh - 260px, 110px); /* of the stage: room for a notice */
    grid-template: "header" auto "stage" minmax(var(--least), 1fr) "results" auto "controls" auto "actions" auto / minmax(0, 1fr);
    height: 100dvh;
    background: var(--surface);
  }
  up-header {
    grid-area: header;
  }
  main {
    grid-area: stage;
    position: relative;
    min-height: 0;
    container-type: size;
  }
  up-compare {
    height: 100%;
  }
  .notices {
    position: absolute;
    left: 50%;
    bottom: var(--lift, 72px); /* above the bar of tools */
    display: grid;
    gap: 12px;
    width: min(480px, calc(100% - 32px));
    max-height: calc(100% - 84px);
    overflow: auto;
    transform: translateX(-50%);
    /* A scroll container clips the shadows of its children, so it has one itself. */
    --shadow: none;
    filter: drop-shadow(0 0 0.5px light-dark(rgb(40 30 20 / 0.3), rgb(255 250 240 / 0.3)))
      drop-shadow(0 8px 14px light-dark(rgb(40 30 20 / 0.14), rgb(0 0 0 / 0.5)));
  }
  up-results {
    grid-area: results;
    max-height: 32dvh;
  }
  up-controls {
    grid-area: controls;
    max-height: 46dvh;
    overflow: auto;
    overscroll-behavior: contain;
    border-top: 1px solid var(--hairline);
  }
  up-actions {
    grid-area: actions;
    padding: 12px 16px calc(12px + env(safe-area-inset-bottom));
    border-top: 1px solid var(--hairline);
  }
  .drop {
    position: fixed;
    inset: 0;
    z-index: 2;
    display: grid;
    place-items: center;
    padding: 24px;
    background: color-mix(in srgb, var(--surface) 82%, transparent);
    backdrop-filter: blur(12px);
    pointer-events: none;
  }
  .drop p {
    display: grid;
    place-content: center;
    gap: 6px;
    width: 100%;
    height: 100%;
    padding: 0 20px;
    border: 2px dashed var(--ink-faint);
    border-radius: 20px;
    text-align: center;
    color: var(--ink-soft);
  }
  .drop b {
    font-size: 22px;
    font-weight: 600;
    color: var(--ink);
  }
  .left {
    display: contents;
  }
  /* With open controls the stage is too low for pictures and tools. */
  @media (max-width: 899px) {
    .page[data-open] up-compare {
      --tools: none;
    }
    .page[data-open] .notices {
      --lift: 12px; /* there are no tools to stay above */
    }
  }
  /* Nor for pictures above a table. */
  @media (max-width: 639px), (max-width: 899px) and (min-height: 521px) {
    .page[data-open]:not([data-embed]) up-results {
      display: none;
    }
  }
  @container (max-width: 600px) {
    .notices {
      bottom: var(--lift, 118px); /* where that bar has two rows */
      max-height: calc(100% - 130px);
    }
  }
  @container (max-width: 600px) and (max-height: 400px) {
    .notices {
      bottom: var(--lift, 72px); /* it scrolls along one */
    }
  }
  @container (max-height: 380px) {
    .notices[data-urgent] {
      bottom: 12px; /* what is wrong comes first */
      max-height: calc(100% - 24px);
    }
  }
  /* Phones in landscape: the pictures get the height, everything else goes beside them. */
  @media (min-width: 640px) and (max-width: 899px) and (max-height: 520px) {
    .page {
      grid-template: "left header" auto "left controls" minmax(0, 1fr) "left actions" auto / minmax(0, 1fr) 320px;
    }
    .left {
      grid-area: left;
      display: grid;
      grid-template-rows: minmax(0, 1fr) auto;
      min-height: 0;
    }
    main,
    up-results {
      grid-area: auto;
    }
    up-controls {
      max-height: none;
    }
    .page[data-open] up-compare {
      --tools: flex;
    }
    .page[data-open] .notices {
      --lift: initial; /* here there are */
    }
  }
  @media (min-width: 900px) {
    .page {
      grid-template: "left header" auto "left controls" minmax(0, 1fr) "left actions" auto / minmax(0, 1fr) 320px;
    }
    .left {
      grid-area: left;
      display: grid;
      grid-template-rows: minmax(0, 1fr) auto;
      min-height: 0;
    }
    main,
    up-results {
      grid-area: auto;
    }
    up-results {
      max-height: 38dvh;
    }
    up-controls {
      max-height: none;
      border: 0;
    }
    up-actions {
      padding: 16px 20px 20px;
    }
    up-controls[hidden] {
      display: block !important;
      visibility: hidden;
    }
    .page:not([data-open], [data-embed]) {
      grid-template: "left" minmax(0, 1fr) / minmax(0, 1fr);
    }
    .page:not([data-open], [data-embed]) :is(up-controls, up-actions) {
      display: none !important;
    }
    .page:not([data-open], [data-embed]) up-header {
      grid-area: left;
      justify-self: end;
      align-self: start;
      z-index: 1;
    }
  }
  /* In a frame of another page the pictures get the room. */
  .page[data-embed] {
    grid-template: "stage" minmax(0, 1fr) "results" auto "controls" auto "actions" auto / minmax(0, 1fr);
  }
  .page[data-embed] .left {
    display: contents;
  }
  .page[data-embed] :is(up-controls[hidden], up-actions[hidden], up-header[hidden]) {
    display: none !important;
  }
  .page[data-embed] main {
    grid-area: stage;
  }
  .page[data-embed] up-compare {
    --tools: flex;
  }
  .page[data-bare] up-compare {
    --tools: none;
  }
  .page[data-embed] up-actions {
    padding: 8px 12px;
  }
  .corner {
    position: absolute;
    top: 6px;
    right: 6px;
    z-index: 2;
    display: flex;
    gap: 4px;
  }
  .page[data-embed] {
    --corner: 30px; /* of the stage's width: names of pictures keep clear of it */
  }
  .corner > * {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    height: 26px;
    min-height: 0;
    border-radius: var(--radius);
    background: var(--glass);
    backdrop-filter: blur(18px);
    color: var(--ink);
    font-size: 12px;
    line-height: 18px;
  }
  .corner > :hover {
    background: var(--raised);
  }
  .corner svg {
    width: 15px;
    height: 15px;
  }
  .corner button.icon,
  .alone {
    width: 28px;
  }
  .corner .fold,
  .alone span {
    display: none;
  }
  .alone {
    text-decoration: none;
  }
  @media (min-width: 560px) {
    .page[data-embed]:not([data-open], [data-grid]) {
      --corner: 168px;
    }
    .page:not([data-open], [data-grid]) .alone {
      width: auto;
      padding: 0 9px;
    }
    .page:not([data-open], [data-grid]) .alone span {
      display: inline;
    }
  }
  @media (min-width: 700px) {
    .page[data-embed][data-open] {
      grid-template: "stage controls" minmax(0, 1fr) "results controls" auto "actions controls" auto / minmax(0, 1fr) 260px;
    }
    .page[data-embed] up-controls {
      max-height: none;
      border-top: 0;
      border-left: 1px solid var(--hairline);
    }
    .page[data-embed][data-open] {
      --corner: 0px; /* the corner is the controls' */
    }
  }
  /* Too small for pictures and controls: the controls fill the frame on request. */
  @media (max-width: 699px) and (max-height: 479px) {
    .page[data-embed][data-open] {
      --corner: 62px;
    }
    .page .fold {
      display: flex;
    }
    .page[data-embed]:not([data-unfolded]) up-controls {
      display: none;
    }
    .page[data-unfolded] up-controls {
      position: absolute;
      inset: 0;
      z-index: 1;
      max-height: none;
      border: 0;
      background: var(--surface);
    }
    .page[data-unfolded] .alone {
      display: none;
    }
    .page[data-embed] up-actions {
      padding: 6px 8px 8px;
    }
  }
`;
