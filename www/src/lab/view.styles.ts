import { css } from "lit";

export const viewStyles = css`
  main {
    max-width: 1180px;
    margin: 0 auto;
    padding: 12px 28px calc(48px + env(safe-area-inset-bottom));
  }
  .operators,
  .examples {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    margin-inline: -11px;
  }
  .operators {
    font-size: 15px;
  }
  .examples {
    margin-top: 10px;
    font-size: 13px;
  }
  .about {
    max-width: 68ch;
    margin-top: 10px;
    color: var(--ink-soft);
  }
  lab-controls {
    margin-top: 14px;
    padding: 8px 0;
    border: 1px solid var(--hairline);
    border-width: 1px 0;
  }
  .work {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 20px;
    padding: 30px 0 24px;
  }
  lab-explain {
    width: 100%;
    max-width: 760px;
    margin: 0 auto;
    text-align: center;
    text-wrap: pretty;
  }
  .note {
    max-width: 76ch;
    margin: 0 auto 34px;
    padding: 12px 16px;
    border-radius: var(--radius);
    background: var(--fill);
    color: var(--ink-soft);
  }
  .note b {
    color: var(--ink);
  }
  .panels {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
    gap: 28px 48px;
    padding: 26px 0 34px;
    border-top: 1px solid var(--hairline);
  }
  @media (max-width: 700px) {
    main {
      padding: 8px 16px 40px;
    }
    .operators,
    .examples {
      flex-wrap: nowrap;
      margin-inline: -16px;
      padding: 0 5px;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .operators {
      font-size: 14px;
    }
  }
`;
