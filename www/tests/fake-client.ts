/** A playground on a fake worker, for tests of interleaved clicks, stops and views. */

import { expect, vi } from "vitest";
import type { Outside } from "../src/app/keep";
import { Playground } from "../src/app/playground";
import type { CallOptions, Client } from "../src/client";
import type { OptionalInput } from "../src/engine";
import { CallError, type CallName } from "../src/protocol";

class FakeBitmap {
  close() {}
}

/** A canvas that only records whether it was stripped of what it was painted over. */
export class FakeCanvas {
  width = 8;
  height = 6;
  stripped = 0;
  getContext() {
    return { drawImage() {}, clearRect() {}, beginPath() {}, rect() {}, fill: () => this.stripped++ };
  }
}

const manifest = ["denoise", "deblur", "segment", "super-resolve-x2"].map((task) => ({
  file: `${task}.onnx`,
  task,
  strategy: "bilinear",
  parameters: 1,
}));

/** Stubs of browser APIs; call it before each test. */
export function browser(): void {
  vi.stubGlobal("ImageBitmap", FakeBitmap);
  vi.stubGlobal("OffscreenCanvas", FakeCanvas);
  vi.stubGlobal("document", { baseURI: "http://localhost/" });
  vi.stubGlobal("fetch", async () => ({
    ok: true,
    json: async () => manifest,
    blob: async () => new Blob(["sample"]),
  }));
}

/** A worker that answers at once, except for held calls, which wait until they are released or aborted. */
export class FakeClient {
  onCrash = () => {};
  onLost = () => {};
  flops = 1;
  need: string | null = null;
  classes: { name: string }[] = [];
  gray = false;
  optional: Record<string, OptionalInput> = {};
  /** Calls that are rejected, with their error codes. */
  refuses: Partial<Record<CallName, string>> = {};
  calls: CallName[] = [];
  /** All calls with their arguments and outcomes. */
  done: { call: CallName; args: object; answer: unknown }[] = [];
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

  async call(
    call: CallName,
    args: { file?: Blob; source?: { file?: Blob } },
    { signal, onTile, onProgress }: CallOptions = {},
  ): Promise<unknown> {
    this.calls.push(call);
    const bitmap = new FakeBitmap() as unknown as ImageBitmap;
    if (call === "process") onProgress?.({ stage: "compute", fraction: 0.5, tilesDone: 2, tiles: 4 });
    if (call === "process") onTile?.({ x: 0, y: 0, width: 4, height: 3, bitmap });
    const held = this.#held.get(call);
    if (held) await Promise.race([held.gone, stopped(signal)]);
    if (signal?.aborted) throw new CallError("aborted", "");
    const refused = this.refuses[call];
    if (refused) throw new CallError(refused, "");
    const content = await (args.file ?? args.source?.file)?.text();
    if (content === "broken") throw new CallError(call === "decode" ? "invalid-picture" : "invalid-model", "");
    const picture = { id: ++this.#made, width: content === "wide" ? 16 : 8, height: 6 };
    const engine = { backend: "cpu", code: "asked", reason: "" };
    const answers: Partial<Record<CallName, unknown>> = {
      start: engine,
      decode: picture,
      make: picture,
      loadModel: { id: ++this.#made, classes: this.classes, gray: this.gray, optional: this.optional },
      estimate: { width: 8, height: 6, tiles: 4, peakBytes: 1, flops: this.flops, fits: true },
      calibrate: 1,
      process: { picture, engine },
      preview: bitmap,
      firstLook: { gray: false, noise: null, need: this.need },
      score: { psnr: 30, psnrLuma: 30, ssim: 1, mae: 0 },
      encodePng: new Uint8Array(4),
    };
    const answer = answers[call] ?? null;
    this.done.push({ call, args, answer });
    return answer;
  }
}

function stopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
}

export const file = (name: string, content = "photo") => new File([content], name, { type: "image/jpeg" });

export function closed(query = "") {
  const client = new FakeClient();
  const save = vi.fn();
  const note = vi.fn();
  const outside: Outside = { save, copy: async () => {}, share: async () => null, note };
  return { client, save, note, playground: new Playground(client as unknown as Client, outside, query) };
}

export async function open(query = "") {
  const { client, save, note, playground } = closed(query);
  await playground.open();
  expect(playground.state.outcome.kind).toBe("done");
  return { client, save, note, playground, result: () => playground.state.results[0] ?? expect.unreachable() };
}

/** Resolves when this call arrives. */
export function until(client: FakeClient, call: CallName, begin = () => {}): Promise<void> {
  client.calls = [];
  begin();
  return vi.waitFor(() => expect(client.calls).toContain(call));
}

export const idle = (playground: Playground) => vi.waitFor(() => expect(playground.state.activity).toBeNull());
/** Resolves when a change of settings has taken effect. */
export const rested = () => new Promise((resolve) => setTimeout(resolve, 120));
