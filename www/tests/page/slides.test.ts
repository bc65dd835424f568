import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { SECTIONS } from "../../src/slides/sections";
import { expectAccessible } from "./browser";
import { SitePage } from "./site-page";

/** The lecture on one page, on the production build. */

const at = new SitePage("dist");
let page: Page;

async function open(hash: string, options?: BrowserContextOptions): Promise<void> {
  page = await at.visit(hash, { reducedMotion: "reduce", ...options });
  const examples = SECTIONS.filter(({ example }) => example).length;
  await expect.poll(() => page.getByRole("grid", { name: "Output", exact: true }).count()).toBe(examples);
}

const section = (id: string) => page.locator(`slides-view section#${id}`);

describe("the lecture", () => {
  it("is in order, each section with its own link", async () => {
    await open("#slides");
    const links = await page
      .locator("slides-view main h2 a")
      .evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    expect(links).toEqual(SECTIONS.map(({ id }) => `#slides/${id}`));
    expect(at.complaints).toEqual([]);
  });

  it("opens at the section in the address", async () => {
    await open("#slides/transposed-conv-3");
    const top = () => section("transposed-conv-3").evaluate((each) => each.getBoundingClientRect().top);
    await expect.poll(async () => Math.abs((await top()) - 60)).toBeLessThan(30);
  });

  it("does not scroll an embedding page", async () => {
    page = await at.visit("models/manifest.json"); // without the page's own policy, which forbids frames
    await page.evaluate(() => {
      document.body.innerHTML = `<div style="height: 2000px"></div><iframe src="../index.html#slides/transposed-conv-3" width="1200" height="640"></iframe>`;
    });
    const inside = page.frameLocator("iframe").locator("slides-view section#transposed-conv-3");
    await expect
      .poll(async () => Math.abs((await inside.evaluate((each) => each.getBoundingClientRect().top)) - 60))
      .toBeLessThan(30);
    expect(await page.evaluate(() => [window.scrollY, document.activeElement?.localName])).toEqual([0, "body"]);
  });

  it("has collapsed contents on a phone, which open completely", async () => {
    await open("#slides", { hasTouch: true, viewport: { width: 390, height: 844 } });
    const contents = page.getByRole("navigation", { name: "Sections" });
    const last = contents.getByRole("link").last();
    expect(await last.isVisible()).toBe(false);
    await contents.getByText("Sections").tap();
    expect(await last.isVisible()).toBe(true);
    const [shown, whole] = await contents.evaluate((nav) => [nav.clientHeight, nav.scrollHeight]);
    expect(shown, "nothing is cut off").toBe(whole);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expect.poll(() => contents.getByText("Sections").isVisible()).toBe(false);
    expect(await contents.getByRole("link").first().isVisible()).toBe(true);
  });

  it("scrolls to a section again when its link is followed again, and keeps its scroll position otherwise", async () => {
    await open("#slides/nearest");
    const top = (id: string) => section(id).evaluate((each) => each.getBoundingClientRect().top);
    const near = (id: string) => expect.poll(async () => Math.abs((await top(id)) - 60)).toBeLessThan(30);
    await near("nearest");
    await section("l1").evaluate((each) => each.scrollIntoView());
    await page
      .getByRole("navigation", { name: "Sections" })
      .getByRole("link", { name: "Nearest neighbor" })
      .press("Enter");
    await near("nearest");
    await section("transposed-conv-2").evaluate((each) => each.scrollIntoView());
    await near("transposed-conv-2");
    await section("transposed-conv-2").getByRole("link", { name: "Open in the lab" }).press("Enter");
    await page.locator("lab-view").waitFor();
    await page.goBack();
    await near("transposed-conv-2");
  });

  it("opens the lab with the lecture's state", async () => {
    await open("#slides/transposed-conv-3");
    await section("transposed-conv-3").getByRole("link", { name: "Open in the lab" }).press("Enter");
    await page.locator("lab-view").waitFor();
    expect(page.url()).toContain("#lab/transposed-conv-3?view=stamp");
    expect(await page.getByRole("button", { name: "Stamp and sum" }).getAttribute("aria-pressed")).toBe("true");
  });

  it("takes numbers by two taps, and explains what PyTorch rejects", async () => {
    await open("#slides/l1", { hasTouch: true, viewport: { width: 390, height: 844 } });
    const cell = section("l1").getByRole("grid", { name: "Prediction" }).getByRole("gridcell").first();
    await cell.tap();
    await cell.tap();
    await section("l1").getByRole("textbox").fill("60");
    await page.keyboard.press("Enter");
    await expect.poll(() => section("l1").getByRole("status").textContent()).toContain("L1 = (10 + ");
    for (let press = 0; press < 2; press++)
      await section("sizes").getByRole("button", { name: "More output_padding" }).press("Enter");
    await expect
      .poll(() => section("sizes").locator("p[role=status]").textContent())
      .toContain("is not below stride = 2");
  });

  it("has interactive figures: the numbers follow the input", async () => {
    await open("#slides/l1");
    const prediction = section("l1").getByRole("grid", { name: "Prediction" });
    await prediction.getByRole("gridcell").first().focus();
    for (const key of ["5", "0", "Enter"]) await page.keyboard.press(key);
    await expect.poll(() => section("l1").getByRole("status").textContent()).toBe("L1 = (0 + 4 + 1 + 5) / 4 = 2.5");
    await section("sizes").getByRole("button", { name: "Less kernel_size" }).press("Enter");
    await expect.poll(() => section("sizes").locator("p[role=status]").textContent()).toContain("= 127");
    expect(await section("cross-entropy").getByRole("status").textContent()).toContain("−ln 0.6 = 0.511");
  });

  for (const [name, options] of Object.entries<BrowserContextOptions>({
    "desktop, light": {},
    "phone, dark, Vietnamese": { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark" },
  })) {
    it(`has no axe violations, and nothing is too wide: ${name}`, async () => {
      await open("#slides", options);
      if (name.includes("Vietnamese")) await page.getByRole("button", { name: "VI, Tiếng Việt" }).press("Enter");
      await expectAccessible(page);
      const [shown, wide] = await page.locator("slides-view").evaluate((view) => [view.clientWidth, view.scrollWidth]);
      expect(wide).toBe(shown);
    });
  }
});
