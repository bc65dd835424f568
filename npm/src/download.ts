import { fetched } from "./fetched.js";

/**
 * Fetches bytes, and reports how many have arrived and the total: null if the server does not say, or counts compressed
 * bytes.
 */
export function download(
  url: string,
  signal: AbortSignal,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<Uint8Array> {
  onProgress(0, null); // the first byte may take long
  return fetched(url, signal, (response) => read(response, onProgress));
}

async function read(
  { headers, body }: Response,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<Uint8Array> {
  const encoded = headers.has("Content-Encoding");
  const length = Number(headers.get("Content-Length"));
  const total = length > 0 && !encoded ? length : null;

  const chunks: Uint8Array[] = [];
  let loaded = 0;
  onProgress(0, total);
  for await (const chunk of body ? stream(body) : []) {
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
