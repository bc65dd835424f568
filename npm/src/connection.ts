/** One worker, with its pending calls. */

import { type ErrorCode, RestoreError } from "./errors.js";
import type { WorkerLike } from "./platform.js";
import type { FromWorker, Job, Made } from "./protocol.js";
import type { RestoredTile, RestoreProgress } from "./types.js";

interface Open {
  onProgress: ((progress: RestoreProgress) => void) | undefined;
  onTile: ((tile: RestoredTile) => void) | undefined;
  resolve(made: Made | null): void;
  reject(error: unknown): void;
}

export class Connection {
  /** False once the worker has ended; the next call starts another. */
  alive = true;
  #worker: WorkerLike;
  #open = new Map<number, Open>();
  #lastId = 0;
  #heard = false;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data as FromWorker);
    worker.onerror = (event) => {
      event.preventDefault?.();
      const why = event.message || "its script did not load";
      this.close(this.#heard ? new RestoreError("crashed", why) : new RestoreError("no-worker", `no worker: ${why}`));
    };
    worker.unref?.();
  }

  run(
    job: Job,
    transfer: Transferable[],
    { signal, onProgress, onTile }: { signal: AbortSignal } & Pick<Open, "onProgress" | "onTile">,
  ): Promise<Made | null> {
    const id = ++this.#lastId;
    const abort = () => {
      this.#worker.postMessage({ id, abort: true }, []);
      this.#end(id)?.reject(signal.reason);
    };
    const made = new Promise<Made | null>((resolve, reject) => {
      this.#open.set(id, { onProgress, onTile, resolve, reject });
      this.#worker.ref?.();
      signal.addEventListener("abort", abort, { once: true });
      try {
        this.#worker.postMessage({ id, job }, transfer);
      } catch (error) {
        // A bitmap cannot be sent if it is closed, or an image of another origin.
        this.#end(id)?.reject(new RestoreError("unsupported-source", `the picture cannot be used: ${error}`));
      }
    });
    return made.finally(() => signal.removeEventListener("abort", abort));
  }

  /** Ends the worker; pending calls reject with `error`. */
  close(error: RestoreError): void {
    this.alive = false;
    this.#worker.terminate();
    for (const id of [...this.#open.keys()]) this.#end(id)?.reject(error);
  }

  #end(id: number): Open | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (this.#open.size === 0) this.#worker.unref?.();
    return open;
  }

  #receive(message: FromWorker): void {
    this.#heard = true;
    if ("crashed" in message) return this.close(new RestoreError("crashed", message.crashed));
    const open = this.#open.get(message.id);
    // A late answer to an aborted call.
    if (!open) return;
    if ("progress" in message) open.onProgress?.(message.progress);
    else if ("tile" in message) open.onTile?.(message.tile);
    else if ("result" in message) this.#end(message.id)?.resolve(message.result);
    else {
      const { code, message: text } = message.error;
      this.#end(message.id)?.reject(new RestoreError(code as ErrorCode, text));
    }
  }
}
