/** `file:` addresses, which Node's `fetch` does not support. */

import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

/** `fetch` with support for `file:` addresses. */
export async function fetchAny(url: string | URL | Request, options?: RequestInit): Promise<Response> {
  const { href } = url instanceof Request ? new URL(url.url) : new URL(url);
  if (!href.startsWith("file:")) return fetch(url, options);
  options?.signal?.throwIfAborted();
  const type = href.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  const bytes = new Uint8Array(await readFile(fileURLToPath(href)));
  return new Response(bytes, { headers: { "Content-Type": type, "Content-Length": String(bytes.byteLength) } });
}

/** The URL of an address or a path; a drive letter is not a scheme. */
export function addressOf(given: string | URL): string {
  if (given instanceof URL) return given.href;
  return /^[a-z][a-z\d+.-]+:/i.test(given) ? new URL(given).href : pathToFileURL(given).href;
}
