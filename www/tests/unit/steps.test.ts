import { describe, expect, it, vi } from "vitest";
import { resultName } from "../../src/app/files";
import { Step } from "../../src/app/step";
import { Lane } from "../../src/worker/lane";

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("Step", () => {
  it("computes once per key, again for another key, and disposes of the old value", async () => {
    const dispose = vi.fn();
    const step = new Step<string>(dispose);
    const make = vi.fn(async () => "a");
    expect(await step.get("1", make)).toBe("a");
    expect(await step.get("1", make)).toBe("a");
    expect(make).toHaveBeenCalledOnce();
    expect(await step.get("2", async () => "b")).toBe("b");
    await settled();
    expect(dispose).toHaveBeenCalledExactlyOnceWith("a");
  });

  it("retries after a failure", async () => {
    const step = new Step<string>();
    await expect(step.get("1", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await settled();
    expect(await step.get("1", async () => "yes")).toBe("yes");
  });

  it("computes a stopped value again, but keeps finished ones", async () => {
    const step = new Step<string>();
    const stop = new AbortController();
    const never = step.get("1", () => new Promise<string>(() => {}), stop.signal);
    stop.abort();
    expect(step.get("1", async () => "again")).not.toBe(never);
    const late = new AbortController();
    await step.get("2", async () => "kept", late.signal);
    late.abort();
    expect(await step.get("2", async () => "not made")).toBe("kept");
  });

  it("forgets without disposing", async () => {
    const dispose = vi.fn();
    const step = new Step<string>(dispose);
    await step.get("1", async () => "a");
    step.forget();
    await settled();
    expect(dispose).not.toHaveBeenCalled();
    expect(await step.get("1", async () => "b")).toBe("b");
  });
});

describe("Lane", () => {
  it("runs jobs one after another, even after failures", async () => {
    const lane = new Lane();
    const log: string[] = [];
    const slow = lane.run(async () => {
      await settled();
      log.push("slow");
      throw new Error("failed");
    });
    const quick = lane.run(() => log.push("quick"));
    await expect(slow).rejects.toThrow("failed");
    await quick;
    expect(log).toEqual(["slow", "quick"]);
  });

  it("skips a job that was aborted while waiting", async () => {
    const lane = new Lane();
    const stop = new AbortController();
    const job = vi.fn();
    const blocked = lane.run(settled);
    const waiting = lane.run(job, stop.signal);
    stop.abort();
    await blocked;
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(job).not.toHaveBeenCalled();
  });
});

describe("files", () => {
  it("names the result after the photo", () => {
    expect(resultName("holiday.tar.jpeg", "denoise")).toBe("holiday.tar-denoise.png");
    expect(resultName("", "denoise", "json")).toBe("picture-denoise.json");
    expect(resultName("trip.2026/holiday", "denoise")).toBe("trip.2026/holiday-denoise.png");
  });
});
