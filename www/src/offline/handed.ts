/** Files from other apps: shared to the installed page, or opened with it. */

import { fromBase } from "../app/samples";

/** Cache where the service worker (`worker.ts`) keeps shared files until the page fetches them. */
const STORE = () => `shared ${fromBase("./")}`;

/** Whether a share opened the page; the address says so once. */
export function wasShared(): boolean {
  const query = new URLSearchParams(location.search);
  if (!query.has("shared")) return false;
  query.delete("shared");
  const rest = query.toString();
  history.replaceState(history.state, "", `${location.pathname}${rest && `?${rest}`}${location.hash}`);
  return true;
}

/** Returns the shared files, once. */
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

/** Passes on files that the system opens with the installed page. */
export function takeOpened(take: (files: File[]) => void): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    const opened = await Promise.all(files.map((handle) => handle.getFile()));
    if (opened.length > 0) take(opened);
  });
}
