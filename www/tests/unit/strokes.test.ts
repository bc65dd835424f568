import { describe, expect, it } from "vitest";
import { isLineArt, pathOf } from "../../src/app/strokes";

const stroke = (...points: [number, number][]) => ({
  points: points.map(([x, y]) => ({ x, y })),
  width: 0.01,
  erases: false,
});

describe("a line drawing", () => {
  const pixels = (...colors: [share: number, ...rgb: number[]][]) =>
    new Uint8ClampedArray(
      colors.flatMap(([count, ...rgb]) => Array.from({ length: count }, () => [...rgb, 255]).flat()),
    );

  it("is dark on white paper, without colors", () => {
    expect(isLineArt(pixels([80, 255, 255, 255], [20, 0, 0, 0]))).toBe(true);
    expect(isLineArt(pixels([100, 255, 255, 255])), "blank paper").toBe(true);
    expect(isLineArt(pixels([30, 255, 255, 255], [70, 90, 90, 90])), "a gray photo").toBe(false);
    expect(isLineArt(pixels([80, 240, 240, 240], [20, 200, 90, 40])), "an object on white").toBe(false);
  });
});

describe("the path of a stroke", () => {
  it("is a dot for one point, and passes through the midpoints of several, at any size", () => {
    expect(pathOf(stroke([0.5, 0.25]), 100)).toBe("M50 25L50 25");
    expect(pathOf(stroke([0, 0], [1, 0], [1, 1]), 10)).toBe("M0 0Q0 0 5 0Q10 0 10 5L10 10");
    expect(pathOf(stroke(), 100)).toBe("");
  });
});
