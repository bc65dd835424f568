import type { Engine, Picture } from "../engine";
import { codeOf } from "../protocol";

/**
 * Decodes a picture file: in Rust, and by the browser only where Rust says that the format is none of its own
 * (AVIF, HEIC), so that a broken JPEG or PNG is told as broken and not half shown.
 */
export async function decode(engine: Engine, file: Blob): Promise<Picture> {
  try {
    return await engine.decode(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    const bitmap = codeOf(error) === "unsupported-picture" ? await byBrowser(file) : null;
    if (!bitmap) throw error;
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw error;
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    return engine.pictureFromRgba(new Uint8Array(data.buffer), width, height);
  }
}

function byBrowser(file: Blob): Promise<ImageBitmap | null> {
  return createImageBitmap(file).catch(() => null);
}
