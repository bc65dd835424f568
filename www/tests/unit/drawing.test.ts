import { describe, expect, it } from "vitest";
import { drawingOf, KINDS, LINES, outlinesOf, pathOf } from "../../src/gallery/drawing";
import { graphOf } from "../../src/inspect/graph";
import { shipped } from "../graphs";

describe("a network's drawing in its card", () => {
  const net = shipped("denoise-max-unpool");
  const graph = graphOf(net);
  const drawing = drawingOf(net);

  it("has every box and line of the inspector's, by kind", () => {
    expect(drawing.boxes.map((box) => KINDS[box[5]])).toEqual(graph.boxes.map(({ kind }) => kind));
    expect(drawing.lines.length).toBe(graph.edges.length);
    const skips = graph.edges.filter(({ skip, indices }) => skip && !indices).length;
    const indices = graph.edges.filter(({ indices }) => indices).length;
    expect(skips * indices).toBeGreaterThan(0);
    const starts = (kind: (typeof LINES)[number]) => pathOf(drawing, kind).split("M").length - 1;
    expect([starts("skip"), starts("indices")]).toEqual([skips, indices]);
  });

  it("fits its size, including stacked cards, in whole pixels", () => {
    for (const [left, top, width, height] of drawing.boxes) {
      expect(left >= 0 && top >= 0 && left + width <= drawing.width && top + height <= drawing.height).toBe(true);
    }
    expect(
      KINDS.map((kind) => outlinesOf(drawing, kind)).join("") + LINES.map((kind) => pathOf(drawing, kind)),
    ).not.toMatch(/\.|NaN/);
    const cards = drawing.boxes.reduce((sum, [, , , , cards]) => sum + cards + 1, 0);
    expect(
      KINDS.map((kind) => outlinesOf(drawing, kind))
        .join("")
        .split("M").length - 1,
    ).toBe(cards);
  });
});
