import { readFileSync } from "node:fs";
import { transformWithOxc } from "vite";
import { describe, expect, it } from "vitest";
import { FakeCaches } from "../fake-caches";

const SCOPE = "https://host/page/";
const store = (build: string) => `page ${SCOPE} ${build}`;
const source = readFileSync("src/offline/worker.ts", "utf8");
const { code } = await transformWithOxc(source, "worker.ts");

interface Heard {
  data?: unknown;
  request?: Request;
}

/** The service worker of a build with these scripts, on a host with these files. */
function worker(caches: FakeCaches, build: string, chunks: string[], fetch: (request: Request) => Promise<Response>) {
  const listeners = new Map<string, (event: unknown) => void>();
  const said: string[] = [];
  const self = {
    registration: { scope: SCOPE },
    clients: { claim: async () => said.push("claim") },
    skipWaiting: async () => said.push("skip waiting"),
    addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
  };
  const built = code.replace("__BUILD__", build).replace(/["'`]__CHUNKS__["'`]/, JSON.stringify(chunks));
  new Function("self", "caches", "fetch", built)(self, caches, fetch);
  const hear = async (name: string, heard: Heard = {}): Promise<Response | undefined> => {
    let until: unknown;
    const note = (promise: unknown) => (until = promise);
    listeners.get(name)?.({ ...heard, waitUntil: note, respondWith: note });
    return (await until) as Response | undefined;
  };
  return { hear, said };
}

const unreachable = () => Promise.reject(new TypeError("no network"));
const paths = async (caches: FakeCaches, name: string) =>
  [...(await caches.open(name)).kept.keys()].map((url) => url.slice(SCOPE.length));
const has = (...files: string[]) =>
  new FakeCaches((url) => (files.includes(url.slice(SCOPE.length)) ? new Response(url) : undefined));

describe("the service worker", () => {
  it("caches the page and all its scripts before it is installed", async () => {
    const caches = has("", "assets/a.js", "assets/b.css");
    await worker(caches, "1", ["assets/a.js", "assets/b.css"], unreachable).hear("install");
    expect(await paths(caches, store("1"))).toEqual(["", "assets/a.js", "assets/b.css"]);
  });

  it("is not installed if a file is missing", async () => {
    const caches = has("", "assets/a.js");
    await expect(worker(caches, "1", ["assets/a.js", "assets/b.css"], unreachable).hear("install")).rejects.toThrow(
      "b.css",
    );
  });

  it("waits for tabs of the last build, then deletes that build's cache, but no weights", async () => {
    const caches = has("", "assets/a.js", "assets/b.js");
    await caches.open("weights");
    await caches.open("page https://host/other/ 7"); // of another copy of the page
    await worker(caches, "1", ["assets/a.js"], unreachable).hear("install");
    const { hear, said } = worker(caches, "2", ["assets/b.js"], unreachable);
    await hear("install");
    expect(said).toEqual([]);
    expect(await caches.keys()).toEqual(["weights", "page https://host/other/ 7", store("1"), store("2")]);
    await hear("activate");
    expect(await caches.keys()).toEqual(["weights", "page https://host/other/ 7", store("2")]);
    expect(said).toEqual(["claim"]);
  });

  it("finds the scripts of a waiting build", async () => {
    const caches = has("", "assets/a.js", "assets/b.js");
    const { hear } = worker(caches, "1", ["assets/a.js"], unreachable);
    await hear("install");
    await worker(caches, "2", ["assets/b.js"], unreachable).hear("install");
    const answer = await hear("fetch", { request: new Request(`${SCOPE}assets/b.js`) });
    expect(await answer?.text()).toBe(`${SCOPE}assets/b.js`);
  });

  it("caches reported files, if they still exist and belong to the page", async () => {
    const caches = has("samples/cat.jpg");
    const data = [`${SCOPE}gone.js`, `${SCOPE}samples/cat.jpg`, "https://elsewhere/a.js", 5];
    await worker(caches, "1", [], unreachable).hear("message", { data });
    expect(await paths(caches, store("1"))).toEqual(["samples/cat.jpg"]);
  });

  it("opens the page offline under all its addresses", async () => {
    const caches = has("");
    const { hear } = worker(caches, "1", [], unreachable);
    await hear("install");
    const request = { method: "GET", mode: "navigate", url: `${SCOPE}index.html` } as Request;
    expect(await (await hear("fetch", { request }))?.text()).toBe(SCOPE);
    const picture = new Request(`${SCOPE}samples/cat.jpg`);
    await expect(hear("fetch", { request: picture })).rejects.toThrow("no network");
  });

  it("finds responses sent with Vary: Origin", async () => {
    const varying = (url: string) => new Response(url, { headers: { Vary: "Origin" } });
    const caches = new FakeCaches(varying);
    let online = true;
    const network = () => (online ? Promise.resolve(new Response("anew")) : unreachable());
    const { hear } = worker(caches, "1", ["assets/a.js", "samples/cat.jpg"], network);
    await hear("install");
    const headers = new Headers({ Origin: "https://host" });
    const got = async (path: string, mode: string) => {
      const request = { method: "GET", mode, url: SCOPE + path, headers } as Request;
      return (await hear("fetch", { request }))?.text();
    };
    expect(await got("assets/a.js", "cors"), "from the cache, without a request").toBe(`${SCOPE}assets/a.js`);
    online = false;
    for (const [path, mode] of [
      ["", "navigate"],
      ["samples/cat.jpg", "no-cors"],
    ] as const) {
      expect(await got(path, mode)).toBe(SCOPE + path);
    }
  });

  it("passes on the network's response if the cache is full", async () => {
    const caches = has();
    (await caches.open(store("1"))).full = true;
    const { hear } = worker(caches, "1", [], async () => new Response("fresh"));
    const answer = await hear("fetch", { request: new Request(`${SCOPE}models/manifest.json`) });
    expect(await answer?.text()).toBe("fresh");
  });

  it("keeps shared files until the page fetches them, and none from before", async () => {
    const caches = has("");
    const { hear } = worker(caches, "1", [], unreachable);
    const share = async (...names: string[]) => {
      const body = new FormData();
      for (const name of names) body.append("files", new File([name], name, { type: "image/jpeg" }));
      body.append("files", new File([], "")); // as a form sends an empty file field
      return hear("fetch", { request: new Request(`${SCOPE}share`, { method: "POST", body }) });
    };
    await share("old.jpg", "older.jpg", "oldest.jpg");
    const answer = await share("ảnh.jpg", "b.jpg");
    expect([answer?.status, answer?.headers.get("Location")]).toEqual([303, `${SCOPE}?shared`]);
    const kept = (await caches.open(`shared ${SCOPE}`)).kept;
    expect([...kept.keys()]).toEqual([`${SCOPE}share/0?name=%E1%BA%A3nh.jpg`, `${SCOPE}share/1?name=b.jpg`]);
    expect(await [...kept.values()][0]?.text()).toBe("ảnh.jpg");
    expect([...kept.values()][0]?.headers.get("Content-Type")).toBe("image/jpeg");
    const elsewhere = new Request(`${SCOPE}other`, { method: "POST", body: "x" });
    expect(await hear("fetch", { request: elsewhere })).toBeUndefined();
  });
});
