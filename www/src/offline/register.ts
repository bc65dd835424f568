import { fromBase } from "../app/samples";

/**
 * Starts the service worker, and tells it what this visit has fetched so far (`more` adds what the page's own
 * list lacks: what the engine's worker fetched). Without it the page works as well, but not offline.
 */
export async function keepForOffline(more: () => Promise<string[]>): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(fromBase("offline.js"));
    const { active } = await navigator.serviceWorker.ready;
    const own = performance.getEntriesByType("resource").map(({ name }) => name);
    active?.postMessage([...new Set([fromBase("./"), ...own, ...(await more())])].filter((url) => !/\/models\/[^/]+\.onnx$/.test(url)));
  } catch {
    // Forbidden, or not served from a secure origin.
  }
}
