/** A thread of Node with the interface of a browser's worker. */

import { type Transferable as NodeTransferable, Worker as NodeWorker } from "node:worker_threads";

export class Thread {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  #worker: NodeWorker;

  /** `url`: a script written for a browser's worker. */
  constructor(url: string | URL) {
    this.#worker = new NodeWorker(new URL("./scope.js", import.meta.url), { workerData: String(url) });
    this.#worker.on("message", (data) => this.onmessage?.({ data } as MessageEvent));
    this.#worker.on("error", ({ message }) => this.onerror?.({ message, preventDefault() {} } as ErrorEvent));
  }

  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer as unknown as NodeTransferable[]);
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  ref(): void {
    this.#worker.ref();
  }

  unref(): void {
    this.#worker.unref();
  }
}
