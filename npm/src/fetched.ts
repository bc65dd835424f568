import { messageOf, RestoreError } from "./errors.js";

/** Fetches a file, read by `read`. Any failure, also in mid-transfer, is a `download-failed`. */
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
