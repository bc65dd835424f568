/**
 * A picture as the page draws it: a small overview of the whole, and sharp tiles of the visible part, fetched from the
 * worker on demand and dropped again. Full-size pictures stay in the worker.
 */

import type { Rect } from "../engine";
import type { Tile } from "../protocol";
import { placed, type Size, type View, visibleTiles } from "./viewport";

/** Longest side of an overview. */
export const OVERVIEW_SIDE = 2048;
const TILE_SIDE = 512;
/** Pixels of cached tiles, four bytes each. A view that needs more shows the overview instead. */
const MAX_PIXELS = 48 * TILE_SIDE ** 2;
/** Tiles cached beside the visible ones, for a view that moves back and forth. */
const SPARE = 6;
const MAX_FETCHES = 3;
/** Scale from which pixels are drawn as squares, unless smoothing is on. Device pixels per pixel of the frame. */
const PIXELATED_FROM = 3;

/** Side of the checkerboard squares behind transparent parts, in CSS pixels, and their two colors. */
const SQUARE = 8;
const SQUARES = ["#ffffff", "#d4d4d4"] as const;

export type FetchTile = (rect: Rect) => Promise<ImageBitmap>;

export interface Look {
  view: View;
  /** The size of the picture that the view refers to; a layer fills it whatever its own size. */
  frame: Size;
  stage: Size;
  /** Device pixels per CSS pixel. */
  density: number;
  /** Whether enlarged pixels are interpolated. */
  smooth: boolean;
}

export class Layer extends EventTarget {
  readonly size: Size;
  #transparent: boolean;
  #overview: ImageBitmap | OffscreenCanvas | null = null;
  #tiles = new Map<string, Tile>();
  #fetching = new Set<string>();
  #fetch: FetchTile | null = null;
  /** Areas of the overview painted with tiles of a run. */
  #painted: Rect[] = [];
  #closed = false;
  /** Current limit of cached tile pixels. */
  #most = MAX_PIXELS;

  /** `transparent`: whether it has transparency; then a checkerboard is drawn behind it. */
  constructor({ width, height, transparent = false }: Size & { transparent?: boolean }) {
    super();
    this.size = { width, height };
    this.#transparent = transparent;
  }

  /** Shows the finished picture: its overview, and the source of its tiles, if any. Replaces what was painted. */
  show(overview: ImageBitmap, fetch: FetchTile | null): void {
    this.#release();
    this.#overview = overview;
    this.#fetch = fetch;
    this.#changed();
  }

  /** Begins to paint tile by tile over the content of `before`, so that a new run does not blank the last one. */
  begin(before: Layer | null): void {
    const scale = Math.min(OVERVIEW_SIDE / Math.max(this.size.width, this.size.height), 1);
    const canvas = new OffscreenCanvas(
      Math.max(Math.round(this.size.width * scale), 1),
      Math.max(Math.round(this.size.height * scale), 1),
    );
    // biome-ignore lint/complexity/useOptionalChain: TypeScript has no optional chain to a private name
    if (before && before.#overview)
      canvas.getContext("2d")?.drawImage(before.#overview, 0, 0, canvas.width, canvas.height);
    this.#overview = canvas;
    this.#changed();
  }

  /** Paints one finished tile of a run. Takes ownership of the bitmap. */
  paint(tile: Tile): void {
    if (this.#closed || !(this.#overview instanceof OffscreenCanvas)) return tile.bitmap.close();
    const context = this.#overview.getContext("2d");
    if (context) context.imageSmoothingQuality = "high";
    const sx = this.#overview.width / this.size.width;
    const sy = this.#overview.height / this.size.height;
    const at = { x: tile.x * sx, y: tile.y * sy, width: tile.width * sx, height: tile.height * sy };
    this.#painted.push(at);
    context?.clearRect(at.x, at.y, at.width, at.height);
    context?.drawImage(tile.bitmap, at.x, at.y, at.width, at.height);
    if (this.#overviewIsSharp()) tile.bitmap.close();
    else this.#remember(`${tile.x},${tile.y}`, tile);
    this.#changed();
  }

  /** Keeps only the painted tiles, not what they were painted over. */
  bare(): void {
    const context = this.#overview instanceof OffscreenCanvas ? this.#overview.getContext("2d") : null;
    if (!context) return;
    context.globalCompositeOperation = "destination-in";
    context.beginPath();
    for (const { x, y, width, height } of this.#painted) context.rect(x, y, width, height);
    context.fill();
    context.globalCompositeOperation = "source-over";
    this.#changed();
  }

  /** Draws the visible part. */
  draw(context: CanvasRenderingContext2D, look: Look): void {
    const { view: seen, frame, stage, density } = look;
    const view = scaled(seen, this.size.width / frame.width, this.size.height / frame.height);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, stage.width, stage.height);
    if (!this.#overview) return;
    this.#drawPicture(context, this.#overview, view, look);
    if (this.#transparent) drawSquares(context, placed(view, this.size, stage), stage);
  }

  #drawPicture(
    context: CanvasRenderingContext2D,
    overview: ImageBitmap | OffscreenCanvas,
    view: View,
    { view: seen, stage, density, smooth }: Look,
  ): void {
    const zoom = view.scale * density;
    context.imageSmoothingEnabled = smooth || seen.scale * density < PIXELATED_FROM;
    context.imageSmoothingQuality = "high";
    const at = placed(view, this.size, stage);
    context.drawImage(overview, at.x, at.y, at.width, at.height);

    if (this.#overviewIsSharp() || zoom * 0.8 <= overview.width / this.size.width) return;
    const visible = visibleTiles(view, this.size, stage, TILE_SIDE);
    if (visible.length * TILE_SIDE ** 2 > MAX_PIXELS) return;
    if (this.#fetch) {
      this.#most = (visible.length + SPARE) * TILE_SIDE ** 2;
      this.#request(visible);
    }
    for (const tile of this.#tiles.values()) {
      // Edges are rounded to whole device pixels; otherwise seams would show between tiles.
      const left = Math.floor((at.x + tile.x * view.scale) * density) / density;
      const top = Math.floor((at.y + tile.y * view.scale) * density) / density;
      const right = Math.ceil((at.x + (tile.x + tile.width) * view.scale) * density) / density;
      const bottom = Math.ceil((at.y + (tile.y + tile.height) * view.scale) * density) / density;
      context.clearRect(left, top, right - left, bottom - top); // transparent parts must not show the overview beneath
      context.drawImage(tile.bitmap, left, top, right - left, bottom - top);
    }
  }

  /** Closes all bitmaps; the layer draws nothing from now on. */
  close(): void {
    this.#closed = true;
    this.#release();
  }

  #overviewIsSharp(): boolean {
    return this.#overview?.width === this.size.width && this.#overview.height === this.size.height;
  }

  #request(visible: Rect[]): void {
    for (const rect of visible) {
      const key = `${rect.x},${rect.y}`;
      const known = this.#tiles.get(key);
      if (known) {
        this.#remember(key, known);
      } else if (!this.#fetching.has(key) && this.#fetching.size < MAX_FETCHES) {
        void this.#bring(key, rect);
      }
    }
  }

  async #bring(key: string, rect: Rect): Promise<void> {
    const fetch = this.#fetch;
    if (!fetch) return;
    this.#fetching.add(key);
    try {
      const bitmap = await fetch(rect);
      if (this.#closed || fetch !== this.#fetch) return bitmap.close();
      this.#remember(key, { ...rect, bitmap });
    } catch {
      // The worker was replaced, or the picture freed: the overview stays.
      if (fetch === this.#fetch) this.#fetch = null;
    } finally {
      this.#fetching.delete(key);
      this.#changed();
    }
  }

  /** Marks a tile as most recently used, and evicts the least recently used ones beyond the limit. */
  #remember(key: string, tile: Tile): void {
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    let pixels = 0;
    for (const { width, height } of this.#tiles.values()) pixels += width * height;
    for (const [key, { width, height, bitmap }] of this.#tiles) {
      if (pixels <= this.#most) return;
      pixels -= width * height;
      bitmap.close();
      this.#tiles.delete(key);
    }
  }

  #release(): void {
    if (this.#overview instanceof ImageBitmap) this.#overview.close();
    this.#overview = null;
    for (const tile of this.#tiles.values()) tile.bitmap.close();
    this.#tiles.clear();
    this.#fetch = null;
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

/** Draws checkerboard squares behind the content of this area of the stage. */
function drawSquares(context: CanvasRenderingContext2D, area: Rect, stage: Size): void {
  const [left, top] = [Math.max(area.x, 0), Math.max(area.y, 0)];
  const [right, bottom] = [Math.min(area.x + area.width, stage.width), Math.min(area.y + area.height, stage.height)];
  const squares = squarePattern(context);
  if (!squares || right <= left || bottom <= top) return;
  squares.setTransform(new DOMMatrix().translate(area.x, area.y)); // they move with the picture
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = squares;
  context.fillRect(left, top, right - left, bottom - top);
  context.globalCompositeOperation = "source-over";
}

function squarePattern(context: CanvasRenderingContext2D): CanvasPattern | null {
  const canvas = new OffscreenCanvas(2 * SQUARE, 2 * SQUARE);
  const drawing = canvas.getContext("2d");
  if (!drawing) return null;
  for (const [index, color] of SQUARES.entries()) {
    drawing.fillStyle = color;
    for (const row of [0, 1]) drawing.fillRect(((index + row) % 2) * SQUARE, row * SQUARE, SQUARE, SQUARE);
  }
  return context.createPattern(canvas, "repeat");
}

/** The same view in the pixels of a picture `x` times as wide and `y` times as high. */
function scaled(view: View, x: number, y: number): View {
  return { ...view, scale: view.scale / x, center: { x: view.center.x * x, y: view.center.y * y } };
}
