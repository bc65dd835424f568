import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectAccessible, method, restored } from "./browser";
import { FakePage } from "./fake-page";

const at = new FakePage();

const point = (page: Page, name: string): Locator =>
  page.getByRole("group", { name: /^Quality over cost/ }).getByRole("checkbox", { name: new RegExp(`^${name}:`) });
const compare = (page: Page): Locator => page.getByRole("link", { name: "Compare on my photo" });

describe("the gallery", () => {
  it("opens from the playground's list of networks, and leads back to the chosen ones", async () => {
    const page = await at.visit("#task=super-resolve-x4&with=bilinear");
    await restored(page);
    expect(await method(page, "Residual blocks").isVisible()).toBe(false);
    await page.getByText("More networks").click();
    await page.getByRole("link", { name: "Compare their quality and cost" }).click();
    await point(page, "Residual blocks").waitFor();
    expect(await compare(page).getAttribute("aria-disabled")).toBe("true");

    await point(page, "Residual blocks").click();
    await point(page, "Progressive").focus();
    await page.keyboard.press("Space");
    await page.getByText("2 of at most 6 networks chosen").waitFor();
    expect(page.url()).toContain("with=residual,progressive");
    await compare(page).click();
    await restored(page);
    expect(await page.getByText("More networks").locator("..").getAttribute("open")).not.toBeNull();
    for (const name of ["Residual blocks", "Progressive"]) {
      expect(await page.getByRole("checkbox", { name, exact: true }).isChecked()).toBe(true);
    }
    await page.getByText("SR network · residual blocks").first().waitFor();
    expect(at.complaints).toEqual([]);
  });

  it("follows its link, and limits the number of choices", async () => {
    const names = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv", "residual"];
    const query = `score=Set14+luma&cost=parameters&scale=linear&without=frameworks&with=${names}`;
    const page = await at.visit(`#gallery/super-resolve-x4?${query}`);
    await page.getByText("6 of at most 6 networks chosen").waitFor();
    expect(await page.getByRole("combobox").inputValue()).toBe("Set14 luma");
    for (const name of ["Parameters", "Linear"]) expect(await page.getByRole("radio", { name }).isChecked()).toBe(true);
    expect(await point(page, "Progressive").count()).toBe(0);
    await page.getByRole("checkbox", { name: "Upsampling frameworks" }).click();
    expect(await point(page, "Progressive").getAttribute("aria-disabled")).toBe("true");
    await point(page, "Progressive").click({ force: true });
    await page.getByText("6 of at most 6 networks chosen").waitFor();
    await point(page, "Bilinear").click();
    await page.getByText("5 of at most 6 networks chosen").waitFor();
  });

  it("draws every network in its card, and every point in its group's color", async () => {
    const page = await at.visit("#gallery");
    const cards = page.locator("article");
    await cards.getByRole("img", { name: "Drawing of Residual blocks" }).waitFor();
    expect(await cards.getByRole("img", { name: /^Drawing/ }).count()).toBe(await cards.count());
    const [boxes, lines, wide] = await cards.first().evaluate((card) => {
      const svg = card.querySelector("gallery-drawing")?.shadowRoot?.querySelector("svg");
      const lengths = (selector: string) =>
        [...(svg?.querySelectorAll<SVGPathElement>(selector) ?? [])].map((path) => path.getTotalLength());
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      return [sum(lengths(".box")), sum(lengths(":not(.box)")), (svg?.clientWidth ?? 0) / card.clientWidth];
    });
    expect(Math.min(boxes ?? 0, lines ?? 0)).toBeGreaterThan(0);
    expect(wide).toBeLessThan(1);
    const strokes = await page
      .locator("gallery-chart .dot")
      .evaluateAll((dots) => dots.map((dot) => getComputedStyle(dot).stroke));
    expect(new Set(strokes).size, "zoo, frameworks, designs").toBe(3);
    expect(strokes).not.toContain("none");
  });

  it("shows the score during training, if the file has it", async () => {
    const page = await at.visit("#gallery");
    const said = "Score in training: 24.3 dB at step 0, 29.3 dB at step 1,000";
    const curve = page.locator("article").getByRole("img", { name: said });
    await curve.waitFor();
    expect(await page.locator("gallery-curve").count(), "the curve of another makes no sense").toBe(1);
    expect(await curve.locator("text").allTextContents()).toEqual(
      expect.arrayContaining(["dB, in training", "26.0", "28.0", "0", "step 1,000"]),
    );
    const points = ((await curve.locator("polyline").getAttribute("points")) ?? "")
      .split(" ")
      .map((point) => point.split(",").map(Number));
    expect(points).toHaveLength(24);
    for (const [at, [x = 0, y = 0]] of points.entries()) {
      const [before = x, above = y] = points[at - 1] ?? [x - 1, y + 1];
      expect(x > before && y <= above && x >= 38 && x <= 256 && y >= 20 && y <= 84, `${x},${y}`).toBe(true);
    }
    await page.getByRole("button", { name: "VI, Tiếng Việt" }).press("Enter");
    await page.getByRole("img", { name: "Điểm khi huấn luyện: 24,3 dB ở bước 0, 29,3 dB ở bước 1.000" }).waitFor();
  });

  it("measures the networks' times on this device on request, and can be stopped", async () => {
    const page = await at.visit("#gallery?cost=time");
    const measure = page.getByRole("button", { name: "Measure on this device" });
    await measure.waitFor();
    expect(await page.locator("gallery-chart .point").count()).toBe(0);
    expect(await page.locator("article").count(), "cards do not wait for it").toBeGreaterThan(3);
    await measure.focus();
    await page.keyboard.press("Enter");
    await page.getByText("Milliseconds per megapixel").waitFor();
    const said = await point(page, "Residual blocks").getAttribute("aria-label");
    expect(said).toMatch(/: 29\.70 dB, \S+ ms per megapixel$/);
    expect(await page.locator("article", { hasText: "Residual blocks" }).textContent()).toMatch(/megapixel[\d.,]+ ms/);
    expect(at.complaints).toEqual([]);

    // Offline there is nothing to measure, and a way out.
    await page.getByRole("radio", { name: "Denoise", exact: true }).click();
    await page.route("**/denoise-*.onnx", (route) => setTimeout(() => route.continue(), 20_000));
    await measure.click();
    await page.getByText(/^Measuring .*, 1 of 5$/).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await measure.waitFor();
    expect(await page.locator("gallery-chart .point").count()).toBe(0);
  });

  it("reports a manifest that fails to load, and retries", async () => {
    const page = await at.visit("#slides");
    await page.route("**/manifest.json", (route) => route.abort());
    await page.goto(`${at.site.url}#gallery`);
    const again = page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    await page.unroute("**/manifest.json");
    await again.click();
    await point(page, "Residual blocks").waitFor();
  });

  for (const [name, options] of Object.entries({
    "desktop, light": {},
    "phone, dark": {
      viewport: { width: 390, height: 844 },
      colorScheme: "dark",
      hasTouch: true,
      isMobile: true,
    } as const,
  })) {
    it(`has no axe violations, and fits: ${name}`, async () => {
      const page = await at.visit("#gallery?with=residual", options);
      await point(page, "Residual blocks").waitFor();
      await expectAccessible(page);
      const { scroll, width } = await page.evaluate(() => ({
        scroll: document.querySelector("gallery-view")?.scrollWidth ?? 0,
        width: innerWidth,
      }));
      expect(scroll).toBeLessThanOrEqual(width);
    });
  }
});
