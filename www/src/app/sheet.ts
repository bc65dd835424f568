/** A labelled picture of all results side by side, for a slide or a report. */

import type { Client } from "../client";
import type { Rect } from "../engine";
import { t } from "../i18n";
import { describePanes, type Pane } from "./panes";
import type { State } from "./state";

/** Longest side of one picture on the sheet, in pixels. */
const SIDE = 900;
const GAP = 24;
const LABEL = 56;
const TITLE = 64;
/** Enlargement from which pixels are drawn as squares. */
const PIXELATED = 3;
const FONT = '"Inter", system-ui, sans-serif';

/** `part`: the visible part, as fractions of the pictures' width and height. `title`: heading of the sheet. */
export async function comparisonSheet(client: Client, state: State, part: Rect, title: string): Promise<Blob> {
  const panes = describePanes(state).filter(({ picture }) => picture !== null);
  const bitmaps = await Promise.all(panes.map((pane) => shown(client, pane, part)));
  const [widest, tallest] = [
    Math.max(...bitmaps.map((one) => one.width)),
    Math.max(...bitmaps.map((one) => one.height)),
  ];
  // A few pixels that the user has zoomed in on are enlarged on the sheet as well.
  const enlarged = isPart(part) ? Math.max(1, SIDE / 2 / Math.max(widest, tallest)) : 1;
  const width = Math.max(Math.round(widest * enlarged), 200);
  const height = Math.round(tallest * enlarged);
  const columns = Math.ceil(Math.sqrt((panes.length * height) / width)) || 1;
  const rows = Math.ceil(panes.length / columns);
  const canvas = new OffscreenCanvas(GAP + columns * (width + GAP), TITLE + rows * (LABEL + height + GAP));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas of this size");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#1d1b19";
  context.font = `600 26px ${FONT}`;
  context.fillText(title, GAP, GAP + 24, canvas.width - 2 * GAP);
  for (const [index, { name, caption, time, wins }] of panes.entries()) {
    const bitmap = bitmaps[index];
    if (!bitmap) continue;
    const x = GAP + (index % columns) * (width + GAP);
    const y = TITLE + Math.floor(index / columns) * (LABEL + height + GAP);
    context.fillStyle = "#1d1b19";
    context.font = `600 20px ${FONT}`;
    context.fillText(name, x, y + 20, width);
    context.fillStyle = "#66615a";
    context.font = `16px ${FONT}`;
    const won = wins ? t(wins === "tie" ? "result.tie" : "result.best") : "";
    context.fillText([caption, time, won].filter(Boolean).join(" · "), x, y + 44, width);
    const scale = Math.min(width / bitmap.width, height / bitmap.height);
    context.imageSmoothingEnabled = scale < PIXELATED;
    context.drawImage(bitmap, x, y + LABEL, bitmap.width * scale, bitmap.height * scale);
    bitmap.close();
  }
  return canvas.convertToBlob({ type: "image/png" });
}

/** The part of a pane's picture, small enough for the sheet. */
async function shown(client: Client, { picture, layer }: Pane, part: Rect): Promise<ImageBitmap> {
  const id = picture ?? 0;
  const size = layer?.size;
  if (!size || !isPart(part)) return client.call("preview", { picture: id, maxSide: SIDE });
  const [x, y] = [Math.floor(part.x * size.width), Math.floor(part.y * size.height)];
  const width = Math.max(1, Math.min(Math.ceil(part.width * size.width), size.width - x));
  const height = Math.max(1, Math.min(Math.ceil(part.height * size.height), size.height - y));
  const bitmap = await client.call("region", { picture: id, rect: { x, y, width, height } });
  const scale = SIDE / Math.max(width, height);
  if (scale >= 1) return bitmap;
  const resized = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  const small = await createImageBitmap(bitmap, { ...resized, resizeQuality: "high" });
  bitmap.close();
  return small;
}

function isPart({ width, height }: Rect): boolean {
  return width < 1 || height < 1;
}
