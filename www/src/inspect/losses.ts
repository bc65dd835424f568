/** The loss of the output per pixel, if there is a reference. */

import { Kept } from "../app/kept";
import type { Job } from "../app/task-queue";
import type { Client } from "../client";
import { hasMessage, type MessageKey } from "../i18n";
import { codeOf, messageOf } from "../protocol";
import type { Source } from "./outputs";

export interface Loss {
  bitmap: ImageBitmap;
  /** Size of the compared pictures. */
  width: number;
  height: number;
  mean: number;
  max: number;
}

export class Losses {
  readonly loss = new Kept<Loss>(({ bitmap }) => bitmap.close());
  failure: { message: MessageKey; detail: string } | null = null;
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Cache key of the loss. */
  key({ key, original, cut }: Source): string {
    return `loss ${key} ${original?.id} ${cut}`;
  }

  *wanted(source: Source, changed: () => void): Generator<Job> {
    const { inspected, cut, original } = source;
    const key = this.key(source);
    if (this.loss.is(key)) return;
    if (!original) return this.expire();
    yield {
      key,
      run: async (signal) => {
        const args = { inspection: inspected.inspection.id, reference: original.id, cut };
        const { map, mean, max } = await this.#client.call("loss", args, { signal });
        const preview = this.#client.call("preview", { picture: map.id, maxSide: 1024 }, { signal });
        const bitmap = await preview.finally(() => this.#client.free("picture", map.id));
        this.loss.set(key, { bitmap, width: map.width, height: map.height, mean, max });
        this.failure = null;
        changed();
      },
      failed: (error) => {
        const code = codeOf(error);
        const message = code === "invalid-input" ? "inspect.loss.size" : `error.${code}`;
        this.failure = { message: hasMessage(message) ? message : "error.unknown", detail: messageOf(error) };
        this.loss.clear();
        changed();
      },
    };
  }

  expire(): void {
    this.loss.clear();
    this.failure = null;
  }
}
