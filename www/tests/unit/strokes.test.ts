import { describe, expect, it } from "vitest";
import { pathOf } from "../../src/app/strokes";

const stroke = (...points: [number, number][]) => ({
  points: points.map(([x, y]) => ({ x, y })),
  width: 0.01,
  erases: false,
});

describe("the path of a stroke", () => {
  it("is a dot for one point, and passes through the midpoints of several, at any size", () => {
    expect(pathOf(stroke([0.5, 0.25]), 100)).toBe("M50 25L50 25");
    expect(pathOf(stroke([0, 0], [1, 0], [1, 1]), 10)).toBe("M0 0Q0 0 5 0Q10 0 10 5L10 10");
    expect(pathOf(stroke(), 100)).toBe("");
  });
});
