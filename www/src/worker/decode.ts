import type { Engine, Picture } from "../engine";
import { codeOf, type FileNotice, messageOf } from "../protocol";

/**
 * Decodes a picture file: in Rust, and by the browser where Rust cannot, for whatever reason. Where the browser cannot
 * either, Rust has told why; where it shows a file that is damaged, that is told as well.
 */
export async function decode(
  engine: Engine,
  file: Blob,
): Promise<{ picture: Picture; notices: FileNotice[]; lossy: boolean }> {
  try {
    const picture = await engine.decode(new Uint8Array(await file.arrayBuffer()));
    return { picture, notices: picture.notices, lossy: picture.isLossy };
  } catch (error) {
    const damaged = codeOf(error) === "invalid-picture";
    const bitmap = damaged || codeOf(error) === "unsupported-picture" ? await byBrowser(file) : null;
    if (!bitmap) throw error;
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw error;
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    const picture = engine.pictureFromRgba(new Uint8Array(data.buffer), width, height);
    // What only browsers read (HEIC, AVIF) is hardly ever without loss.
    return { picture, notices: damaged ? [{ code: "by-browser", message: messageOf(error) }] : [], lossy: true };
  }
}

function byBrowser(file: Blob): Promise<ImageBitmap | null> {
  return createImageBitmap(file).catch(() => null);
}
