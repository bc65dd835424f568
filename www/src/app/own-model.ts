/** The person's own model: files that this device keeps for the next visit, as it keeps their photo. */

import type { OwnModel } from "./catalogue";
import { recall, remember } from "./store";

const STORED = "model";

export function ownModel(file: File, data: Record<string, File>): OwnModel {
  return { key: `${file.name} ${file.size} ${file.lastModified}`, name: file.name, source: { file, data } };
}

export function keepModel(model: OwnModel): Promise<void> {
  return remember(STORED, model);
}

/** The model of the last visit. */
export async function keptModel(): Promise<OwnModel | null> {
  const kept = (await recall(STORED)) as OwnModel | undefined;
  return kept && "file" in kept.source && kept.source.file instanceof Blob ? kept : null;
}
