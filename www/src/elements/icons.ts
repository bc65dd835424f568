import { svg, type SVGTemplateResult } from "lit";

const icon = (paths: SVGTemplateResult) =>
  svg`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">${paths}</svg>`;

export const icons = {
  photo: icon(svg`<rect x="2.5" y="3.5" width="15" height="13" rx="2.5"/><circle cx="7" cy="8" r="1.4"/>
    <path d="m3 14.5 4-3.6 2.6 2.3 3.6-3.7 4.2 4"/>`),
  model: icon(svg`<path d="M3.5 3.5v4.2l3 2.3v4l2.2 2.5h2.6l2.2-2.5v-4l3-2.3V3.5"/><path d="M3.5 6h13M6.5 11h7"/>`),
  run: icon(svg`<path d="M6.5 4.2v11.6l9-5.8z"/>`),
  stop: icon(svg`<rect x="5" y="5" width="10" height="10" rx="1.6"/>`),
  save: icon(svg`<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>`),
  plus: icon(svg`<path d="M10 4.5v11M4.5 10h11"/>`),
  minus: icon(svg`<path d="M4.5 10h11"/>`),
  close: icon(svg`<path d="m5 5 10 10M15 5 5 15"/>`),
  help: icon(svg`<rect x="2" y="5" width="16" height="10.5" rx="2"/><path d="M5.2 8.4h.1M8.4 8.4h.1M11.6 8.4h.1M14.8 8.4h.1M6.5 12h7"/>`),
  controls: icon(svg`<path d="M3 6h7M14.5 6H17M3 14h2.5M10 14h7"/><circle cx="12.2" cy="6" r="2"/><circle cx="7.8" cy="14" r="2"/>`),
  handle: icon(svg`<path d="m7.5 6-4 4 4 4M12.5 6l4 4-4 4"/>`),
  alert: icon(svg`<circle cx="10" cy="10" r="7.5"/><path d="M10 6.2v4.6M10 13.6h.01"/>`),
};

/** The mark: a U whose arms are the levels of the network. */
export const mark = svg`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
  <path d="M2.5 3v6M6 6v6.5M10 10.5v5.5M14 6v6.5M17.5 3v6"/></svg>`;
