import { download } from "./download.js";
import { RestoreError } from "./errors.js";
import { sha256 } from "./sha256.js";

/** Cache where the browser keeps weights between visits, by hash. */
export const KEPT = "unet-playground-weights";

/**
 * The bytes of a shipped model: from the cache if possible, otherwise downloaded; checked against the manifest's hash
 * if the browser can (it cannot outside a secure context).
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
  // A full cache must not stop the run.
  if (kept) await keep(kept, name, bytes).catch(() => undefined);
  return bytes;
}

/** Null if there is none; in a sandbox even asking throws. */
async function store(): Promise<Cache | null> {
  try {
    return "caches" in globalThis ? await caches.open(KEPT) : null;
  } catch {
    return null;
  }
}

/** Deletes all kept weights. */
export async function forget(): Promise<void> {
  if (await store()) await caches.delete(KEPT);
}

/** Replaces weights with another hash at the same address. */
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
