import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Playground } from "../../src/app/playground";
import type { CallOptions, Client } from "../../src/client";
import { FIRST_LOOK } from "../../src/inspect/address";
import { cutName } from "../../src/inspect/graph";
import { Inspector } from "../../src/inspect/inspector";
import { Learning } from "../../src/learn/learning";
import { CallError, type CallName } from "../../src/protocol";
import { shipped } from "../graphs";

/** What the inspector and the training view show after a stop, or after a change of picture. */

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

beforeEach(() => {
  vi.stubGlobal("document", { baseURI: "http://localhost/" });
  vi.stubGlobal("fetch", async () => ({ ok: true, json: async () => ({ kept: [0, 20], curve: [] }) }));
});

/** A worker that can hold back its answers to one call. */
class FakeClient {
  held: CallName | null = null;
  calls: CallName[] = [];
  freed: string[] = [];
  #made = 0;

  free(what: string, id: number) {
    this.freed.push(`${what} ${id}`);
  }

  async call(call: CallName, args: object, { signal }: CallOptions = {}): Promise<unknown> {
    this.calls.push(call);
    if (call === this.held) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    if (signal?.aborted) throw new CallError("aborted", "");
    const id = ++this.#made;
    const picture = { id, width: 8, height: 6 };
    const answers: Partial<Record<CallName, unknown>> = {
      inspect: { id, rect: { x: 0, y: 0, width: 8, height: 6 }, ...shipped("denoise-max-unpool") },
      features: { id, channels: 1, width: 8, height: 6 },
      weights: [args],
      inspectedOutput: picture,
      make: picture,
      preview: { close() {} },
      score: { psnr: 30 },
      loss: { map: picture, mean: 0, max: 0 },
      profile: { profile: {}, engine: ENGINE },
      loadModel: { id },
      process: { picture, engine: ENGINE },
    };
    return answers[call] ?? null;
  }
}

const ENGINE = { backend: "cpu", code: "asked", reason: "" };

/** A playground with a photo, and the inspected network. */
class FakePlayground extends EventTarget {
  classes: { name: string }[] = [];
  state = {
    settings: { mode: "test" },
    task: { classes: [] as string[] },
    mask: null as object | null,
    engine: ENGINE,
    own: null as object | null,
    chosen: "one",
    activity: null,
    methods: [
      { id: "one", kind: "network", name: "one", stages: [{ kind: "model", entry: { file: "one.onnx" } }] },
    ] as object[],
    input: shown(1001),
    original: shown(1000),
  };

  engineIs() {}
  async network() {
    return { id: 1, bytes: 1, metadata: {}, classes: this.classes };
  }
  async openSample() {
    this.photo(2001);
  }
  photo(picture: number) {
    this.state = { ...this.state, input: shown(picture), original: shown(picture - 1) };
    this.dispatchEvent(new Event("change"));
  }
}

function shown(picture: number) {
  return { picture, layer: { size: { width: 8, height: 6 } } };
}

function looking() {
  const [client, playground] = [new FakeClient(), new FakePlayground()];
  const given = [playground as unknown as Playground, client as unknown as Client] as const;
  return { client, playground, inspector: new Inspector(...given), learning: new Learning(...given) };
}

const idle = ({ queue }: Inspector | Learning) => vi.waitFor(() => expect(queue.now).toBeNull());

describe("the inspector", () => {
  async function open() {
    const made = looking();
    made.inspector.open({ ...FIRST_LOOK, node: "enc1.conv1" });
    await idle(made.inspector);
    expect(made.inspector.maps?.box.name).toBe("enc1.conv1");
    return made;
  }

  it("resumes after a stop when something else is selected", async () => {
    const { inspector } = await open();
    inspector.stop();
    inspector.set({ node: "bottleneck.conv2" });
    await idle(inspector);
    expect(inspector.queue.stopped).toBe(false);
    expect(inspector.maps?.box.name).toBe("bottleneck.conv2");
    expect(inspector.weights).toMatchObject([{ node: expect.stringContaining("bottleneck.conv2") }]);
  });

  it("shows no maps and weights of another node after a stop", async () => {
    const { client, inspector } = await open();
    client.held = "features";
    inspector.set({ node: "bottleneck.conv2" });
    expect(inspector.maps?.box.name, "until there are others").toBe("enc1.conv1");
    inspector.stop();
    await idle(inspector);
    expect(inspector.maps).toBeNull();
    expect(inspector.weights).toEqual([]);
    client.held = null;
    inspector.retry();
    await idle(inspector);
    expect(inspector.maps?.box.name).toBe("bottleneck.conv2");
  });

  it("shows no outputs and losses of other cuts after a stop", async () => {
    const { client, inspector } = await open();
    const [one, other] = inspector.inspected.value?.skips.map(cutName) ?? [];
    inspector.cut([one ?? ""], true);
    await idle(inspector);
    expect(inspector.made).toMatchObject({ cut: { psnr: 30 }, apart: 30 });
    expect(inspector.loss).not.toBeNull();
    client.held = "inspectedOutput";
    inspector.cut([other ?? ""], true);
    expect(inspector.made.cut, "until there is another").not.toBeNull();
    inspector.stop();
    await idle(inspector);
    expect(inspector.made).toMatchObject({ whole: { psnr: 30 }, cut: null, difference: null, apart: null });
    expect(inspector.loss).toBeNull();
  });

  it("computes difference and PSNR for the same cuts, even if aborted in between", async () => {
    const { client, inspector } = await open();
    const [one, other] = inspector.inspected.value?.skips.map(cutName) ?? [];
    inspector.cut([one ?? ""], true);
    await idle(inspector);
    const scores = client.calls.filter((call) => call === "score").length;
    client.held = "score";
    inspector.cut([other ?? ""], true);
    await vi.waitFor(() => expect(client.calls.filter((call) => call === "score").length).toBe(scores + 1));
    client.held = null;
    inspector.set({ node: "enc1.conv2" });
    await idle(inspector);
    const { apart, difference } = inspector.outputs;
    expect(apart.key).toContain(other);
    expect(difference.key).toBe(apart.key);
  });

  it("times the kernels last, once, and again on request; a stop holds it", async () => {
    const { client, inspector } = await open();
    const profiles = () => client.calls.filter((call) => call === "profile").length;
    expect([profiles(), client.calls.at(-1), inspector.timing]).toEqual([1, "profile", "done"]);
    inspector.set({ node: "enc1.conv2" });
    await idle(inspector);
    expect(profiles(), "it is the same network").toBe(1);
    client.held = "profile";
    inspector.measure();
    await vi.waitFor(() => expect(inspector.timing).toBe("measuring"));
    expect(inspector.times(), "until there are others").toHaveProperty("cpu");
    inspector.stop();
    await idle(inspector);
    expect([profiles(), inspector.timing]).toEqual([2, "stopped"]);
    client.held = null;
    inspector.measure();
    await idle(inspector);
    expect([profiles(), inspector.timing]).toEqual([3, "done"]);
    inspector.retry();
    await idle(inspector);
    expect(profiles()).toBe(3);
  });

  it("switches to the user's network", async () => {
    const { playground, inspector } = await open();
    inspector.set({ model: "one", node: "bottleneck.conv2", cut: ["a>b"] });
    const mine = { id: "own", kind: "own", name: "mine", stages: [{ kind: "own", model: { key: 7 } }] };
    const { state } = playground;
    playground.state = { ...state, own: { name: "mine" }, methods: [...state.methods, mine], chosen: "own" };
    playground.dispatchEvent(new Event("change"));
    expect(inspector.look).toEqual(FIRST_LOOK);
    await idle(inspector);
    expect(inspector.method?.id).toBe("own");
  });

  it("releases a picture that the playground has dropped, also while hidden", async () => {
    const { client, playground, inspector } = await open();
    inspector.stop();
    playground.dispatchEvent(new Event("change"));
    expect(inspector.inspected.value).not.toBeNull();
    const inspection = inspector.inspected.value?.inspection.id;
    const output = inspector.outputs.whole.value?.picture.id;
    playground.photo(2001);
    expect(inspector.inspected.value).toBeNull();
    expect(client.freed).toEqual(expect.arrayContaining([`inspection ${inspection}`, `picture ${output}`]));
    inspector.retry();
    await idle(inspector);
    expect(inspector.inspected.key).toContain("2001");
  });

  it("compares classes with a mask, and pictures with the original", async () => {
    const { client, playground, inspector } = looking();
    inspector.open(FIRST_LOOK);
    await idle(inspector);
    expect(inspector.original?.id).toBe(1000);
    playground.classes = [{ name: "background" }, { name: "pet" }];
    playground.photo(2001);
    client.calls = [];
    await idle(inspector);
    expect(inspector.original).toBeNull();
    expect(client.calls).not.toContain("loss");
    playground.state = {
      ...playground.state,
      task: { classes: ["background", "pet"] },
      mask: { name: "mask.png", labels: 7 },
    };
    expect(inspector.original?.id).toBe(7);
    playground.classes = [];
    playground.photo(3001);
    await idle(inspector);
    expect(inspector.original).toBeNull();
  });
});

describe("the training view", () => {
  async function open() {
    const made = looking();
    made.learning.retry();
    await idle(made.learning);
    expect(made.learning.shown("step-20")).not.toBeNull();
    return made;
  }

  it("shows nothing of another photo after a stop", async () => {
    const { playground, learning } = await open();
    learning.stop();
    expect(learning.shown("step-20")).not.toBeNull();
    playground.photo(2001);
    expect([learning.truth, learning.noisy, learning.shown("step-20")]).toEqual([null, null, null]);
  });

  it("resumes after a stop when another checkpoint or photo is chosen", async () => {
    const { learning } = await open();
    for (const choose of [() => learning.set({ moment: 1 }), () => learning.openSample("coffee")]) {
      learning.stop();
      await choose();
      expect(learning.queue.stopped).toBe(false);
      await idle(learning);
      expect(learning.noisy).not.toBeNull();
      expect(learning.shown("step-20")).not.toBeNull();
    }
  });
});
