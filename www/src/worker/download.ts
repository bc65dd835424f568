import { CallError } from "../protocol";

/**
 * Fetches bytes from this site, telling how many have come and how many there are: null where the server does
 * not say, or counts compressed bytes.
 */
export async function download(
  url: string,
  signal: AbortSignal,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<Uint8Array> {
  onProgress(0, null); // the first byte may be long in coming
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new CallError("download-failed", `${url}: ${String(error)}`);
  });
  if (!response.ok || !response.body) throw new CallError("download-failed", `${url}: HTTP ${response.status}`);
  const encoded = response.headers.has("Content-Encoding");
  const length = Number(response.headers.get("Content-Length"));
  const total = length > 0 && !encoded ? length : null;

  const chunks: Uint8Array[] = [];
  let loaded = 0;
  onProgress(0, total);
  for await (const chunk of stream(response.body)) {
    chunks.push(chunk);
    loaded += chunk.byteLength;
    onProgress(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** Safari cannot iterate a ReadableStream. */
async function* stream(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
