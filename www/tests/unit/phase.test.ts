import { describe, expect, it } from "vitest";
import { type PendingPhoto, pendingPhoto, pendingResult, pendingSample } from "../../src/app/pending";
import { IDLE, next, type Phase, type PhaseEvent, pendingOf, subjectOf } from "../../src/app/phase";
import { ownPhoto } from "../../src/app/photo";

const photo = ownPhoto(new File(["a"], "a.png"), "a.png");
const mask = ownPhoto(new File(["m"], "m.png"), "m.png");
const sample = pendingSample("chelsea", "test");

/** The phase after these events, from the initial one. */
function reached(...events: PhaseEvent[]): Phase {
  return events.reduce(next, IDLE);
}
const begins = (pending: PendingPhoto | null): PhaseEvent => ({ kind: "begins", pending });

describe("a loading photo", () => {
  it("is opened with choices made meanwhile; the request stays unchanged", () => {
    const phase = reached(
      begins(sample),
      { kind: "chosen", change: { mode: "apply" } },
      { kind: "chosen", change: { mask, mode: "test" } },
      { kind: "chosen", change: { mode: "apply" } },
    );
    expect(pendingOf(phase)).toEqual({ ...sample, mode: "apply", mask });
    expect([sample.mode, sample.mask]).toEqual(["test", null]);
  });

  it("is no longer loading once decoded, though the work keeps its name", () => {
    const phase = reached(begins(sample), { kind: "reads", subject: "chelsea" }, { kind: "arrives" });
    expect(phase).toEqual({ kind: "working", subject: "chelsea" });
    const chosen = next(phase, { kind: "chosen", change: { mode: "apply" } });
    expect(chosen, "choices now apply to the current photo").toBe(phase);
    expect(next(phase, { kind: "done" })).toEqual(IDLE);
  });

  it("is dropped by a stop", () => {
    expect(reached(begins(sample), { kind: "stopped" })).toEqual(IDLE);
    expect(reached(begins(sample), { kind: "stopped" }, { kind: "done" })).toEqual(IDLE);
  });

  it("is replaced by other work", () => {
    const other = pendingPhoto(photo);
    expect(pendingOf(reached(begins(sample), begins(other)))).toBe(other);
    expect(pendingOf(reached(begins(sample), begins(null)))).toBeNull();
  });
});

describe("a photo that failed to load", () => {
  it("can be retried with the latest choices", () => {
    const chosen: PhaseEvent = { kind: "chosen", change: { mode: "apply" } };
    const phase = reached(begins(sample), chosen, { kind: "failed" });
    expect(phase).toEqual({ kind: "idle", missed: { ...sample, mode: "apply" } });
    expect(next(phase, { kind: "done" }), "the end of the work that failed").toBe(phase);
    expect(pendingOf(next(phase, { kind: "wanted" }))).toEqual({ ...sample, mode: "apply" });
    expect(next(phase, begins(null)), "other work").toEqual({ kind: "working", subject: "" });
  });

  it("cannot be retried if it was a result, or was decoded", () => {
    const result = pendingResult(Promise.resolve(new Blob()), "a.png", "denoise");
    expect(reached(begins(result), { kind: "failed" })).toEqual(IDLE);
    expect(reached(begins(sample), { kind: "arrives" }, { kind: "failed" })).toEqual(IDLE);
    expect(next(IDLE, { kind: "wanted" })).toBe(IDLE);
  });
});

describe("other work", () => {
  it("names the current file", () => {
    expect(subjectOf(reached(begins(null)))).toBe("");
    expect(subjectOf(reached(begins(null), { kind: "reads", subject: "net.onnx" }))).toBe("net.onnx");
    expect(subjectOf(reached(begins(sample), { kind: "reads", subject: "a" }, begins(null)))).toBe("");
  });

  it("searches folders until done, or until something else begins", () => {
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
