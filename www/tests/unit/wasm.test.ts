import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import init, { Engine, type Picture } from "../../../pkg/baseline/unet_playground";

/** The engine as in browsers, on files that the native tests use as well; expected results are beside those files. */

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const fixture = (name: string) => readFileSync(at(`tests/fixtures/${name}`));
const exact = JSON.parse(fixture("cases/expected.json").toString()) as Record<string, string>;

let engine: Engine;
beforeAll(async () => {
  await init({ module_or_path: readFileSync(at("pkg/baseline/unet_playground_bg.wasm")) });
  engine = await Engine.create({ backend: "cpu" });
});

const rgba = (picture: Picture) => picture.pixels(0, 0, picture.width, picture.height);

describe("odd files", () => {
  it.each(Object.keys(exact))("%s shows exactly its pixels", async (name) => {
    const picture = await engine.decode(fixture(`cases/${name}`));
    expect(createHash("sha256").update(rgba(picture)).digest("hex")).toBe(exact[name]);
  });

  it.each([
    ["jpeg/non-interleaved-420.jpg", "jpeg/non-interleaved-420.png"],
    ["tiff/jpeg-ycbcr.tif", "tiff/jpeg-ycbcr.png"],
    ["png/cicp-display-p3.png", "png/cicp-display-p3-as-srgb.png"],
  ])("%s shows its pixels closely", async (name, wanted) => {
    const [found, right] = [
      rgba(await engine.decode(fixture(`cases/${name}`))),
      rgba(await engine.decode(fixture(`cases/${wanted}`))),
    ];
    const off = found.reduce((sum, value, i) => sum + Math.abs(value - (right[i] ?? 0)), 0);
    expect(off / found.length).toBeLessThan(1);
  });

  it.each([
    ["jpeg/arithmetic-coding.jpg", /not built in: a JPEG with arithmetic coding/],
    ["tiff/zstd.tif", /not built in: a TIFF with Zstandard compression/],
  ])("%s is named as what it is", async (name, words) => {
    await expect(engine.decode(fixture(`cases/${name}`))).rejects.toThrow(words);
  });
});

describe("metadata", () => {
  it("is kept from a photo through a filter to the saved file, the location only on request", async () => {
    const photo = await engine.decode(fixture("metadata/exif.jpg"));
    expect(photo.hasLocation).toBe(true);
    const result = await engine.filter(photo, { kind: "gray" });
    const files = [result.encodePng(), result.encodeJpeg(90)];
    for (const file of files) {
      const text = Buffer.from(file).toString("latin1");
      expect(text).toContain("2004:05:06 07:08:09");
      expect(text).not.toContain("secret");
      const again = await engine.decode(file);
      expect(again.hasLocation).toBe(false);
    }
    expect((await engine.decode(result.encodePng({ location: true }))).hasLocation).toBe(true);
    const webp = result.completeWebp(fixture("metadata/plain.webp"));
    expect(Buffer.from(webp).toString("latin1")).toContain("2004:05:06 07:08:09");
  });
});

describe("a test of enlarging by any scale", () => {
  it("scores alike just below and above an integer scale, which downscales differently, and lower at a larger scale", async () => {
    const whole = await engine.decode(readFileSync(at("www/public/samples/chelsea.jpg")));
    const photo = whole.cut(100, 60, 240, 160, 0, false);
    const { width, height } = photo;
    const resize = (picture: Picture, width: number, height: number) =>
      engine.filter(picture, { kind: "resize", width, height, interpolation: "bicubic" });
    const scored = async (small: Picture) => (await engine.score(await resize(small, width, height), photo)).psnr;
    const reduced = (by: number) => resize(photo, Math.round(width / by), Math.round(height / by));
    const half = await scored(await engine.filter(photo, { kind: "downscale", scale: 2 }));
    expect(await scored(await reduced(2))).toBeCloseTo(half, 2);
    for (const by of [1.98, 2.02]) expect(Math.abs((await scored(await reduced(by))) - half)).toBeLessThan(0.3);
    expect(await scored(await reduced(3))).toBeLessThan(half - 1);
  }, 30_000);
});
