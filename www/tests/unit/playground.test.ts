import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Outside } from "../../src/app/keep";
import { Playground } from "../../src/app/playground";
import type { CallOptions, Client } from "../../src/client";
import { CallError, type CallName } from "../../src/protocol";
import { Layer } from "../../src/view/layer";

/** What the playground does about its photo while clicks, stops and other views come between. */

// Asked for its language as soon as there are messages.
vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

class FakeBitmap {
  close() {}
}

/** A canvas that only tells whether it was stripped of what it was begun over. */
class FakeCanvas {
  width = 8;
  height = 6;
  stripped = 0;
  getContext() {
    return { drawImage() {}, clearRect() {}, beginPath() {}, rect() {}, fill: () => this.stripped++ };
  }
}

const manifest = ["denoise", "deblur", "segment"].map((task) => ({ file: `${task}.onnx`, task, strategy: "bilinear", parameters: 1 }));

beforeEach(() => {
  vi.stubGlobal("ImageBitmap", FakeBitmap);
  vi.stubGlobal("OffscreenCanvas", FakeCanvas);
  vi.stubGlobal("document", { baseURI: "http://localhost/" });
  vi.stubGlobal("fetch", async () => ({ ok: true, json: async () => manifest, blob: async () => new Blob(["sample"]) }));
});

/** A worker that does nothing at once, but what is held: that waits to be let go, or for its end. */
class FakeClient {
  onCrash = () => {};
  flops = 1;
  classes: { name: string }[] = [];
  calls: CallName[] = [];
  freed: string[] = [];
  #held = new Map<CallName, { gone: Promise<void>; go: () => void }>();
  #made = 0;

  hold(call: CallName): () => void {
    let go = () => {};
    const gone = new Promise<void>((resolve) => (go = resolve));
    this.#held.set(call, { gone, go });
    return () => {
      this.#held.delete(call);
      go();
    };
  }

  start() {
    return this.call("start", {});
  }

  free(what: string, id: number) {
    this.freed.push(`${what} ${id}`);
  }

  async call(call: CallName, args: { file?: Blob; source?: { file?: Blob } }, { signal, onTile }: CallOptions = {}): Promise<unknown> {
    this.calls.push(call);
    const bitmap = new FakeBitmap() as unknown as ImageBitmap;
    if (call === "process") onTile?.({ x: 0, y: 0, width: 4, height: 3, bitmap });
    const held = this.#held.get(call);
    if (held) await Promise.race([held.gone, stopped(signal)]);
    if (signal?.aborted) throw new CallError("aborted", "");
    const content = await (args.file ?? args.source?.file)?.text();
    if (content === "broken") throw new CallError(call === "decode" ? "invalid-picture" : "invalid-model", "");
    const picture = { id: ++this.#made, width: content === "wide" ? 16 : 8, height: 6 };
    const engine = { backend: "cpu", code: "asked", reason: "" };
    const answers: Partial<Record<CallName, unknown>> = {
      start: engine,
      decode: picture,
      make: picture,
      loadModel: { id: ++this.#made, classes: this.classes },
      estimate: { width: 8, height: 6, tiles: 4, peakBytes: 1, flops: this.flops, fits: true },
      calibrate: 1,
      process: { picture, engine },
      preview: bitmap,
      score: { psnr: 30, psnrLuma: 30, ssim: 1, mae: 0 },
      encodePng: new Uint8Array(4),
    };
    return answers[call] ?? null;
  }
}

function stopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
}

const file = (name: string, content = "photo") => new File([content], name, { type: "image/jpeg" });

function closed(query = "") {
  const client = new FakeClient();
  const save = vi.fn();
  const note = vi.fn();
  const outside: Outside = { save, copy: async () => {}, share: async () => null, note };
  return { client, save, note, playground: new Playground(client as unknown as Client, outside, query) };
}

async function open(query = "") {
  const { client, save, note, playground } = closed(query);
  await playground.open();
  expect(playground.state.outcome.kind).toBe("done");
  return { client, save, note, playground, result: () => playground.state.results[0] ?? expect.unreachable() };
}

/** From here on until this call has come. */
function until(client: FakeClient, call: CallName, begin = () => {}): Promise<void> {
  client.calls = [];
  begin();
  return vi.waitFor(() => expect(client.calls).toContain(call));
}

const idle = (playground: Playground) => vi.waitFor(() => expect(playground.state.activity).toBeNull());
/** Until a change of settings has led to something. */
const rested = () => new Promise((resolve) => setTimeout(resolve, 120));

describe("a photo on its way", () => {
  it("is opened though settings are changed meanwhile, and for what is then chosen", async () => {
    const { client, playground } = await open();
    const release = client.hold("decode");
    void playground.openFiles([file("mine.jpg")]);
    await until(client, "decode");
    playground.set({ task: "deblur", mode: "test" });
    await rested();
    expect(playground.state.photo?.name).toBe("chelsea.jpg");
    playground.rest(true);
    playground.rest(false);
    void playground.run();
    release();
    await idle(playground);
    const { photo, settings, outcome } = playground.state;
    expect({ name: photo?.name, task: settings.task, mode: settings.mode }).toEqual({ name: "mine.jpg", task: "deblur", mode: "test" });
    expect(outcome.kind).toBe("done");
  });

  it("comes first where it is brought before there is any", async () => {
    for (const query of ["", "picture=own"]) {
      const { client, playground } = closed(query);
      const release = client.hold("start");
      void playground.open();
      void playground.openFiles([file("mine.jpg")]);
      await until(client, "start");
      playground.set({ task: "deblur" });
      await rested();
      release();
      await idle(playground);
      expect(playground.state, query).toMatchObject({ photo: { name: "mine.jpg" }, settings: { task: "deblur", mode: "apply" } });
    }
  });

  it("does not come back after a stop, nor where it could not be read", async () => {
    const { client, playground } = await open();
    const release = client.hold("decode");
    void playground.openFiles([file("mine.jpg")]);
    await until(client, "decode");
    playground.stop();
    release();
    playground.set({ task: "deblur" });
    await rested();
    await idle(playground);
    await playground.openFiles([file("mine.jpg", "broken")]);
    expect(playground.state.notice?.message).toBe("error.invalid-picture");
    playground.set({ task: "denoise" });
    await rested();
    await idle(playground);
    expect(playground.state.photo?.name).toBe("chelsea.jpg");
    expect(playground.state.notice).toBeNull();
  });

  it("leaves nothing waiting for a ZIP beside the photo that took its place", async () => {
    const { playground } = await open();
    let read = (_: ArrayBuffer) => {};
    const arrayBuffer = () => new Promise<ArrayBuffer>((resolve) => (read = resolve));
    const first = playground.openFiles([Object.assign(file("a.jpg"), { arrayBuffer }), file("b.jpg")]);
    await rested();
    await playground.openSample("coffee");
    read(new ArrayBuffer(1));
    await first;
    expect(playground.state).toMatchObject({ many: 0, photo: { name: "coffee.jpg" } });
    await playground.openFiles([file("a.jpg", "broken"), file("b.jpg")]);
    expect(playground.state).toMatchObject({ many: 2, photo: { name: "coffee.jpg" } });
    await playground.openFiles([file("a.jpg"), file("b.jpg")]);
    expect(playground.state).toMatchObject({ many: 2, photo: { name: "a.jpg" } });
  });

  it("is not said to be read once another has taken the place of a result that was to be the photo", async () => {
    const { client, playground } = await open();
    const release = client.hold("encodePng");
    const first = playground.useResult();
    await playground.openSample("coffee");
    release();
    await first;
    expect(playground.state).toMatchObject({ activity: null, photo: { name: "coffee.jpg" } });
  });
});

describe("nothing to run yet", () => {
  it("is no dead end: Run opens the photo where its opening was stopped", async () => {
    const { client, playground } = closed();
    const release = client.hold("start");
    void playground.open();
    await until(client, "start");
    playground.stop();
    await idle(playground);
    release();
    await playground.run();
    expect(playground.state).toMatchObject({ notice: null, photo: { name: "chelsea.jpg" }, outcome: { kind: "done" } });
  });

  it("does not last because a model was broken", async () => {
    const { client, playground } = closed();
    const release = client.hold("decode");
    void playground.open();
    await until(client, "decode");
    const brought = playground.openFiles([file("mine.onnx", "broken")]);
    release();
    await brought;
    expect(playground.state).toMatchObject({ notice: { message: "error.invalid-model" }, photo: { name: "chelsea.jpg" }, outcome: { kind: "done" } });
  });
});

describe("a link", () => {
  const coffee = "task=deblur&with=bilinear&mode=test&picture=coffee";

  it("to a photo that does not come leaves the one that is there its name, and can be followed once more", async () => {
    const { playground, note } = await open();
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, how: RequestInit) => (url.includes("coffee") ? Promise.reject(new TypeError("offline")) : fetch(url, how)));
    await playground.follow(coffee);
    expect(playground.state).toMatchObject({ settings: { task: "deblur", sample: "chelsea" }, photo: { name: "chelsea.jpg" } });
    expect(note).toHaveBeenLastCalledWith(expect.stringContaining("picture=chelsea"));
    vi.stubGlobal("fetch", fetch);
    await playground.act("retry");
    expect(playground.state).toMatchObject({ notice: null, settings: { task: "deblur", sample: "coffee" }, photo: { name: "coffee.jpg" } });
  });

  it("that is stopped changes no name, and one that leads back wins", async () => {
    const { client, playground } = await open();
    const release = client.hold("decode");
    void playground.follow(coffee);
    await until(client, "decode");
    playground.stop();
    await idle(playground);
    expect(playground.state).toMatchObject({ settings: { sample: "chelsea" }, photo: { name: "chelsea.jpg" } });
    void playground.follow(`${coffee}&strength=0.5`);
    await until(client, "decode");
    const back = playground.follow("task=deblur&picture=chelsea");
    release();
    await back;
    expect(playground.state).toMatchObject({ settings: { sample: "chelsea" }, photo: { name: "chelsea.jpg" }, outcome: { kind: "done" } });
  });

  it("to a task that there is not shows the first one, with its photo made worse, in words and pictures", async () => {
    const { playground, note } = await open("task=super-resolution");
    const { settings, task, original, input } = playground.state;
    expect([settings.task, task.id]).toEqual(["denoise", "denoise"]);
    expect(original?.picture).not.toBe(input?.picture);
    expect(input?.scores).not.toBeNull();
    expect(note).toHaveBeenLastCalledWith(expect.stringContaining("task=denoise"));
  });
});

describe("a person's own model", () => {
  it("is the only one of theirs that stays loaded, and goes when it is put away", async () => {
    const { client, playground } = await open();
    const freed = () => client.freed.filter((what) => what.startsWith("model")).length;
    const own = (version: string, content = "model") => playground.openFiles([file(`${version}.onnx`, content)]);
    await own("v1");
    expect(freed()).toBe(0);
    await own("v2");
    expect(freed()).toBe(1);
    await own("v3", "broken");
    expect(freed()).toBe(1);
    client.calls = [];
    await playground.run();
    expect(playground.state.results.map(({ method, status }) => [method.name, status])).toEqual([["v2.onnx", "done"]]);
    expect(client.calls).not.toContain("loadModel");
    await playground.act("shipped");
    expect(freed()).toBe(2);
  });
});

describe("a mask", () => {
  const segmenting = "task=segment&with=bilinear&mode=test";

  it("is what a picture of the photo's size is taken for, unless another photo is chosen meanwhile", async () => {
    const { client, playground } = await open(segmenting);
    await playground.openFiles([file("mask.png")]);
    expect(playground.state).toMatchObject({ mask: { name: "mask.png" }, photo: { name: "chelsea.jpg" }, settings: { mode: "test" } });
    for (const content of ["photo", "wide"]) {
      const release = client.hold("decode");
      const first = playground.openFiles([file("first.jpg", content)]);
      await until(client, "decode");
      const second = playground.openSample("coffee");
      release();
      await Promise.all([first, second]);
      expect(playground.state, content).toMatchObject({ mask: null, photo: { name: "coffee.jpg" } });
    }
  });

  it("is not lost over a click while it is looked at, nor is a photo of another size", async () => {
    const { client, playground } = await open(segmenting);
    for (const [content, names] of [["photo", ["chelsea.jpg", "new.png"]], ["wide", ["new.png", undefined]]] as const) {
      const release = client.hold("decode");
      void playground.openFiles([file("new.png", content)]);
      await until(client, "decode");
      playground.set({ labels: content === "wide" ? "cutout" : "classes" });
      await rested();
      release();
      await idle(playground);
      expect([playground.state.photo?.name, playground.state.mask?.name]).toEqual(names);
    }
  });

  it("of a photo on its way waits for it", async () => {
    const { client, playground } = await open(segmenting);
    const release = client.hold("decode");
    const photo = playground.openSample("coffee");
    await until(client, "decode");
    void playground.openMask(file("mask.png"));
    release();
    await photo;
    expect(playground.state).toMatchObject({ mask: { name: "mask.png" }, photo: { name: "coffee.jpg" }, outcome: { kind: "done" } });
  });
});

describe("what is made of what is there", () => {
  it("becomes the photo though settings are changed meanwhile", async () => {
    const { client, playground } = await open();
    for (const wish of [() => void playground.useResult(), () => void playground.act("reduce")]) {
      const release = client.hold("encodePng");
      const before = playground.state.photo;
      await until(client, "encodePng", wish);
      playground.set({ strength: playground.state.settings.strength / 2 });
      await rested();
      release();
      await idle(playground);
      expect(playground.state.photo).not.toBe(before);
      expect(playground.state).toMatchObject({ photo: { name: "chelsea-denoise.png" }, outcome: { kind: "done" } });
    }
  });

  it("is not asked for again of a worker that crashed", async () => {
    const { client, playground } = await open();
    const { call } = client;
    client.call = async (name, ...rest) => {
      if (name === "encodePng") throw new CallError("engine-crashed", "");
      return call.call(client, name, ...rest);
    };
    await playground.useResult();
    expect(playground.state.notice?.actions).toEqual(["retry"]);
    await playground.act("retry");
    expect(playground.state).toMatchObject({ notice: null, photo: { name: "chelsea.jpg" }, outcome: { kind: "done" } });
  });

  it("has its map of differences though the tool is taken up while a file is written", async () => {
    const { client, playground, result } = await open();
    const release = client.hold("encodePng");
    await until(client, "encodePng", () => void playground.keep.save());
    playground.toggleTool("difference");
    release();
    await idle(playground);
    expect(result().difference).not.toBeNull();
  });
});

describe("a result of another input", () => {
  const noise = (level: number) => ({ degradation: { kind: "gaussian-noise" as const, level, angle: 0, seed: 1 } });
  const stripped = vi.fn();

  it("is gone once nothing more comes in its place", async () => {
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

  it("leaves finished tiles, and stays where it is of the same input", async () => {
    vi.stubGlobal("OffscreenCanvas", class extends FakeCanvas {
      override getContext() {
        return { ...super.getContext(), fill: stripped };
      }
    });
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

describe("what a stop leaves to be seen", () => {
  it("is the last input as long as there is no other, whole and in the worker", async () => {
    const { client, playground } = await open();
    const close = vi.spyOn(Layer.prototype, "close");
    const { input } = playground.state;
    const release = client.hold("preview");
    playground.set({ degradation: { kind: "gaussian-noise", level: 70, angle: 0, seed: 1 } });
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

  it("is nothing of another photo", async () => {
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

describe("a network of classes", () => {
  it("is scored against a mask alone, and no other network against one", async () => {
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
    expect(playground.state.results.map(({ status, scores }) => [status, scores])).toEqual([["done", null], ["done", null]]);
  });
});

describe("many photos", () => {
  it("go on while another view is looked at, and say how many could not be done", async () => {
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
