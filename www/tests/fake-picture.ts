/** Pictures of the fake engine: canvases that remember their original before degradation. */

import type { Picture } from "../src/engine";

export class FakePicture implements Picture {
  readonly hasLocation = true;
  readonly isLossy = false;
  readonly notices = [];
  /** For label pictures: the fraction of correct labels. */
  quality = 1;
  constructor(
    readonly canvas: OffscreenCanvas,
    readonly clean: OffscreenCanvas,
    readonly hasAlpha = false,
  ) {}
  get width() {
    return this.canvas.width;
  }
  get height() {
    return this.canvas.height;
  }
  pixels(x: number, y: number, width: number, height: number) {
    return context(this.canvas).getImageData(x, y, width, height).data;
  }
  thumbnail(maxSide: number): Picture {
    const scale = maxSide / Math.max(this.width, this.height);
    const small = new OffscreenCanvas(Math.ceil(this.width * scale), Math.ceil(this.height * scale));
    context(small).drawImage(this.canvas, 0, 0, small.width, small.height);
    return new FakePicture(small, small);
  }
  cut(x: number, y: number, width: number, height: number, quarters: number, mirrored: boolean): Picture {
    const canvas = quarters % 2 ? new OffscreenCanvas(height, width) : new OffscreenCanvas(width, height);
    const to = context(canvas);
    to.translate(canvas.width / 2, canvas.height / 2);
    to.rotate((quarters * Math.PI) / 2);
    to.scale(mirrored ? -1 : 1, 1);
    to.drawImage(this.canvas, x, y, width, height, -width / 2, -height / 2, width, height);
    return new FakePicture(canvas, canvas);
  }
  /** A PNG must be available synchronously, which canvases do not offer: browsers accept a 32-bit BMP as well. */
  encodePng() {
    return bmp(this.pixels(0, 0, this.width, this.height), this.width, this.height);
  }
  /** Begins like a JPEG, with a length that depends on the quality. */
  encodeJpeg(quality: number, _subsampling?: string, { location = false } = {}) {
    const place = location ? new TextEncoder().encode("GPS") : [];
    return new Uint8Array([
      0xff,
      0xd8,
      ...place,
      ...new Uint8Array(Math.round((this.width * this.height * quality) / 400)),
    ]);
  }
  completeWebp(webp: Uint8Array) {
    return webp;
  }
  free() {}
}

export function drawn(source: OffscreenCanvas, width: number, height: number, filter = "none"): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  context(canvas).filter = filter;
  context(canvas).drawImage(source, 0, 0, width, height);
  return canvas;
}

export function blended(over: OffscreenCanvas, top: OffscreenCanvas, alpha: number): OffscreenCanvas {
  const canvas = drawn(over, top.width, top.height);
  context(canvas).globalAlpha = alpha;
  context(canvas).drawImage(top, 0, 0);
  return canvas;
}

export function context(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  return context;
}

function bmp(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array {
  const file = new Uint8Array(54 + rgba.length);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  const words: [number, number][] = [
    [2, file.length],
    [10, 54],
    [14, 40],
    [18, width],
    [22, -height],
    [34, rgba.length],
  ];
  for (const [at, value] of words) view.setInt32(at, value, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 32, true);
  for (let at = 0; at < rgba.length; at += 4) {
    file.set([rgba[at + 2] ?? 0, rgba[at + 1] ?? 0, rgba[at] ?? 0, 255], 54 + at);
  }
  return file;
}
