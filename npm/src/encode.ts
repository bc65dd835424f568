import { RestoreError } from "./errors.js";

/** Pixels of the longest side of a canvas, beyond which browsers give none. */
const MOST_SIDE = 16_384;
/** From this on, chroma of a JPEG is kept at full resolution. */
const FULL_CHROMA = 90;

/** What encoding takes of a picture. */
export interface Encodable {
  readonly width: number;
  readonly height: number;
  pixels(x: number, y: number, width: number, height: number): Uint8ClampedArray;
  encodeJpeg(quality: number, subsampling?: "420" | "444", options?: { location?: boolean }): Uint8Array;
  completeWebp(webp: Uint8Array, options?: { location?: boolean }): Uint8Array;
}

/**
 * A picture as a JPEG file by the engine, or as a WebP file by the browser's encoder, `quality` from 0 to 1; with the date,
 * camera and resolution of the photo, and where it was taken if asked. Where a JPEG would be transparent it is white.
 * Errors: `encoder` where the browser has none for WebP, or none for so large a picture.
 */
export async function encode(
  picture: Encodable,
  type: "image/jpeg" | "image/webp",
  quality: number,
  options: { location: boolean },
): Promise<Uint8Array<ArrayBuffer>> {
  if (type === "image/jpeg") {
    const percent = Math.max(1, Math.round(100 * quality));
    return picture.encodeJpeg(percent, percent < FULL_CHROMA ? "420" : "444", options) as Uint8Array<ArrayBuffer>;
  }
  const { width, height } = picture;
  if (Math.max(width, height) > MOST_SIDE)
    throw new RestoreError("encoder", `a side has more than ${MOST_SIDE} pixels`);
  if (typeof OffscreenCanvas === "undefined") throw new RestoreError("encoder", `${type} is written by browsers only`);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new RestoreError("encoder", `no canvas of ${width} × ${height} pixels`);
  const pixels = picture.pixels(0, 0, width, height) as Uint8ClampedArray<ArrayBuffer>;
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  const file = await canvas.convertToBlob({ type, quality });
  if (file.type !== type) throw new RestoreError("encoder", `this browser writes ${file.type} in place of ${type}`);
  return picture.completeWebp(new Uint8Array(await file.arrayBuffer()), options) as Uint8Array<ArrayBuffer>;
}
