/** A page that the worker serves: receives its messages, calls its host, and answers. */

import { failure } from "../../../npm/src/traps";
import type { FromWorker, ToWorker } from "../protocol";
import type { Engines } from "./engines";
import { Host } from "./host";

interface Outside {
  send(message: FromWorker, transfer: Transferable[]): void;
  /** One of this page's calls left the engine in an unknown state. */
  crash(detail: string): void;
}

export class Page {
  #host: Host;
  #outside: Outside;
  #running = new Map<number, AbortController>();

  constructor(engines: Engines, outside: Outside) {
    this.#host = new Host(engines);
    this.#outside = outside;
  }

  get isWaiting(): boolean {
    return this.#running.size > 0;
  }

  async receive(message: ToWorker): Promise<void> {
    if ("abort" in message) return this.#running.get(message.id)?.abort();
    const { id, call, args } = message;
    const { send, crash } = this.#outside;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const result = await this.#host[call](args as never, {
        signal: controller.signal,
        progress: (progress) => send({ id, progress }, []),
        tile: (tile) => send({ id, tile }, [tile.bitmap]),
      });
      if (result instanceof ImageBitmap) send({ id, result }, [result]);
      else if (result instanceof Uint8Array) send({ id, result }, [result.buffer]);
      else send({ id, result }, []);
    } catch (error) {
      const told = failure(id, error);
      if ("crashed" in told) crash(told.crashed);
      else send(told, []);
    } finally {
      this.#running.delete(id);
    }
  }

  /** The page is gone: aborts its calls, and frees its objects. */
  close(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort();
    return this.#host.close();
  }
}
