import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring, expectAccessible, notice, restored, stop } from "./browser";
import { FakePage } from "./fake-page";

/** The U-Net inspector on the fake engine, by keyboard. */

const at = new FakePage();
let page: Page;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function open(hash: string, options?: BrowserContextOptions): Promise<void> {
  page = await at.visit(hash, { reducedMotion: "reduce", ...options });
  await box(/^enc1.conv1:/).waitFor();
}

const net = (): Locator => page.getByRole("group", { name: "Drawing of the network" });
const box = (name: RegExp): Locator => net().getByRole("button", { name });
const heading = (name: string): Locator => page.getByRole("heading", { name });
const skip = (name: string): Locator => page.getByRole("checkbox", { name });
const done = () => page.getByRole("status").filter({ hasText: "Up to date" }).waitFor({ timeout: 45_000 });
const caption = (name: string) => page.locator("inspect-skips figcaption").filter({ hasText: name });

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

const focused = () =>
  page.evaluate(() => {
    let each = document.activeElement;
    while (each?.shadowRoot?.activeElement) each = each.shadowRoot.activeElement;
    return each?.getAttribute("aria-label") ?? "";
  });

describe("the labels of the drawing", () => {
  it("are present without overlap, at every page width", async () => {
    await open("#inspect");
    for (const width of [700, 800, 900, 1000, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(200);
      const words = await net()
        .locator(".words")
        .evaluateAll((all) =>
          all.map((one) => {
            const { left, right, top, bottom } = one.getBoundingClientRect();
            return { text: one.textContent ?? "", left, right, top, bottom };
          }),
        );
      expect(words.length, String(width)).toBeGreaterThan(12);
      for (const a of words) expect(a.right - a.left, `${a.text} at ${width}`).toBeGreaterThan(8);
      const touching = words.flatMap((a, at) =>
        words
          .slice(at + 1)
          .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          .map((b) => `${a.text} | ${b.text}`),
      );
      expect(touching, String(width)).toEqual([]);
    }
  });

  it("are those of one box on a phone, within the drawing", async () => {
    await open("#inspect", PHONE);
    const words = net().locator(".words:visible");
    expect(await words.count()).toBe(1);
    expect(await words.locator("b").textContent()).toBe("enc1.conv1");
    const [inner, outer] = [await words.boundingBox(), await net().boundingBox()];
    expect(inner && outer && inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width).toBe(true);
  });
});

describe("the way back to the playground", () => {
  it("is one line on a phone, in both languages", async () => {
    await open("#inspect", PHONE);
    const back = page.locator("inspect-view .subject a");
    const lines = () => back.evaluate((link) => link.getClientRects().length);
    expect(await lines()).toBe(1);
    expect(await back.evaluate((link) => (link as HTMLElement).offsetHeight)).toBeLessThan(24);
    await page.getByRole("button", { name: "VI, Tiếng Việt" }).press("Enter");
    expect(await lines()).toBe(1);
  });
});

describe("navigation", () => {
  const go = (hash: string) => page.evaluate((to) => (location.hash = to), hash);

  it("leads to a playground with the settings in the address", async () => {
    await open("#inspect?task=segment&mode=apply");
    await go("task=deblur&with=bilinear&mode=test&degrade=motion,9,0,1&picture=coffee");
    await restored(page);
    expect(await page.getByRole("radio", { name: "Deblur" }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "A cup of coffee" }).isChecked()).toBe(true);
  });

  it("keeps the feature maps, in the current language", async () => {
    await open("#inspect?node=enc2.conv1");
    await done();
    const drawn = () =>
      page
        .locator("inspect-maps canvas")
        .evaluateAll((all) =>
          all.map((canvas) => (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, 4, 4).data.join()),
        );
    await expect.poll(async () => (await drawn()).length).toBeGreaterThan(8);
    const before = await drawn();
    expect(new Set(before).size).toBeGreaterThan(1);
    await go("learn");
    await page.getByRole("heading", { name: "Watch it learn" }).waitFor();
    await page.getByRole("button", { name: "VI, Tiếng Việt" }).press("Enter");
    await page.getByRole("link", { name: "Soi mạng" }).press("Enter");
    await heading("Mạng").first().waitFor();
    await expect.poll(drawn).toEqual(before);
    expect(page.url()).toContain("node=enc2");
  });
});

describe("the network", () => {
  it("is drawn as buttons, and arrow keys follow the data", async () => {
    await open("#inspect");
    expect(await net().getByRole("button").count()).toBe(19);
    await box(/^enc1.conv1:/).focus();
    await press("ArrowRight", "ArrowRight");
    expect(await focused()).toMatch(/^pool1.maxpool: MaxPool, 8 × 128 × 128/);
    await press("ArrowRight", "Enter");
    await heading("enc2.conv1").waitFor();
    await expect.poll(() => page.url()).toContain("node=enc2.relu");
    await press("ArrowLeft", "ArrowUp");
    expect(await focused()).toMatch(/^enc1.conv2/);
    await press("End");
    expect(await focused()).toMatch(/^add: Add, the output/);
    expect(await net().locator("[tabindex='0']").count()).toBe(1);
    await done();
    expect(at.complaints).toEqual([]);
  });

  it("shows each box's cost, and its time on each backend", async () => {
    await open("#inspect?node=enc2.conv1");
    await done();
    const facts = page.locator("inspect-facts dl");
    expect(await facts.textContent(), "which a reader would count as 1,168").toMatch(
      /Parameters\s*1,169\s*Conv: 1,168\s*Relu: 1 \(constant\)/,
    );
    await expect.poll(() => facts.textContent()).toMatch(/WebGPU\s*\d+\.\d+ ms/);
    await page.getByRole("radio", { name: "CPU" }).press(" ");
    await page.getByText("Running on the CPU").waitFor();
    await expect
      .poll(() => facts.textContent(), { timeout: 45_000 })
      .toMatch(/CPU\s*\d+(\.\d+)? ms\s*WebGPU\s*\d+\.\d+ ms/);
    await page.getByRole("radio", { name: "Time" }).press(" ");
    await expect.poll(() => net().locator(".words", { hasText: "enc2.conv1" }).textContent()).toMatch(/ms/);
    expect(await page.getByRole("img", { name: /Distribution of enc2.conv1.weight: -0.5 to 0.6/ }).count()).toBe(1);
  });
});

describe("the times of the kernels", () => {
  const table = (): Locator => page.getByRole("group", { name: /^Time of every kernel/ });
  const rows = (): Locator => table().locator("tbody tr");
  const row = (name: string): Locator => table().getByRole("button", { name, exact: true });
  const pressed = () => table().locator("[aria-pressed=true]").allTextContents();

  it("link to their boxes in the drawing, and the boxes to them", async () => {
    await open("#inspect?backend=cpu");
    await done();
    expect(await table().getAttribute("aria-label")).toBe("Time of every kernel, CPU");
    expect(await rows().count(), "a Relu is part of its convolution").toBe(20);
    expect(await rows().first().textContent()).toMatch(
      /^\s*enc1.conv1\s*\d+(\.\d+)? ms\s*\d+\.\d%\s*4\.0\s*50%\s*Winograd\s*Conv \+ Relu\s*8 × 256 × 256\s*4\.2 MB/,
    );
    expect(await pressed()).toEqual(["enc1.conv1"]);
    await row("enc2.conv2").press("Enter");
    await heading("enc2.conv2").waitFor();
    await expect.poll(pressed).toEqual(["enc2.conv2"]);
    expect(await box(/^enc2.conv2:/).getAttribute("aria-pressed")).toBe("true");
    expect(await row("enc2.conv2").evaluate((button) => button.matches(":focus")), "the keyboard stays").toBe(true);
    await box(/^add:/).press("Enter");
    await expect.poll(pressed).toEqual(["add"]);
    const inside = () =>
      table().evaluate((scroller) => {
        const [outer, inner] = [scroller, scroller.querySelector("[data-chosen]")].map((one) =>
          one?.getBoundingClientRect(),
        );
        return outer && inner && inner.top >= outer.top && inner.bottom <= outer.bottom;
      });
    await expect.poll(inside).toBe(true);
  });

  it("can be sorted by time, and saved", async () => {
    await open("#inspect?backend=cpu");
    await done();
    await page.getByRole("radio", { name: "Slowest first" }).press(" ");
    const times = async () => (await rows().locator(".time").allTextContents()).map(Number.parseFloat);
    await expect.poll(async () => (await times())[0]).toBeGreaterThan((await times()).at(-1) ?? 0);
    expect(await times()).toEqual([...(await times())].sort((a, b) => b - a));
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as CSV" }).press("Enter");
    expect((await download).suggestedFilename()).toBe("denoise-bilinear-cpu-times.csv");
    const lines = readFileSync(await (await download).path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines).toHaveLength(21);
    expect(lines[1]).toMatch(/^enc1.relu,Relu,Winograd,1x8x256x256,/);
  });

  it("on a GPU have no efficiency, and are measured again on request; this can be stopped", async () => {
    await open("#inspect?backend=webgpu");
    await done();
    expect(await table().getByRole("columnheader").allTextContents()).not.toContain("Efficiency");
    await at.engine({ tileDelay: 3000 });
    const times = page.locator("inspect-times");
    await times.getByRole("button", { name: "Time them again" }).press("Enter");
    await times.getByText("Timing every node").waitFor();
    await press("Enter"); // the button is "Stop" now
    await times.getByText("Stopped").waitFor();
    expect(await rows().count(), "known times stay").toBe(20);
    await at.engine({ tileDelay: 0 });
    await press("Enter");
    await done();
    expect(await times.locator(".status").textContent()).toBe("");
  });

  it("scroll the box of a row into sight in a drawing larger than its frame", async () => {
    await open("#inspect?backend=cpu", PHONE);
    await done();
    for (let times = 0; times < 3; times++) await page.getByRole("button", { name: "Zoom in" }).press("Enter");
    const inside = () =>
      box(/^add:/).evaluate((button) => {
        const frame = button.closest(".scroll")?.getBoundingClientRect();
        const { left, right } = button.getBoundingClientRect();
        return frame && left >= frame.left && right <= frame.right;
      });
    expect(await inside()).toBe(false);
    await row("add").press("Enter");
    await expect.poll(inside).toBe(true);
  });

  it("scroll within a phone's width, with layer and time in sight", async () => {
    await open("#inspect?backend=cpu", { ...PHONE, viewport: { width: 360, height: 700 } });
    await done();
    const widths = () =>
      page.evaluate(() => [document.documentElement.scrollWidth, document.querySelector("inspect-view")?.scrollWidth]);
    expect(await widths()).toEqual([360, 360]);
    const right = await rows()
      .first()
      .locator(".time")
      .evaluate((cell) => cell.getBoundingClientRect().right);
    expect(right).toBeLessThan(360);
    await page.getByRole("button", { name: "VI, Tiếng Việt" }).press("Enter");
    await heading("Thời gian đi đâu").waitFor();
    expect(await widths()).toEqual([360, 360]);
  });
});

describe("feature maps", () => {
  it("are selected and read by keyboard", async () => {
    await open("#inspect?node=enc2.conv2");
    const channels = page.getByRole("listbox", { name: "Channels of enc2.conv2" });
    await expect.poll(() => channels.getByRole("option").count()).toBe(16);
    await channels.getByRole("option", { selected: true }).focus();
    await press("ArrowRight", "ArrowRight");
    await expect.poll(focused).toMatch(/^Channel 2, -?\d/);
    const value = page.locator("inspect-enlarged").getByRole("status");
    await page.getByRole("group", { name: "Channel 2, enlarged" }).focus();
    await press("ArrowDown");
    await expect.poll(() => value.textContent()).toMatch(/Channel 2, row 65, column 64: -?\d/);
    await page.getByRole("radio", { name: "Shared" }).press(" ");
    await page.getByRole("radio", { name: "Signed" }).press(" ");
    await page.getByRole("radio", { name: "Relu" }).press(" ");
    await expect.poll(() => page.url()).toContain("node=enc2.relu_2");
    await expect.poll(() => value.textContent()).toMatch(/: 0|: \d/);
  });

  it("come in pages if there are many", async () => {
    await open("#inspect?task=denoise&model=bilinear&node=cat2.concat&mode=test");
    const options = page.getByRole("listbox").getByRole("option");
    await expect.poll(() => options.count()).toBe(32);
    await open("#inspect?node=bottleneck.conv2");
    await expect.poll(() => options.count()).toBe(32);
    expect(await page.getByRole("button", { name: "On", exact: true }).count()).toBe(0);
  });

  it("of max-pooling show the indices", async () => {
    await open("#inspect?model=max-unpool&node=pool1.maxpool&output=1");
    await page.getByText("Each color is a position").waitFor();
    await page.getByRole("group", { name: "Channel 0, enlarged" }).focus();
    await press("ArrowDown");
    await page
      .getByText(/row 65, column 64: index \d+, row 13[01], column 12[89], position [12], [12] in its window/)
      .waitFor();
  });

  it("of two strategies open at the first layer after the upsampling", async () => {
    await open("#inspect?model=nearest");
    await page.getByRole("combobox", { name: "Compare with" }).selectOption("pixel-shuffle");
    await expect.poll(() => page.getByRole("listbox").count()).toBe(2);
    await expect.poll(() => page.url()).toMatch(/node=dec\d+\.conv1/);
  });

  it("of two strategies are side by side", async () => {
    await open("#inspect?model=max-unpool&node=up1.max-unpool.unpool");
    await page.getByRole("combobox", { name: "Compare with" }).selectOption("transposed-conv");
    await page
      .getByRole("listbox", { name: "U-Net · transposed conv, up1.max-unpool.unpool" })
      .waitFor({ timeout: 1 })
      .catch(() => {});
    await expect.poll(() => page.getByRole("listbox").count()).toBe(2);
    expect(await page.getByRole("listbox", { name: "U-Net · transposed conv, up1.transposed-conv.conv" }).count()).toBe(
      1,
    );
    await page.getByRole("radio", { name: "Nearest" }).press(" ");
    await expect.poll(() => page.url()).toContain("model=nearest");
    await expect.poll(() => page.url()).toContain("beside=transposed-conv");
    await page.getByRole("combobox", { name: "Compare with" }).selectOption("pixel-shuffle");
    await page.getByRole("radio", { name: "Max-unpool" }).press(" ");
    await page.getByRole("listbox", { name: "U-Net · pixel shuffle, " }).waitFor();
    const beside = () =>
      page.getByRole("combobox", { name: "Compare with" }).evaluate((select) => (select as HTMLSelectElement).value);
    await expect.poll(beside).toBe("pixel-shuffle");
    expect(page.url()).toContain("beside=pixel-shuffle");
  });
});

describe("skip connections", () => {
  it("show the effect of a cut beside the drawing", async () => {
    await open("#inspect", { viewport: { width: 1440, height: 900 } });
    await done();
    const beside = page.locator("inspect-view aside figure");
    expect(await beside.count()).toBe(1);
    await page.locator("inspect-net .switch").first().click();
    await beside.nth(1).getByText("With cuts").waitFor();
    await beside.nth(1).getByText("dB").waitFor();
    const { y, height } = (await beside.nth(1).boundingBox()) ?? expect.unreachable();
    expect(y + height).toBeLessThan(900);
  });

  it("are cut and restored one by one, and all at once, with both outputs in sight", async () => {
    await open("#inspect");
    await done();
    await caption("Output").getByText("dB against the original").waitFor();
    await skip("enc1 → cat1").press(" ");
    await caption("With cuts").getByText("dB against the original").waitFor();
    await caption("Difference × 4").getByText("dB between the two").waitFor();
    await expect.poll(() => decodeURIComponent(page.url())).toContain("cut=enc1>cat1.concat");
    await page.getByRole("button", { name: "Cut all between encoder and decoder" }).press("Enter");
    await expect.poll(() => skip("enc2 → cat2").isChecked()).toBe(false);
    expect(await skip("Input → add").isChecked()).toBe(true);
    await page.getByRole("button", { name: "Restore all" }).press("Enter");
    await caption("Output").waitFor();
    expect(page.url()).not.toContain("cut=");
  });

  it("in a link are cut at once, and everything downstream is redrawn", async () => {
    await open("#inspect?cut=enc2>cat2.concat&node=dec2.conv1");
    await caption("With cuts").waitFor();
    expect(await net().locator(".line.cut").count()).toBe(1);
    expect(await skip("enc2 → cat2").isChecked()).toBe(false);
  });
});

describe("the loss", () => {
  it("is the lecture's mean, if there is an original", async () => {
    await open("#inspect");
    const formula = page.locator("inspect-loss").getByRole("status");
    await expect.poll(() => formula.textContent(), { timeout: 45_000 }).toMatch(/^L1 = 1 \/ \(H·W·C\) · .* = 0\.0\d+$/);
    await page.getByText(/over these 256 × 256 pixels/).waitFor();
  });

  it("leads to Test mode if there is none", async () => {
    await open("#inspect?mode=apply");
    const link = page.getByRole("link", { name: /^Choose “Damage it and score”/ });
    await link.waitFor();
    expect(await link.getAttribute("href")).toContain("mode=test");
  });
});

describe("the picture", () => {
  it("is inspected where the arrow keys move the frame", async () => {
    await open("#inspect");
    await done();
    await page.getByRole("group", { name: /begins at column 98, row 22/ }).press("ArrowRight");
    await page.getByRole("group", { name: /begins at column 130, row 22/ }).waitFor();
    await expect.poll(() => page.url()).toContain("at=258,150");
  });

  it("is the playground's, which keeps its state", async () => {
    page = await at.open({}, "#with=nearest,median-filter&degrade=gaussian-noise,50,3&picture=coffee");
    const table = page.locator("up-results tbody");
    const before = await table.textContent();
    const address = page.url();
    await page.getByRole("button", { name: "More ways to save" }).press("Enter");
    await page.getByRole("link", { name: "Look inside the network" }).press("Enter");
    await box(/^enc1.conv1:/).waitFor();
    expect(page.url()).toContain("picture=coffee&model=nearest");
    await page.getByText("A cup of coffee").first().waitFor();
    await page.getByRole("radio", { name: "Max-unpool" }).press(" ");
    await expect.poll(() => page.url()).toContain("model=max-unpool");
    await page.getByRole("link", { name: "Back to the playground" }).press("Enter");
    await restored(page);
    expect(page.url()).toBe(address);
    expect(await table.textContent()).toBe(before);
    expect(at.complaints).toEqual([]);
  });

  it("also runs through the user's own network", async () => {
    page = await at.open();
    await bring(page, "drop", [{ name: "mine.onnx", bytes: new Uint8Array([1, 90, 0, 4]) }]);
    await page.getByRole("checkbox", { name: "mine.onnx" }).waitFor();
    await restored(page);
    await page.goto(page.url().replace("#", "#inspect?"));
    await page.getByRole("radio", { name: "mine.onnx" }).waitFor();
    await box(/^up1.transposed-conv.conv: ConvTranspose/).waitFor();
    expect(await page.getByRole("radio", { name: "mine.onnx" }).isChecked()).toBe(true);
  });

  it("runs through a dropped network", async () => {
    await open("#inspect?model=bilinear&node=enc2.conv1&beside=nearest");
    await bring(page, "drop", [{ name: "mine.onnx", bytes: new Uint8Array([1, 90, 0, 4]) }]);
    await box(/^up1.transposed-conv.conv: ConvTranspose/).waitFor();
    expect(await page.getByRole("radio", { name: "mine.onnx" }).isChecked()).toBe(true);
    expect(page.url()).not.toContain("model=");
  });

  it("shows no decibels for label pictures", async () => {
    await open("#inspect?task=segment&picture=chelsea");
    await done();
    await caption("Output").waitFor();
    expect(await caption("Output").textContent()).toBe("Output");
    expect(await skip("Input → add").count()).toBe(0);
  });
});

describe("work", () => {
  it("can be stopped, and resumes on request", async () => {
    await open("#inspect");
    await done();
    await at.engine({ tileDelay: 3000 });
    await page.getByRole("radio", { name: "Nearest" }).press(" ");
    await stop(page).press("Enter");
    await page.getByRole("status").filter({ hasText: "Stopped" }).waitFor();
    await at.engine({ tileDelay: 0 });
    await press("Enter"); // the focus is still on the button, now "Resume"
    await done();
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe("inspect-view");
  });

  it("that fails shows a message with actions", async () => {
    await open("#inspect");
    await done();
    await at.engine({ inspects: false });
    await page.getByRole("radio", { name: "Nearest" }).press(" ");
    await notice(page).locator("p").filter({ hasText: "Out of memory. Use a smaller" }).waitFor();
    expect(await page.getByText("Up to date").count(), "beside an error").toBe(0);
    await expectAccessible(page);
  });

  it("continues after the engine has crashed", async () => {
    await open("#inspect");
    await done();
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    });
    await notice(page).getByText("The engine stopped unexpectedly").waitFor();
    await page.getByRole("button", { name: "Try again" }).press("Enter");
    await box(/^enc1.conv1:/).waitFor();
    await done();
  });
});

describe("the page", () => {
  const looks: Record<string, BrowserContextOptions> = {
    desktop: {},
    dark: { colorScheme: "dark" },
    "phone, dark": { ...PHONE, colorScheme: "dark" },
  };
  for (const [name, options] of Object.entries(looks)) {
    it(`has no axe violations: ${name}`, async () => {
      await open("#inspect?model=max-unpool&beside=nearest&node=pool1.maxpool&cut=enc1>cat1.concat", options);
      await done();
      await expectAccessible(page);
    });
  }

  it("fits the width of a phone, as does the drawing", async () => {
    await open("#inspect?beside=nearest&cut=enc1>cat1.concat", { ...PHONE, viewport: { width: 360, height: 700 } });
    await done();
    const widths = await page.evaluate(() => {
      const view = document.querySelector("inspect-view");
      const scroller = view?.shadowRoot?.querySelector("inspect-net")?.shadowRoot?.querySelector(".scroll");
      return [document.documentElement.scrollWidth, view?.scrollWidth, (scroller?.scrollWidth ?? Infinity) <= 360];
    });
    expect(widths).toEqual([360, 360, true]);
  });

  it("has a drawing that can be pinched and dragged on a phone", async () => {
    await open("#inspect", PHONE);
    await done();
    const scroll = page.locator("inspect-net .scroll");
    const width = () => scroll.evaluate((each) => each.scrollWidth);
    const fitted = await width();
    const box = (await scroll.boundingBox()) ?? expect.unreachable();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...xs: number[]) =>
      devtools.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((x, id) => ({ x, y, id })) });
    await touch("touchStart", x - 40, x + 40);
    for (let apart = 50; apart <= 100; apart += 10) await touch("touchMove", x - apart, x + apart);
    await touch("touchEnd");
    await expect.poll(width).toBeGreaterThan(2 * fitted);
    const left = () => scroll.evaluate((each) => each.scrollLeft);
    const before = await left();
    await touch("touchStart", x);
    for (let moved = 20; moved <= 100; moved += 20) await touch("touchMove", x - moved);
    await touch("touchEnd");
    await expect.poll(left).toBeGreaterThan(before + 40);
  });

  it("speaks Vietnamese", async () => {
    page = await at.visit("#inspect", { locale: "vi-VN", reducedMotion: "reduce" });
    await page.getByRole("group", { name: "Hình vẽ mạng" }).waitFor();
    expect(await page.title()).toContain("Soi bên trong U-Net");
  });
});

describe("a chain of tasks", () => {
  it("names the step whose network is shown, or says that there is none", async () => {
    page = await at.visit("#task=old-photo&mode=apply&without=repair", {});
    await page.getByRole("link", { name: "Inspector" }).click();
    await page.locator("inspect-view .subject").filter({ hasText: "Restore an old photo · Colorize" }).waitFor();
    page = await at.visit("#task=old-photo&mode=apply&without=repair,colorize,super-resolve-x2", {});
    await page.getByRole("link", { name: "Inspector" }).click();
    await page.getByText("None of the remaining steps runs a network").waitFor();
  });
});
