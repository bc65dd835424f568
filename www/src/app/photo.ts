/** The photo to work on: a sample, a file, or a result used as input. */

import { fetched } from "../../../npm/src/fetched";
import type { Cut } from "./cut";
import { type SampleId, sampleUrl } from "./samples";
import { forget, recall, remember } from "./store";

export interface Photo {
  key: string;
  name: string;
  sample: SampleId | null;
  file: Blob;
  /** Its crop; null: all of it. */
  cut: Cut | null;
}

/** Storage key of the user's photo for the next visit. */
const STORED = "photo";
let opened = 0;

export async function samplePhoto(id: SampleId, signal: AbortSignal): Promise<Photo> {
  const file = await fetched(sampleUrl(id), signal, (response) => response.blob());
  return { key: `sample ${id}`, name: `${id}.jpg`, sample: id, file, cut: null };
}

export function ownPhoto(file: Blob, name: string): Photo {
  return { key: `file ${++opened}`, name, sample: null, file, cut: null };
}

export function keepPhoto({ file, name, cut }: Photo): Promise<void> {
  return remember(STORED, { file, name, cut });
}

export function forgetPhoto(): Promise<void> {
  return forget(STORED);
}

/** This tab's photo; if it has none, that of the last visit. */
export async function keptPhoto(): Promise<Photo | null> {
  const kept = (await recall(STORED)) as { file: Blob; name: string; cut?: Cut | null } | undefined;
  return kept?.file instanceof Blob ? { ...ownPhoto(kept.file, String(kept.name)), cut: kept.cut ?? null } : null;
}
