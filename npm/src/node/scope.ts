/** Gives a thread the globals of a browser's worker, then runs its script. */

import { availableParallelism } from "node:os";
import { type Transferable as NodeTransferable, parentPort, workerData } from "node:worker_threads";
import { fetchAny } from "./files.js";
import { Thread } from "./thread.js";

const scope = globalThis as unknown as Record<string, unknown> & {
  onmessage?: (event: { data: unknown }) => void;
};

type Transfer = readonly Transferable[] | { transfer?: readonly Transferable[] };

const plainFetch = globalThis.fetch;
Object.assign(scope, {
  self: globalThis,
  Worker: Thread,
  fetch: (url: string | URL, options?: RequestInit) =>
    String(url).startsWith("file:") ? fetchAny(url, options) : plainFetch(url, options),
  postMessage(message: unknown, given: Transfer = []) {
    const transfer = "transfer" in given ? given.transfer : (given as readonly Transferable[]);
    parentPort?.postMessage(message, transfer as unknown as NodeTransferable[]);
  },
  addEventListener(type: string, listener: (event: { reason?: unknown; message?: string }) => void) {
    if (type === "unhandledrejection") process.on("unhandledRejection", (reason) => listener({ reason }));
    if (type === "error") process.on("uncaughtException", ({ message }) => listener({ message }));
  },
});
// The engine detects its environment by this global: it looks for a GPU only in windows and workers, and Node has none.
scope.WorkerGlobalScope = Object;
// Missing in Node 20.
if (!globalThis.navigator) Object.assign(scope, { navigator: { hardwareConcurrency: availableParallelism() } });

await import(workerData as string);
parentPort?.on("message", (data) => scope.onmessage?.({ data }));
