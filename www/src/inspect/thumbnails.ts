/** A thumbnail for every box of the drawing: its feature maps of the user's picture. */

import { Kept } from "../app/kept";
import type { Job } from "../app/task-queue";
import type { Client } from "../client";
import type { Box } from "./graph";
import type { InspectedModel } from "./inspected";

/** Larger networks are drawn without thumbnails. */
const MOST = 120;
const INPUT_SIDE = 512;
/** Number of channels to choose from. */
const CANDIDATES = 16;

interface Thumbnail {
  bitmap: ImageBitmap;
  channel: number;
}

export class Thumbnails {
  /** By box name. */
  #kept = new Map<string, Kept<Thumbnail>>();
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  of(box: Box): ImageBitmap | null {
    return this.#kept.get(box.name)?.value?.bitmap ?? null;
  }

  /** The channel in the box's thumbnail; the first until it is known. */
  channelOf(box: Box): number {
    return this.#kept.get(box.name)?.value?.channel ?? 0;
  }

  /** Releases boxes that this network does not have. */
  forgetOthers({ graph }: InspectedModel): void {
    for (const [name, kept] of this.#kept) {
      if (graph.boxes.some((box) => box.name === name)) continue;
      kept.clear();
      this.#kept.delete(name);
    }
  }

  /** `open`: key of the visible part of the picture. */
  *wanted(open: string, inspected: InspectedModel, cut: readonly string[], changed: () => void): Generator<Job> {
    const { boxes } = inspected.graph;
    for (const [at, box] of boxes.entries()) {
      if (boxes.length > MOST && box.kind !== "input") continue;
      const kept = this.#kept.get(box.name) ?? new Kept<Thumbnail>(({ bitmap }) => bitmap.close());
      this.#kept.set(box.name, kept);
      const mine = inspected.cutsBefore(at, cut);
      const key = `thumbnail ${open} ${box.value} ${mine}`;
      if (kept.is(key) || box.kind === "join" || box.shape.length !== 4) continue;
      const run = async (signal: AbortSignal) => {
        kept.set(key, await this.#make(inspected, box, mine, signal));
        changed();
      };
      yield { key, run, failed: () => {} }; // a missing thumbnail shows it
    }
  }

  /** Chooses the channel of a box with the most visible structure. */
  async #make({ inspection }: InspectedModel, box: Box, cut: string[], signal: AbortSignal): Promise<Thumbnail> {
    const client = this.#client;
    if (box.kind === "input") {
      const picture = await client.call("inspectedInput", { inspection: inspection.id }, { signal });
      const small = client.call("preview", { picture: picture.id, maxSide: INPUT_SIDE }, { signal });
      return { bitmap: await small.finally(() => client.free("picture", picture.id)), channel: 0 };
    }
    const { id, channels, width, height } = await client.call(
      "features",
      { inspection: inspection.id, value: box.value, cut },
      { signal },
    );
    const count = Math.min(channels, CANDIDATES);
    const look = { first: 0, count, columns: count, scale: "local", colors: "gray" } as const;
    const sheet = await client
      .call("featureMaps", { features: id, look }, { signal })
      .finally(() => client.free("features", id));
    const channel = clearest(sheet, count);
    return {
      bitmap: await createImageBitmap(sheet, channel * width, 0, width, height).finally(() => sheet.close()),
      channel,
    };
  }
}

/** The map with the most contrast when seen from afar, where noise and single peaks vanish. */
function clearest(sheet: ImageBitmap, count: number): number {
  const side = 8;
  const context = new OffscreenCanvas(side * count, side).getContext("2d", { willReadFrequently: true });
  if (!context) return 0;
  context.imageSmoothingQuality = "high";
  context.drawImage(sheet, 0, 0, side * count, side);
  let best = 0;
  let most = 0;
  for (let at = 0; at < count; at++) {
    const { data } = context.getImageData(at * side, 0, side, side);
    const levels = Array.from({ length: side * side }, (_, pixel) => data[4 * pixel] ?? 0);
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    const contrast = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0);
    if (contrast > most) [best, most] = [at, contrast];
  }
  return best;
}
