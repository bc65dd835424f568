import { css } from "lit";

export const viewStyles = css`
  h3 {
    margin: 22px 0 6px;
    font-size: 13px;
    font-weight: 600;
  }
  .about,
  .note {
    max-width: 74ch;
    color: var(--ink-soft);
  }
  .about {
    min-height: 40px;
  }
  .note {
    margin-top: 8px;
    font-size: 12.5px;
  }
  .what {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 20px;
    margin: 16px 0;
  }
  .what up-segments {
    width: min(100%, 340px);
  }
  .pictures {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 16px;
  }
  figure {
    margin: 0;
  }
  up-bitmap {
    aspect-ratio: 1;
    border-radius: 8px;
    background: var(--fill);
    overflow: hidden;
  }
  figcaption {
    margin-top: 8px;
    min-height: 40px;
  }
  figcaption b {
    font-weight: 600;
  }
  figcaption span {
    display: block;
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
  }
  .line {
    display: grid;
    grid-template-columns: auto 1fr;
    align-items: center;
    gap: 18px;
    margin-top: 14px;
  }
  .source {
    display: flex;
    align-items: center;
    gap: 12px;
    margin-top: 30px;
  }
  .source span {
    min-width: 0;
    overflow-wrap: anywhere;
    color: var(--ink-soft);
  }
  up-samples {
    max-width: 560px;
    margin-top: 12px;
  }
  @media (max-width: 700px) {
    /* Visible together with the pictures. */
    .line {
      position: sticky;
      bottom: 0;
      z-index: 1;
      margin: 14px -16px 0;
      padding: 8px 16px calc(8px + env(safe-area-inset-bottom));
      background: var(--surface);
      box-shadow: 0 -1px 0 var(--hairline);
    }
    main {
      padding: 8px 16px 40px;
    }
    .pictures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 12px;
    }
    .pictures:not(.five) figure:nth-child(2) {
      grid-column: 1 / -1;
      grid-row: 1;
    }
  }
  /* If the output would not fit above Play, all three are in one row. */
  @media (max-width: 700px) and (max-height: 640px) {
    .pictures:not(.five) {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
    .pictures:not(.five) figure:nth-child(2) {
      grid-column: auto;
      grid-row: auto;
    }
    .what {
      margin: 8px 0;
    }
  }
  @media (max-width: 700px) and (max-height: 400px) {
    .about {
      display: none;
    }
  }
`;
