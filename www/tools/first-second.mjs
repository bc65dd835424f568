/**
 * Measures the time from opening the page to its first restored picture, from Chrome's trace; prints medians as a
 * table, and the load times of all files in the median run of the first visit:
 *
 *     node tools/first-second.mjs [--page dist] [--runs 5] [--only plain,again,offline,slow]
 */
import { createServer } from "node:http";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { preview } from "vite";

/** As in DevTools: bits per second, and latency of every request in milliseconds. */
const FAST_4G = { rate: 9_000_000, latency: 165 };
const CPU_SLOWDOWN = 4;
/** Milliseconds for the service worker to cache a visit's files, after the picture is drawn. */
const SETTLE = 6000;
const PATIENCE = 120_000;
const CATEGORIES = ["blink.user_timing", "devtools.timeline", "loading", "disabled-by-default-network"];

const VISITS = {
  plain: "first visit, empty cache",
  again: "second visit",
  offline: "second visit, offline",
  slow: `first visit, Fast 4G, CPU ${CPU_SLOWDOWN} times as slow`,
};

const { values } = parseArgs({
  options: {
    page: { type: "string", default: "dist" },
    runs: { type: "string", default: "5" },
    only: { type: "string", default: Object.keys(VISITS).join() },
  },
});
const runs = Number(values.runs);
const visits = values.only.split(",");

const site = await preview({ build: { outDir: values.page }, base: "/", preview: { open: false }, logLevel: "error" });
const [local] = site.resolvedUrls.local;
const slow = await throttled(local, FAST_4G);

const taken = Object.fromEntries(visits.map((visit) => [visit, []]));
const load = loadavg()[0];
for (let run = 0; run < runs; run++) {
  if (visits.includes("plain")) taken.plain.push(await fresh(local, (context) => opened(context, local)));
  if (visits.includes("slow")) {
    taken.slow.push(await fresh(slow.url, (context) => opened(context, slow.url, CPU_SLOWDOWN)));
  }
  if (visits.includes("again") || visits.includes("offline")) {
    await fresh(local, async (context) => {
      await opened(context, local);
      if (visits.includes("again")) taken.again.push(await opened(context, local));
      await context.setOffline(true);
      if (visits.includes("offline")) taken.offline.push(await opened(context, local));
    });
  }
}
await site.close();
slow.server.close();

console.log(
  `${cpus().length} cores, load ${load.toFixed(1)} at the start and ${loadavg()[0].toFixed(1)} at the end; ${runs} runs each\n`,
);
console.log("| visit | median | fastest | slowest |\n| --- | ---: | ---: | ---: |");
for (const [visit, all] of Object.entries(taken)) {
  const [fastest, median, slowest] = [0, 0.5, 1].map((share) => seconds(at(all, share).restored));
  console.log(`| ${VISITS[visit]} | ${median} | ${fastest} | ${slowest} |`);
}
if (taken.plain) {
  console.log("\n| first visit: what | from | to | kB |\n| --- | ---: | ---: | ---: |");
  for (const { name, from, to, bytes } of at(taken.plain, 0.5).files) {
    console.log(`| ${name} | ${seconds(from)} | ${seconds(to)} | ${Math.round(bytes / 1000)} |`);
  }
}

/** The run at a quantile of the times. */
function at(all, share) {
  return [...all].sort((a, b) => a.restored - b.restored)[Math.round(share * (all.length - 1))];
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** A fresh browser profile; a warm-up page absorbs the browser's own start. */
async function fresh(url, use) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  const blank = await context.newPage();
  await blank.goto(`${url}icon.svg`);
  const made = await use(context);
  await browser.close();
  return made;
}

/** One visit: milliseconds until the first result is drawn, and the files loaded before. */
async function opened(context, url, slowdown = 1) {
  const page = await context.newPage();
  const browser = context.browser();
  if (slowdown > 1) {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  }
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("restored").length > 0, null, { timeout: PATIENCE });
  const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString());
  await page.waitForTimeout(SETTLE);
  await page.close();
  const from = events.find(({ name, args }) => name === "navigationStart" && args.data?.documentLoaderURL === url);
  const mark = events.find(({ name }) => name === "restored");
  if (!from || !mark) throw new Error("the trace does not have the beginning or the end");
  const since = (event) => (event.ts - from.ts) / 1000;
  const restored = since(mark);
  const files = new Map();
  for (const event of events) {
    const { requestId, url: of, encodedDataLength = 0 } = event.args.data ?? {};
    if (event.name === "ResourceSendRequest" && of?.startsWith(url)) {
      files.set(requestId, {
        name: of.slice(url.length) || "index.html",
        from: since(event),
        to: Number.NaN,
        bytes: 0,
      });
    }
    const file = files.get(requestId);
    if (event.name === "ResourceFinish" && file) Object.assign(file, { to: since(event), bytes: encodedDataLength });
  }
  return { restored, files: [...files.values()].filter((file) => file.from <= restored) };
}

/**
 * The site behind a throttled server, for all threads: DevTools throttles only the page's own requests, not its
 * workers'. Requests share the bandwidth, and each waits for the latency.
 */
async function throttled(target, { rate, latency }) {
  let free = 0;
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const server = createServer(async (request, response) => {
    const { "accept-encoding": encoding = "" } = request.headers;
    const [answer] = await Promise.all([
      fetch(new URL(request.url, target), { headers: { "accept-encoding": encoding } }),
      wait(latency),
    ]);
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      "Content-Type": answer.headers.get("Content-Type") ?? "text/plain",
      "Content-Length": body.length,
    });
    for (let sent = 0; sent < body.length; sent += 16_384) {
      const part = body.subarray(sent, sent + 16_384);
      const now = performance.now();
      free = Math.max(free, now) + (part.length * 8000) / rate;
      await wait(free - now);
      response.write(part);
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return { server, url: `http://localhost:${server.address().port}/` };
}
