import type { Engine, Picture } from "../engine";

/**
 * Decodes a picture file: in Rust, or, for AVIF and HEIC, by the browser where it can. Only those two
 * are handed on, so that a broken JPEG or PNG is told as broken and not half shown.
 */
export async function decode(engine: Engine, file: Blob): Promise<Picture> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!isIsoMedia(bytes)) return engine.decode(bytes);
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return engine.decode(bytes);
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return engine.decode(bytes);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return engine.pictureFromRgba(new Uint8Array(data.buffer), width, height);
}

/** An ISO base media file (AVIF, HEIC): its first box is `ftyp`. */
function isIsoMedia(bytes: Uint8Array): boolean {
  return bytes.length > 12 && String.fromCharCode(...bytes.subarray(4, 8)) === "ftyp";
}
