import { afterEach, describe, expect, it, vi } from "vitest";
import { download } from "../../../npm/src/download";
import { fetched } from "../../../npm/src/fetched";

afterEach(() => vi.unstubAllGlobals());

const answer = (response: () => Response) => vi.stubGlobal("fetch", async () => response());
const signal = new AbortController().signal;

/** A body that breaks off after some bytes. */
const broken = () =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(3));
      if (this.came) controller.error(new TypeError("network error"));
      this.came = true;
    },
    came: false,
  } as UnderlyingDefaultSource<Uint8Array> & { came: boolean });

describe("a file of this site", () => {
  it("arrives whole, and reports its progress", async () => {
    answer(() => new Response(new Uint8Array([1, 2, 3, 4]), { headers: { "Content-Length": "4" } }));
    const told: [number, number | null][] = [];
    expect([...(await download("a.onnx", signal, (...now) => told.push(now)))]).toEqual([1, 2, 3, 4]);
    expect([told[0], told.at(-1)]).toEqual([
      [0, null],
      [4, 4],
    ]);
  });

  it("fails if it is missing, incomplete or of another kind", async () => {
    const failure = { code: "download-failed" };
    answer(() => new Response("", { status: 404 }));
    await expect(download("a.onnx", signal, () => {})).rejects.toMatchObject({
      ...failure,
      message: "a.onnx: HTTP 404",
    });
    answer(() => new Response(broken()));
    await expect(download("a.onnx", signal, () => {})).rejects.toMatchObject({
      ...failure,
      message: "a.onnx: network error",
    });
    answer(() => new Response("<h1>Welcome to our Wi-Fi</h1>"));
    await expect(fetched("a.json", signal, (response) => response.json())).rejects.toMatchObject(failure);
  });

  it("does not fail if it was aborted", async () => {
    const stopped = AbortSignal.abort();
    vi.stubGlobal("fetch", () => Promise.reject(stopped.reason));
    await expect(download("a.onnx", stopped, () => {})).rejects.toMatchObject({ name: "AbortError" });
  });
});
