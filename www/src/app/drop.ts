/** The files of a drop or a paste, folders included. */

import type { Given } from "./files";

/** What was dropped, in order. */
export type Dropped = (File | FileSystemDirectoryEntry)[];

/** Milliseconds between two reports of how many files were found. */
const PAUSE = 100;

/**
 * Must be called during the event, the only time browsers tell which entries are folders. A picture dragged from
 * another page arrives as a file or as a link: a `data:` link is decoded here; any other link would need a request that
 * this page never makes.
 */
export function dropped(data: DataTransfer): Dropped {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const found: Dropped = items.flatMap((item): Dropped => {
    const entry = item.webkitGetAsEntry?.();
    if (isFolder(entry)) return [entry];
    const file = item.getAsFile();
    return file ? [file] : [];
  });
  if (found.length > 0) return found;
  if (data.files.length > 0) return [...data.files];
  const link = data.getData("text/uri-list").split(/\r?\n/)[0] ?? "";
  const inPage = /<img[^>]*\ssrc="(data:[^"]+)"/i.exec(data.getData("text/html"))?.[1];
  const file = fileOf(link) ?? (inPage ? fileOf(inPage) : null);
  return file ? [file] : [];
}

/** All files by name, including those in nested folders. `tell` receives the number found so far. */
export async function gathered(what: Dropped, tell: (found: number) => void, signal: AbortSignal): Promise<Given[]> {
  const files: Given[] = [];
  let told = performance.now();
  const add = (file: File, path: string) => {
    files.push({ file, path });
    if (performance.now() - told < PAUSE) return;
    told = performance.now();
    tell(files.length);
  };
  const walk = async (folder: FileSystemDirectoryEntry): Promise<void> => {
    for (const entry of await entriesOf(folder)) {
      signal.throwIfAborted();
      const path = entry.fullPath.replace(/^\//, "");
      if (isFolder(entry)) await walk(entry);
      else add(await fileIn(entry as FileSystemFileEntry), path);
    }
  };
  for (const one of what) {
    if (one instanceof File) add(one, one.webkitRelativePath || one.name);
    else await walk(one);
  }
  return files;
}

export function isFolder(entry: FileSystemEntry | File | null | undefined): entry is FileSystemDirectoryEntry {
  return !!entry && "isDirectory" in entry && entry.isDirectory;
}

/** All entries of a folder; browsers return at most a hundred per call. Empty if it cannot be listed. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return all.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    all.push(...some);
  }
}

/** An empty file if it cannot be read: opening it then reports the error. */
function fileIn(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(new File([], entry.name))));
}

/** `data:image/png;base64,…` as a file; null for any other address. */
export function fileOf(address: string): File | null {
  const [, type, base64] = /^data:(image\/[\w.+-]+);base64,([\w+/=]+)$/.exec(address) ?? [];
  if (!type || !base64) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new File([bytes], `picture.${type.slice("image/".length)}`, { type });
  } catch {
    return null; // invalid base64
  }
}
