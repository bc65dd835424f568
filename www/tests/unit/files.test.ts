import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Dropped, gathered } from "../../src/app/drop";
import { given, sorted } from "../../src/app/files";

/** Classification of the user's files. */

const file = (name: string, bytes: string | Uint8Array<ArrayBuffer> = "x", type = "") =>
  new File([bytes], name, { type });
const bytesOf = (path: string) => new Uint8Array(readFileSync(`../tests/fixtures/${path}`));
const png = bytesOf("pictures/rgb.png");

async function kinds(...files: File[]) {
  const { pictures, models, others } = await sorted(given(files));
  const names = (of: { path: string }[]) => of.map(({ path }) => path);
  return { pictures: names(pictures), models: names(models), others: names(others) };
}

describe("files are classified", () => {
  it("by content if type and extension are missing or wrong", async () => {
    for (const name of [
      "rgb.png",
      "rgb.jpg",
      "rgb.webp",
      "rgb.bmp",
      "rgb-raw.tiff",
      "animated.gif",
      "photo.heic",
      "photo.avif",
    ]) {
      expect(await kinds(file("scan", bytesOf(`pictures/${name}`))), name).toEqual({
        pictures: ["scan"],
        models: [],
        others: [],
      });
    }
    expect(await kinds(file("untyped", bytesOf("cases/batch/untyped")))).toMatchObject({ pictures: ["untyped"] });
    expect(await kinds(file("photo.txt", png, "text/plain"), file("photo.onnx", png))).toMatchObject({
      pictures: ["photo.txt", "photo.onnx"],
    });
    const model = new Uint8Array(readFileSync("../models/denoise-bilinear.onnx"));
    expect(await kinds(file("network (1)", model), file("photo.jpg", "broken"))).toEqual({
      pictures: ["photo.jpg"],
      models: ["network (1)"],
      others: [],
    });
  });

  it("without metadata files of operating systems", async () => {
    const sidecars = ["._foo.png", "Thumbs.db", "desktop.ini", ".DS_Store"].map((name) =>
      file(name, bytesOf("cases/batch/._foo.png"), "image/png"),
    );
    expect(await kinds(...sidecars, file("foo.png", png))).toEqual({ pictures: ["foo.png"], models: [], others: [] });
    expect(await sorted([{ file: file("a.png", png), path: "__MACOSX/a.png" }])).toEqual({
      pictures: [],
      models: [],
      others: [],
    });
  });

  it("except raw weights, which can begin with any bytes", async () => {
    expect(await kinds(file("net.onnx"), file("model.bin", "BM"), file("net.onnx.data", "\x08\x07\x12"))).toEqual({
      pictures: [],
      models: ["net.onnx"],
      others: ["model.bin", "net.onnx.data"],
    });
  });

  it("and none is lost", async () => {
    expect(
      await kinds(file("notes.txt"), file("a.png", png), file("net.onnx"), file("net.onnx.data"), file("other.onnx")),
    ).toEqual({
      pictures: ["a.png"],
      models: ["net.onnx", "other.onnx"],
      others: ["notes.txt", "net.onnx.data"],
    });
  });
});

describe("folders", () => {
  const entry = (of: File, fullPath: string) => ({
    isFile: true,
    isDirectory: false,
    name: of.name,
    fullPath,
    file: (give: (file: File) => void) => give(of),
  });
  /** Returns its entries one at a time. */
  const folder = (name: string, fullPath: string, entries: object[]) => ({
    isFile: false,
    isDirectory: true,
    name,
    fullPath,
    createReader: () => {
      const left = [...entries];
      return { readEntries: (give: (some: object[]) => void) => give(left.splice(0, 1)) };
    },
  });
  const unreadable = {
    isFile: true,
    isDirectory: false,
    name: "c.png",
    fullPath: "/trip/c.png",
    file: (_: unknown, fail: () => void) => fail(),
  };
  const inner = folder("inner", "/trip/inner", [entry(file("b.png"), "/trip/inner/b.png")]);
  const trip = folder("trip", "/trip", [
    inner,
    unreadable,
    entry(file("a10.png"), "/trip/a10.png"),
    entry(file("a9.png"), "/trip/a9.png"),
  ]);

  it("are searched recursively, in name order, together with dropped files", async () => {
    const found = await gathered(
      [trip, file("beside.png")] as unknown as Dropped,
      () => {},
      new AbortController().signal,
    );
    expect(found.map(({ path }) => path)).toEqual([
      "trip/a9.png",
      "trip/a10.png",
      "trip/c.png",
      "trip/inner/b.png",
      "beside.png",
    ]);
    expect(found[2]?.file.size, "unreadable files are still listed").toBe(0);
  });

  it("are abandoned on a stop", async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(gathered([trip] as unknown as Dropped, () => {}, stop.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});
