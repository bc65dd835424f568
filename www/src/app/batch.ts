/** Restores many photos, one after another, into one ZIP. */

import { Zip, ZipPassThrough } from "fflate";
import { codeOf, messageOf, type PictureInfo } from "../protocol";
import type { Bench } from "./bench";
import type { Method } from "./catalogue";
import type { Cut } from "./cut";
import { type Given, resultNames } from "./files";
import type { Settings } from "./settings";
import { resultSize } from "./size";
import { runStages, touches } from "./stages";
import type { TaskFacts } from "./tasks";

export interface Batch {
  files: readonly Given[];
  task: TaskFacts;
  settings: Settings;
  method: Method;
  /** The crop of the first photo, the one on screen. */
  cut: Cut | null;
}

/** `zip`: null if no photo was restored. `ended`: the error that ended the batch early. */
export interface Restored {
  zip: Blob | null;
  /** Photos that could not be restored. */
  failed: number;
  ended: unknown;
}

/**
 * Photos that cannot be read are listed in `errors.txt` and do not stop the batch; a stop or a crash keeps the results
 * so far. `tell` receives the number of finished photos, plus the fraction of the current one.
 */
export async function restoreAll(
  bench: Bench,
  { files, task, settings, method, cut }: Batch,
  tell: (done: number) => void,
  signal: AbortSignal,
): Promise<Restored> {
  const archive = new Archive();
  const names = resultNames(
    files.map(({ path }) => path),
    task.id,
  );
  const errors: string[] = [];
  let count = 0;
  let ended: unknown = null;
  for (const [done, { file, path }] of files.entries()) {
    tell(done);
    try {
      archive.add(names[done] ?? "", await restore(file, done === 0 ? cut : null, (fraction) => tell(done + fraction)));
      count++;
    } catch (error) {
      errors.push(`${path}: ${messageOf(error)}`);
      if (!signal.aborted && codeOf(error) !== "engine-crashed") continue;
      ended = error;
      errors.push(...files.slice(done + 1).map((one) => `${one.path}: not done`));
      break;
    }
  }
  if (errors.length > 0) archive.add("errors.txt", new TextEncoder().encode(`${errors.join("\n")}\n`));
  return { zip: count > 0 || !ended ? archive.finish() : null, failed: files.length - count, ended };

  async function restore(file: File, cut: Cut | null, onFraction: (fraction: number) => void): Promise<Uint8Array> {
    const { client } = bench;
    const kept: PictureInfo[] = [];
    const keep = (picture: PictureInfo) => {
      kept.push(picture);
      return picture;
    };
    try {
      const whole = keep(await client.call("decode", { file }, { signal }));
      const input = cut
        ? keep(await client.call("make", { recipe: { make: "cut", of: whole.id, cut } }, { signal }))
        : whole;
      const made = await runStages(
        bench,
        method,
        input,
        null,
        { numbers: settings.numbers, sigma: settings.sigma, hints: [] },
        { onFraction },
        signal,
      );
      const raw = keep(made.picture);
      const { from, recipes } = touches(method, made, {
        task,
        settings,
        input,
        size: resultSize(task, settings, input),
      });
      const shown = await bench.chain(from, recipes, signal);
      if (shown !== raw) keep(shown);
      return await client.call("encodePng", { picture: shown.id }, { signal });
    } finally {
      for (const { id } of kept) client.free("picture", id);
    }
  }
}

/**
 * A ZIP without compression, since PNGs are compressed already. Entries are blobs, which the browser may keep on disk.
 */
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
