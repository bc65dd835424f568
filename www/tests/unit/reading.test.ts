import { describe, expect, it } from "vitest";
import { linesFor, readingsOf } from "../../src/app/reading";
import type { Model } from "../../src/engine";
import { undeclaredOutput } from "../../src/worker/undeclared";

const ids = (input: number, output: number, operator = "Conv") =>
  readingsOf({ input, output, operator }).map(({ id }) => id);

describe("the interpretations of an undeclared output", () => {
  it("depend on its channels, most likely first", () => {
    expect(ids(3, 1, "Sigmoid")).toEqual(["mask", "picture"]);
    expect(ids(1, 1)).toEqual(["picture", "mask"]);
    expect(ids(3, 3)).toEqual(["picture", "classes"]);
    expect(ids(3, 3, "Softmax")).toEqual(["classes", "picture"]);
    expect(ids(3, 3, "Tanh")).toEqual(["signed", "picture", "classes"]);
    expect(ids(1, 2)).toEqual(["classes", "colors"]);
    expect(ids(3, 2)).toEqual(["classes"]);
    expect(ids(3, 21)).toEqual(["classes"]);
  });

  it("assume logits unless a sigmoid produced the output", () => {
    const color = (operator: string) => readingsOf({ input: 3, output: 1, operator })[0]?.metadata.output;
    expect(color("Sigmoid")).toBe('{"color":"mask"}');
    expect(color("Conv")).toBe('{"color":"mask-logits"}');
  });

  it("can be written into the file", () => {
    const [signed] = readingsOf({ input: 3, output: 3, operator: "Tanh" });
    if (!signed) expect.unreachable();
    const lines = linesFor('a "net".onnx', signed);
    expect(lines).toContain('m = onnx.load("a \\"net\\".onnx")');
    expect(lines).toContain(`    ("output", '{"color":"rgb","range":[-1,1]}'),`);
  });
});

describe("a model", () => {
  const model = (metadata: Record<string, string>, accepts = 3, shape: (number | null)[] | null = null) =>
    ({
      metadata,
      inputs: [{ name: "x", shape }],
      outputs: [{ name: "y" }],
      plan([, channels = 0, height = 0, width = 0]: number[]) {
        if (channels !== accepts) throw new Error("another number of channels");
        return {
          outputShape: [1, 5, height, width],
          nodes: [
            { op: "Conv", outputs: ["z"] },
            { op: "Softmax", outputs: ["y"] },
          ],
        };
      },
    }) as unknown as Model;

  it("reports its channels and last operator if its file does not declare its output", () => {
    expect(undeclaredOutput(model({}))).toEqual({ input: 3, output: 5, operator: "Softmax" });
    expect(undeclaredOutput(model({ output: '{"range":[0,255]}' }, 1))).toEqual({
      input: 1,
      output: 5,
      operator: "Softmax",
    });
    expect(undeclaredOutput(model({}, 1, [1, 1, 32, 32]))).toMatchObject({ input: 1 });
  });

  it("with one gray channel in and out needs an answer: a picture, or a mask", () => {
    const denoiser = {
      ...model({}, 1),
      plan([, channels = 0, ...sides]: number[]) {
        if (channels !== 1) throw new Error("another number of channels");
        return { outputShape: [1, 1, ...sides], nodes: [{ op: "Sub", outputs: ["y"] }] };
      },
    } as unknown as Model;
    const told = undeclaredOutput(denoiser);
    expect(told).toEqual({ input: 1, output: 1, operator: "Sub" });
    expect(told && readingsOf(told).map(({ id }) => id)).toEqual(["picture", "mask"]);
  });

  it("has channels last if its input does", () => {
    const keras = {
      ...model({}),
      inputs: [{ name: "x", shape: [null, 64, null, 3] }],
      plan: (shape: number[]) => ({
        outputShape: [...shape.slice(0, 3), 2],
        nodes: [{ op: `Conv ${shape.join()}`, outputs: ["y"] }],
      }),
    } as unknown as Model;
    expect(undeclaredOutput(keras)).toEqual({ input: 3, output: 2, operator: "Conv 1,64,256,3" });
  });

  it("needs no answer if it declares one, right or wrong, or takes no picture", () => {
    expect(undeclaredOutput(model({ output: '{"color":"rgb"}' }))).toBeNull();
    expect(undeclaredOutput(model({ output: "rgb" }))).toBeNull();
    expect(undeclaredOutput(model({}, 4))).toBeNull();
  });
});
