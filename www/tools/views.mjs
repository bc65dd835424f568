// Pictures of every view at every size, light and dark, to be looked at: node tools/views.mjs FOLDER [BUILT PAGE]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { preview } from "vite";

const [folder = ".", outDir = "dist"] = process.argv.slice(2);
const sizes = { desktop: [1440, 900], phone: [390, 844], side: [844, 390], low: [700, 500] };
const views = {
  playground: "#backend=cpu",
  grid: "#with=nearest,bilinear&layout=grid&tools=table&backend=cpu",
  lab: "#lab/transposed-conv-3",
  inspect: "#inspect?backend=cpu",
  learn: "#learn?step=0",
  slides: "#slides",
};
/** What is opened in a view besides. */
const steps = {
  controls: ["playground", "Show controls"],
  crop: ["playground", "Show controls", "Crop and rotate"],
  save: ["playground", "More ways to keep it", "Save as another format"],
};
/** Milliseconds for what moves, or is drawn late. */
const REST = 1500;

mkdirSync(folder, { recursive: true });
const server = await preview({ build: { outDir }, base: "/", preview: { open: false } });
const [url] = server.resolvedUrls.local;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [size, [width, height]] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"]) {
    const touch = size === "desktop" ? {} : { hasTouch: true };
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      locale: "en-GB",
      reducedMotion: "reduce",
      ...touch,
    });
    const shots = [
      ...Object.keys(views).map((view) => [view, view]),
      ...Object.entries(steps).map(([name, [view, ...clicks]]) => [name, view, ...clicks]),
    ];
    for (const [name, view, ...clicks] of shots) {
      const page = await context.newPage();
      await page.goto(url + views[view]);
      await page.waitForTimeout(REST);
      for (const label of clicks) {
        const button = page.getByRole("button", { name: label });
        if (await button.isVisible()) await button.click();
      }
      if (clicks.length > 0) await page.waitForTimeout(REST / 3);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
await server.close();
