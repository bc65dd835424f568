import { beforeEach, describe, expect, it, vi } from "vitest";
import { usual } from "../../src/app/degradation";
import { Layer } from "../../src/view/layer";
import { browser, FakeCanvas, file, idle, open, rested, until } from "../fake-client";

/** The displayed picture and its messages, with interleaved clicks, stops and views. */

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

beforeEach(browser);

describe("a result of another input", () => {
  const noise = (sigma: number) => ({ degradation: { ...usual("gaussian-noise"), values: { sigma } } });
  const stripped = vi.fn();

  it("disappears once nothing will replace it", async () => {
    const { client, playground, result } = await open();
    const { layer } = result();
    const release = client.hold("estimate");
    playground.set(noise(10));
    await until(client, "estimate");
    expect(result().layer).toBe(layer);
    playground.stop();
    await idle(playground);
    expect(result()).toMatchObject({ layer: null, status: "stopped" });
    release();
    client.flops = 1e9;
    await playground.run();
    expect(result()).toMatchObject({ layer: expect.anything(), status: "done" });
    playground.set(noise(20));
    await rested();
    await idle(playground);
    expect(playground.state.outcome.kind).toBe("waiting");
    expect(result().layer).toBeNull();
  });

  it("keeps finished tiles, and stays if it has the same input", async () => {
    vi.stubGlobal(
      "OffscreenCanvas",
      class extends FakeCanvas {
        override getContext() {
          return { ...super.getContext(), fill: stripped };
        }
      },
    );
    const { client, playground, result } = await open();
    client.hold("process");
    void playground.run();
    await until(client, "process");
    playground.stop();
    await idle(playground);
    expect(result().layer).not.toBeNull();
    expect(stripped).not.toHaveBeenCalled();
    playground.set(noise(10));
    await until(client, "process");
    playground.stop();
    await idle(playground);
    expect(result().layer).not.toBeNull();
    expect(stripped).toHaveBeenCalledTimes(1);
  });
});

describe("the display after a stop", () => {
  it("is the last input if there is no other, whole and in the worker", async () => {
    const { client, playground } = await open();
    const close = vi.spyOn(Layer.prototype, "close");
    const { input } = playground.state;
    const release = client.hold("preview");
    playground.set({ degradation: { ...usual("gaussian-noise"), values: { sigma: 70 } } });
    await until(client, "preview");
    playground.stop();
    await idle(playground);
    release();
    expect(playground.state.input).toBe(input);
    expect(close.mock.contexts).not.toContain(input?.layer);
    expect(client.freed).not.toContain(`picture ${input?.picture}`);
    await playground.run();
    expect(playground.state.input?.layer).not.toBe(input?.layer);
    expect(close.mock.contexts).toContain(input?.layer);
    expect(client.freed).toContain(`picture ${input?.picture}`);
  });

  it("shows nothing of another photo", async () => {
    const { client, playground } = await open();
    const { input, frame } = playground.state;
    const release = client.hold("make");
    void playground.openSample("coffee");
    await until(client, "make");
    expect(playground.state).toMatchObject({ photo: { name: "coffee.jpg" }, input, frame });
    playground.stop();
    await idle(playground);
    release();
    expect(playground.state).toMatchObject({ photo: { name: "coffee.jpg" }, input: null, original: null, frame: null });
    await playground.run();
    expect(playground.state).toMatchObject({ input: expect.anything(), frame, outcome: { kind: "done" } });
  });
});

describe("a classifier", () => {
  it("is scored only against a mask, and other networks are not", async () => {
    const { client, playground } = await open();
    client.classes = [{ name: "background" }, { name: "pet" }];
    await playground.openFiles([file("mine.onnx")]);
    expect(client.calls).not.toContain("scoreLabels");
    playground.set({ task: "segment", methods: ["bilinear", "own"] });
    await rested();
    await idle(playground);
    await playground.openMask(file("mask.png"));
    expect(client.calls.filter((call) => call === "scoreLabels")).toHaveLength(2);
    client.classes = [];
    await playground.openFiles([file("plain.onnx")]);
    playground.set({ methods: ["bilinear", "own"] });
    await rested();
    await idle(playground);
    expect(playground.state.results.map(({ status, scores }) => [status, scores])).toEqual([
      ["done", null],
      ["done", null],
    ]);
  });
});

describe("a network with gray output", () => {
  it("is scored against the original without colors, others against the original", async () => {
    const { client, playground } = await open();
    client.gray = true;
    client.done = [];
    await playground.openFiles([file("gray.onnx")]);
    const made = client.done.find(({ args }) => JSON.stringify(args).includes('"how":{"kind":"gray"}'));
    const references = () =>
      client.done.filter(({ call }) => call === "score").map(({ args }) => (args as { reference: number }).reference);
    expect(made).toBeDefined();
    expect(references().at(-1)).toBe((made as { answer: { id: number } }).answer.id);
    expect(playground.state.results[0]?.gray).toBe(true);
    client.gray = false;
    client.done = [];
    await playground.openFiles([file("color.onnx")]);
    expect(references().at(-1)).toBe(playground.state.original?.picture);
  });
});

describe("many photos", () => {
  it("continue while another view is open, and report failures", async () => {
    const { client, playground, save } = await open();
    await playground.openFiles([file("a.jpg"), file("b.jpg", "broken"), file("c.jpg")]);
    const release = client.hold("process");
    const all = playground.restoreMany();
    await until(client, "process");
    expect(playground.restores).toBe(true);
    playground.rest(true);
    playground.rest(false);
    release();
    await all;
    expect(playground.restores).toBe(false);
    expect(save).toHaveBeenCalledTimes(1);
    expect(playground.state.notice).toMatchObject({ message: "notice.batch", params: { failed: 1, total: 3 } });
  });
});
