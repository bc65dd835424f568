import { describe, expect, it, vi } from "vitest";
import { report } from "../../src/app/report";
import { initialState, type ResultState } from "../../src/app/state";

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

describe("the report", () => {
  it("includes the hash of the user's own model", async () => {
    const model = { key: "a", name: "mine.onnx", source: { file: new Blob(["abc"]), data: {} } };
    const method = { id: "own", stages: [{ kind: "own", model }], parameters: null };
    const result = {
      id: "own",
      method,
      status: "done",
      scores: { psnr: Infinity },
      failure: null,
    } as unknown as ResultState;
    const told = await report({ ...initialState(), results: [result] });
    expect(told).toMatchObject({
      results: [
        {
          steps: [{ model: "mine.onnx", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }],
          scores: { psnr: "infinite" },
        },
      ],
    });
  });
});
