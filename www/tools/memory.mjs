// Measures the memory of six results of a 24-megapixel photo: node tools/memory.mjs [METHODS]. Needs a built site (make
// site) and Chromium. METHODS: as in the page's address; by default six filters, which are quick and have results of
// the same size.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { preview } from "vite";

const methods = process.argv[2] ?? "bilinear,nearest,pixel-shuffle,max-unpool,transposed-conv,median-filter";
const server = await preview({ preview: { open: false, port: 0 } });
const [url] = server.resolvedUrls.local;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const cdp = await browser.newBrowserCDPSession();

/** Megabytes of each type of browser process, with shared pages counted once. */
async function used() {
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  const sum = {};
  for (const { type, id } of processInfo) {
    const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    sum[type] = (sum[type] ?? 0) + Math.round(kilobytes / 1024);
  }
  return { all: Object.values(sum).reduce((a, b) => a + b, 0), ...sum };
}

const done = () =>
  page.locator("up-actions .status > span").first().filter({ hasText: "Done in" }).waitFor({ timeout: 3_600_000 });
await page.goto(`${url}#backend=cpu&layout=grid`);
await done();
const report = { idle: await used() };
// A mosaic of the samples at their own size: as much detail per pixel as a photo can have.
await page.evaluate(
  async (names) => {
    const pictures = await Promise.all(
      names.map(async (name) => createImageBitmap(await (await fetch(`samples/${name}.jpg`)).blob())),
    );
    const canvas = new OffscreenCanvas(6000, 4000);
    const context = canvas.getContext("2d");
    for (let y = 0, row = 0; y < 4000; y += 300, row++) {
      for (let x = 0, at = row; x < 6000; x += 450, at++) context.drawImage(pictures[at % pictures.length], x, y);
    }
    const file = new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })], "large.jpg", {
      type: "image/jpeg",
    });
    const data = new DataTransfer();
    data.items.add(file);
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data }));
  },
  ["chelsea", "coffee", "astronaut", "rocket", "camera", "brick"],
);
await page.locator("up-controls .name").filter({ hasText: "large.jpg" }).waitFor({ timeout: 120_000 });
const status = page.locator("up-actions .status > span").first();
await status.filter({ hasText: /press Run|Done/ }).waitFor({ timeout: 600_000 });
report.opened = await used();
await page.evaluate(
  (hash) => (location.hash = hash),
  `task=denoise&with=${methods}&mode=apply&backend=cpu&layout=grid&picture=own`,
);
let peak = report.opened;
let finished = false;
const watch = (async () => {
  while (!finished) {
    const now = await used();
    if (now.all > peak.all) peak = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
})();
await status
  .filter({ hasText: "press Run" })
  .waitFor({ timeout: 60_000 })
  .then(
    () => page.keyboard.press("r"),
    () => {},
  );
await page.waitForTimeout(1000);
await done();
await page.waitForTimeout(3000);
report.six = await used();
await page.getByRole("button", { name: "1:1" }).click();
for (let turn = 0; turn < 30; turn++) {
  await page.locator("body").press("ArrowRight");
  await page.waitForTimeout(300);
}
report.panned = await used();
finished = true;
await watch;
report.peak = peak;
console.log(
  await page.locator("up-actions .status").textContent(),
  await page.locator("up-grid .cell").count(),
  "pictures",
);
console.table(report);
await browser.close();
await server.close();
