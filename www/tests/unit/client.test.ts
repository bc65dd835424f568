import { beforeEach, describe, expect, it, vi } from "vitest";
import { Client, type WorkerLike } from "../../src/client";
import { CallError, type FromWorker, type Tile, type ToWorker } from "../../src/protocol";

class FakeBitmap {
  closed = false;
  close() {
    this.closed = true;
  }
}
vi.stubGlobal("ImageBitmap", FakeBitmap);

class FakeWorker implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  onlost: (() => void) | null = null;
  sent: ToWorker[] = [];
  terminated = false;
  postMessage(message: ToWorker) {
    this.sent.push(message);
  }
  terminate() {
    this.terminated = true;
  }
  say(data: FromWorker) {
    this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }
  last() {
    return this.sent.at(-1);
  }
}

let workers: FakeWorker[];
let client: Client;
const worker = (at = 0) => workers[at] ?? expect.unreachable();
const engine = { backend: "cpu", code: "asked", reason: "chosen by the caller" } as const;
const picture = { id: 7, width: 4, height: 3 };

beforeEach(() => {
  workers = [];
  client = new Client(() => {
    const made = new FakeWorker();
    workers.push(made);
    return made;
  });
});

describe("Client", () => {
  it("starts one worker, at the first call, and answers calls by number", async () => {
    expect(workers).toHaveLength(0);
    const first = client.call("decode", { file: new Blob() });
    const second = client.call("encodePng", { picture: 7 });
    expect(workers).toHaveLength(1);
    worker().say({ id: 2, result: new Uint8Array([1]) });
    worker().say({ id: 1, result: picture });
    expect(await first).toEqual(picture);
    expect(await second).toEqual(new Uint8Array([1]));
  });

  it("passes on the engine's code and message", async () => {
    const call = client.call("decode", { file: new Blob() });
    worker().say({ id: 1, error: { code: "invalid-picture", message: "the file ends early" } });
    await expect(call).rejects.toEqual(new CallError("invalid-picture", "the file ends early"));
    await expect(call).rejects.toMatchObject({ code: "invalid-picture" });
  });

  it("passes progress and tiles to the right call", async () => {
    const onProgress = vi.fn();
    const onTile = vi.fn();
    const call = client.call("process", { picture: 1, model: 2, near: null }, { onProgress, onTile });
    const tile = { x: 0, y: 0, width: 1, height: 1, bitmap: new FakeBitmap() } as unknown as Tile;
    worker().say({ id: 1, progress: { stage: "compile" } });
    worker().say({ id: 1, tile });
    worker().say({ id: 1, result: { picture, engine } });
    await call;
    expect(onProgress).toHaveBeenCalledExactlyOnceWith({ stage: "compile" });
    expect(onTile).toHaveBeenCalledExactlyOnceWith(tile);
  });

  it("rejects an aborted call at once and tells the worker", async () => {
    const controller = new AbortController();
    const call = client.call("process", { picture: 1, model: 2, near: null }, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    expect(worker().last()).toEqual({ id: 1, abort: true });
  });

  it("frees the late result of an aborted call", async () => {
    const controller = new AbortController();
    const call = client.call("process", { picture: 1, model: 2, near: null }, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toThrow();
    const bitmap = new FakeBitmap();
    worker().say({ id: 1, tile: { x: 0, y: 0, width: 1, height: 1, bitmap } as unknown as Tile });
    worker().say({ id: 1, result: { picture, engine } });
    expect(bitmap.closed).toBe(true);
    expect(worker().last()).toEqual({ id: 0, call: "freePicture", args: { picture: 7 } });
  });

  it("sends nothing if the signal is already aborted", async () => {
    await expect(client.call("start", { backend: "cpu" }, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(workers).toHaveLength(0);
  });

  it("replaces a crashed worker: open calls fail, the next one starts a new worker", async () => {
    const crashed = vi.fn();
    client.onCrash = crashed;
    const open = client.call("process", { picture: 1, model: 2, near: null });
    worker().say({ crashed: "unreachable", by: [] });
    await expect(open).rejects.toMatchObject({ code: "engine-crashed", message: "unreachable" });
    expect(crashed).toHaveBeenCalledExactlyOnceWith("unreachable");
    expect(worker().terminated).toBe(true);

    const next = client.start("cpu");
    expect(workers).toHaveLength(2);
    worker(0).say({ id: 2, error: { code: "unknown", message: "from the grave" } });
    worker(1).say({ id: 2, result: engine });
    expect(await next).toEqual(engine);
  });

  it("reports a worker lost for other reasons before its calls fail", async () => {
    const told: string[] = [];
    client.onCrash = () => told.push("crash");
    client.onLost = () => told.push("lost");
    const open = client.start("cpu").catch(({ code }) => told.push(code));
    worker().onlost?.();
    await open;
    expect(told).toEqual(["lost", "engine-crashed"]);
    void client.start("cpu");
    expect(workers).toHaveLength(2);
  });

  it("treats a script that fails to load as a crash", async () => {
    const open = client.start("auto");
    worker().onerror?.({ message: "no script", preventDefault() {} } as ErrorEvent);
    await expect(open).rejects.toMatchObject({ code: "engine-crashed" });
  });
});
