/** The platform of browsers: pages and workers. */

import { RestoreError } from "./errors.js";
import { fetched } from "./fetched.js";
import { started } from "./importer.js";
import type { Platform, WorkerLike } from "./platform.js";
import type { PictureMessage } from "./protocol.js";
import type { Source } from "./types.js";

export const browser: Platform = {
  startWorker() {
    // Bundlers recognize this literal expression.
    return started(() => new Worker(new URL("./worker.js", import.meta.url), { type: "module" })) as WorkerLike;
  },

  resolve: (url) => new URL(url, base()).href,

  json: (url, signal) => fetched(url, signal, (response) => response.json() as Promise<unknown>),

  async read(source, signal) {
    if (typeof source === "string" || source instanceof URL) {
      const picture = await fetched(browser.resolve(source), signal, (response) => response.blob());
      return { picture, transfer: [] };
    }
    if (source instanceof Blob) return { picture: source, transfer: [] };
    if (source instanceof Uint8Array) return { picture: source, transfer: [] };
    if (source instanceof ArrayBuffer) return { picture: new Uint8Array(source), transfer: [] };
    const { data, width, height, colorSpace } = source as Partial<ImageData>;
    if (data instanceof Uint8ClampedArray && width && height && colorSpace !== "display-p3")
      return { picture: { data, width, height }, transfer: [] };
    const picture = await bitmapOf(source);
    // The caller's own bitmap is not transferred.
    return { picture, transfer: picture === source ? [] : [picture as ImageBitmap] };
  },
};

/** Base of relative addresses: the document, or in a worker its script. */
const base = () => globalThis.document?.baseURI ?? globalThis.location?.href;

async function bitmapOf(source: Exclude<Source, string | URL>): Promise<PictureMessage> {
  if (source instanceof ImageBitmap) return source;
  let bitmap: ImageBitmap;
  try {
    // An image may still be loading.
    if (typeof HTMLImageElement !== "undefined" && source instanceof HTMLImageElement) await source.decode();
    bitmap = await createImageBitmap(source as ImageBitmapSource);
  } catch (error) {
    throw new RestoreError("unsupported-source", `no picture can be made of ${nameOf(source)}: ${error}`);
  }
  if (!isClean(bitmap)) {
    bitmap.close();
    const why =
      'its pixels are another origin\'s: load it with crossorigin="anonymous" from a host that sends CORS headers';
    throw new RestoreError("cross-origin-image", why);
  }
  return bitmap;
}

/** Whether the pixels of a bitmap may be read: browsers forbid it for images of other origins. */
function isClean(bitmap: ImageBitmap): boolean {
  try {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    context?.getImageData(0, 0, 1, 1);
    return true;
  } catch {
    return false;
  }
}

function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
