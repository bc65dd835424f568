/** Sorts the files a person brought: one photo, or one ONNX model with the files its weights are in. */

export type Brought =
  | { kind: "picture"; file: File }
  | { kind: "model"; file: File; data: Record<string, File> }
  | { kind: "data-only"; name: string }
  | { kind: "nothing" };

export function sortFiles(files: readonly File[]): Brought {
  const model = files.find((file) => /\.onnx$/i.test(file.name));
  if (model) {
    const others = files.filter((file) => file !== model);
    return { kind: "model", file: model, data: Object.fromEntries(others.map((file) => [file.name, file])) };
  }
  const picture = files.find((file) => file.type.startsWith("image/")) ?? files[0];
  if (!picture) return { kind: "nothing" };
  if (/\.(data|onnx_data|bin|weights)$/i.test(picture.name)) return { kind: "data-only", name: picture.name };
  return { kind: "picture", file: picture };
}

/** `holiday.jpg` → `holiday-denoised.png` */
export function resultName(name: string, suffix: string): string {
  const stem = name.replace(/\.[^.]*$/, "") || "picture";
  return `${stem}-${suffix}.png`;
}
