// A picture of ratios: a bar for each network, in light and in dark pages.

const ROW = 22;
const LABELS = 280;
const WIDTH = 760;

/** SVG of `{ name, ratio, ours }`, the largest ratio first. */
export function chart(results, title) {
  const sorted = [...results].sort((a, b) => b.ratio - a.ratio);
  const most = Math.ceil(sorted[0]?.ratio ?? 1);
  const x = (ratio) => LABELS + (ratio / most) * (WIDTH - LABELS - 110);
  const height = 40 + ROW * sorted.length + 12;
  const bars = sorted.map(({ name, ratio, ours }, i) => {
    const y = 40 + ROW * i;
    return (
      `<text x="${LABELS - 8}" y="${y + 14}" text-anchor="end">${name}</text>` +
      `<rect x="${LABELS}" y="${y + 3}" width="${(x(ratio) - LABELS).toFixed(1)}" height="${ROW - 7}" rx="2"/>` +
      `<text x="${(x(ratio) + 6).toFixed(1)}" y="${y + 14}">${ratio.toFixed(1)}× · ${ours.toFixed(0)} ms</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${title}</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1b1f24; }
.title { font-weight: 600; }
rect { fill: #2f6fde; }
line { stroke: #8a929b; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) { text { fill: #e6e8eb; } rect { fill: #6ea0ff; } }
</style>
<text class="title" x="8" y="20">${title}</text>
<line x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="34" y2="${height - 8}"/>
${bars.join("\n")}
</svg>
`;
}
