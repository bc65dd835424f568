/** Many photos, one after another, into one ZIP. */

import { Zip, ZipPassThrough } from "fflate";
import { codeOf, messageOf, type PictureInfo } from "../protocol";
import type { Bench } from "./bench";
import type { Method } from "./catalogue";
import { resultName } from "./files";
import type { Settings } from "./settings";
import { runStages, touches } from "./stages";
import type { TaskFacts } from "./tasks";

export interface Batch {
  files: readonly File[];
  task: TaskFacts;
  settings: Settings;
  method: Method;
}

/** What cannot be read is named in `errors.txt` and does not hold up the rest. `tell` hears how many are done. */
export async function restoreAll(
  bench: Bench,
  { files, task, settings, method }: Batch,
  tell: (done: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const archive = new Archive();
  const errors: string[] = [];
  for (const [done, file] of files.entries()) {
    tell(done);
    try {
      const png = await restore(file);
      archive.add(numbered(resultName(file.name, task.id), done, files), png);
    } catch (error) {
      if (signal.aborted || codeOf(error) === "engine-crashed") throw error;
      errors.push(`${file.name}: ${messageOf(error)}`);
    }
  }
  if (errors.length > 0) archive.add("errors.txt", new TextEncoder().encode(`${errors.join("\n")}\n`));
  return archive.finish();

  async function restore(file: File): Promise<Uint8Array> {
    const { client } = bench;
    const kept: PictureInfo[] = [];
    const keep = (picture: PictureInfo) => {
      kept.push(picture);
      return picture;
    };
    try {
      const input = keep(await client.call("decode", { file }, { signal }));
      const made = await runStages(bench, method, input, null, {}, signal);
      const raw = keep(made.picture);
      const shown = await bench.chain(raw, touches(task, settings, made, input), signal);
      if (shown !== raw) keep(shown);
      return await client.call("encodePng", { picture: shown.id }, { signal });
    } finally {
      for (const { id } of kept) client.free("picture", id);
    }
  }
}

/** Two photos of one name, from two folders, keep apart. */
function numbered(name: string, index: number, files: readonly File[]): string {
  const file = files[index];
  const twins = files.filter((other) => other.name === file?.name);
  return twins.length > 1 ? name.replace(/(\.\w+)$/, `-${index + 1}$1`) : name;
}

/** Stored without compression: a PNG has had its own. Kept as blobs, which need not be in memory. */
class Archive {
  #parts: Blob[] = [];
  #zip = new Zip((error, chunk) => {
    if (error) throw error;
    this.#parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
  });

  add(name: string, bytes: Uint8Array): void {
    const file = new ZipPassThrough(name);
    this.#zip.add(file);
    file.push(bytes, true);
  }

  finish(): Blob {
    this.#zip.end();
    return new Blob(this.#parts, { type: "application/zip" });
  }
}
