/** Sorts the user's files into photos, ONNX models, and external weights. */

import { CallError, messageOf } from "../protocol";

/** The `accept` list of the photo chooser. */
export const PICTURES = "image/*,.avif,.heic,.heif,.tif,.tiff,.bmp";

/** A file with its path within the dropped folders. */
export interface Given {
  file: File;
  path: string;
}

/** `others`: weights of a model, or unreadable files. */
export interface Brought {
  pictures: Given[];
  models: Given[];
  others: Given[];
}

/** Leading bytes that identify a file's type. */
const HEAD = 16;
const SIDECAR = /(^|\/)(\._[^/]*|Thumbs\.db|desktop\.ini|\.DS_Store|__MACOSX\/.*)$/i;
const PICTURE =
  /\.(jpe?g|jfif|png|apng|webp|gif|bmp|tiff?|avif|heic|heif|jxl|jp2|svg|ico|psd|dng|nef|cr[23]|arw|raf|orf|rw2)$/i;
/** Leading bytes of pictures, as Latin-1; a dot matches any byte. */
const SIGNATURES = [
  /^\xff\xd8\xff/,
  /^\x89PNG/,
  /^GIF8/,
  /^RIFF....WEBP/s,
  /^BM/,
  /^(II[*+]\0|MM\0[*+])/,
  /^....ftyp(avi|hei|hev|mif|msf|crx)/s,
  /^(\xff\x0a|\0\0\0\x0cJXL )/,
  /^\0\0\0\x0cjP/,
  /^8BPS/,
];
/** An ONNX file begins with its IR version, followed by a text field or the graph. */
const MODEL = /^\x08[\x01-\x20][\x12\x1a\x22\x2a\x32\x3a\x42]/;

export function given(files: readonly File[]): Given[] {
  return files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Classifies files by content, then by type or name. Ignores metadata files of operating systems. */
export async function sorted(files: readonly Given[]): Promise<Brought> {
  const brought: Brought = { pictures: [], models: [], others: [] };
  const kept = files.filter(({ path }) => !SIDECAR.test(path));
  const kinds = await Promise.all(kept.map(kindOf));
  for (const [index, kind] of kinds.entries()) brought[kind].push(kept[index] as Given);
  return brought;
}

async function kindOf({ file }: Given): Promise<keyof Brought> {
  const bytes = await file
    .slice(0, HEAD)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0)); // opening it reports the error
  const head = String.fromCharCode(...new Uint8Array(bytes));
  if (isWeights(file.name)) return "others"; // raw weights can begin with any bytes
  if (SIGNATURES.some((signature) => signature.test(head))) return "pictures";
  if (/\.onnx$/i.test(file.name) || (MODEL.test(head) && !file.type.startsWith("image/"))) return "models";
  return file.type.startsWith("image/") || PICTURE.test(file.name) ? "pictures" : "others";
}

/** Whether a file that came alone holds weights, or a network in another format. */
export function isWeights(name: string): boolean {
  return /\.(data|onnx_data|bin|weights)$/i.test(name);
}

export function isOtherNetwork(name: string): boolean {
  return /\.(pt|pth|pt2|ckpt|safetensors|h5|keras|tflite|pb)$/i.test(name);
}

/**
 * Paths of the files that came with a network and are not its external data: the network contains the names of those.
 */
export async function unnamedIn(model: Blob, others: readonly Given[]): Promise<string[]> {
  if (others.length === 0) return [];
  const text = await model.text().catch(() => ""); // opening it reports the error
  return others.filter(({ file }) => !isWeights(file.name) && !text.includes(file.name)).map(({ path }) => path);
}

/** A copy of the content as it is now: browsers refuse files that changed after they were chosen. */
export async function copied(file: Blob): Promise<Blob> {
  try {
    return new Blob([await file.arrayBuffer()], { type: file.type });
  } catch (error) {
    throw new CallError("unreadable-file", messageOf(error));
  }
}

/** `holiday.jpg` → `holiday-denoise.png` */
export function resultName(name: string, suffix: string, extension = "png"): string {
  const stem = name.replace(/\.[^./]*$/, "") || "picture";
  return `${stem}-${suffix}.${extension}`;
}

/**
 * Result names, unique even on case-insensitive file systems. Photos that differ only in their extensions keep it
 * (`a.jpg-denoise.png`); remaining duplicates are numbered.
 */
export function resultNames(names: readonly string[], suffix: string): string[] {
  const alike = (name: string) => name.normalize("NFC").toLowerCase();
  const short = names.map((name) => resultName(name, suffix));
  const taken = new Set<string>();
  return names.map((name, index) => {
    const plain = short[index] ?? "";
    const isTwin = short.filter((other) => alike(other) === alike(plain)).length > 1;
    const wanted = isTwin ? `${name}-${suffix}.png` : plain;
    let free = wanted;
    for (let number = 2; taken.has(alike(free)); number++) free = wanted.replace(/\.png$/, ` (${number}).png`);
    taken.add(alike(free));
    return free;
  });
}
