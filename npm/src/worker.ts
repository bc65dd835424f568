/** The worker of a restorer: receives messages, runs jobs on the workbench one after another, and answers. */

import type { FromWorker, ToWorker } from "./protocol.js";
import { failure, watchTraps } from "./traps.js";
import { Workbench } from "./workbench.js";

const bench = new Workbench();
const running = new Map<number, AbortController>();
/** Resolves when the last job has ended; it never rejects. */
let lane = Promise.resolve();

const send = (message: FromWorker, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  const { id } = data;
  if ("abort" in data) return running.get(id)?.abort();
  const controller = new AbortController();
  running.set(id, controller);
  lane = lane.then(() => run(id, data.job, controller.signal));
};

async function run(id: number, job: Extract<ToWorker, { job: unknown }>["job"], signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted();
    const result = await bench.run(job, {
      signal,
      progress: (progress) => send({ id, progress }),
      tile: (tile) => send({ id, tile }, [tile.pixels.buffer]),
    });
    send({ id, result }, result ? [result.bytes.buffer] : []);
  } catch (error) {
    send(failure(id, error));
  } finally {
    running.delete(id);
  }
}

watchTraps(send);
