import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectAccessible, method, restored } from "./browser";
import { FakePage } from "./fake-page";

const at = new FakePage();

const point = (page: Page, name: string): Locator =>
  page.getByRole("group", { name: /^Quality over cost/ }).getByRole("checkbox", { name: new RegExp(`^${name}:`) });
const compare = (page: Page): Locator => page.getByRole("link", { name: "Compare on my photo" });

describe("the gallery", () => {
  it("is reached from the playground's further networks, and leads back to those that are chosen", async () => {
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
    await page.getByText("2 networks chosen, of at most 6").waitFor();
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

  it("is as its link says, and offers no more than can be compared", async () => {
    const names = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv", "residual"];
    const query = `score=Set14+luma&cost=parameters&scale=linear&without=frameworks&with=${names}`;
    const page = await at.visit(`#gallery/super-resolve-x4?${query}`);
    await page.getByText("6 networks chosen, of at most 6").waitFor();
    expect(await page.getByRole("combobox").inputValue()).toBe("Set14 luma");
    for (const name of ["Parameters", "Linear"]) expect(await page.getByRole("radio", { name }).isChecked()).toBe(true);
    expect(await point(page, "Progressive").count()).toBe(0);
    await page.getByRole("checkbox", { name: "Where to enlarge" }).click();
    expect(await point(page, "Progressive").getAttribute("aria-disabled")).toBe("true");
    await point(page, "Progressive").click({ force: true });
    await page.getByText("6 networks chosen, of at most 6").waitFor();
    await point(page, "Bilinear").click();
    await page.getByText("5 networks chosen, of at most 6").waitFor();
  });

  it("says so where the list of networks does not come, and tries again", async () => {
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
    it(`has nothing that axe finds, and fits: ${name}`, async () => {
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
