import { css } from "lit";

export const slidesStyles = css`
  .columns {
    display: grid;
    grid-template-columns: 220px minmax(0, 1fr);
    gap: 48px;
    max-width: 1240px;
    margin: 0 auto;
    padding: 0 28px;
  }
  nav {
    position: sticky;
    top: 68px;
    align-self: start;
    max-height: calc(100dvh - 84px);
    overflow: auto;
  }
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  summary {
    display: none;
    padding: 8px 10px;
    border-radius: 6px;
    font-weight: 600;
    cursor: pointer;
  }
  nav a {
    display: block;
    padding: 4px 10px;
    border-radius: 6px;
    font-size: 13px;
    color: var(--ink-soft);
    text-decoration: none;
  }
  nav a:hover {
    color: var(--ink);
    background: var(--fill);
  }
  .about {
    margin-top: 18px;
    max-width: 68ch;
    color: var(--ink-soft);
  }
  section {
    padding: 30px 0 34px;
    border-bottom: 1px solid var(--hairline);
    scroll-margin-top: 60px;
  }
  section:focus-visible {
    outline: none;
  }
  section p {
    max-width: 68ch;
  }
  h2 {
    margin-bottom: 8px;
    font-size: 19px;
    line-height: 26px;
    color: var(--ink);
    text-wrap: balance;
  }
  h2 a {
    color: inherit;
    text-decoration: none;
  }
  h2 a:hover {
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 4px;
  }
  .live:not(:empty) {
    margin: 24px 0 18px;
  }
  .live.example {
    min-height: 380px;
  }
  .note {
    padding: 12px 16px;
    border-radius: var(--radius);
    background: var(--fill);
    color: var(--ink-soft);
  }
  .note b {
    color: var(--ink);
  }
  .photo {
    display: inline-block;
    margin-top: 10px;
    color: inherit;
  }
  @media (max-width: 900px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
      gap: 12px;
      padding: 0 16px;
    }
    nav {
      position: static;
      max-height: none;
      padding: 4px 0;
      border-bottom: 1px solid var(--hairline);
    }
    summary {
      display: list-item;
    }
    section {
      scroll-margin-top: 96px;
    }
  }
`;
