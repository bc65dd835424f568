/** The worker's mouth and ears: messages in, calls on the host, messages out. */

import { failure, watchTraps } from "../../../npm/src/traps";
import type { FromWorker, ToWorker } from "../protocol";
import { Host } from "./host";

const host = new Host(() => import("unet-playground"));
const running = new Map<number, AbortController>();

function send(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
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
    send(failure(id, error));
  } finally {
    running.delete(id);
  }
};

watchTraps(send);
