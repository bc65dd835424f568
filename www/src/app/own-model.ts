/** The user's own model: files that this device keeps for the next visit, like their photo. */

import type { OwnModel } from "./catalogue";
import { copied } from "./files";
import type { Reading } from "./reading";
import { forget, recall, remember } from "./store";

const STORED = "model";

export function ownModel(file: File, data: Record<string, File>): OwnModel {
  const key = [file, ...Object.values(data)]
    .map(({ name, size, lastModified }) => `${name} ${size} ${lastModified}`)
    .join(" ");
  return { key, name: file.name, source: { file, data, metadata: {} }, reading: null };
}

export async function copiedModel(model: OwnModel): Promise<OwnModel> {
  const { file, data } = model.source;
  const parts = Object.entries(data).map(async ([name, part]) => [name, await copied(part)] as const);
  return {
    ...model,
    source: { ...model.source, file: await copied(file), data: Object.fromEntries(await Promise.all(parts)) },
  };
}

/** The model with this interpretation of its output. */
export function readAs(model: OwnModel, { id, metadata }: Reading): OwnModel {
  return { ...model, source: { ...model.source, metadata }, reading: id };
}

/** The model as its file declares it. */
export function unread(model: OwnModel): OwnModel {
  return { ...model, source: { ...model.source, metadata: {} }, reading: null };
}

/** A key that is unique to the model and its interpretation. */
export function keyOf({ key, reading }: OwnModel): string {
  return `${key} ${reading ?? ""}`;
}

export function keepModel(model: OwnModel): Promise<void> {
  return remember(STORED, model);
}

export function forgetModel(): Promise<void> {
  return forget(STORED);
}

/** This tab's model; if it has none, that of the last visit. */
export async function keptModel(): Promise<OwnModel | null> {
  const kept = (await recall(STORED)) as OwnModel | undefined;
  return kept?.source.file instanceof Blob ? kept : null;
}
