import { describe, expect, it, vi } from "vitest";
import { fileOf } from "../../src/app/drop";
import { columnsFor } from "../../src/view/arrange";
import { Camera } from "../../src/view/camera";

describe("the grid", () => {
  const wide = { width: 300, height: 200 };
  it("has the columns that show pictures largest", () => {
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

  it("fits a new picture, and stays fitted when the stage changes", () => {
    const one = camera();
    expect(one.view).toMatchObject({ scale: 2, fitted: true });
    one.resize({ width: 400, height: 300 }, { width: 400, height: 300 });
    expect(one.view).toMatchObject({ scale: 1, fitted: true });
  });

  it("keeps its place when the same picture comes in another size", () => {
    const one = camera();
    one.zoom(4, { x: 0, y: 0 });
    const before = one.share({ x: 400, y: 300 });
    one.look({ width: 800, height: 600 });
    expect(one.share({ x: 400, y: 300 }).x).toBeCloseTo(before.x, 6);
    expect(one.view?.scale).toBeCloseTo(4, 6);
  });

  it("fits a picture of another shape anew", () => {
    const one = camera();
    one.zoom(4);
    one.look({ width: 300, height: 400 });
    expect(one.view?.fitted).toBe(true);
  });
});

describe("a picture dragged as a link", () => {
  it("is read where the link holds it", async () => {
    const file = fileOf("data:image/png;base64,aGVsbG8=");
    expect(file).toMatchObject({ name: "picture.png", type: "image/png" });
    expect(await file?.text()).toBe("hello");
  });
  it("is left where it would take a request", () => {
    for (const link of ["https://example.org/a.png", "data:text/html,x", "data:image/png;base64,%%", ""]) expect(fileOf(link)).toBe(null);
  });
});
