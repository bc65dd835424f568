import { describe, expect, it } from "vitest";
import {
  canPan,
  clamp,
  covered,
  fit,
  MAX_SCALE,
  minScale,
  pan,
  placed,
  toPicture,
  type View,
  visibleTiles,
  zoomAt,
} from "../../src/view/viewport";

const stage = { width: 1000, height: 600 };
const photo = { width: 4000, height: 3000 };

describe("fit", () => {
  it("shows the whole picture, centered", () => {
    const view = fit(photo, stage);
    expect(view).toEqual({ scale: 0.2, center: { x: 2000, y: 1500 }, fitted: true });
    expect(placed(view, photo, stage)).toEqual({ x: 100, y: 0, width: 800, height: 600 });
  });

  it("enlarges a small picture up to a limit", () => {
    expect(fit({ width: 10, height: 10 }, stage).scale).toBe(3);
  });

  it("survives a stage without size", () => {
    expect(fit(photo, { width: 0, height: 0 }).scale).toBe(1);
  });
});

describe("zoomAt", () => {
  it("keeps the picture point under the pointer fixed", () => {
    const at = { x: 700, y: 200 };
    let view: View = fit(photo, stage);
    const under = toPicture(view, at, stage);
    for (const scale of [0.5, 1, 4]) {
      view = zoomAt(view, scale, at, photo, stage);
      expect(toPicture(view, at, stage).x).toBeCloseTo(under.x, 6);
      expect(toPicture(view, at, stage).y).toBeCloseTo(under.y, 6);
    }
  });

  it("stays within its limits", () => {
    const middle = { x: 500, y: 300 };
    expect(zoomAt(fit(photo, stage), 1e9, middle, photo, stage).scale).toBe(MAX_SCALE);
    expect(zoomAt(fit(photo, stage), 1e-9, middle, photo, stage).scale).toBe(minScale(photo, stage));
  });
});

describe("pan and clamp", () => {
  it("stops at the edges", () => {
    const view = pan({ scale: 1, center: { x: 2000, y: 1500 }, fitted: false }, 1e6, -1e6, photo, stage);
    expect(view.center).toEqual({ x: 500, y: 2700 });
  });

  it("centers pictures smaller than the stage", () => {
    const view = clamp({ scale: 0.2, center: { x: 0, y: 0 }, fitted: false }, photo, stage);
    expect(view.center).toEqual({ x: 2000, y: 1500 });
    expect(canPan(view, photo, stage)).toBe(false);
    expect(canPan({ ...view, scale: 0.3 }, photo, stage)).toBe(true);
  });

  it("reports the covered part of the stage", () => {
    const view = { scale: 1, center: { x: 3600, y: 1500 }, fitted: false };
    expect(covered(view, photo, stage)).toEqual({ x: 0, y: 0, width: 900, height: 600 });
  });
});

describe("visibleTiles", () => {
  const view = { scale: 1, center: { x: 2000, y: 1500 }, fitted: false };

  it("covers the visible part, nearest to the center first", () => {
    const tiles = visibleTiles(view, photo, stage, 512);
    const first = tiles[0];
    expect(first).toEqual({ x: 1536, y: 1024, width: 512, height: 512 });
    expect(Math.min(...tiles.map(({ x }) => x))).toBe(1024);
    expect(Math.max(...tiles.map(({ x, width }) => x + width))).toBe(2560);
    expect(tiles).toHaveLength(6);
  });

  it("clips the last tiles to the picture", () => {
    const corner = visibleTiles({ ...view, center: { x: 4000, y: 3000 } }, photo, stage, 512);
    expect(corner).toContainEqual({ x: 3584, y: 2560, width: 416, height: 440 });
  });
});
