// Renders the installed page's icons from public/icon.svg: node tools/icons.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const at = (path) => fileURLToPath(new URL(`../public/${path}`, import.meta.url));
const SURFACE = "#fcfbf9";
/** Name, side in pixels, and fraction that the logo takes: of maskable icons only the inner 80% is always visible. */
const ICONS = [
  ["icon-192.png", 192, 0.78],
  ["icon-512.png", 512, 0.78],
  ["icon-maskable-512.png", 512, 0.52],
  ["icon-apple-180.png", 180, 0.66],
];

const svg = readFileSync(at("icon.svg"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [name, side, share] of ICONS) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(
    `<style>body { margin: 0; height: 100vh; display: grid; place-items: center; background: ${SURFACE} }
     svg { width: ${share * 100}%; height: ${share * 100}% }</style>${svg}`,
  );
  await page.screenshot({ path: at(name) });
  await page.close();
}
await browser.close();
