import { download } from "./download.js";
import { RestoreError } from "./errors.js";
import { sha256 } from "./sha256.js";

/** Where the browser keeps weights between visits, each under its hash. */
export const KEPT = "unet-playground-weights";

/**
 * The bytes of a shipped model: from the browser's own store where they have been fetched before, and in either
 * case the bytes that the manifest means, as far as this browser can tell (it cannot outside of a secure context).
 */
export async function weights(
  { url, sha256: wanted }: { url: string; sha256: string },
  signal: AbortSignal,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<Uint8Array> {
  const kept = wanted ? await store() : null;
  const name = `${url}?sha256=${wanted}`;
  const found = await kept?.match(name);
  if (found) {
    const bytes = new Uint8Array(await found.arrayBuffer());
    if (await matches(bytes, wanted)) return bytes;
    await kept?.delete(name);
  }
  const bytes = await download(url, signal, onProgress);
  if (!(await matches(bytes, wanted))) throw new RestoreError("wrong-weights", `${url}: its SHA-256 is not ${wanted}`);
  // A full store is no reason not to go on.
  if (kept) await keep(kept, name, bytes).catch(() => undefined);
  return bytes;
}

/** Null where there is none; in a sandbox even asking throws. */
async function store(): Promise<Cache | null> {
  try {
    return "caches" in globalThis ? await caches.open(KEPT) : null;
  } catch {
    return null;
  }
}

/** Forgets all weights that are kept. */
export async function forget(): Promise<void> {
  if (await store()) await caches.delete(KEPT);
}

/** In place of what the same address held under another hash. */
async function keep(kept: Cache, name: string, bytes: Uint8Array): Promise<void> {
  await kept.put(name, new Response(bytes as Uint8Array<ArrayBuffer>));
  const all = await kept.keys(name, { ignoreSearch: true });
  const others = all.filter(({ url }) => new URL(url).search !== new URL(name).search);
  await Promise.all(others.map((other) => kept.delete(other)));
}

async function matches(bytes: Uint8Array, wanted: string): Promise<boolean> {
  const found = wanted && (await sha256(bytes as Uint8Array<ArrayBuffer>));
  return !found || found === wanted.toLowerCase();
}
