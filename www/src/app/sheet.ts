/** A picture of all results side by side, labelled: for a slide, a report, a friend. */

import type { Client } from "../client";
import { t } from "../i18n";
import { describePanes } from "./panes";
import type { State } from "./state";

/** Longest side of one picture on the sheet, in pixels. */
const SIDE = 900;
const GAP = 24;
const LABEL = 56;
const FONT = '"Inter", system-ui, sans-serif';

export async function comparisonSheet(client: Client, state: State): Promise<Blob> {
  const panes = describePanes(state).filter(({ picture }) => picture !== null);
  const bitmaps = await Promise.all(
    panes.map(({ picture }) => client.call("preview", { picture: picture ?? 0, maxSide: SIDE })),
  );
  const width = Math.max(...bitmaps.map((bitmap) => bitmap.width), 200);
  const height = Math.max(...bitmaps.map((bitmap) => bitmap.height));
  const columns = Math.ceil(Math.sqrt((panes.length * height) / width)) || 1;
  const rows = Math.ceil(panes.length / columns);
  const canvas = new OffscreenCanvas(GAP + columns * (width + GAP), GAP + rows * (LABEL + height + GAP));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas of this size");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  for (const [index, { name, caption, time, wins }] of panes.entries()) {
    const bitmap = bitmaps[index];
    if (!bitmap) continue;
    const x = GAP + (index % columns) * (width + GAP);
    const y = GAP + Math.floor(index / columns) * (LABEL + height + GAP);
    context.fillStyle = "#1d1b19";
    context.font = `600 20px ${FONT}`;
    context.fillText(name, x, y + 20, width);
    context.fillStyle = "#66615a";
    context.font = `16px ${FONT}`;
    const won = wins ? t(wins === "tie" ? "result.tie" : "result.best") : "";
    context.fillText([caption, time, won].filter(Boolean).join(" · "), x, y + 44, width);
    const scale = Math.min(width / bitmap.width, height / bitmap.height);
    context.drawImage(bitmap, x, y + LABEL, bitmap.width * scale, bitmap.height * scale);
    bitmap.close();
  }
  return canvas.convertToBlob({ type: "image/png" });
}
