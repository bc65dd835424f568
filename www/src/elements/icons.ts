import { type SVGTemplateResult, svg } from "lit";

const icon = (paths: SVGTemplateResult) =>
  svg`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">${paths}</svg>`;

export const icons = {
  photo: icon(svg`<rect x="2.5" y="3.5" width="15" height="13" rx="2.5"/><circle cx="7" cy="8" r="1.4"/>
    <path d="m3 14.5 4-3.6 2.6 2.3 3.6-3.7 4.2 4"/>`),
  network: icon(svg`<path d="M3 4.5h3v3H3zM14 4.5h3v3h-3zM8.5 13h3v3h-3zM6 6h8M4.5 7.5v7h4M15.5 7.5v7h-4"/>`),
  model: icon(svg`<path d="M3.5 3.5v4.2l3 2.3v4l2.2 2.5h2.6l2.2-2.5v-4l3-2.3V3.5"/><path d="M3.5 6h13M6.5 11h7"/>`),
  run: icon(svg`<path d="M6.5 4.2v11.6l9-5.8z"/>`),
  stop: icon(svg`<rect x="5" y="5" width="10" height="10" rx="1.6"/>`),
  save: icon(svg`<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>`),
  plus: icon(svg`<path d="M10 4.5v11M4.5 10h11"/>`),
  minus: icon(svg`<path d="M4.5 10h11"/>`),
  close: icon(svg`<path d="m5 5 10 10M15 5 5 15"/>`),
  help: icon(
    svg`<rect x="2" y="5" width="16" height="10.5" rx="2"/><path d="M5.2 8.4h.1M8.4 8.4h.1M11.6 8.4h.1M14.8 8.4h.1M6.5 12h7"/>`,
  ),
  controls: icon(
    svg`<path d="M3 6h7M14.5 6H17M3 14h2.5M10 14h7"/><circle cx="12.2" cy="6" r="2"/><circle cx="7.8" cy="14" r="2"/>`,
  ),
  handle: icon(svg`<path d="m7.5 6-4 4 4 4M12.5 6l4 4-4 4"/>`),
  camera: icon(
    svg`<path d="M3.5 6.5h2.7l1.4-2h4.8l1.4 2h2.7a1 1 0 0 1 1 1V15a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1V7.5a1 1 0 0 1 1-1z"/><circle cx="10" cy="11" r="2.8"/>`,
  ),
  hint: icon(
    svg`<path d="M10 2.8c3 3.7 4.8 6.2 4.8 8.6a4.8 4.8 0 0 1-9.6 0c0-2.4 1.8-4.9 4.8-8.6z"/><path d="M10 9v5M7.5 11.5h5"/>`,
  ),
  again: icon(svg`<path d="M15.8 8.2A6.2 6.2 0 1 0 16 11.5M16.2 4.2v4h-4"/>`),
  pen: icon(
    svg`<path d="m3.5 16.5.9-3.6 8.7-8.7a1.6 1.6 0 0 1 2.3 0l.4.4a1.6 1.6 0 0 1 0 2.3l-8.7 8.7zM11.5 5.8l2.7 2.7"/>`,
  ),
  crop: icon(svg`<path d="M5.5 2.5v12h12M2.5 5.5h12v12"/>`),
  left: icon(svg`<path d="M5 8.5A6 6 0 1 1 4.3 12M4.5 4.2v4.3h4.3"/>`),
  right: icon(svg`<path d="M15 8.5a6 6 0 1 0 .7 3.5M15.5 4.2v4.3h-4.3"/>`),
  mirror: icon(svg`<path d="M10 3v14M7.5 6 3 14.5h4.5zM12.5 6l4.5 8.5h-4.5z"/>`),
  undo: icon(svg`<path d="M7.5 4 3.5 8l4 4M3.8 8H12a4.2 4.2 0 0 1 0 8.4H8"/>`),
  turn: icon(
    svg`<rect x="2.5" y="4" width="15" height="12" rx="2"/><path d="M2.5 10h15M7.8 7.6 10 5.6l2.2 2M7.8 12.4l2.2 2 2.2-2"/>`,
  ),
  fullscreen: icon(svg`<path d="M3.5 7.5v-4h4M16.5 7.5v-4h-4M3.5 12.5v4h4M16.5 12.5v4h-4"/>`),
  grid: icon(
    svg`<rect x="2.5" y="3" width="6.3" height="6" rx="1.4"/><rect x="11.2" y="3" width="6.3" height="6" rx="1.4"/><rect x="2.5" y="11" width="6.3" height="6" rx="1.4"/><rect x="11.2" y="11" width="6.3" height="6" rx="1.4"/>`,
  ),
  difference: icon(svg`<circle cx="7.6" cy="10" r="5"/><circle cx="12.4" cy="10" r="5"/>`),
  lens: icon(svg`<circle cx="8.6" cy="8.6" r="5.2"/><path d="m12.6 12.6 4.4 4.4"/>`),
  probe: icon(
    svg`<path d="m4 16 .6-2.6 6.6-6.6 2 2-6.6 6.6zM10 5.6l4.4 4.4M12.4 6.4l1.7-1.7a1.4 1.4 0 0 1 2 2l-1.7 1.7"/>`,
  ),
  smooth: icon(svg`<path d="M2.5 13.5h4v-4h4v-4h4V3"/><path d="M3 17c5.5-.5 12-4 14-11"/>`),
  table: icon(svg`<rect x="2.5" y="4" width="15" height="12" rx="2"/><path d="M2.5 8.2h15M8 8.2V16"/>`),
  more: icon(svg`<path d="M5 10h.01M10 10h.01M15 10h.01" stroke-width="2.6"/>`),
  copy: icon(
    svg`<rect x="7" y="7" width="9.5" height="9.5" rx="2"/><path d="M13 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7"/>`,
  ),
  share: icon(svg`<path d="M10 12.5V3M6.5 6 10 2.5 13.5 6M5.5 9.5H4V17h12V9.5h-1.5"/>`),
  report: icon(svg`<path d="M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5M7.5 10.5h5M7.5 13.5h5"/>`),
  guide: icon(
    svg`<circle cx="10" cy="10" r="7.3"/><path d="M7.9 8a2.1 2.1 0 1 1 3 1.9c-.6.3-.9.7-.9 1.4M10 13.9h.01"/>`,
  ),
  outside: icon(svg`<path d="M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-7 7"/>`),
  next: icon(svg`<path d="M3 10h11M10 5.5l4.5 4.5L10 14.5M17.5 4.5v11"/>`),
  down: icon(svg`<path d="m5.5 8 4.5 4.5L14.5 8"/>`),
  alert: icon(svg`<circle cx="10" cy="10" r="7.5"/><path d="M10 6.2v4.6M10 13.6h.01"/>`),
};

/** The mark: a U whose arms are the levels of the network. */
export const mark = svg`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
  <path d="M2.5 3v6M6 6v6.5M10 10.5v5.5M14 6v6.5M17.5 3v6"/></svg>`;
