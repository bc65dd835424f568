/** Sorts the files a person brought: photos, or one ONNX model with the files its weights are in. */

import { CallError, messageOf } from "../protocol";

/** What a file chooser offers as a photo. */
export const PICTURES = "image/*,.avif,.heic,.heif,.tif,.tiff,.bmp";

export type Brought =
  | { kind: "pictures"; files: [File, ...File[]] }
  | { kind: "model"; file: File; data: Record<string, File> }
  | { kind: "data-only"; name: string }
  | { kind: "not-onnx"; name: string }
  | { kind: "nothing" };

export function sortFiles(files: readonly File[]): Brought {
  const model = files.find((file) => /\.onnx$/i.test(file.name));
  if (model) {
    const others = files.filter((file) => file !== model);
    return { kind: "model", file: model, data: Object.fromEntries(others.map((file) => [file.name, file])) };
  }
  const pictures = files.filter((file) => file.type.startsWith("image/"));
  const [first, ...others] = pictures.length > 0 ? pictures : files.slice(0, 1);
  if (!first) return { kind: "nothing" };
  if (/\.(data|onnx_data|bin|weights)$/i.test(first.name)) return { kind: "data-only", name: first.name };
  if (/\.(pt|pth|pt2|ckpt|safetensors|h5|keras|tflite|pb)$/i.test(first.name)) return { kind: "not-onnx", name: first.name };
  return { kind: "pictures", files: [first, ...others] };
}

/** The content as it is now: browsers refuse a file that has been changed since it was given. */
export async function copied(file: Blob): Promise<Blob> {
  try {
    return new Blob([await file.arrayBuffer()], { type: file.type });
  } catch (error) {
    throw new CallError("unreadable-file", messageOf(error));
  }
}

/** `holiday.jpg` → `holiday-denoise.png` */
export function resultName(name: string, suffix: string, extension = "png"): string {
  const stem = name.replace(/\.[^.]*$/, "") || "picture";
  return `${stem}-${suffix}.${extension}`;
}
