import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectAccessible, meanColor, restored } from "./browser";
import { FakePage } from "./fake-page";

/** The user's color hints, for a network that takes them. */

const at = new FakePage();
let page: Page;

const COLORIZE = "#task=colorize&with=bilinear&mode=apply&picture=chelsea";

async function open(hash = COLORIZE, options?: BrowserContextOptions): Promise<void> {
  page = await at.open(options, hash);
}

const offer = () => page.getByRole("group", { name: "Color hints" });
const colors = () => page.getByRole("dialog", { name: "Choose a color" });
const hint = (number: number) => page.getByRole("button", { name: `Color hint ${number}`, exact: true });
const hints = () => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("hints") ?? "");

/** Waits for the results of a change: the run begins a moment later. */
async function rerun(): Promise<void> {
  await page.waitForTimeout(200);
  await restored(page);
}

/** Clicks at fractions of the stage. */
async function click(x: number, y: number): Promise<void> {
  const box = await page.locator("up-compare").boundingBox();
  if (!box) throw new Error("there is no stage");
  await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
}

describe("color hints", () => {
  it("are offered only if a network takes them", async () => {
    await open("#task=denoise&with=bilinear&picture=chelsea");
    expect(await offer().count()).toBe(0);
    await page.getByRole("radio", { name: "Colorize", exact: true }).check();
    await rerun();
    await offer().getByRole("button", { name: "Color hint" }).waitFor();
    expect(await page.getByRole("slider", { name: /vivid/ }).count()).toBe(1);
  });

  it("are set by a click and a likely color, run it again, and are in the address", async () => {
    await open();
    await offer().getByRole("button", { name: "Color hint" }).click();
    await click(0.5, 0.5);
    await colors().getByRole("button", { name: "Color #c83c3c, 60% likely" }).waitFor();
    await expectAccessible(page);
    await colors().getByRole("button", { name: "Color #3c5ac8, 30% likely" }).click();
    await rerun();
    expect(await hints()).toMatch(/^0\.\d{4},0\.\d{4},10,-60$/);
    expect(await colors().count()).toBe(0);
    expect(await hint(1).evaluate((one) => one === (one.getRootNode() as ShadowRoot).activeElement)).toBe(true);
    const blueness = ([red = 0, , blue = 0]: number[]) => blue - red;
    expect(blueness(await meanColor(page, "after"))).toBeGreaterThan(blueness(await meanColor(page, "before")) + 20);
    expect(at.complaints).toEqual([]);
  });

  it("can have any color, be moved by keys and dragging, undone and deleted", async () => {
    await open();
    await offer().getByRole("button", { name: "Color hint" }).click();
    await offer().getByRole("button", { name: "In the middle" }).click();
    await colors().getByLabel("Another color").fill("#ff0000");
    await rerun();
    expect(await hints()).toBe("0.5000,0.5000,128,0");
    await hint(1).press("ArrowRight");
    await rerun();
    expect(await hints()).toBe("0.5100,0.5000,128,0");
    await hint(1).press("Control+z");
    await rerun();
    expect(await hints()).toBe("0.5000,0.5000,128,0");
    await hint(1).hover();
    await page.mouse.down();
    const box = await hint(1).boundingBox();
    if (!box) throw new Error("the hint is not there");
    await page.mouse.move(box.x + 74, box.y + 14, { steps: 4 });
    await page.mouse.up();
    await rerun();
    expect(Number((await hints()).split(",")[0])).toBeGreaterThan(0.52);
    expect(await colors().count(), "dragging opens nothing").toBe(0);
    await hint(1).press("Delete");
    await rerun();
    expect(await hints()).toBe("");
    await offer().getByRole("button", { name: "Undo" }).click();
    await rerun();
    expect(await hint(1).count()).toBe(1);
    expect(at.complaints).toEqual([]);
  });

  it("are part of a link, as is the temperature", async () => {
    await open(`${COLORIZE}&hints=0.3,0.4,60,40;0.7,0.6,10,-60&tell=temperature:0.8`);
    await hint(2).waitFor();
    const slider = page.getByRole("slider", { name: /vivid/ });
    expect(await slider.inputValue()).toBe("0.8");
    await slider.press("Home");
    await rerun();
    expect(await page.evaluate(() => location.hash)).toContain("tell=temperature:0.1");
    await offer().getByRole("button", { name: "Clear all" }).click();
    await rerun();
    expect(await hints()).toBe("");
  });

  it("have the photo's lightness, like the offered colors", async () => {
    const light = "hints=0.3,0.4,60,40;0.7,0.6,10,-60";
    await open(`${COLORIZE}&${light}`);
    const mark = (number: number) => hint(number).evaluate((one) => getComputedStyle(one, "::before").backgroundColor);
    // The fake engine's L* is 50.
    await expect.poll(() => mark(1)).toBe("lab(50 60 40)");
    expect(await mark(2)).toBe("lab(50 10 -60)");
  });

  it("fit a phone", async () => {
    await open(`${COLORIZE}&hints=0.3,0.4,60,40`, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await offer().getByRole("button", { name: "Color hint" }).tap();
    const stage = await page.locator("up-compare").boundingBox();
    if (!stage) throw new Error("there is no stage");
    await page.touchscreen.tap(stage.x + stage.width * 0.7, stage.y + stage.height * 0.4);
    await colors()
      .getByRole("button", { name: /likely/ })
      .first()
      .tap();
    await rerun();
    expect((await hints()).split(";").length, "a tap sets one").toBe(2);
    await offer().getByRole("button", { name: "Undo" }).tap();
    await hint(1).tap();
    await colors()
      .getByRole("button", { name: /likely/ })
      .first()
      .waitFor();
    const box = await colors().boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844).toBe(true);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    expect(await colors().count()).toBe(0);
  });

  it("are offered beside the tags, also if the controls leave little room", async () => {
    await open(COLORIZE, { viewport: { width: 390, height: 844 }, hasTouch: true });
    for (const controls of [false, true]) {
      if (controls) await page.getByRole("button", { name: "Show controls" }).tap();
      await page.waitForTimeout(300);
      const boxes = await page.evaluate(() => {
        const compare = document.querySelector("up-app")?.shadowRoot?.querySelector("up-compare")?.shadowRoot;
        const offer = compare?.querySelector("up-hints")?.shadowRoot?.querySelector(".offer");
        const tags = compare?.querySelector("up-wipe")?.shadowRoot?.querySelectorAll("up-tag") ?? [];
        const within = [...tags].map((tag) => tag.shadowRoot?.querySelector("div"));
        return [offer, ...within].map((part) => {
          const { left, right, top, bottom } = part?.getBoundingClientRect() ?? new DOMRect();
          return { left, right, top, bottom };
        });
      });
      expect(boxes.length).toBe(3);
      const touching = boxes.flatMap((a, at) =>
        boxes.slice(at + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
      );
      expect(touching, `controls: ${controls}`).toEqual([]);
    }
  });

  it("can be set on the whole result, and their colors stay above the tools", async () => {
    await open(COLORIZE, { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    const wipe = () => page.getByRole("slider", { name: "Compare left and right" }).getAttribute("aria-valuenow");
    await offer().getByRole("button", { name: "Color hint" }).click();
    await expect.poll(wipe).toBe("0");
    await click(0.45, 0.82);
    await colors().getByRole("button", { name: "Cancel" }).click({ trial: true, timeout: 5000 });
    await page.keyboard.press("Escape");
    await offer().getByRole("button", { name: "Done" }).click();
    await expect.poll(wipe).toBe("50");
  });
});
