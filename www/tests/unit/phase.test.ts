import { describe, expect, it } from "vitest";
import { type PendingPhoto, pendingPhoto, pendingResult, pendingSample } from "../../src/app/pending";
import { IDLE, next, type Phase, type PhaseEvent, pendingOf, subjectOf } from "../../src/app/phase";
import { ownPhoto } from "../../src/app/photo";

const photo = ownPhoto(new File(["a"], "a.png"), "a.png");
const mask = ownPhoto(new File(["m"], "m.png"), "m.png");
const sample = pendingSample("chelsea", "test");

/** The phase after these events, from the beginning. */
function reached(...events: PhaseEvent[]): Phase {
  return events.reduce(next, IDLE);
}
const begins = (pending: PendingPhoto | null): PhaseEvent => ({ kind: "begins", pending });

describe("a photo on its way", () => {
  it("is opened with what is chosen meanwhile, and stays as it was asked for", () => {
    const phase = reached(
      begins(sample),
      { kind: "chosen", change: { mode: "apply" } },
      { kind: "chosen", change: { mask, mode: "test" } },
      { kind: "chosen", change: { mode: "apply" } },
    );
    expect(pendingOf(phase)).toEqual({ ...sample, mode: "apply", mask });
    expect([sample.mode, sample.mask]).toEqual(["test", null]);
  });

  it("is on its way no more once it has been read, though the work goes on with its name", () => {
    const phase = reached(begins(sample), { kind: "reads", subject: "chelsea" }, { kind: "arrives" });
    expect(phase).toEqual({ kind: "working", subject: "chelsea" });
    const chosen = next(phase, { kind: "chosen", change: { mode: "apply" } });
    expect(chosen, "what is chosen now is for the photo that is there").toBe(phase);
    expect(next(phase, { kind: "done" })).toEqual(IDLE);
  });

  it("is forgotten after a stop", () => {
    expect(reached(begins(sample), { kind: "stopped" })).toEqual(IDLE);
    expect(reached(begins(sample), { kind: "stopped" }, { kind: "done" })).toEqual(IDLE);
  });

  it("gives way to other work", () => {
    const other = pendingPhoto(photo);
    expect(pendingOf(reached(begins(sample), begins(other)))).toBe(other);
    expect(pendingOf(reached(begins(sample), begins(null)))).toBeNull();
  });
});

describe("a photo that could not be loaded", () => {
  it("can be asked for once more, as it was chosen last", () => {
    const chosen: PhaseEvent = { kind: "chosen", change: { mode: "apply" } };
    const phase = reached(begins(sample), chosen, { kind: "failed" });
    expect(phase).toEqual({ kind: "idle", missed: { ...sample, mode: "apply" } });
    expect(next(phase, { kind: "done" }), "the end of the work that failed").toBe(phase);
    expect(pendingOf(next(phase, { kind: "wanted" }))).toEqual({ ...sample, mode: "apply" });
    expect(next(phase, begins(null)), "other work").toEqual({ kind: "working", subject: "" });
  });

  it("is gone where it was a result, or where it had been read", () => {
    const result = pendingResult(Promise.resolve(new Blob()), "a.png", "denoise");
    expect(reached(begins(result), { kind: "failed" })).toEqual(IDLE);
    expect(reached(begins(sample), { kind: "arrives" }, { kind: "failed" })).toEqual(IDLE);
    expect(next(IDLE, { kind: "wanted" })).toBe(IDLE);
  });
});

describe("other work", () => {
  it("names the file that it has come to", () => {
    expect(subjectOf(reached(begins(null)))).toBe("");
    expect(subjectOf(reached(begins(null), { kind: "reads", subject: "net.onnx" }))).toBe("net.onnx");
    expect(subjectOf(reached(begins(sample), { kind: "reads", subject: "a" }, begins(null)))).toBe("");
  });

  it("looks through folders until it is done or something else begins", () => {
    const gathering = reached(begins(null), { kind: "gathers" });
    for (const event of [
      { kind: "reads", subject: "a" },
      { kind: "arrives" },
      { kind: "stopped" },
      { kind: "wanted" },
    ] as const) {
      expect(next(gathering, event)).toBe(gathering);
    }
    for (const event of [{ kind: "done" }, { kind: "failed" }] as const) expect(next(gathering, event)).toEqual(IDLE);
    expect(next(gathering, begins(sample)).kind).toBe("opening");
  });
});
