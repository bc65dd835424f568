/** Turns what a page passes to its element into files. */

export type Given = File | Blob | ImageBitmap;

export async function fileOf(what: Given): Promise<File> {
  if (what instanceof File) return what;
  if (what instanceof Blob) return new File([what], "photo");
  const canvas = new OffscreenCanvas(what.width, what.height);
  canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(what);
  return new File([await canvas.convertToBlob()], "photo.png");
}
