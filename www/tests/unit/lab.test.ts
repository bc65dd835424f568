import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pytorch, tensorflow } from "../../src/lab/code";
import { format, formatMatrix, matrix, parseMatrix, parseNumber, resized } from "../../src/lab/matrix";
import { PRESETS } from "../../src/lab/presets";
import { formatSettings, parseSettings } from "../../src/lab/settings";
import { impossible, sizeRule } from "../../src/lab/size";
import { LAB_CASES } from "../lab-cases";

const FIXTURES = join(import.meta.dirname, "../fixtures/lab");

describe("matrices", () => {
  it("round-trip through an address", () => {
    for (const text of ["1,5;4,8", "0.1,-0.2;0.3,-0.1", "0,1|2,3"]) {
      const read = parseMatrix(text);
      expect(read && formatMatrix(read)).toBe(text);
    }
  });

  it("are rejected if malformed", () => {
    for (const text of [
      "",
      "1,2;3",
      "a",
      "1;2;3;4;5;6;7;8;9",
      "NaN",
      "1e99",
      "1|2,3",
      new Array(17).fill("1").join("|"),
    ]) {
      expect(parseMatrix(text), text).toBeNull();
    }
  });

  it("keep their content when resized", () => {
    const larger = resized(matrix([1, 2], [3, 4]), 1, 3, 3, [9]);
    expect(formatMatrix(larger)).toBe("1,2,9;3,4,9;9,9,9");
    expect(formatMatrix(resized(larger, 1, 2, 2))).toBe("1,2;3,4");
  });

  it("show numbers without single-precision noise", () => {
    expect([Math.fround(0.1), -0.00001, 0.9 - Math.fround(0.9), 1.75].map(format)).toEqual(["0.1", "0", "0", "1.75"]);
    expect(["-1,5", " −2 ", "", "x", "2e6"].map(parseNumber)).toEqual([-1.5, -2, null, null, null]);
  });
});

describe("settings", () => {
  it("round-trip through an address", () => {
    const changed = { ...PRESETS["transposed-conv-1"], stride: 3, bias: 0.5, input: matrix([1, 2, 3], [4, 5, 6]) };
    const query = formatSettings(changed, PRESETS["transposed-conv-1"]);
    expect(query).toBe("input=1,2,3;4,5,6&stride=3&bias=0.5");
    expect(parseSettings(query, PRESETS["transposed-conv-1"])).toEqual(changed);
    expect(formatSettings(PRESETS.nearest, PRESETS.nearest)).toBe("");
  });

  it("ignore malformed values", () => {
    for (const query of [
      "stride=99",
      "stride=x",
      "input=1,2;3",
      "constructor=1",
      "kernel=1,2,3",
      "%",
      "factor=0",
      "=",
    ]) {
      expect(parseSettings(query, PRESETS["transposed-conv-2"]), query).toEqual(PRESETS["transposed-conv-2"]);
    }
    expect(parseSettings("factor=3", PRESETS["pixel-shuffle"])).toEqual(PRESETS["pixel-shuffle"]);
    expect(parseSettings("input=1|2", PRESETS.nearest)).toEqual(PRESETS.nearest);
  });
});

describe("sizes", () => {
  it("match the lecture", () => {
    const transposed = { ...PRESETS["transposed-conv-3"], kernelSize: 4, padding: 1 };
    expect(sizeRule(transposed, 64)).toMatchObject({ result: 128, numbers: "2·(64 − 1) + (4 − 1) − 2·1 + 0 + 1" });
    expect(sizeRule({ ...transposed, kernelSize: 3 }, 64).result).toBe(127);
  });

  it("that are impossible have a reason", () => {
    const of = (change: object) => impossible({ ...PRESETS["transposed-conv-1"], ...change })?.message;
    expect(of({ outputPadding: 1 })).toBe("lab.impossible.output-padding");
    expect(of({ padding: 2 })).toBe("lab.impossible.no-output");
    expect(impossible({ ...PRESETS["max-unpool"], padding: 2 })?.message).toBe("lab.impossible.padding");
    expect(impossible({ ...PRESETS["max-unpool"], kernelSize: 5 })?.message).toBe("lab.impossible.window");
    for (const { settings } of LAB_CASES) expect(impossible(settings)).toBeNull();
  });
});

describe("programs", () => {
  for (const { name, settings } of LAB_CASES) {
    it(`for PyTorch is the tested one: ${name}`, async () => {
      await expect(pytorch(settings)).toMatchFileSnapshot(join(FIXTURES, `${name}.py`));
    });
  }

  it("are complete, without extra files", () => {
    const files = readdirSync(FIXTURES).filter((file) => file.endsWith(".py"));
    expect(files.sort()).toEqual(LAB_CASES.map(({ name }) => `${name}.py`).sort());
  });

  it("for TensorFlow use its counterparts", () => {
    expect(tensorflow(PRESETS.bilinear)).toContain('tf.image.resize(data, [4, 4], method="bilinear")');
    expect(tensorflow(PRESETS["bilinear-corners"])).toContain("align_corners=True");
    expect(tensorflow(PRESETS["transposed-conv-3-crop"])).toContain("[:, 1:4, 1:4]");
    expect(tensorflow(PRESETS["max-unpool"])).toContain("tf.nn.max_pool_with_argmax");
  });
});
