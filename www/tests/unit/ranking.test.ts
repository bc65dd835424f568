import { describe, expect, it } from "vitest";
import { type Row, sorted, TIE, winners } from "../../src/app/ranking";

const row = (id: string, psnr: number | null, milliseconds: number | null = null): Row => ({
  id,
  scores: psnr === null ? null : { psnr, psnrLuma: psnr, ssim: 0.9, mae: 1 },
  milliseconds,
  parameters: null,
  agreement: null,
  checkerboard: null,
});
const ids = (rows: Row[]) => rows.map(({ id }) => id);

describe("the table", () => {
  const rows = [row("a", 28, 300), row("b", null, 100), row("c", 31, null), row("d", 28, 200)];

  it("sorts best first: highest scores, lowest costs; missing values last; stable", () => {
    expect(ids(sorted(rows, "psnr", false))).toEqual(["c", "a", "d", "b"]);
    expect(ids(sorted(rows, "time", false))).toEqual(["b", "d", "a", "c"]);
  });

  it("can be reversed, with missing values still last", () => {
    expect(ids(sorted(rows, "psnr", true))).toEqual(["a", "d", "c", "b"]);
    expect(ids(sorted(rows, "time", true))).toEqual(["a", "d", "b", "c"]);
  });
});

describe("the winner", () => {
  it("has the highest PSNR", () => expect(winners([row("a", 28), row("b", 30)])).toEqual(["b"]));
  it("ties with results within the spread of seeds", () => {
    expect(TIE).toBeGreaterThan(0);
    expect(winners([row("a", 30), row("b", 30 - 0.9 * TIE), row("c", 30 - 1.1 * TIE)])).toEqual(["a", "b"]);
    expect(winners([row("a", Infinity), row("b", Infinity), row("c", 90)])).toEqual(["a", "b"]);
  });
  it("has the highest mean IoU for label pictures", () => {
    const labels = (id: string, meanIou: number | null): Row => ({
      ...row(id, null),
      agreement: { pixelAccuracy: 0.5, meanIou, iou: [] },
    });
    const rows = [labels("a", 0.7), labels("b", 0.81), labels("c", 0.8095), labels("d", null)];
    expect(winners(rows)).toEqual(["b", "c"]);
    expect(ids(sorted(rows, "iou", false))).toEqual(["b", "c", "a", "d"]);
  });
  it("is nobody without competition", () => {
    expect(winners([row("a", 30), row("b", null)])).toEqual([]);
  });
});
