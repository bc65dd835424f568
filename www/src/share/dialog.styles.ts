import { css } from "lit";

export const shareStyles = css`
  dialog {
    width: 820px;
  }
  h3,
  h4,
  legend {
    margin: 0 0 6px;
    padding: 0;
    font-size: 13px;
    font-weight: 600;
    line-height: 20px;
  }
  h4,
  legend,
  .fields label {
    font-size: 12px;
    font-weight: 400;
    color: var(--ink-soft);
  }
  section {
    min-width: 0;
  }
  .copied {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 8px;
  }
  .stays {
    margin-top: 8px;
    padding-left: 10px;
    border-left: 3px solid var(--accent);
    line-height: 20px;
  }
  .columns {
    display: grid;
    gap: 20px 28px;
    margin: 20px 0;
  }
  .wishes {
    display: grid;
    align-content: start;
  }
  fieldset {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
    gap: 0 12px;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
    line-height: 18px;
  }
  .check input {
    flex: none;
    width: 17px;
    height: 17px;
    margin: 0;
    accent-color: var(--ink);
  }
  .wishes > .check {
    margin: 8px 0;
    padding: 6px 0;
    border-top: 1px solid var(--hairline);
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
    gap: 10px 12px;
    margin-bottom: 12px;
  }
  .fields label {
    display: grid;
    gap: 4px;
  }
  input:is([readonly], [type="number"]),
  textarea {
    width: 100%;
    min-width: 0;
    min-height: 36px;
    padding: 0 10px;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
  }
  .fields :is(input, select) {
    width: 100%;
    min-height: 36px;
    color: var(--ink);
  }
  ::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  textarea {
    display: block;
    padding: 10px;
    font: 12px / 18px ui-monospace, "SF Mono", Consolas, monospace;
    letter-spacing: 0;
    white-space: pre;
    overflow: auto;
    resize: vertical;
  }
  .preview {
    overflow: hidden;
    border-radius: var(--radius);
    background: var(--stage);
  }
  iframe {
    display: block;
    border: 0;
    transform-origin: 0 0;
  }
  .code up-segments {
    max-width: 300px;
  }
  .code .sentence {
    margin: 6px 0;
  }
  .foot a {
    flex: 1 1 240px;
    color: inherit;
    font-size: 12px;
    text-underline-offset: 3px;
  }
  @media (pointer: coarse) {
    .check {
      min-height: 44px;
    }
    textarea {
      font-size: 16px;
      line-height: 22px;
    }
  }
  @media (max-width: 520px) {
    dialog {
      --side: 16px;
      width: 100%;
    }
  }
  @media (min-width: 760px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
`;
