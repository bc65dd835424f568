import type { Picture } from "../engine";
import { CallError } from "../protocol";

/** Pixels of the longest side of a canvas, beyond which browsers give none. */
const MOST_SIDE = 16_384;

/**
 * A picture as a JPEG or WebP file, by the browser's own encoder. Where a JPEG would be transparent it is white.
 * Errors: `encoder` where the browser has none for this format, or none for so large a picture.
 */
export async function encode(picture: Picture, type: "image/jpeg" | "image/webp", quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = picture;
  if (Math.max(width, height) > MOST_SIDE) throw new CallError("encoder", `a side has more than ${MOST_SIDE} pixels`);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new CallError("encoder", `no canvas of ${width} × ${height} pixels`);
  const pixels = picture.pixels(0, 0, width, height) as Uint8ClampedArray<ArrayBuffer>;
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  if (type === "image/jpeg" && picture.hasAlpha) {
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
  }
  const file = await canvas.convertToBlob({ type, quality });
  if (file.type !== type) throw new CallError("encoder", `this browser writes ${file.type} in place of ${type}`);
  return new Uint8Array(await file.arrayBuffer());
}
