import { codeOf, messageOf } from "./errors.js";

/** What decoding takes of the engine. */
export interface Decoder<P> {
  decode(bytes: Uint8Array): Promise<P>;
  pictureFromRgba(rgba: Uint8Array, width: number, height: number): P;
}

/** Of a picture that the browser has read where the engine could not read it at all. */
export interface ByBrowser {
  code: "by-browser";
  message: string;
}

/**
 * Decodes a picture file: in Rust, and by the browser where Rust cannot, for whatever reason. Where the browser cannot
 * either, Rust has told why; where it shows a file that is damaged, that is told as well.
 */
export async function decode<P extends { readonly notices: unknown[]; readonly isLossy: boolean }>(
  engine: Decoder<P>,
  file: Blob,
): Promise<{ picture: P; notices: (P["notices"][number] | ByBrowser)[]; lossy: boolean }> {
  try {
    const picture = await engine.decode(new Uint8Array(await file.arrayBuffer()));
    return { picture, notices: picture.notices, lossy: picture.isLossy };
  } catch (error) {
    const damaged = codeOf(error) === "invalid-picture";
    const bitmap = damaged || codeOf(error) === "unsupported-picture" ? await byBrowser(file) : null;
    const pixels = bitmap && pixelsOf(bitmap);
    if (!pixels) throw error;
    const picture = engine.pictureFromRgba(new Uint8Array(pixels.data.buffer), pixels.width, pixels.height);
    // What only browsers read (HEIC, AVIF) is hardly ever without loss.
    return { picture, notices: damaged ? [{ code: "by-browser", message: messageOf(error) }] : [], lossy: true };
  }
}

/** The pixels of a bitmap, which is closed; null where there is no canvas for them. */
export function pixelsOf(bitmap: ImageBitmap): { data: Uint8ClampedArray; width: number; height: number } | null {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context && { data: context.getImageData(0, 0, width, height).data, width, height };
}

async function byBrowser(file: Blob): Promise<ImageBitmap | null> {
  if (typeof createImageBitmap === "undefined") return null;
  return createImageBitmap(file).catch(() => null);
}
