/**
 * Takes screenshots of every view and state at every size, light and dark, for review; fails with a name if a step does
 * not find its button or text:
 *
 *     node tools/views.mjs FOLDER [--page dist] [--only crop,save] [--sizes desktop,phone] [--schemes light]
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { preview } from "vite";
import { SHOTS } from "./views/shots.mjs";

const SIZES = { desktop: [1440, 900], phone: [390, 844], side: [844, 390], low: [700, 500] };
/** Milliseconds for animations and late rendering. */
const REST = 700;

const list = (text, known) => {
  const names = text ? text.split(",") : known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(", ")}: none of ${known.join(", ")}`);
  return names;
};
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    page: { type: "string", default: "dist" },
    only: { type: "string" },
    sizes: { type: "string" },
    schemes: { type: "string" },
  },
});
const [folder = "."] = positionals;
const shots = list(values.only, Object.keys(SHOTS));
const sizes = list(values.sizes, Object.keys(SIZES));
const schemes = list(values.schemes, ["light", "dark"]);

mkdirSync(folder, { recursive: true });
const server = await preview({ build: { outDir: values.page }, base: "/", preview: { open: false } });
const [url] = server.resolvedUrls.local;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-fake-device-for-media-stream"],
});
const missed = [];
for (const size of sizes) {
  for (const scheme of schemes) {
    const [width, height] = SIZES[size];
    for (const shot of shots) {
      // Each shot is a first visit: nothing is remembered.
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme,
        locale: "en-GB",
        reducedMotion: "reduce",
        permissions: ["camera"],
        serviceWorkers: "block",
        hasTouch: size !== "desktop",
      });
      const page = await context.newPage();
      const complain = (what) => missed.push(`${shot} at ${size}, ${scheme}: ${what}`);
      page.on("pageerror", ({ message }) => complain(message));
      const [address, ...steps] = SHOTS[shot];
      try {
        await page.goto(url + address);
        for (const step of steps) await step(page);
        await page.waitForTimeout(REST);
      } catch (error) {
        complain(error.message);
      }
      const path = join(folder, `${shot}-${size}-${scheme}.png`);
      await page.screenshot({ path }).catch(({ message }) => complain(message));
      await context.close();
    }
  }
}
await browser.close();
await server.close();
for (const what of missed) console.error(what);
if (missed.length > 0) process.exitCode = 1;
