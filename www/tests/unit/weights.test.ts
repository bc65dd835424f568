import { createHash } from "node:crypto";
import { afterEach, expect, it, vi } from "vitest";
import { KEPT, weights } from "../../../npm/src/weights";
import { FakeCaches } from "../fake-caches";

const { signal } = new AbortController();
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** Weights from a host that serves `text` at each address. */
async function get(url: string, text: string): Promise<string> {
  vi.stubGlobal("fetch", async () => new Response(text));
  return new TextDecoder().decode(await weights({ url, sha256: hash(text) }, signal, () => {}));
}

afterEach(() => vi.unstubAllGlobals());

it("replaces cached weights of the same address, and no others", async () => {
  const caches = new FakeCaches();
  vi.stubGlobal("caches", caches);
  const [a, b] = ["https://host/models/a.onnx", "https://host/models/b.onnx"];
  expect(await get(a, "first")).toBe("first");
  expect(await get(b, "other")).toBe("other");
  expect(await get(a, "second")).toBe("second");
  const { kept } = await caches.open(KEPT);
  expect([...kept.keys()]).toEqual([`${b}?sha256=${hash("other")}`, `${a}?sha256=${hash("second")}`]);
});

it("returns weights that cannot be cached", async () => {
  const caches = new FakeCaches();
  vi.stubGlobal("caches", caches);
  (await caches.open(KEPT)).full = true;
  expect(await get("https://host/models/a.onnx", "first")).toBe("first");
});
