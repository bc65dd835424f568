import { describe, expect, it, vi } from "vitest";
import { fileOf } from "../../src/app/drop";
import { columnsFor } from "../../src/view/arrange";
import { Camera } from "../../src/view/camera";
import { Layer } from "../../src/view/layer";

describe("the grid", () => {
  const wide = { width: 300, height: 200 };
  it("has the number of columns that shows pictures largest", () => {
    expect(columnsFor(1, wide, { width: 1000, height: 700 })).toBe(1);
    expect(columnsFor(6, wide, { width: 1100, height: 600 })).toBe(3);
    expect(columnsFor(4, wide, { width: 390, height: 800 })).toBe(1);
    expect(columnsFor(3, { width: 100, height: 400 }, { width: 1000, height: 700 })).toBe(3);
  });
});

describe("the camera", () => {
  const frame = { width: 400, height: 300 };
  const stage = { width: 800, height: 600 };
  function camera() {
    const camera = new Camera(vi.fn());
    camera.resize(stage, stage);
    camera.look(frame);
    return camera;
  }

  it("fits a new picture, and stays fitted when the stage is resized", () => {
    const one = camera();
    expect(one.view).toMatchObject({ scale: 2, fitted: true });
    one.resize({ width: 400, height: 300 }, { width: 400, height: 300 });
    expect(one.view).toMatchObject({ scale: 1, fitted: true });
  });

  it("keeps its place for another size of the same picture", () => {
    const one = camera();
    one.zoom(4, { x: 0, y: 0 });
    const before = one.share({ x: 400, y: 300 });
    one.look({ width: 800, height: 600 });
    expect(one.share({ x: 400, y: 300 }).x).toBeCloseTo(before.x, 6);
    expect(one.view?.scale).toBeCloseTo(4, 6);
  });

  it("fits a picture with another aspect ratio again", () => {
    const one = camera();
    one.zoom(4);
    one.look({ width: 300, height: 400 });
    expect(one.view?.fitted).toBe(true);
  });
});

describe("a layer", () => {
  it("shows no blurred overview through transparent tiles", async () => {
    vi.stubGlobal("ImageBitmap", class {});
    const bitmap = (width: number, height: number) => ({ width, height, close() {} }) as ImageBitmap;
    const size = { width: 1000, height: 500 };
    const layer = new Layer(size);
    layer.show(bitmap(100, 50), async ({ width, height }) => bitmap(width, height));
    const done: unknown[][] = [];
    const clearRect = (...at: number[]) => done.push(["clear", ...at]);
    const drawImage = ({ width }: ImageBitmap, ...at: number[]) =>
      done.push([width === 100 ? "overview" : "tile", ...at]);
    const context = { setTransform() {}, clearRect, drawImage } as unknown as CanvasRenderingContext2D;
    const view = { center: { x: 500, y: 250 }, scale: 1, fitted: true };
    const look = { view, frame: size, stage: size, density: 1, smooth: false };
    layer.draw(context, look);
    await vi.waitFor(() => {
      done.length = 0;
      layer.draw(context, look);
      expect(done.map(([what]) => what)).toEqual(["clear", "overview", "clear", "tile", "clear", "tile"]);
    });
    expect(done.slice(2).map(([, ...at]) => at.join())).toEqual([
      "0,0,512,500",
      "0,0,512,500",
      "512,0,488,500",
      "512,0,488,500",
    ]);
  });
});

describe("a picture dragged as a link", () => {
  it("is decoded if the link contains it", async () => {
    const file = fileOf("data:image/png;base64,aGVsbG8=");
    expect(file).toMatchObject({ name: "picture.png", type: "image/png" });
    expect(await file?.text()).toBe("hello");
  });
  it("is ignored if it would need a request", () => {
    for (const link of ["https://example.org/a.png", "data:text/html,x", "data:image/png;base64,%%", ""])
      expect(fileOf(link)).toBe(null);
  });
});
