import { beforeEach, describe, expect, it, vi } from "vitest";
import { resultNames } from "../../src/app/files";
import { describePanes } from "../../src/app/panes";
import { isTransparent, noticeOf } from "../../src/app/state";
import { browser, file, idle, open, rested, until } from "../fake-client";

/** Messages to the user: errors, progress of many photos, proposals. */

vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

beforeEach(browser);

describe("an error", () => {
  it("of a file does not end in a stop that nobody requested", async () => {
    const { playground } = await open();
    await playground.openFiles([file("broken.jpg", "broken")]);
    expect(playground.state).toMatchObject({
      outcome: { kind: "failed" },
      notice: { message: "error.invalid-picture" },
    });
  });

  it("of a result that is too large is reported once, with the result, and stays there when dismissed", async () => {
    const { client, playground, result } = await open("mode=apply");
    client.refuses = { process: "picture-too-large" };
    await playground.run();
    expect(playground.state).toMatchObject({
      outcome: { kind: "failed" },
      notice: { message: "error.result-too-large", actions: ["reduce", "open"] },
    });
    const failure = () => describePanes(playground.state).find(({ id }) => id === result().id)?.failure;
    expect(failure()).toBe("");
    playground.dismiss();
    expect(failure()).toMatch(/^This result is too large/);
  });
});

describe("a partially decoded file", () => {
  const missing = (share: number) => noticeOf({ code: "rows-missing", message: "", format: "JPEG", share }).params;
  it("reports the missing share of the picture: never none, never all", () => {
    expect(missing(0.376)).toMatchObject({ format: "JPEG", percent: 38 });
    expect(missing(0.001)).toMatchObject({ percent: 1 });
    expect(missing(0.999)).toMatchObject({ percent: 99 });
  });
});

describe("a network", () => {
  it("with unused files is opened, and names them", async () => {
    const { playground } = await open();
    await playground.openFiles(
      [
        file("net.onnx", "weights are in tensor_0"),
        file("net.onnx.data"),
        file("tensor_0"),
        new File(["hello"], "notes.txt"),
      ].map((one) => new File([one], one.name)),
    );
    expect(playground.state).toMatchObject({
      own: { name: "net.onnx" },
      notice: { message: "notice.left-out", params: { names: "notes.txt" } },
    });
  });
});

describe("a result used as the photo", () => {
  it("waits for an answer to the proposal: its task does not run again unasked", async () => {
    const { client, playground } = await open("mode=apply");
    client.calls = [];
    await playground.useResult();
    expect(client.calls).not.toContain("process");
    expect(playground.state).toMatchObject({
      look: { after: "denoise" },
      outcome: { kind: "ready" },
      photo: { name: "chelsea-denoise.png" },
    });
    playground.set({ task: "super-resolve-x2" });
    await rested();
    await idle(playground);
    expect(client.calls.filter((call) => call === "process")).toHaveLength(1);
    expect(playground.state.outcome.kind).toBe("done");
  });

  it("runs if there is no proposal", async () => {
    const { client, playground } = await open("mode=apply&task=super-resolve-x2");
    client.calls = [];
    playground.state.tasks.splice(1, 1); // without deblurring, which would be next
    await playground.useResult();
    expect(client.calls).toContain("process");
  });
});

describe("many photos", () => {
  it("report progress while running", async () => {
    const { client, playground } = await open();
    await playground.openFiles([file("a.jpg"), file("b.jpg")]);
    const release = client.hold("process");
    const all = playground.restoreMany();
    await until(client, "process");
    expect(playground.state.activity).toEqual({ kind: "batch", done: 0.5, total: 2 });
    release();
    await all;
  });

  it("with equal names have results with distinct names, as in the command", () => {
    expect(resultNames(["x/a.jpg", "x/a.png", "b.jpg", "B.jpg", "b.JPG", "c.d.jpg", "e"], "denoise")).toEqual([
      "x/a.jpg-denoise.png",
      "x/a.png-denoise.png",
      "b.jpg-denoise.png",
      "B.jpg-denoise (2).png",
      "b.JPG-denoise (3).png",
      "c.d-denoise.png",
      "e-denoise.png",
    ]);
  });
});

describe("transparency, which JPEG lacks", () => {
  it("comes from a cut-out, or from the photo", async () => {
    const { client, playground } = await open("task=segment&mode=apply");
    expect(isTransparent(playground.state)).toBe(false);
    client.classes = [{ name: "background" }, { name: "pet" }];
    await playground.openFiles([file("a.onnx")]);
    expect(isTransparent(playground.state)).toBe(false);
    playground.set({ labels: "cutout" });
    await rested();
    await idle(playground);
    expect(isTransparent(playground.state)).toBe(true);
    const { photo } = playground.state;
    expect(isTransparent({ ...playground.state, results: [], photo: photo && { ...photo, transparent: true } })).toBe(
      true,
    );
  });
});
