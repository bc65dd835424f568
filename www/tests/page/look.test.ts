import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring, meanColor, notice, restored, shortcut, slider } from "./browser";
import { FakePage } from "./fake-page";
import { png } from "./pictures";

/** Viewing pictures: the wipe, zoom, touch, the grid and its tools. */

const at = new FakePage();
let page: Page;

async function open(options?: BrowserContextOptions, hash?: string): Promise<void> {
  page = await at.open(options, hash);
}

describe("the wipe", () => {
  it("follows the pointer and returns when it leaves", async () => {
    await open({ reducedMotion: "reduce" });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    expect(Number(await slider(page).getAttribute("aria-valuenow"))).toBeLessThan(35);
    await page.mouse.move(box.x + box.width + 100, 300);
    await expect.poll(() => slider(page).getAttribute("aria-valuenow")).toBe("50");
  });

  it("stays where a click puts it", async () => {
    await open({ reducedMotion: "reduce" });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    await page.mouse.click(box.x + box.width * 0.7, box.y + box.height / 2);
    const held = await slider(page).getAttribute("aria-valuenow");
    await page.mouse.move(box.x + 50, box.y + 50);
    expect(await slider(page).getAttribute("aria-valuenow")).toBe(held);
  });

  it("is a slider for the keyboard", async () => {
    await open();
    await expect.poll(() => slider(page).getAttribute("aria-valuenow")).toBe("50");
    await slider(page).focus();
    await page.keyboard.press("ArrowLeft");
    expect(await slider(page).getAttribute("aria-valuenow")).toBe("48");
    await page.keyboard.press("Home");
    expect(await slider(page).getAttribute("aria-valuetext")).toBe("0% Gaussian noise, 100% U-Net · bilinear");
    await page.keyboard.press("End");
    expect(await slider(page).getAttribute("aria-valuenow")).toBe("100");
  });

  it("never compares a result with itself", async () => {
    await open({}, "#with=nearest,bilinear&layout=wipe&left=bilinear&chosen=bilinear");
    await expect
      .poll(() => slider(page).getAttribute("aria-valuetext"))
      .toMatch(/% Gaussian noise, .*% U-Net · bilinear/);
  });

  it("moves to either side with 1, 2, 3, and flickers with Space", async () => {
    await open();
    const now = () => slider(page).getAttribute("aria-valuenow");
    await shortcut(page, "1");
    expect(await now()).toBe("100");
    await shortcut(page, "3");
    expect(await now()).toBe("0");
    await page.keyboard.down(" ");
    expect(await now()).toBe("100");
    await page.keyboard.up(" ");
    expect(await now()).toBe("0");
  });

  it("moves up and down if photo and stage are upright, or on request", async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: "reduce" } as const;
    await open(phone);
    expect(await slider(page).getAttribute("aria-orientation")).toBe("horizontal");
    await bring(page, "drop", [{ name: "tall.png", type: "image/png", bytes: png(200, 300, (x, y) => (x ^ y) & 255) }]);
    const upright = page.getByRole("slider", { name: "Compare top and bottom" });
    await upright.waitFor();
    await restored(page);
    const stage = page.locator("up-wipe .stage");
    const box = await stage.boundingBox();
    if (!box) return expect.unreachable();
    expect(await upright.getAttribute("aria-orientation")).toBe("vertical");
    const now = async () => Number(await upright.getAttribute("aria-valuenow"));
    const { y, height } = (await page.locator("up-wipe .wipe").boundingBox()) ?? { y: 0, height: 0 };
    await page.touchscreen.tap(box.x + 200, y + height / 2 - 60);
    expect(await now()).toBeLessThan(45);
    await upright.focus();
    const before = await now();
    await page.keyboard.press("ArrowDown");
    expect(await now()).toBe(before + 2);
    await page.getByRole("button", { name: "Wipe up and down" }).click();
    await shortcut(page, "v");
    await upright.waitFor();
    await shortcut(page, "v");
    expect(await slider(page).getAttribute("aria-orientation")).toBe("horizontal");
  });

  it("is dragged by a finger", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    const now = async () => Number(await slider(page).getAttribute("aria-valuenow"));
    const y = box.y + box.height / 2;
    await page.touchscreen.tap(box.x + 300, y);
    const from = await now();
    expect(from).toBeGreaterThan(70);
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...xs: number[]) =>
      devtools.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((x) => ({ x, y })) });
    await touch("touchStart", box.x + 300);
    for (let moved = 0; moved <= 200; moved += 20) await touch("touchMove", box.x + 300 - moved);
    await touch("touchEnd");
    expect(await now()).toBeLessThan(from - 40);
  });
});

describe("zoom", () => {
  const zoom = () => page.getByRole("textbox", { name: "Zoom in percent" }).inputValue();

  it("works by buttons, typing, wheel and keys, and back to fit", async () => {
    await open();
    const fitted = await zoom();
    await page.getByRole("button", { name: "Actual size" }).click();
    expect(await zoom()).toBe("100%");
    await page.getByRole("textbox", { name: "Zoom in percent" }).fill("400");
    await page.keyboard.press("Enter");
    expect(await zoom()).toBe("400%");
    await page.locator("up-compare .stage").hover();
    await page.mouse.wheel(0, -300);
    await expect.poll(async () => Number.parseFloat(await zoom())).toBeGreaterThan(600);
    await page.getByRole("button", { name: "Fit" }).click();
    expect(await zoom()).toBe(fitted);
    await shortcut(page, "+");
    expect(Number.parseFloat(await zoom())).toBeGreaterThan(Number.parseFloat(fitted));
    await shortcut(page, "0");
    expect(await zoom()).toBe(fitted);
  });
});

describe("touch", () => {
  const zoom = async () => Number.parseFloat(await page.getByRole("textbox", { name: "Zoom in percent" }).inputValue());

  it("pinch to zoom, then drag to pan", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: "reduce" });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    const fitted = await zoom();
    const devtools = await page.context().newCDPSession(page);
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...xs: number[]) =>
      devtools.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((x, id) => ({ x, y, id })) });
    await touch("touchStart", x - 40, x + 40);
    for (let apart = 50; apart <= 120; apart += 10) await touch("touchMove", x - apart, x + apart);
    await touch("touchEnd");
    expect(await zoom()).toBeGreaterThan(2 * fitted);

    const wipe = await slider(page).getAttribute("aria-valuenow");
    const seen = await meanColor(page, "before");
    await touch("touchStart", x - 100);
    for (let moved = 0; moved <= 150; moved += 10) await touch("touchMove", x - 100 + moved);
    await touch("touchEnd");
    expect(await slider(page).getAttribute("aria-valuenow")).toBe(wipe);
    expect(await meanColor(page, "before")).not.toEqual(seen);
  });

  it("dragging with the mouse pans a picture larger than the stage, and moves the wipe otherwise", async () => {
    await open({ reducedMotion: "reduce" });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    const drag = async (from: number, to: number) => {
      await page.mouse.move(box.x + box.width * from, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * to, box.y + box.height / 2, { steps: 5 });
      await page.mouse.up();
    };
    await drag(0.5, 0.3);
    expect(Number(await slider(page).getAttribute("aria-valuenow"))).toBeLessThan(40);
    await shortcut(page, "+");
    await shortcut(page, "+");
    const seen = await meanColor(page, "before");
    await drag(0.8, 0.5);
    expect(await meanColor(page, "before")).not.toEqual(seen);
  });
});

describe("the tools", () => {
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

  it("toggle full screen", async () => {
    await open();
    const button = page.getByRole("button", { name: "Full screen" });
    await button.click();
    await expect.poll(() => button.getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator("up-compare").evaluate((element) => element.matches(":fullscreen"))).toBe(true);
    expect((await page.locator("up-compare").boundingBox())?.width).toBe(page.viewportSize()?.width);
    await shortcut(page, "f");
    await expect.poll(() => button.getAttribute("aria-pressed")).toBe("false");
  });

  it("toggle grid and wipe, in the same place", async () => {
    await open({ reducedMotion: "reduce" }, "#with=nearest,bilinear&layout=grid");
    expect(await page.locator("up-grid .cell").count()).toBe(4);
    await shortcut(page, "g");
    await slider(page).waitFor();
    await press("All side by side");
    await page.locator("up-grid").waitFor();
    expect(await page.evaluate(() => location.hash)).toContain("layout=grid");
  });

  it("zoom and pan all pictures of the grid as one", async () => {
    await open({ reducedMotion: "reduce" }, "#with=nearest,bilinear&layout=grid");
    const cells = page.locator("up-grid .cell");
    await cells.nth(1).hover();
    await page.mouse.wheel(0, -600);
    const views = () =>
      cells.evaluateAll((cells) =>
        cells.map((cell) => JSON.stringify((cell.querySelector("up-picture") as Element & { view: unknown }).view)),
      );
    await expect.poll(async () => (await views())[0]).toContain('"fitted":false');
    expect(new Set(await views()).size).toBe(1);
  });

  it("show the colors of the pixel under the pointer, for every picture", async () => {
    await open({ reducedMotion: "reduce" }, "#with=nearest,bilinear&layout=grid");
    await press("Pixel values");
    await page.locator("up-grid .cell").first().hover();
    const values = page.locator("up-tag span").filter({ hasText: /^\d+ \d+ \d+$/ });
    await expect.poll(() => values.count()).toBe(4);
    const [input, , , original] = await values.allTextContents();
    await page.evaluate(() => (location.hash = location.hash.replace(/degrade=[^&]*/, "degrade=gaussian-noise,90,1")));
    await expect.poll(async () => (await values.allTextContents())[0]).not.toBe(input);
    await restored(page);
    await expect.poll(async () => (await values.allTextContents())[3]).toBe(original);
  });

  it("magnify under the pointer, and map the differences with their scale", async () => {
    await open({ reducedMotion: "reduce" }, "#with=nearest,bilinear&layout=grid");
    await press("Lens");
    await page.locator("up-grid .cell").first().hover();
    await expect.poll(() => page.locator("up-lens").count()).toBe(4);
    await press("Lens");
    await press("Differences");
    await page.locator(".legend").filter({ hasText: "of 255" }).waitFor();
    const dark = page.locator("up-grid .cell").nth(2).locator("up-picture").last().locator("canvas");
    const brightness = () =>
      dark.evaluate((canvas: HTMLCanvasElement) => {
        const pixel = canvas.getContext("2d")?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? [255];
        return Math.max(...[...pixel].slice(0, 3));
      });
    await expect.poll(brightness).toBeLessThan(60);
  });

  it("compare enlarged photos with bicubic interpolation, which is not compared with itself", async () => {
    await open(
      {},
      "#task=super-resolve-x2&with=bilinear,bicubic-filter&mode=apply&layout=grid&tools=difference&picture=chelsea",
    );
    await page.locator(".legend").getByText("against bicubic enlargement").waitFor();
    const cell = page.locator("up-grid .cell").filter({ hasText: "Bicubic" });
    await cell.getByText("the reference").waitFor();
    const brightest = await cell
      .locator("up-picture canvas")
      .last()
      .evaluate((canvas: HTMLCanvasElement) => {
        const data =
          canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
        return data.reduce((most, value, at) => (at % 4 < 3 ? Math.max(most, value) : most), 0);
      });
    expect(brightest).toBeGreaterThan(150);
  });

  it("choose the picture on either side of the wipe", async () => {
    await open({ reducedMotion: "reduce" }, "#with=nearest,bilinear&layout=wipe");
    const left = page.getByRole("combobox", { name: "Picture on the left" });
    const { x, y, width, height } = (await left.boundingBox()) ?? expect.unreachable();
    await page.mouse.move(x + width / 2, y + height / 2);
    expect(await slider(page).getAttribute("aria-valuenow"), "the line does not go there").toBe("50");
    await left.selectOption("Original");
    await page.getByRole("combobox", { name: "Picture on the right" }).selectOption("U-Net · nearest");
    expect(await slider(page).getAttribute("aria-valuetext")).toBe("50% Original, 50% U-Net · nearest");
  });

  it("are in the address, as is the picture on the left", async () => {
    const link = "#task=denoise&with=nearest,bilinear&mode=test&degrade=gaussian-noise,35,1";
    await open({ reducedMotion: "reduce" }, `${link}&left=original&tools=difference,table&picture=chelsea`);
    expect(await slider(page).getAttribute("aria-valuetext")).toBe("50% Original, 50% U-Net · nearest");
    await page.locator(".legend").filter({ hasText: "of 255" }).waitFor();
    const after = () => meanColor(page, "after").then(([red = 255]) => red);
    await expect.poll(after).toBeLessThan(60);
    const table = page.locator("up-results");
    expect(await table.isVisible()).toBe(true);
    await shortcut(page, "t");
    await shortcut(page, "p");
    await page.getByRole("combobox", { name: "Picture on the left" }).selectOption("Gaussian noise");
    expect(await table.isVisible()).toBe(false);
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(`${link}&tools=difference,probe&picture=chelsea`);
  });

  it("magnify where a finger taps, until it taps elsewhere", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: "reduce" });
    await press("Lens");
    const box = await page.locator("up-wipe .stage").boundingBox();
    if (!box) return expect.unreachable();
    await page.touchscreen.tap(box.x + box.width / 3, box.y + box.height / 2);
    const lens = page.locator("up-lens");
    await lens.waitFor();
    const { x, width } = (await lens.boundingBox()) ?? { x: 0, width: 0 };
    expect(Math.abs(x + width / 2 - box.x - box.width / 3)).toBeLessThan(2);
    await press("Lens");
    expect(await lens.count()).toBe(0);
  });

  it("show the table on a phone, and hide it again", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: "reduce" });
    await press("Table of results");
    const table = page.locator("up-results");
    expect(await table.getByRole("row").count()).toBeGreaterThan(1);
    const close = (await table.getByRole("button", { name: "Close" }).boundingBox()) ?? expect.unreachable();
    for (const head of await table.getByRole("columnheader").all()) {
      const { y } = (await head.boundingBox()) ?? expect.unreachable();
      expect(y, "under the button").toBeGreaterThanOrEqual(close.y + close.height);
    }
    await table.getByRole("button", { name: "Close" }).tap();
    expect(await table.isVisible()).toBe(false);
  });

  it("leave room for the picture on a low stage; errors stay within reach", async () => {
    await open(
      { viewport: { width: 390, height: 664 }, hasTouch: true, reducedMotion: "reduce" },
      "#with=nearest,bilinear&layout=grid",
    );
    await page.locator("up-grid").waitFor();
    const tool = page.getByRole("button", { name: "All side by side" });
    await tool.waitFor();
    await page.getByRole("button", { name: "Show controls" }).click();
    await tool.waitFor({ state: "hidden" });
    const stage = await page.locator("main").boundingBox();
    if (!stage) return expect.unreachable();
    await bring(page, "drop", [{ name: "net.onnx.data", bytes: new Uint8Array(8) }]);
    const card = page.locator(".notices");
    await card.getByText("net.onnx.data").waitFor();
    const { y = 0, height = 0 } = (await card.boundingBox()) ?? {};
    expect(y).toBeGreaterThanOrEqual(stage.y);
    expect(y + height).toBeLessThanOrEqual(stage.y + stage.height);
  });

  it("cover no part of a fitted photo on a phone", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: "reduce" });
    const bar = await page.locator("up-compare .bar").boundingBox();
    const line = await page.getByRole("slider", { name: "Compare" }).boundingBox();
    if (!bar || !line) return expect.unreachable();
    await bring(page, "drop", [{ name: "tall.png", type: "image/png", bytes: png(300, 600, (x) => x % 256) }]);
    await page.getByText("tall.png").waitFor({ state: "attached" });
    await page.getByRole("slider", { name: "Compare top and bottom" }).waitFor();
    const photo = await page.locator("up-wipe").boundingBox();
    if (!photo) return expect.unreachable();
    expect(photo.y + photo.height).toBeLessThanOrEqual(bar.y);
    expect(photo.height, "and the photo has most of the page").toBeGreaterThan(400);
  });

  it("are below a wide photo on a low stage", async () => {
    await open({ viewport: { width: 700, height: 500 }, reducedMotion: "reduce" }, "#tools=table");
    await page.getByRole("region", { name: "Table of results" }).waitFor();
    const photo = await page.locator("up-wipe").boundingBox();
    const bar = await page.locator("up-compare .bar").boundingBox();
    if (!bar || !photo) return expect.unreachable();
    expect(photo.y + photo.height).toBeLessThanOrEqual(bar.y);
    expect((photo.width * 300) / 451, "all of it").toBeLessThanOrEqual(photo.height);
  });

  it("are beside a photo too narrow for its tags, and the wipe does not cover them", async () => {
    await open({ reducedMotion: "reduce" }, "#mode=apply&tools=probe");
    await bring(page, "drop", [{ name: "dot.png", type: "image/png", bytes: png(1, 1, () => 90) }]);
    await page.getByText("dot.png").waitFor();
    await restored(page);
    const handle = await page.locator("up-wipe .wipe i").boundingBox();
    if (!handle) return expect.unreachable();
    await page.mouse.move(handle.x + 20, handle.y + 20);
    const tags = page.locator("up-wipe up-tag");
    await tags.filter({ hasText: "90 90 90" }).first().waitFor();
    for (const tag of await tags.all()) {
      const box = (await tag.boundingBox()) ?? expect.unreachable();
      expect(await tag.evaluate((tag) => getComputedStyle(tag).opacity)).toBe("1");
      expect(box.x + box.width < handle.x || box.x > handle.x + handle.width || box.y + box.height < handle.y).toBe(
        true,
      );
    }
  });

  it("keep clear of notices and the saved result's name on a low page", async () => {
    await open({ viewport: { width: 700, height: 500 }, reducedMotion: "reduce" });
    await bring(page, "drop", [{ name: "broken.jpg", bytes: new Uint8Array(40) }]);
    await notice(page).getByText("broken.jpg").waitFor();
    const [notices, bar] = await page.evaluate(() => {
      const app = document.querySelector("up-app")?.shadowRoot;
      const bar = app?.querySelector("up-compare")?.shadowRoot?.querySelector(".bar");
      return [app?.querySelector(".notices"), bar].map((part) => part?.getBoundingClientRect().toJSON() as DOMRect);
    });
    expect(notices && bar && notices.bottom <= bar.top).toBe(true);
    const cut = await page.locator(".notices").evaluate((each) => {
      const card = each.querySelector("up-notice")?.shadowRoot?.querySelector(".card");
      return [each.scrollHeight - each.clientHeight, card && getComputedStyle(card).boxShadow];
    });
    expect(cut, "nothing of the card is cut off, nor a shadow of its own").toEqual([0, "none"]);
    const openPhoto = page.locator("up-actions").getByRole("button", { name: "Open photo" });
    expect(await openPhoto.isVisible(), "the controls have one").toBe(false);
    await page.getByRole("button", { name: "Hide controls" }).click();
    expect(await openPhoto.isVisible()).toBe(true);
  });

  it("leave the photo its height on a phone in landscape, named and beside the controls", async () => {
    await open({ viewport: { width: 844, height: 390 }, hasTouch: true, reducedMotion: "reduce" });
    const line = await page.getByRole("slider", { name: "Compare left and right" }).boundingBox();
    expect(line?.height).toBeGreaterThan(250);
    const tags = page.locator("up-tag");
    expect(await tags.count()).toBeGreaterThan(0);
    for (const tag of await tags.all()) expect(await tag.isVisible()).toBe(true);
    const controls = page.locator("up-controls").getByRole("button", { name: "Open photo" });
    expect(await controls.isVisible(), "where they take no room from the pictures").toBe(true);
    await page.getByRole("button", { name: "Hide controls" }).click();
    await controls.waitFor({ state: "hidden" });
  });

  it("show the input in all panes while Space is down", async () => {
    await open({ reducedMotion: "reduce" }, "#with=nearest,bilinear&layout=grid");
    const layers = () =>
      page.locator("up-grid .cell").evaluateAll((cells) => {
        const seen = cells.map((cell) => (cell.querySelector("up-picture") as Element & { layer: object }).layer);
        return new Set(seen).size;
      });
    expect(await layers()).toBe(4);
    await page.keyboard.down(" ");
    expect(await layers()).toBe(1);
    await page.keyboard.up(" ");
    expect(await layers()).toBe(4);
  });
});
