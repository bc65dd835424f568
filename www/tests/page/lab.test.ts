import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { LAB_CASES } from "../lab-cases";
import { expectAccessible } from "./browser";
import { SitePage } from "./site-page";

/** The upsampling lab on the production build, with the engine's numbers; by keyboard. */

type Outputs = Record<string, { shape: number[]; output: number[] }>;
const outputs = JSON.parse(readFileSync("tests/fixtures/lab/outputs.json", "utf8")) as Outputs;
const at = new SitePage("dist");
let page: Page;

async function open(hash: string, options?: BrowserContextOptions): Promise<void> {
  page = await at.visit(hash, { reducedMotion: "reduce", ...options });
  await grid("Output").waitFor();
}

const grid = (name: string): Locator => page.getByRole("grid", { name, exact: true });
const status = (): Locator => page.locator("lab-explain").getByRole("status");

/** The displayed numbers of a matrix, by rows. */
async function rows(name: string): Promise<string[][]> {
  const lines = await grid(name).getByRole("row").all();
  return Promise.all(lines.map((line) => line.getByRole("gridcell").allTextContents()));
}

async function numbers(name: string): Promise<number[]> {
  return (await rows(name)).flat().map(Number);
}

/** Presses Tab until the focus is inside a matrix. */
async function tabTo(name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const inside = await grid(name).evaluate((each) => each.contains((each.getRootNode() as ShadowRoot).activeElement));
    if (inside) return;
  }
  expect.unreachable(`Tab does not lead to ${name}`);
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

describe("the checkerboard", () => {
  it("of kernels 3 and 4 is shown side by side, and in the shades of the numbers", async () => {
    await open("#lab/transposed-conv-uneven");
    await expect.poll(() => page.locator("lab-overlap figcaption").allTextContents()).toEqual(["Kernel 3", "Kernel 4"]);
    const shades = () =>
      grid("Output")
        .getByRole("gridcell")
        .evaluateAll((cells) => new Set(cells.map((cell) => getComputedStyle(cell).backgroundColor)).size);
    expect(await shades()).toBe(3); // one, two and four stamps
  });

  it("is reached on a phone by a visible tab", async () => {
    await open("#lab/transposed-conv-1", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const tab = page.getByRole("navigation", { name: "Operators" }).locator("[aria-current]");
    const { x, width } = (await tab.boundingBox()) ?? expect.unreachable();
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(390);
  });
});

describe("the numbers", () => {
  it("match PyTorch, in every preset and beyond", async () => {
    await open("#lab/nearest");
    for (const { name, hash } of LAB_CASES) {
      const expected = outputs[name];
      if (!expected) return expect.unreachable(name);
      const [, channels = 1, height = 0, width = 0] = expected.shape;
      await page.evaluate((to) => (location.hash = to), hash);
      await expect.poll(() => grid("Output").getAttribute("aria-rowcount"), { message: name }).toBe(String(height));
      await expect
        .poll(async () => (await rows("Output")).flat().length, { message: name })
        .toBe(channels * height * width);
      const byRows = Array.from({ length: height }, (_, y) =>
        Array.from({ length: channels }, (_, c) =>
          expected.output.slice((c * height + y) * width, (c * height + y + 1) * width),
        ),
      ).flat(2);
      await expect.poll(async () => far(await numbers("Output"), byRows), { message: name }).toBe(0);
    }
    expect(at.complaints).toEqual([]);
  });

  it("of an operator's own address are its first example's", async () => {
    await open("#lab/transposed-conv");
    expect(await numbers("Kernel")).toHaveLength(4);
  });

  it("of max-pooling have their indices", async () => {
    await open("#lab/max-unpool");
    expect(await rows("Maxima")).toEqual([
      ["6", "8"],
      ["9", "7"],
    ]);
    expect(await rows("Indices")).toEqual([
      ["5", "7"],
      ["8", "10"],
    ]);
  });

  it("are in grids whose kernel and zeros match the slide", async () => {
    await open("#lab/transposed-conv-2");
    expect(await rows("Kernel")).toEqual([
      ["0.1", "-0.2"],
      ["0.3", "-0.1"],
    ]);
    const inserted = [
      ["0", "0", "0", "0", "0"],
      ["0", "1", "0", "2", "0"],
      ["0", "0", "0", "0", "0"],
      ["0", "3", "0", "4", "0"],
      ["0", "0", "0", "0", "0"],
    ];
    expect(await rows("Zeros inserted")).toEqual(inserted);
    const [numbers, result] = await page.locator("lab-size dd").allTextContents();
    expect(numbers).toBe("2·(2 − 1) + (2 − 1) − 2·0 + 0 + 1");
    expect(result).toMatch(/^= 4 ✓/);
  });
});

/** Counts numbers that differ by more than the displayed precision. */
function far(found: number[], expected: number[]): number {
  return (
    expected.filter((value, at) => !(Math.abs((found[at] ?? Number.NaN) - value) <= 1e-4)).length +
    Math.abs(found.length - expected.length)
  );
}

describe("by keyboard", () => {
  it("arrow keys move through the output and show the terms of each number", async () => {
    await open("#lab/transposed-conv-1");
    await tabTo("Output");
    await expect.poll(() => status().textContent()).toBe("Output [0, 0] = 1 × 0.1 = 0.1");
    await press("ArrowRight");
    await expect.poll(() => status().textContent()).toBe("Output [0, 1] = 1 × (−0.2) + 2 × 0.1 = 0");
    await press("End", "ArrowDown", "ArrowDown", "ArrowDown");
    await expect.poll(() => status().textContent()).toBe("Output [2, 2] = 4 × (−0.1) = -0.4");
    await press("Control+Home");
    await expect.poll(() => status().textContent()).toContain("Output [0, 0]");
  });

  it("sum and equals sign stay on one line, and numbers align in columns", async () => {
    await open("#lab/bicubic", { viewport: { width: 390, height: 844 } });
    await tabTo("Output");
    const last = page.locator("lab-explain .term").last();
    await expect.poll(() => last.textContent()).toMatch(/^[=≈]\s*-?\d/);
    const torn = await page.locator("lab-explain").evaluate((panel) => {
      const term = [...(panel.shadowRoot?.querySelectorAll(".term") ?? [])].at(-1);
      const widths = Array.from({ length: 400 }, (_, at) => 40 + at).filter((width) => {
        (panel as HTMLElement).style.width = `${width}px`;
        const bottoms = [...(term?.getClientRects() ?? [])].map(({ bottom }) => bottom);
        return Math.max(...bottoms) - Math.min(...bottoms) > 10; // a line is higher
      });
      (panel as HTMLElement).style.width = "";
      return widths;
    });
    expect(torn, "however much room there is").toEqual([]);
    const cells = await grid("Output")
      .getByRole("row")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.getBoundingClientRect())));
    for (const row of cells) {
      expect(row.map(({ right }) => Math.round(right))).toEqual(cells[0]?.map(({ right }) => Math.round(right)));
    }
  });

  it("in reverse: an input shows its uses", async () => {
    await open("#lab/transposed-conv-2");
    await tabTo("Input");
    await press("ArrowRight");
    const uses = "Input [0, 1] = 2 → Output [0, 2] ×0.1, [0, 3] ×(−0.2), [1, 2] ×0.3, [1, 3] ×(−0.1)";
    await expect.poll(() => status().textContent()).toBe(uses);
  });

  it("Space pins a cell, Escape unpins it", async () => {
    await open("#lab/bilinear");
    await tabTo("Output");
    await press("ArrowDown", " ", "ArrowRight", "ArrowRight");
    await expect.poll(() => status().textContent()).toMatch(/^Output \[1, 0\]/);
    expect(await grid("Output").getByRole("gridcell", { selected: true }).textContent()).toBe("1.75");
    await press("Escape");
    await expect.poll(() => status().textContent()).toMatch(/^Output \[1, 2\]/);
  });

  it("a second tap without typing unpins a cell", async () => {
    await open("#lab/nearest", { hasTouch: true, viewport: { width: 390, height: 844 } });
    const cell = grid("Input").getByRole("gridcell").first();
    const pinned = () => grid("Input").locator(".pinned").count();
    await cell.tap();
    await expect.poll(pinned).toBe(1);
    await cell.tap();
    await press("Enter");
    await expect.poll(pinned).toBe(0);
  });

  it("typing changes input and kernel, and the address", async () => {
    await open("#lab/transposed-conv-1");
    await tabTo("Input");
    await press("1", "0", "Enter");
    await expect
      .poll(() => rows("Input"))
      .toEqual([
        ["10", "2"],
        ["3", "4"],
      ]);
    await expect.poll(async () => (await rows("Output"))[0]?.[0]).toBe("1");
    await press("ArrowRight", "Enter", "7", "Escape");
    expect(await rows("Input")).toEqual([
      ["10", "2"],
      ["3", "4"],
    ]);
    await tabTo("Kernel");
    await press("-", "1", "Enter");
    await expect.poll(async () => (await rows("Output"))[0]?.[0]).toBe("-10");
    await expect.poll(() => page.url()).toContain("#lab/transposed-conv-1?input=10,2;3,4&kernel=-1,-0.2;0.3,-0.1");
    await page.reload();
    await grid("Output").waitFor();
    expect((await rows("Output"))[0]?.[0]).toBe("-10");
  });

  it("the scrub bar stamps one input after the other", async () => {
    await open("#lab/transposed-conv-3");
    await page.getByRole("button", { name: "Stamp and sum" }).press("Enter");
    const scrub = page.getByRole("slider", { name: "Step" });
    await scrub.press("Home");
    await scrub.press("ArrowRight");
    const zeros = ["0", "0", "0", "0", "0"];
    await expect
      .poll(() => rows("Output"))
      .toEqual([["3", "0", "-2", "0", "0"], ["1", "1", "1", "0", "0"], ["-3", "0", "2", "0", "0"], zeros, zeros]);
    await scrub.press("ArrowRight");
    await expect.poll(async () => (await rows("Output"))[0]).toEqual(["3", "0", "4", "0", "-4"]);
    expect(await scrub.getAttribute("aria-valuetext")).toBe("2 of 4");
  });

  it("impossible settings say why", async () => {
    await open("#lab/transposed-conv-1");
    const more = page.getByRole("button", { name: "More output_padding" });
    await more.press("Enter");
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toContain("output_padding = 1 is not below stride = 1");
    expect(await grid("Output").count()).toBe(0);
    await page.getByRole("button", { name: "More stride" }).press("Enter");
    await expect.poll(() => rows("Output").then((all) => all.length)).toBe(5);
  });
});

describe("the page", () => {
  const sizes: Record<string, BrowserContextOptions> = {
    "desktop, light": {},
    "phone, dark": { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark" },
  };
  for (const [name, options] of Object.entries(sizes)) {
    it(`has no axe violations: ${name}`, async () => {
      await open("#lab/transposed-conv-3-crop", options);
      await tabTo("Output");
      await press(" ");
      await expectAccessible(page);
      await page.evaluate(() => (location.hash = "#lab/pixel-shuffle"));
      await expect.poll(() => grid("Kernel").count()).toBe(0);
      await expectAccessible(page);
    });
  }

  it("fits the width of a phone, and scrolls wide matrices separately", async () => {
    await open("#lab/bicubic?factor=4", { viewport: { width: 360, height: 640 }, hasTouch: true });
    const wide = await page.evaluate(() => {
      const view = document.querySelector("lab-view");
      return [document.documentElement.scrollWidth, view?.scrollWidth];
    });
    expect(wide).toEqual([360, 360]);
  });

  it("speaks Vietnamese", async () => {
    page = await at.visit("#lab/nearest", { locale: "vi-VN" });
    await grid("Đầu ra").waitFor();
    expect(await page.title()).toContain("Phòng thí nghiệm");
  });

  it("copies the program with one press", async () => {
    await open("#lab/bilinear", { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByRole("button", { name: "Copy, PyTorch" }).press("Enter");
    await page.getByRole("button", { name: "Copied, PyTorch" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      readFileSync("tests/fixtures/lab/bilinear.py", "utf8"),
    );
  });

  it("takes a patch of a photo, moved by arrow keys", async () => {
    await open("#lab/nearest?input=1,2,3,4;1,2,3,4;1,2,3,4;1,2,3,4");
    await page.getByRole("button", { name: "A patch of a photo as input" }).press("Enter");
    await expect.poll(async () => new Set(await numbers("Input")).size).toBeGreaterThan(6);
    const before = await rows("Input");
    await page.locator("lab-patch canvas").press("ArrowRight");
    await expect.poll(async () => (await rows("Input"))[0]?.slice(0, -1)).toEqual(before[0]?.slice(1));
  });

  it("leads to the playground and back with both states kept", async () => {
    await open("#lab/bilinear-corners");
    await page.getByRole("link", { name: "Playground", exact: true }).press("Enter");
    await page.locator("up-app").waitFor();
    await page.goBack();
    await grid("Output").waitFor();
    expect(page.url()).toContain("#lab/bilinear-corners");
    await page.evaluate(() => (location.hash = "lab/nearest?input=7"));
    await expect.poll(() => numbers("Output")).toEqual([7, 7, 7, 7]);
    await page.getByRole("link", { name: "Lab", exact: true }).press("Enter");
    await expect.poll(() => page.url()).toContain("#lab/nearest?input=7");
    expect(await numbers("Output")).toEqual([7, 7, 7, 7]);
  });
});
