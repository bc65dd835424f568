import { RestoreError } from "./errors.js";

/** Longest side of a canvas that browsers support, in pixels. */
const MOST_SIDE = 16_384;
/** From this quality on, a JPEG keeps chroma at full resolution. */
const FULL_CHROMA = 90;

/** The part of a picture that encoding uses. */
export interface Encodable {
  readonly width: number;
  readonly height: number;
  pixels(x: number, y: number, width: number, height: number): Uint8ClampedArray;
  encodeJpeg(quality: number, subsampling?: "420" | "444", options?: { location?: boolean }): Uint8Array;
  completeWebp(webp: Uint8Array, options?: { location?: boolean }): Uint8Array;
}

/**
 * Encodes a picture as a JPEG file by the engine, or as a WebP file by the browser's encoder, `quality` from 0 to 1;
 * with the photo's date, camera and resolution, and its location on request. Transparent parts of a JPEG become white.
 * Errors: `encoder` if the browser has none for WebP, or none for so large a picture.
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
