/** Photos on their way: where each comes from, and what it is opened for. */

import type { Bench } from "./bench";
import type { Cut } from "./cut";
import type { Given } from "./files";
import type { Hint } from "./hints";
import { keptPhoto, ownPhoto, type Photo, samplePhoto } from "./photo";
import { FIRST_SAMPLE, type SampleId } from "./samples";
import type { Settings } from "./settings";

/** What an address says of a photo: the part of it that is used, and colors that are known. */
type Part = Pick<Settings, "cut" | "hints">;

/** A photo on its way. Other work, such as a click on a setting, restarts it. */
export interface Coming {
  readonly find: (signal: AbortSignal) => Promise<Photo>;
  /** The sample that it is to be; null: a picture of the person's own. */
  readonly sample: SampleId | null;
  /** What it is opened for. This and the mask may be chosen as long as it is on its way: a copy then takes its place. */
  readonly mode: Settings["mode"];
  readonly mask: Photo | null;
  /** Whether it is a mask of the photo that is there, if it has its size. */
  readonly mayBeMask: boolean;
  /** The photos it was brought together with, itself among them. */
  readonly many: readonly Given[];
  /** Names of files beside it that nothing here can read. */
  readonly leftOut: readonly string[];
  /** Whether it can be asked for once more where it failed. */
  readonly lasts: boolean;
  /** Whether a photo that this device keeps is asked for: there may be none. */
  readonly kept: boolean;
  /** The part of it to use; null: all of it. */
  readonly cut: Cut | null;
  /** Colors that are known of it. */
  readonly hints: readonly Hint[];
  /** The task that it is the result of; null: it is none. */
  readonly after: string | null;
}

function coming(find: Coming["find"], more: Partial<Coming>): Coming {
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
    ...more,
  };
}

export function comingSample(id: SampleId, mode: Settings["mode"], part: Partial<Part> = {}): Coming {
  return coming((signal) => samplePhoto(id, signal), { sample: id, mode, ...part });
}

export function comingPhoto(photo: Photo, more: Partial<Coming> = {}): Coming {
  return coming(async () => photo, more);
}

/** The photo that this device keeps; where there is none, the first sample. */
export function comingBack(mode: Settings["mode"], part: Part): Coming {
  const find = async (signal: AbortSignal) => (await keptPhoto()) ?? samplePhoto(FIRST_SAMPLE, signal);
  return coming(find, { mode, kept: true, ...part });
}

/** A result, which is gone with its worker. */
export function comingResult(png: Promise<Blob>, name: string, after: string): Coming {
  png.catch(() => {}); // told of where it is found
  return coming(async () => ownPhoto(await png, name), { lasts: false, after });
}

/** A smaller copy of a photo: of this longer side, or of half of it where `side` is none. */
export function comingCopy(bench: Bench, photo: Photo, side: number, mode: Settings["mode"]): Coming {
  const { client } = bench;
  const find = async (signal: AbortSignal) => {
    const original = await bench.original(photo, signal);
    const maxSide = side > 0 ? side : Math.ceil(Math.max(original.width, original.height) / 2);
    const copy = await client.call("make", { recipe: { make: "reduced", of: original.id, maxSide } }, { signal });
    const encoding = client.call("encodePng", { picture: copy.id }, { signal });
    const png = await encoding.finally(() => client.free("picture", copy.id));
    return ownPhoto(new Blob([png], { type: "image/png" }), photo.name);
  };
  return coming(find, { mode });
}
