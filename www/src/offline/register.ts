import { fromBase } from "../app/samples";

/**
 * Starts the service worker, and tells it which files this visit has fetched so far (`more` adds those of the engine's
 * worker). Without it the page works too, but not offline.
 */
export async function keepForOffline(more: () => Promise<string[]>): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(fromBase("offline.js"));
    const registration = await navigator.serviceWorker.ready;
    registration.onupdatefound = () => void tell(registration, more);
    await tell(registration, more);
  } catch {
    // Forbidden, or not served from a secure origin.
  }
}

/**
 * An updated worker has its own cache, and takes over only when no tab is left to tell it anything: so it is told in
 * advance.
 */
async function tell(registration: ServiceWorkerRegistration, more: () => Promise<string[]>): Promise<void> {
  const own = performance.getEntriesByType("resource").map(({ name }) => name);
  const fetched = [fromBase("./"), ...own, ...(await more().catch(() => []))];
  const urls = [...new Set(fetched)].filter((url) => !/\/models\/[^/]+\.onnx$/.test(url));
  const { active, waiting, installing } = registration;
  for (const worker of [active, waiting, installing]) worker?.postMessage(urls);
}
