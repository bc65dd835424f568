import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../page/browser";
import { type Site, serve } from "../page/server";
import { installed, type Name, project, run } from "./install";
import { GAIN, LIKENESS, type Trial, trial } from "./pictures";

/** The projects of `npm/projects`, built and used like by a user: chooses a photo, and checks the result. */

let browser: Browser;
let photo: Trial;
const sites: Site[] = [];

beforeAll(async () => {
  [browser, photo] = await Promise.all([launch({ webgpu: false }), trial()]);
});
afterAll(async () => {
  await browser?.close();
  for (const site of sites) site.close();
});

async function served(...[folder, prefix, headers]: Parameters<typeof serve>): Promise<Site> {
  const site = await serve(folder, prefix, headers);
  sites.push(site);
  return site;
}

/** Chooses the photo in a page, and checks the final picture. */
async function expectRestores(url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(url);
  const choose = page.locator("input");
  await choose.setInputFiles({ name: "noisy.png", mimeType: "image/png", buffer: photo.noisy });
  const shown = () => document.querySelector("output")?.value || document.querySelector("img")?.naturalWidth;
  await page.waitForFunction(shown, undefined, { timeout: 45_000 });
  const told = await page.locator("output").allTextContents();
  for (const text of told) expect(text).toContain(`${photo.width} × ${photo.height}`);
  const file = await page.evaluate(async () => {
    const canvas = document.querySelector("canvas");
    const blob = canvas
      ? await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
      : await (await fetch(document.querySelector("img")?.src ?? "")).blob();
    return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer())];
  });
  await expectGood(new Uint8Array(file));
  expect(complaints).toEqual([]);
  return page;
}

async function expectGood(file: Uint8Array): Promise<void> {
  const { gain, likeness, width, height } = await photo.judge(file);
  expect([width, height]).toEqual([photo.width, photo.height]);
  expect(gain).toBeGreaterThan(GAIN);
  expect(likeness).toBeGreaterThan(LIKENESS);
}

const vite = (name: Name, ...args: string[]) =>
  run(project(name), process.execPath, "node_modules/vite/bin/vite.js", ...args);

describe("a photo is restored", () => {
  it("in a plain page with an import map", async () => {
    await expectRestores((await served(project("plain"))).url);
  });

  it("by the README's first example, copied verbatim", async () => {
    const [, html = ""] =
      /```html\n(.*?)```/s.exec(await readFile(join(installed("plain"), "README.md"), "utf8")) ?? [];
    await writeFile(join(project("plain"), "readme.html"), html);
    await expectRestores(`${(await served(project("plain"))).url}readme.html`);
  });

  it("in a page that loads the package, helpers included, from another origin", async () => {
    const cdn = await served(installed("plain"), "/npm/", { "Access-Control-Allow-Origin": "*" });
    const page = await readFile(join(project("plain"), "index.html"), "utf8");
    const far = page.replace("./node_modules/unet-playground/", cdn.url);
    expect(far).not.toBe(page);
    await writeFile(join(project("plain"), "far.html"), far);
    const shown = await expectRestores(`${(await served(project("plain"))).url}far.html`);
    // As a string: vitest's transformed import() does not work there.
    await shown.evaluate(`(async () => {
      const name = "unet-playground";
      await (await import(name)).default();
      const { Engine, models } = await import(name);
      const engine = await Engine.create({ backend: "cpu", threads: 3 });
      const { url } = (await models.list()).find(({ task }) => task === "deblur");
      const model = await engine.load(new Uint8Array(await (await fetch(url)).arrayBuffer()));
      const picture = engine.pictureFromRgba(new Uint8Array(200 * 200 * 4).fill(99), 200, 200);
      await engine.process(picture, model, { tile: 128 });
    })()`);
    // The restorer's worker, and two helpers of the engine.
    expect(shown.workers().filter((worker) => worker.url().startsWith("blob:"))).toHaveLength(3);
  });

  it("in the page's own worker", async () => {
    await expectRestores((await served(project("module-worker"))).url);
  });

  it("in a page built by Vite, under a sub-path", async () => {
    await vite("vite", "build", "--logLevel", "error");
    await expectRestores((await served(join(project("vite"), "dist"), "/some/path/")).url);
  });

  it("in a page on Vite's development server", async () => {
    const path = pathToFileURL(join(project("vite"), "node_modules/vite/dist/node/index.js")).href;
    const { createServer } = await import(path);
    const server = await createServer({ root: project("vite"), logLevel: "error", server: { port: 0 } });
    await server.listen();
    try {
      await expectRestores(server.resolvedUrls.local[0]);
    } finally {
      await server.close();
    }
  });

  it("in a page with React and TypeScript, built by Vite", async () => {
    await run(project("react"), process.execPath, "node_modules/typescript/bin/tsc");
    await vite("react", "build", "--logLevel", "error");
    await expectRestores((await served(join(project("react"), "dist"))).url);
  });

  it("by a script in Node, which exits by itself", async () => {
    const folder = project("node");
    await writeFile(join(folder, "noisy.png"), photo.noisy);
    const began = performance.now();
    const told = await run(folder, process.execPath, "restore.mjs", "denoise", "noisy.png", "restored.png");
    expect(told).toContain("96 × 96");
    await expectGood(await readFile(join(folder, "restored.png")));
    // Helper threads, which wait 20 seconds for more work, do not keep the process alive.
    expect(performance.now() - began).toBeLessThan(20_000);
    const [, ...code] =
      /```js\n(import \{ writeFile.*?)```/s.exec(await readFile(join(installed("node"), "README.md"), "utf8")) ?? [];
    await writeFile(join(folder, "photo.jpg"), photo.noisy);
    await writeFile(join(folder, "readme.mjs"), code.join(""));
    await run(folder, process.execPath, "readme.mjs");
    const larger = await photo.engine.decode(await readFile(join(folder, "larger.png")));
    expect([larger.width, larger.height]).toEqual([192, 192]);
  });
});

it("the element is defined by its import, and opens the playground that the page names", async () => {
  const site = await served(project("plain"));
  await writeFile(
    join(project("plain"), "element.html"),
    `<!doctype html><meta name="unet-playground" content="${site.url}far/away/">
     <script type="module">import "./node_modules/unet-playground/embed.js";</script>
     <unet-playground loading="eager" task="deblur"></unet-playground>`,
  );
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${site.url}element.html`);
  const frame = page.locator("unet-playground iframe");
  await frame.waitFor({ state: "attached" });
  expect(await frame.getAttribute("src")).toContain(`${site.url}far/away/index.html?`);
});

it("the package has its license, notices and README, and an entry for every export", async () => {
  const folder = installed("plain");
  const json = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const targets = (value: unknown): string[] =>
    typeof value === "string" ? [value] : Object.values(value as object).flatMap(targets);
  const named = targets(json.exports).filter((path) => !path.includes("*"));
  for (const path of [...named, "LICENSE", "README.md", "THIRD-PARTY-NOTICES.txt", "models/manifest.json"]) {
    expect((await stat(join(folder, path))).size, path).toBeGreaterThan(0);
  }
  const provenance = JSON.parse(await readFile(join(folder, "provenance.json"), "utf8"));
  expect(provenance.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(json).toMatchObject({ name: "unet-playground", license: "MIT" });
  const notices = await readFile(join(folder, "THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const crate of ["wgpu", "wasm-bindgen", "image-webp"]) expect(notices).toMatch(new RegExp(`^${crate} \\d`, "m"));
});
