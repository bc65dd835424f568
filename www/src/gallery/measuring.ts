/** How long each network takes on the CPU of this device, measured when somebody asks for it, in a worker of its own. */

import type { Entry } from "../../../npm/src/manifest";
import { shipped } from "../app/bench";
import type { Client } from "../client";
import { codeOf } from "../protocol";

export class Measuring extends EventTarget {
  /** Milliseconds for a megapixel of the result, by file; kept while the page lives. */
  readonly times = new Map<string, number>();
  /** The network that is being measured. */
  now: Entry | null = null;
  error: unknown = null;
  #fresh: () => Client;
  #stopping = new AbortController();

  constructor(fresh: () => Client) {
    super();
    this.#fresh = fresh;
  }

  /** Measures those that have not been, one after the other, until it is stopped. */
  async measure(entries: readonly Entry[]): Promise<void> {
    this.stop();
    const stopping = new AbortController();
    const { signal } = stopping;
    this.#stopping = stopping;
    this.error = null;
    const client = this.#fresh();
    try {
      await client.start("cpu", { signal });
      for (const entry of entries.filter(({ file }) => !this.times.has(file))) {
        this.#tell(entry);
        const model = await client.call("loadModel", { source: shipped(entry) }, { signal });
        const pace = await this.#pace(client, model.id, signal);
        client.free("model", model.id);
        this.times.set(entry.file, (entry.flopsPerPixel * 1e6) / pace);
      }
    } catch (error) {
      if (codeOf(error) !== "aborted") this.error = error;
    } finally {
      client.end();
      if (this.#stopping === stopping) this.#tell(null);
    }
  }

  /** The better of two: the first also warms up what the browser has compiled. */
  async #pace(client: Client, model: number, signal: AbortSignal): Promise<number> {
    const first = await client.call("calibrate", { model }, { signal });
    return Math.max(first, await client.call("calibrate", { model }, { signal }));
  }

  stop(): void {
    this.#stopping.abort();
    this.#tell(null);
  }

  #tell(now: Entry | null): void {
    this.now = now;
    this.dispatchEvent(new Event("change"));
  }
}
