/** The worker's mouth and ears: messages in, calls on the host, messages out. */

import { codeOf, type FromWorker, messageOf, type ToWorker } from "../protocol";
import { Host } from "./host";

const host = new Host(() => import("unet-playground"));
const running = new Map<number, AbortController>();

function send(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

/** After a trap or a stack overflow the module is in an unknown state; the page replaces the whole worker. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if ("abort" in data) return running.get(data.id)?.abort();
  const { id, call, args } = data;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const result = await host[call](args as never, {
      signal: controller.signal,
      progress: (progress) => send({ id, progress }),
      tile: (tile) => send({ id, tile }, [tile.bitmap]),
    });
    if (result instanceof ImageBitmap) send({ id, result }, [result]);
    else if (result instanceof Uint8Array) send({ id, result }, [result.buffer]);
    else send({ id, result });
  } catch (error) {
    if (isTrap(error)) send({ crashed: messageOf(error) });
    else send({ id, error: { code: codeOf(error), message: messageOf(error) } });
  } finally {
    running.delete(id);
  }
};

/** A trap inside a future of the engine rejects nothing: it surfaces only here. */
self.addEventListener("unhandledrejection", (event) => send({ crashed: messageOf(event.reason) }));
self.addEventListener("error", (event) => send({ crashed: event.message }));
