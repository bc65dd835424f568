/**
 * One engine for all playgrounds embedded in a page.
 *
 * The frames of one page meet in a shared worker (`exchange.ts`): the first that needs an engine starts its worker, and
 * all use it through their own ports. Without shared workers, each frame starts its own. The engine ends with the frame
 * that started it: the others are notified and start another one.
 */

import type { WorkerLike } from "../client";
import type { FromWorker, ToWorker, Visit } from "../protocol";
import exchange from "./exchange?worker&url";

/** `by`: numbers of the frames whose calls ended the engine; null: all frames. */
export type ToExchange = { goes: true } | { ended: string; by: readonly number[] | null };
/** `ended`: null if the cause was no call of this frame. `comes` and `way` transfer a port. */
export type FromExchange = { start: true } | { way: true } | Visit | { ended: string | null };

/** A worker with several clients; those of other pages connect by `Visit`. */
type Started = Pick<WorkerLike, "onmessage" | "onerror" | "terminate"> & {
  postMessage(message: ToWorker | Visit, transfer?: Transferable[]): void;
};

/** A connection to the engine of the page with this name; `start` is called if this frame has to start it. */
export function oneEngine(page: string, start: () => Started): WorkerLike {
  const met = meet(page);
  return met ? new Way(met, start) : start();
}

function meet(page: string): SharedWorker | null {
  try {
    return new SharedWorker(exchange, { type: "module", name: page });
  } catch {
    return null; // not available in this browser or sandbox
  }
}

class Way implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  onlost: (() => void) | null = null;
  #met: SharedWorker;
  #start: () => Started;
  /** The engine's worker, if this frame started it. */
  #started: Started | null = null;
  #send: ((message: ToWorker) => void) | null = null;
  #waiting: ToWorker[] = [];

  constructor(met: SharedWorker, start: () => Started) {
    this.#met = met;
    this.#start = start;
    met.port.onmessage = ({ data, ports: [port] }: MessageEvent<FromExchange>) => this.#hear(data, port);
    met.onerror = (event) => {
      event.preventDefault();
      this.#alone();
    };
    window.addEventListener("pagehide", this.#hide);
  }

  postMessage(message: ToWorker): void {
    if (this.#send) this.#send(message);
    else this.#waiting.push(message);
  }

  terminate(): void {
    window.removeEventListener("pagehide", this.#hide);
    this.#started?.terminate();
    this.#met.port.close();
  }

  #hear(message: FromExchange, port: MessagePort | undefined): void {
    if ("start" in message) this.#open();
    else if ("comes" in message) port && this.#started?.postMessage(message, [port]);
    else if ("goes" in message) this.#started?.postMessage(message);
    else if ("way" in message) {
      if (!port) return;
      port.onmessage = (event: MessageEvent<FromWorker>) => this.onmessage?.(event);
      this.#go((message) => port.postMessage(message));
    } else if (message.ended === null) this.onlost?.();
    else this.onerror?.(new ErrorEvent("error", { message: message.ended }));
  }

  /** Starts the engine for all frames. */
  #open(): void {
    const tell = (message: ToExchange) => this.#met.port.postMessage(message);
    this.#started = this.#start();
    this.#started.onmessage = ({ data }) => "crashed" in data && tell({ ended: data.crashed, by: data.by });
    this.#started.onerror = (event) => {
      event.preventDefault();
      tell({ ended: event.message ?? "", by: null });
    };
  }

  /** Fallback if frames cannot meet. */
  #alone(): void {
    if (this.#send) return;
    const started = this.#start();
    this.#started = started;
    started.onmessage = (event) => this.onmessage?.(event);
    started.onerror = (event) => this.onerror?.(event);
    this.#go((message) => started.postMessage(message));
  }

  #go(send: (message: ToWorker) => void): void {
    this.#send = send;
    for (const message of this.#waiting.splice(0)) send(message);
  }

  #hide = ({ persisted }: PageTransitionEvent): void => {
    if (!persisted) this.#met.port.postMessage({ goes: true } satisfies ToExchange);
  };
}
