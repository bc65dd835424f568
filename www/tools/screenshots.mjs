// Screenshots of the page: node tools/screenshots.mjs FOLDER. Needs a built site (make site) and Chromium.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { preview } from "vite";

const folder = process.argv[2] ?? ".";
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const shots = {
  desktop: { viewport: { width: 1440, height: 900 } },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  phone,
  "phone-dark-vi": { ...phone, colorScheme: "dark", locale: "vi-VN" },
};

mkdirSync(folder, { recursive: true });
const server = await preview({ preview: { open: false } });
const [url] = server.resolvedUrls.local;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [name, options] of Object.entries(shots)) {
  const page = await browser.newPage({ locale: "en-GB", reducedMotion: "reduce", ...options });
  await page.goto(url);
  await page.locator("up-compare .complete").waitFor();
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: "jpeg", quality: 88 });
  await page.close();
}
await browser.close();
await server.close();
