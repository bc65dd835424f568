import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FromWorker, ToWorker, Visit } from "../../src/protocol";

vi.mock("../../src/embed/exchange?worker&url", () => ({ default: "exchange.js" }));

/** A worker that answers each call with its name, and ends when told. */
class FakeWorker {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  heard: unknown[] = [];
  ended = false;
  postMessage(message: ToWorker | Visit, [port]: Transferable[] = []) {
    this.heard.push(message);
    const to = port as MessagePort | undefined;
    if (to) to.onmessage = ({ data }) => to.postMessage({ id: data.id, result: "done" });
  }
  terminate() {
    this.ended = true;
  }
  crash(by: number[]) {
    this.onmessage?.({ data: { crashed: "unreachable", by } } as unknown as MessageEvent<FromWorker>);
  }
}

let workers: FakeWorker[];
let connect: (event: { ports: MessagePort[] }) => void;
let hidden: ((event: { persisted: boolean }) => void)[];
const ports: MessagePort[] = [];

beforeEach(async () => {
  workers = [];
  hidden = [];
  vi.resetModules();
  vi.stubGlobal("addEventListener", (_: string, listener: typeof connect) => (connect = listener));
  const listen = (_: string, listener: (typeof hidden)[number]) => hidden.push(listener);
  vi.stubGlobal("window", { addEventListener: listen, removeEventListener() {} });
  vi.stubGlobal(
    "ErrorEvent",
    class {
      constructor(
        _: string,
        readonly init: { message: string },
      ) {}
      get message() {
        return this.init.message;
      }
    },
  );
  vi.stubGlobal(
    "SharedWorker",
    class {
      port: MessagePort;
      onerror = null;
      constructor() {
        const { port1, port2 } = new MessageChannel();
        this.port = port1;
        ports.push(port1, port2);
        connect({ ports: [port2] });
      }
    },
  );
  await import("../../src/embed/exchange");
});
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  vi.unstubAllGlobals();
});

/** A frame's connection to the engine, and the messages it receives. */
async function frame() {
  const { oneEngine } = await import("../../src/embed/one-engine");
  const way = oneEngine("page", () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  });
  const told: string[] = [];
  way.onmessage = ({ data }) => told.push("result" in data ? String(data.result) : "?");
  way.onerror = ({ message }) => told.push(`crash: ${message}`);
  way.onlost = () => told.push("lost");
  way.postMessage({ id: 1, call: "fetched", args: {} });
  await vi.waitFor(() => expect(told).toEqual(["done"]));
  told.length = 0;
  return { way, told };
}

describe("the engine of a page", () => {
  it("is started by the first frame, and serves all", async () => {
    await frame();
    await frame();
    expect(workers.length).toBe(1);
    expect(workers[0]?.heard).toEqual([{ comes: 1 }, { comes: 2 }]);
  });

  it("reports a crash to the frame that caused it, and a loss to the others", async () => {
    const [one, two] = [await frame(), await frame()];
    workers[0]?.crash([2]);
    await vi.waitFor(() => expect([one.told, two.told]).toEqual([["lost"], ["crash: unreachable"]]));
    one.way.terminate();
    expect(workers[0]?.ended).toBe(true);
    await frame();
    expect(workers.length).toBe(2);
  });

  it("ends with the frame that started it, and is notified of frames that leave", async () => {
    const [one, two] = [await frame(), await frame()];
    hidden[1]?.({ persisted: true });
    hidden[1]?.({ persisted: false });
    await vi.waitFor(() => expect(workers[0]?.heard.at(-1)).toEqual({ goes: 2 }));
    const three = await frame();
    hidden[0]?.({ persisted: false });
    await vi.waitFor(() => expect(three.told).toEqual(["lost"]));
    expect([one.told, two.told]).toEqual([[], []]);
  });

  it("is separate for each frame if they cannot meet", async () => {
    vi.stubGlobal("SharedWorker", undefined);
    const { oneEngine } = await import("../../src/embed/one-engine");
    const own = new FakeWorker();
    expect(oneEngine("page", () => own)).toBe(own);
  });
});
