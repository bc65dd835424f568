import { fromBase } from "../app/samples";

/**
 * Starts the service worker, and tells it what this visit has fetched so far (`more` adds what the page's own
 * list lacks: what the engine's worker fetched). Without it the page works as well, but not offline.
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

/** An update has a store of its own, and takes over when no tab is left to tell it anything: it is told before. */
async function tell(registration: ServiceWorkerRegistration, more: () => Promise<string[]>): Promise<void> {
  const own = performance.getEntriesByType("resource").map(({ name }) => name);
  const fetched = [fromBase("./"), ...own, ...(await more().catch(() => []))];
  const urls = [...new Set(fetched)].filter((url) => !/\/models\/[^/]+\.onnx$/.test(url));
  const { active, waiting, installing } = registration;
  for (const worker of [active, waiting, installing]) worker?.postMessage(urls);
}
