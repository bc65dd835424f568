/** Files that other apps hand over: shared to the installed page, or opened with it. */

import { fromBase } from "../app/samples";

/** What the service worker (`worker.ts`) keeps of a share until the page comes to fetch it. */
const STORE = () => `shared ${fromBase("./")}`;

/** Whether the page was opened by a share. The address says so once. */
export function wasShared(): boolean {
  const query = new URLSearchParams(location.search);
  if (!query.has("shared")) return false;
  query.delete("shared");
  const rest = query.toString();
  history.replaceState(history.state, "", `${location.pathname}${rest && `?${rest}`}${location.hash}`);
  return true;
}

/** The files that were shared, once. */
export async function sharedFiles(): Promise<File[]> {
  try {
    const store = await caches.open(STORE());
    const files = await Promise.all(
      (await store.keys()).map(async (request) => {
        const blob = await (await store.match(request))?.blob();
        const name = new URL(request.url).searchParams.get("name") || "photo";
        return blob && new File([blob], name, { type: blob.type });
      }),
    );
    return files.filter((file) => file !== undefined);
  } catch {
    return []; // storage may be forbidden
  } finally {
    await caches.delete(STORE()).catch(() => false);
  }
}

interface LaunchQueue {
  setConsumer(take: (launch: { files?: readonly FileSystemFileHandle[] }) => void): void;
}

/** Hands on files that the system opens with the installed page, as they come. */
export function takeOpened(take: (files: File[]) => void): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    const opened = await Promise.all(files.map((handle) => handle.getFile()));
    if (opened.length > 0) take(opened);
  });
}
