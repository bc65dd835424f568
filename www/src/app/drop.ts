/**
 * The files in a drop or a paste. A picture dragged from another page comes as a file, or as a link; what a
 * `data:` link holds is read here, any other link would need a request that this page never makes.
 */
export function filesIn(data: DataTransfer): File[] {
  if (data.files.length > 0) return [...data.files];
  const link = data.getData("text/uri-list").split(/\r?\n/)[0] ?? "";
  const inPage = /<img[^>]*\ssrc="(data:[^"]+)"/i.exec(data.getData("text/html"))?.[1];
  const file = fileOf(link) ?? (inPage ? fileOf(inPage) : null);
  return file ? [file] : [];
}

/** `data:image/png;base64,…` as a file; null for any other address. */
export function fileOf(address: string): File | null {
  const [, type, base64] = /^data:(image\/[\w.+-]+);base64,([\w+/=]+)$/.exec(address) ?? [];
  if (!type || !base64) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new File([bytes], `picture.${type.slice("image/".length)}`, { type });
  } catch {
    return null; // not base64 after all
  }
}
