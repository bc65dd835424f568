import { css } from "lit";

export const galleryStyles = css`
  .about {
    max-width: 74ch;
    margin-bottom: 16px;
    color: var(--ink-soft);
  }
  .what {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px 20px;
    margin: 18px 0 12px;
  }
  .what up-segments {
    width: min(100%, 300px);
  }
  .what .costs {
    width: min(100%, 390px);
  }
  .what label {
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
  }
  select {
    min-height: 36px;
    min-width: 0;
    max-width: 280px;
    padding: 0 8px;
    border: 0;
    border-radius: var(--radius);
    background: var(--fill);
    color: var(--ink);
  }
  option {
    background: var(--raised);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 18px;
    margin-bottom: 8px;
  }
  .legend label,
  h3 label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 32px;
    cursor: pointer;
  }
  .legend i {
    width: 11px;
    height: 11px;
    border-radius: 50%;
    border: 2.4px solid var(--color);
  }
  input {
    flex: none;
    accent-color: var(--accent);
  }
  .measure {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    margin-bottom: 8px;
    color: var(--ink-soft);
  }
  .measure button {
    color: var(--ink);
  }
  .compare {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    margin: 8px 0 26px;
    color: var(--ink-soft);
  }
  a.button {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 36px;
    padding: 0 14px;
    border-radius: var(--radius);
    background: var(--ink);
    color: var(--surface);
    font-weight: 600;
    text-decoration: none;
  }
  a.button[aria-disabled] {
    background: var(--fill);
    color: var(--ink-faint);
  }
  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
    gap: 14px;
  }
  article {
    display: flex;
    flex-direction: column;
    gap: 8px;
    padding: 12px 16px 14px;
    border-radius: 10px;
    background: var(--fill);
    box-shadow: inset 0 3px 0 var(--color);
    overflow-wrap: anywhere;
  }
  h3 {
    margin: 0;
    font-size: 14px;
    font-weight: 600;
  }
  article p {
    margin: 0;
  }
  .formula {
    font-family: ui-monospace, monospace;
    font-size: 12.5px;
  }
  .paper {
    color: var(--ink-soft);
    font-size: 12.5px;
  }
  dl {
    display: grid;
    gap: 2px;
    margin: auto 0 0;
    font-variant-numeric: tabular-nums;
  }
  dl div {
    display: flex;
    justify-content: space-between;
    gap: 12px;
  }
  dt {
    color: var(--ink-soft);
  }
  dd {
    margin: 0;
    white-space: nowrap;
  }
  .links {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  .links a {
    color: var(--ink);
  }
  @media (pointer: coarse) {
    .legend label,
    h3 label,
    .links a,
    a.button {
      min-height: 40px;
      display: inline-flex;
      align-items: center;
    }
  }
  @media (max-width: 700px) {
    main {
      padding: 8px 16px 40px;
    }
  }
  /* In a small frame of another page: the drawing comes first. */
  @media (max-width: 700px) and (max-height: 480px) {
    .about {
      display: none;
    }
    .tasks {
      margin: 0 -16px;
      padding: 3px 16px;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .tasks up-chips {
      width: max-content;
    }
    .what {
      flex-wrap: nowrap;
      margin: 8px -16px 4px;
      padding: 2px 16px;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .what > * {
      flex: none;
    }
    .what up-segments {
      width: 280px;
    }
    .legend {
      flex-wrap: nowrap;
      margin: 0 -16px;
      padding: 0 16px;
      overflow-x: auto;
      scrollbar-width: none;
      white-space: nowrap;
    }
  }
`;
