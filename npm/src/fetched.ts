import { messageOf, RestoreError } from "./errors.js";

/** A file, read by `read`. What goes wrong on the way is a `download-failed`, at the last byte as at the first. */
export async function fetched<T>(
  url: string,
  signal: AbortSignal,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await read(response);
  } catch (error) {
    signal.throwIfAborted();
    throw new RestoreError("download-failed", `${url}: ${messageOf(error)}`);
  }
}
