import { codeOf, messageOf } from "./errors.js";

/** The part of the engine that decoding uses. */
export interface Decoder<P> {
  decode(bytes: Uint8Array): Promise<P>;
  pictureFromRgba(rgba: Uint8Array, width: number, height: number): P;
}

/** Notice of a picture that only the browser could decode. */
export interface ByBrowser {
  code: "by-browser";
  message: string;
}

/**
 * Decodes a picture file in Rust, or by the browser if Rust fails for any reason. If both fail, rejects with Rust's
 * error; if only the browser can show a damaged file, adds a notice.
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
    // Formats that only browsers read (HEIC, AVIF) are almost always lossy.
    return { picture, notices: damaged ? [{ code: "by-browser", message: messageOf(error) }] : [], lossy: true };
  }
}

/** The pixels of a bitmap, which is closed; null if there is no canvas. */
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
