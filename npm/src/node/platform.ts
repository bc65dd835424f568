/** The platform of Node: pictures are files and bytes, the worker is a thread. */

import { messageOf, RestoreError } from "../errors.js";
import type { Platform } from "../platform.js";
import { addressOf, fetchAny } from "./files.js";
import { Thread } from "./thread.js";

export const node: Platform = {
  // In the bundle it is beside this file.
  startWorker: () => new Thread(new URL("./worker.js", import.meta.url)),

  resolve: addressOf,

  json: (url, signal) => got(url, signal, (response) => response.json() as Promise<unknown>),

  async read(source, signal) {
    if (typeof source === "string" || source instanceof URL)
      return { picture: await got(addressOf(source), signal, (response) => response.blob()), transfer: [] };
    if (source instanceof Blob) return { picture: source, transfer: [] };
    // A Buffer may share its memory with others.
    if (source instanceof Uint8Array) return { picture: new Uint8Array(source), transfer: [] };
    if (source instanceof ArrayBuffer) return { picture: new Uint8Array(source), transfer: [] };
    const { data, width, height } = source as Partial<ImageData>;
    if (data instanceof Uint8ClampedArray && width && height) return { picture: { data, width, height }, transfer: [] };
    const what = "a path, an address, a Buffer, an ArrayBuffer, a Blob or { data, width, height }";
    throw new RestoreError("unsupported-source", `in Node a picture is ${what}`);
  },
};

async function got<T>(url: string, signal: AbortSignal, read: (response: Response) => Promise<T>): Promise<T> {
  try {
    const response = await fetchAny(url, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await read(response);
  } catch (error) {
    signal.throwIfAborted();
    throw new RestoreError("download-failed", `${url}: ${messageOf(error)}`);
  }
}
