import { beforeEach, describe, expect, it, vi } from "vitest";
import { openingQuery } from "../../src/app/opening";
import { CallError, type Recipe } from "../../src/protocol";
import { browser, closed, type FakeClient, file, idle, open, rested, until } from "../fake-client";

/** The playground's handling of its photo, with interleaved clicks, stops and views. */

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

beforeEach(browser);

describe("a loading photo", () => {
  it("is opened despite changed settings, with the latest choices", async () => {
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
    expect({ name: photo?.name, task: settings.task, mode: settings.mode }).toEqual({
      name: "mine.jpg",
      task: "deblur",
      mode: "test",
    });
    expect(outcome.kind).toBe("done");
  });

  it("takes precedence if opened before any other", async () => {
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
      expect(playground.state, query).toMatchObject({
        photo: { name: "mine.jpg" },
        settings: { task: "deblur", mode: "apply" },
      });
    }
  });

  it("does not return after a stop, or if it could not be decoded", async () => {
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

  it("does not wait for a ZIP beside its replacement", async () => {
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

  it("shows no progress once it replaced a result that was to be the photo", async () => {
    const { client, playground } = await open();
    const release = client.hold("encodePng");
    const first = playground.useResult();
    await playground.openSample("coffee");
    release();
    await first;
    expect(playground.state).toMatchObject({ activity: null, photo: { name: "coffee.jpg" } });
  });
});

describe("the user's own photo after the opening comparison", () => {
  it("is not compared with the lecture's network", async () => {
    const { playground } = await open(openingQuery(true));
    await playground.openFiles([file("mine.jpg")]);
    const opened = { methods: ["pixel-shuffle"], left: null, tools: [] };
    expect(playground.state.settings).toMatchObject({ ...opened, task: "super-resolve-x2", mode: "apply" });
  });

  it("keeps choices made meanwhile", async () => {
    const { playground } = await open(openingQuery(true));
    const methods = ["pixel-shuffle", "bilinear"];
    playground.set({ methods, left: "bilinear" });
    await playground.openFiles([file("mine.jpg")]);
    expect(playground.state.settings).toMatchObject({ methods, left: "bilinear", tools: ["table"] });
  });
});

describe("a task that only a mask can score", () => {
  it("does not degrade a sample, and the next task degrades it as before", async () => {
    const { playground } = await open();
    const modeOf = async (task: string) => {
      playground.set({ task });
      await rested();
      await idle(playground);
      return playground.state.settings.mode;
    };
    expect(await modeOf("segment")).toBe("apply");
    await playground.openSample("coffee");
    expect(playground.state.settings.mode).toBe("apply");
    expect(await modeOf("denoise")).toBe("test");
    playground.set({ mode: "apply" });
    expect(await modeOf("deblur")).toBe("apply");
    await playground.openFiles([file("mine.jpg")]);
    expect([await modeOf("segment"), await modeOf("denoise")]).toEqual(["apply", "apply"]);
  });
});

describe("a chosen size", () => {
  it("stays with its task", async () => {
    const { playground } = await open();
    playground.set({ task: "super-resolve-x2", mode: "apply" });
    playground.set({ enlarge: 1.5 });
    playground.set({ layout: "grid" });
    expect(playground.state.settings.enlarge).toBe(1.5);
    playground.set({ task: "super-resolve-x4" });
    expect(playground.state.settings.enlarge).toBeNull();
    await idle(playground);
  });
});

describe("multi-frame super-resolution", () => {
  const frames = (client: FakeClient) =>
    client.done.flatMap(({ call, args }) => {
      const { recipe } = args as { recipe?: Recipe };
      return call === "make" && recipe?.make === "filtered" && recipe.how.kind === "multi-frame" ? [recipe] : [];
    });

  it("derives its small photos from the original, and is unavailable if the photo itself is enlarged or saved", async () => {
    const { client, playground } = await open();
    client.done = [];
    playground.set({ task: "super-resolve-x2", methods: ["multi-frame-4-filter"] });
    await rested();
    await idle(playground);
    const { original, input } = playground.state;
    expect(frames(client)).toEqual([
      { make: "filtered", of: original?.picture, how: { kind: "multi-frame", scale: 2, frames: 4 } },
    ]);
    expect(original?.picture).not.toBe(input?.picture);
    const offered = () => playground.state.methods.some(({ id }) => id === "multi-frame-4-filter");
    expect(offered()).toBe(true);
    for (const change of [
      { mode: "apply" },
      { mode: "test", degradation: { ...playground.state.settings.degradation, saved: 75 } },
    ] as const) {
      playground.set(change);
      await rested();
      await idle(playground);
      expect(offered()).toBe(false);
    }
    expect(frames(client)).toHaveLength(1);
  });
});

describe("an interrupted start", () => {
  it("is recoverable: Run opens the photo whose loading was stopped", async () => {
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

  it("is recoverable after a broken model", async () => {
    const { client, playground } = closed();
    const release = client.hold("decode");
    void playground.open();
    await until(client, "decode");
    const brought = playground.openFiles([file("mine.onnx", "broken")]);
    await until(client, "loadModel");
    release();
    await brought;
    expect(playground.state).toMatchObject({
      notice: { message: "error.invalid-model" },
      photo: { name: "chelsea.jpg" },
      outcome: { kind: "done" },
    });
  });
});

describe("a link", () => {
  const coffee = "task=deblur&with=bilinear&mode=test&picture=coffee";

  it("to a photo that fails to load keeps the current photo's name, and can be retried", async () => {
    const { playground, note } = await open();
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, how: RequestInit) =>
      url.includes("coffee") ? Promise.reject(new TypeError("offline")) : fetch(url, how),
    );
    await playground.follow(coffee);
    expect(playground.state).toMatchObject({
      settings: { task: "deblur", sample: "chelsea" },
      photo: { name: "chelsea.jpg" },
    });
    expect(note).toHaveBeenLastCalledWith(expect.stringContaining("picture=chelsea"), false);
    vi.stubGlobal("fetch", fetch);
    await playground.act("retry");
    expect(playground.state).toMatchObject({
      notice: null,
      settings: { task: "deblur", sample: "coffee" },
      photo: { name: "coffee.jpg" },
    });
  });

  it("that is stopped changes no name, and a link back wins", async () => {
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
    expect(playground.state).toMatchObject({
      settings: { sample: "chelsea" },
      photo: { name: "chelsea.jpg" },
      outcome: { kind: "done" },
    });
  });

  it("to an unknown task shows the first task, with its degraded photo, in text and pictures", async () => {
    const { playground, note } = await open("task=super-resolution");
    const { settings, task, original, input } = playground.state;
    expect([settings.task, task.id]).toEqual(["denoise", "denoise"]);
    expect(original?.picture).not.toBe(input?.picture);
    expect(input?.scores).not.toBeNull();
    expect(note).toHaveBeenLastCalledWith(expect.stringContaining("task=denoise"), false);
  });
});

describe("the user's own model", () => {
  it("is the only one that stays loaded, and is freed when removed", async () => {
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

  it("is recognized by the photo's size, unless another photo is chosen meanwhile", async () => {
    const { client, playground } = await open(segmenting);
    await playground.openFiles([file("mask.png")]);
    expect(playground.state).toMatchObject({
      mask: { name: "mask.png" },
      photo: { name: "chelsea.jpg" },
      settings: { mode: "test" },
    });
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

  it("is not lost by a click while it is checked, nor is a photo of another size", async () => {
    const { client, playground } = await open(segmenting);
    for (const [content, names] of [
      ["photo", ["chelsea.jpg", "new.png"]],
      ["wide", ["new.png", undefined]],
    ] as const) {
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

  it("of a loading photo waits for it", async () => {
    const { client, playground } = await open(segmenting);
    const release = client.hold("decode");
    const photo = playground.openSample("coffee");
    await until(client, "decode");
    void playground.openMask(file("mask.png"));
    release();
    await photo;
    expect(playground.state).toMatchObject({
      mask: { name: "mask.png" },
      photo: { name: "coffee.jpg" },
      outcome: { kind: "done" },
    });
  });
});

describe("a lost engine", () => {
  it("is replaced, and its results are recomputed, silently", async () => {
    const { client, playground } = await open();
    client.onLost();
    expect(playground.state).toMatchObject({ engine: null, notice: null });
    await until(client, "process");
    await idle(playground);
    expect(playground.state).toMatchObject({ notice: null, outcome: { kind: "done" } });
  });

  it("is not requested while resting, until resumed", async () => {
    const { client, playground } = await open();
    playground.rest(true);
    client.onLost();
    await rested();
    expect(playground.state).toMatchObject({ engine: null, notice: null });
    playground.rest(false);
    await until(client, "process");
    await idle(playground);
    expect(playground.state.outcome).toMatchObject({ kind: "done" });
  });
});

describe("values derived from the current photo", () => {
  it("become the photo despite changed settings", async () => {
    const { client, playground } = await open();
    const wishes = [
      { wish: () => void playground.useResult(), kind: "ready" }, // for what is proposed comes first
      { wish: () => void playground.act("reduce"), kind: "done" },
    ];
    for (const { wish, kind } of wishes) {
      const release = client.hold("encodePng");
      const before = playground.state.photo;
      await until(client, "encodePng", wish);
      playground.set({ strength: playground.state.settings.strength / 2 });
      await rested();
      release();
      await idle(playground);
      expect(playground.state.photo).not.toBe(before);
      expect(playground.state).toMatchObject({ photo: { name: "chelsea-denoise.png" }, outcome: { kind } });
    }
  });

  it("are not requested from a crashed worker", async () => {
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

  it("include difference maps if the tool is switched on while a file is written", async () => {
    const { client, playground, result } = await open();
    const release = client.hold("encodePng");
    await until(client, "encodePng", () => void playground.keep.save());
    playground.toggleTool("difference");
    release();
    await idle(playground);
    expect(result().difference).not.toBeNull();
  });
});
