/** Photos that are being loaded: where each comes from, and what it is opened for. */

import type { Bench } from "./bench";
import type { Cut } from "./cut";
import type { Given } from "./files";
import type { Hint } from "./hints";
import { keptPhoto, ownPhoto, type Photo, samplePhoto } from "./photo";
import { FIRST_SAMPLE, type SampleId } from "./samples";
import type { Settings } from "./settings";

/** What an address says about a photo: its crop and its color hints. */
type Part = Pick<Settings, "cut" | "hints">;

/** A photo that is being loaded. Other work, such as a changed setting, restarts it. */
export interface PendingPhoto {
  readonly find: (signal: AbortSignal) => Promise<Photo>;
  /** Id if it is a sample; null: the user's own picture. */
  readonly sample: SampleId | null;
  /** What it is opened for. A change of this or of the mask while it loads replaces it by a changed copy. */
  readonly mode: Settings["mode"];
  readonly mask: Photo | null;
  /** Whether it becomes a mask if it has the size of the current photo. */
  readonly mayBeMask: boolean;
  /** All photos of the same drop, this one included. */
  readonly many: readonly Given[];
  /** Names of files of the same drop that nothing here can read. */
  readonly leftOut: readonly string[];
  /** Whether it can be retried after a failure. */
  readonly lasts: boolean;
  /** Whether it is the photo that this device keeps; there may be none. */
  readonly kept: boolean;
  /** Its crop; null: all of it. */
  readonly cut: Cut | null;
  /** Its color hints. */
  readonly hints: readonly Hint[];
  /** The task that produced it, if it is a result; otherwise null. */
  readonly after: string | null;
  /** Whether it was drawn here. */
  readonly drawn: boolean;
}

function pending(find: PendingPhoto["find"], more: Partial<PendingPhoto>): PendingPhoto {
  return {
    find,
    sample: null,
    mode: "apply",
    mask: null,
    mayBeMask: false,
    many: [],
    leftOut: [],
    lasts: true,
    kept: false,
    cut: null,
    hints: [],
    after: null,
    drawn: false,
    ...more,
  };
}

export function pendingSample(id: SampleId, mode: Settings["mode"], part: Partial<Part> = {}): PendingPhoto {
  return pending((signal) => samplePhoto(id, signal), { sample: id, mode, ...part });
}

export function pendingPhoto(photo: Photo, more: Partial<PendingPhoto> = {}): PendingPhoto {
  return pending(async () => photo, more);
}

/** The photo that this device keeps; if there is none, the first sample. */
export function pendingKept(mode: Settings["mode"], part: Part): PendingPhoto {
  const find = async (signal: AbortSignal) => (await keptPhoto()) ?? samplePhoto(FIRST_SAMPLE, signal);
  return pending(find, { mode, kept: true, ...part });
}

/** A result. It cannot be retried: it is lost with its worker. */
export function pendingResult(png: Promise<Blob>, name: string, after: string): PendingPhoto {
  png.catch(() => {}); // handled where the result is awaited
  return pending(async () => ownPhoto(await png, name), { lasts: false, after });
}

/** A smaller copy of a photo, with `side` as its longer side; `side` 0: half its size. */
export function pendingCopy(bench: Bench, photo: Photo, side: number, mode: Settings["mode"]): PendingPhoto {
  const { client } = bench;
  const find = async (signal: AbortSignal) => {
    const original = await bench.original(photo, signal);
    const maxSide = side > 0 ? side : Math.ceil(Math.max(original.width, original.height) / 2);
    const copy = await client.call("make", { recipe: { make: "reduced", of: original.id, maxSide } }, { signal });
    const encoding = client.call("encodePng", { picture: copy.id }, { signal });
    const png = await encoding.finally(() => client.free("picture", copy.id));
    return ownPhoto(new Blob([png], { type: "image/png" }), photo.name);
  };
  return pending(find, { mode });
}
