import { css } from "lit";

export const viewStyles = css`
  main {
    max-width: 1500px;
    margin: 0 auto;
    padding: 10px 28px calc(56px + env(safe-area-inset-bottom));
  }
  .top {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) 240px;
    gap: 10px 26px;
    align-items: start;
    padding-bottom: 16px;
  }
  .choices {
    display: grid;
    gap: 9px;
  }
  .subject {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    line-height: 20px;
  }
  .subject a {
    color: var(--ink-soft);
    white-space: nowrap;
  }
  .beside {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    max-width: 100%;
    color: var(--ink-soft);
  }
  .beside select {
    min-width: 0;
    flex: 0 1 auto;
    color: var(--ink);
  }
  up-notice {
    max-width: 560px;
    margin: 0 auto;
  }
  .empty {
    min-height: 420px;
  }
  section + section,
  up-notice + section {
    padding: 20px 0 26px;
    border-top: 1px solid var(--hairline);
  }
  h2 {
    margin-bottom: 14px;
    font-size: 16px;
    line-height: 24px;
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  h2 small {
    margin-left: 8px;
    font-size: 13px;
    font-weight: 400;
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
  }
  h3 {
    margin: 0 0 8px;
    font-size: 13px;
    font-weight: 600;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 6px 20px;
    margin-bottom: 14px;
  }
  .head h2 {
    margin: 0;
  }
  .head up-segments {
    width: min(100%, 360px);
    font-size: 13px;
  }
  .drawing {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 200px;
    gap: 16px 24px;
    align-items: start;
  }
  aside {
    display: grid;
    gap: 14px;
  }
  figure {
    margin: 0;
  }
  aside up-bitmap {
    border-radius: 6px;
    background: var(--fill);
    overflow: hidden;
  }
  figcaption {
    margin-top: 5px;
    font-size: 13px;
  }
  figcaption small {
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
  }
  .node {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 270px;
    gap: 24px 36px;
    align-items: start;
  }
  .features[data-two] {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0 28px;
  }
  .features[data-two] .ways {
    grid-column: 1 / -1;
  }
  h3 small {
    font-weight: 400;
    color: var(--ink-soft);
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-bottom: 12px;
    font-size: 13px;
  }
  .ways up-segments {
    min-width: 200px;
  }
  up-bitmap.input {
    width: min(100%, 420px);
    aspect-ratio: 1;
  }
  @media (max-width: 1000px) {
    .top {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .top up-backend {
      grid-column: 2;
      max-width: 340px;
    }
    .node,
    .drawing {
      grid-template-columns: minmax(0, 1fr);
    }
    aside {
      grid-template-columns: repeat(2, minmax(0, 220px));
    }
  }
  @media (max-width: 700px) {
    main {
      padding: 8px 16px 40px;
    }
  }
  @media (max-width: 520px) {
    .top {
      grid-template-columns: minmax(0, 1fr);
    }
    .top up-backend {
      grid-column: auto;
      max-width: none;
    }
  }
`;
