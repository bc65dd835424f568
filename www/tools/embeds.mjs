/**
 * Measures the cost of playgrounds embedded in a page of another origin: bytes, time and memory of one, two and three
 * that share an engine, and of two that do not, as in a browser that denies shared workers to frames of another site.
 * Needs a built site (make site) and Chromium:
 *
 *     node tools/embeds.mjs
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { preview } from "vite";

const ONE = `<unet-playground task="denoise" with="bilinear" sample="chelsea" backend="cpu"
  style="width: 400px; aspect-ratio: auto; height: 300px"></unet-playground>`;
/** Milliseconds after which the browser has settled. */
const REST = 4000;

const site = await preview({ preview: { open: false, port: 0, host: "127.0.0.1", cors: true } });
const [at] = site.resolvedUrls.local;

/** Megabytes of the browser and all its processes, with shared pages counted once. */
async function used(cdp) {
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  const kilobytes = processInfo.map(({ id }) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      return 0; // the process has ended meanwhile
    }
  });
  return Math.round(kilobytes.reduce((sum, one) => sum + one, 0) / 1024);
}

async function measured(count, shared) {
  const body = `<!doctype html><title>Lesson</title><script src="${at}embed.js" defer></script>${ONE.repeat(count)}`;
  const page = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(body));
  await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
  // A new browser each time, with an empty cache.
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const cdp = await browser.newBrowserCDPSession();
  const context = await browser.newContext({ viewport: { width: 900, height: 1000 }, serviceWorkers: "block" });
  if (!shared) await context.addInitScript(() => void Reflect.deleteProperty(globalThis, "SharedWorker"));
  const sizes = { files: 0, bytes: 0, gzipped: 0 };
  const bodies = [];
  context.on("response", (response) => {
    if (!response.url().startsWith(at)) return;
    bodies.push(
      response.body().then(
        (body) => {
          sizes.files++;
          sizes.bytes += body.length;
          sizes.gzipped += gzipSync(body).length;
        },
        () => {},
      ),
    );
  });
  const tab = await context.newPage();
  const before = await used(cdp);
  await tab.addInitScript(() => {
    const done = new Set();
    Object.assign(globalThis, { done });
    document.addEventListener("result", (event) => done.add(event.target), true);
  });
  const began = performance.now();
  const seconds = () => Number(((performance.now() - began) / 1000).toFixed(1));
  await tab.goto(`http://127.0.0.1:${page.address().port}/`);
  await tab.waitForFunction(() => globalThis.done.size > 0, undefined, { timeout: 120_000 });
  const first = seconds();
  await tab.waitForFunction((count) => globalThis.done.size === count, count, { timeout: 120_000 });
  const last = seconds();
  await tab.waitForTimeout(REST);
  await Promise.all(bodies);
  const row = {
    playgrounds: count,
    engines: tab.workers().filter((worker) => /main/.test(worker.url())).length,
    files: sizes.files,
    "KB, once gzipped": Math.round(sizes.gzipped / 1000),
    "KB as they are": Math.round(sizes.bytes / 1000),
    "first result, s": first,
    "last result, s": last,
    "MB more than a blank page": (await used(cdp)) - before,
  };
  await browser.close();
  page.close();
  return row;
}

const rows = [];
for (const [count, shared] of [
  [1, true],
  [2, true],
  [3, true],
  [2, false],
]) {
  rows.push(await measured(count, shared));
}
console.table(rows);
await site.close();
