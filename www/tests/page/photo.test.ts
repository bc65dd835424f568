import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring, expectAccessible, meanColor, method, named, restored, tableRows } from "./browser";
import { FakePage, photo } from "./fake-page";
import { png } from "./pictures";

/** Before a run: proposals, cropping and rotation, the size of the result. */

const at = new FakePage();
let page: Page;

async function open(options?: BrowserContextOptions, hash?: string): Promise<void> {
  page = await at.open(options, hash);
}

const proposal = () => page.locator("up-proposal");
const task = (name: string) => page.getByRole("radiogroup", { name: "Task" }).getByRole("radio", { name, exact: true });
const dialog = () => page.getByRole("dialog", { name: "Crop and rotate" });
const frame = () => dialog().getByRole("group");
/** Waits for the results of a change: the run begins a moment later. */
async function rerun(): Promise<void> {
  await page.waitForTimeout(200);
  await restored(page);
}
const field = (name: string) => dialog().getByRole("spinbutton", { name });

async function saved(): Promise<{ width: number; height: number; name: string }> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Save PNG/ }).click();
  const file = await download;
  const bmp = readFileSync(await file.path()); // of the fake engine
  return { width: bmp.readInt32LE(18), height: Math.abs(bmp.readInt32LE(22)), name: file.suggestedFilename() };
}

describe("a proposal", () => {
  it("is made for the user's photo, does nothing by itself, and is accepted with one click", async () => {
    await open();
    expect(await proposal().count(), "of a sample").toBe(0);
    await at.engine({ need: "colors" });
    await bring(page, "drop", [photo]);
    await proposal().getByText("This looks black and white.").waitFor();
    await restored(page);
    expect(await task("Denoise").isChecked()).toBe(true);
    await expectAccessible(page);
    expect(await page.getByText("Noise:").count(), "unknown for this photo").toBe(0);
    await proposal().getByRole("button", { name: "Colorize" }).click();
    await restored(page);
    expect(await task("Colorize").isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked()).toBe(true);
    expect(await proposal().count()).toBe(0);
    expect(at.complaints).toEqual([]);
  });

  it("does not cover the pictures' tags, on a phone as well", async () => {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      await open({ viewport });
      await at.engine({ need: "colors", flopsPerPixel: 1e9 });
      await bring(page, "drop", [photo]);
      const said = page.locator("up-wipe .failures p");
      await said.filter({ hasText: "Not computed yet" }).waitFor();
      const ends = async () => {
        const [line, words] = await Promise.all([proposal().boundingBox(), said.last().boundingBox()]);
        return line && words ? line.y - words.y - words.height : Number.NaN;
      };
      await expect.poll(ends).toBeGreaterThanOrEqual(8);
    }
  });

  it("can be dismissed", async () => {
    await open();
    await at.engine({ need: "twice-the-size" });
    await bring(page, "drop", [photo]);
    await proposal().getByRole("button", { name: "No, thanks" }).click();
    expect(await proposal().count()).toBe(0);
    await restored(page);
    expect(await proposal().count()).toBe(0);
  });

  it("follows a result used as the photo: another task than the one just run", async () => {
    await open();
    await at.engine({ need: "less-noise" });
    await page.getByRole("button", { name: "More ways to save" }).click();
    await page.getByRole("button", { name: "Use the result as the photo" }).click();
    await named(page, "chelsea-denoise.png").waitFor();
    await proposal().getByRole("button", { name: "Enlarge ×2" }).click();
    await restored(page);
    expect(await task("Enlarge ×2").isChecked()).toBe(true);
  });
});

describe("noise", () => {
  it("is shown beside the photo's name, for tasks that remove noise", async () => {
    await open();
    await at.engine({ sigma: 23.4 });
    await bring(page, "drop", [photo]);
    await page.getByText("Noise: strong (σ ≈ 23)").waitFor();
    await restored(page);
    await task("Deblur").check();
    await restored(page);
    expect(await page.getByText("Noise:").count()).toBe(0);
  });
});

describe("drawing", () => {
  const drawing = () => page.getByRole("dialog", { name: "Draw a scene" });
  const paper = () => drawing().getByRole("img", { name: "Drawing" });
  const sketch = async (from: [number, number], to: [number, number]) => {
    const box = await paper().boundingBox();
    if (!box) return expect.unreachable();
    const place = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...place(from));
    await page.mouse.down();
    await page.mouse.move(...place(to), { steps: 5 });
    await page.mouse.up();
  };
  /** The mean of the drawing, 0 to 255, in a column at the center. */
  const darkness = () =>
    paper().evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      const column = [...(canvas.getContext("2d")?.getImageData(Math.round(width / 2), 0, 1, height).data ?? [])];
      return 255 - column.reduce((sum, value, at) => sum + (at % 4 === 0 ? value : 0), 0) / height;
    });
  const scene = () =>
    drawing()
      .getByRole("img", { name: "The scene made from it" })
      .evaluate((canvas: HTMLCanvasElement) => (canvas.hasAttribute("data-there") ? canvas.toDataURL() : ""));

  it("makes a scene that follows the pen, and the drawing becomes the photo", async () => {
    await open();
    await task("Edges to scene").check();
    await rerun();
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    const lines = await darkness();
    const before = await scene();
    expect(before).not.toBe("");
    await drawing().getByRole("button", { name: "Blank paper" }).click();
    await expect.poll(darkness).toBe(0);
    await expect.poll(scene).not.toBe(before);
    const blank = await scene();
    await sketch([0.2, 0.5], [0.8, 0.5]);
    const drawn = await darkness();
    expect(drawn).toBeGreaterThan(1);
    await expect.poll(scene).not.toBe(blank);
    await expectAccessible(page);

    await drawing().getByRole("radio", { name: "Eraser" }).check();
    await sketch([0.4, 0.5], [0.6, 0.5]);
    expect(await darkness()).toBeLessThan(drawn);
    await page.keyboard.press("Control+z");
    expect(await darkness()).toBe(drawn);
    await drawing().getByRole("button", { name: "Original lines" }).click();
    await expect.poll(darkness).toBe(lines);
    await drawing().getByRole("button", { name: "Undo" }).click();
    await drawing().getByRole("button", { name: "Done" }).click();
    await named(page, "drawing.png").waitFor();
    await restored(page);
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked()).toBe(true);
    expect(await proposal().count()).toBe(0);
    expect(at.complaints).toEqual([]);
  });

  it("is dropped by everything but Done, and the photo is there again", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await restored(page);
    await task("Edges to scene").check();
    await rerun();
    expect(await page.getByRole("radio", { name: "Damage it and score" }).isChecked(), "its edges are taken").toBe(
      true,
    );
    for (const leave of [
      () => page.keyboard.press("Escape"),
      () => drawing().getByRole("button", { name: "Cancel" }).click(),
    ]) {
      await page.getByRole("button", { name: "Draw", exact: true }).click();
      await drawing().getByRole("button", { name: "Blank paper" }).click();
      await named(page, "drawing.png").waitFor();
      await leave();
      await named(page, photo.name).waitFor();
      await rerun();
      expect(await page.getByRole("radio", { name: "Damage it and score" }).isChecked()).toBe(true);
    }
    await task("Denoise").check();
    await rerun();
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked(), "nothing is added to it").toBe(true);
  });

  it("is offered only by the task that takes line drawings", async () => {
    await open();
    expect(await page.getByRole("button", { name: "Draw", exact: true }).count()).toBe(0);
  });
});

describe("cropping", () => {
  it("keeps its buttons in place when the photo is rotated, and closes on going back", async () => {
    await open();
    await task("Deblur").check(); // an entry to go back from
    await rerun();
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    const turn = dialog().getByRole("button", { name: "Rotate right" });
    const before = await turn.boundingBox();
    await turn.click();
    expect(await field("Width").inputValue()).toBe("300");
    expect(await turn.boundingBox()).toEqual(before);
    await page.goBack();
    await dialog().waitFor({ state: "hidden" });
  });

  it("by pointer uses the part in the frame, and going back undoes it", async () => {
    await open();
    const before = await meanColor(page, "before");
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    const box = await frame().boundingBox();
    if (!box) return expect.unreachable();
    await page.mouse.move(box.x + box.width - 1, box.y + box.height - 1); // the lower right corner
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    const [width, height] = [Number(await field("Width").inputValue()), Number(await field("Height").inputValue())];
    expect(Math.abs(width - 451 / 2)).toBeLessThan(4);
    expect(Math.abs(height - 150)).toBeLessThan(4);
    await page.mouse.move(box.x + 30, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, box.y + 50, { steps: 4 });
    await page.mouse.up();
    expect(Number(await field("Left").inputValue())).toBeGreaterThan(10);
    expect(await field("Width").inputValue()).toBe(String(width));
    await expectAccessible(page);
    await dialog().getByRole("button", { name: "Use this part" }).click();
    await page.getByText(`${width} × ${height}`).waitFor();
    await restored(page);
    // It is degraded and scored like the whole photo.
    expect(await page.locator("up-tag").filter({ hasText: "Original" }).count()).toBeGreaterThan(0);
    expect(await meanColor(page, "before")).not.toEqual(before);
    await page.reload();
    await page.getByText(`${width} × ${height}`).waitFor();
    await restored(page);
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    expect(await field("Width").inputValue(), "the cropped part can be restored").toBe(String(width));
    await page.keyboard.press("Escape");
    await page.goBack();
    await page.getByText("451 × 300").waitFor();
    await restored(page);
    expect(at.complaints).toEqual([]);
  });

  it("by keyboard and buttons rotates and mirrors, with undo", async () => {
    await open({}, "#mode=apply");
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    await dialog().getByRole("button", { name: "Rotate right" }).click();
    expect(await field("Width").inputValue()).toBe("300");
    await frame().focus();
    await page.keyboard.press("Shift+ArrowUp"); // the lower edge
    expect(await field("Height").inputValue()).toBe("442");
    await page.keyboard.press("Control+ArrowDown");
    expect(await field("Top").inputValue()).toBe("1");
    await page.keyboard.press("Control+z");
    expect(await field("Top").inputValue()).toBe("0");
    await field("Width").fill("200");
    await page.keyboard.press("Tab");
    await dialog().getByRole("button", { name: "Mirror" }).click();
    expect(await field("Left").inputValue()).toBe("100");
    await dialog().getByRole("button", { name: "Use this part" }).click();
    await page.getByText("200 × 442").waitFor();
    await restored(page);
    expect(await saved()).toMatchObject({ width: 200, height: 442 });
  });

  it("by touch, on a phone", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await page.getByRole("button", { name: "Show controls" }).click();
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    const box = await frame().boundingBox();
    if (!box) return expect.unreachable();
    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", x: number, y: number) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
    await touch("touchStart", box.x + 2, box.y + box.height / 2); // the left edge
    await touch("touchMove", box.x + 30, box.y + box.height / 2);
    await touch("touchMove", box.x + box.width / 2, box.y + box.height / 2);
    await touch("touchEnd", 0, 0);
    expect(Math.abs(Number(await field("Width").inputValue()) - 225)).toBeLessThan(6);
    const inside = await dialog().evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth);
    expect(inside).toBe(true);
  });

  it("crops a mask of the whole photo as well, and of many photos only the first", async () => {
    await open();
    const gray = (name: string, width: number, height: number, level: number) => ({
      name,
      type: "image/png",
      bytes: png(width, height, () => level),
    });
    await bring(page, "drop", [gray("a.png", 120, 80, 90), gray("b.png", 120, 80, 90)]);
    await named(page, "a.png").waitFor();
    await restored(page);
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    await field("Width").fill("60");
    await dialog().getByRole("button", { name: "Use this part" }).click();
    await page.getByText("60 × 80").waitFor();
    await restored(page);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "All, as a ZIP" }).click();
    const { unzipSync } = await import("fflate");
    const files = unzipSync(new Uint8Array(readFileSync(await (await download).path())));
    const widths = Object.values(files).map((bmp) => Buffer.from(bmp).readInt32LE(18));
    expect(widths).toEqual([60, 120]);
    await task("Segment").check();
    await restored(page);
    await page.getByRole("radio", { name: "Score with a mask" }).check();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open a mask" }).click();
    await (await chooser).setFiles({ name: "mask.png", mimeType: "image/png", buffer: png(120, 80, () => 2) });
    await page.locator("up-tag").filter({ hasText: "IoU" }).first().waitFor();
    expect(at.complaints).toEqual([]);
  });
});

describe("the size of an enlarged photo", () => {
  it("is the chosen one: on screen, in the file, in the link and in the comparison", async () => {
    await open({}, "#task=super-resolve-x2&with=bilinear,bicubic-filter&mode=apply&layout=grid");
    const width = () => page.getByRole("spinbutton", { name: "Width" });
    expect(await width().inputValue()).toBe("902");
    await width().fill("1200");
    await page.keyboard.press("Tab");
    await rerun();
    expect(await page.getByRole("spinbutton", { name: "Height" }).inputValue()).toBe("798");
    await page.getByText("Lanczos brings its result to this size").waitFor();
    expect(await page.evaluate(() => location.hash)).toContain("size=2.66");
    expect(await saved()).toMatchObject({ width: 1200, height: 798 });
    await page.locator("up-grid .cell").filter({ hasText: "Bicubic" }).click();
    expect(await saved(), "without a network too").toMatchObject({ width: 1200, height: 798 });
    await page.reload();
    await rerun();
    expect(await width().inputValue()).toBe("1200");
    await page.getByRole("slider", { name: "Scale" }).fill("2");
    await rerun();
    expect(await page.evaluate(() => location.hash)).not.toContain("size=");
    expect(await method(page, "Bicubic").isChecked()).toBe(true);
    expect(at.complaints).toEqual([]);
  });

  it("is scored at any scale, against the photo's own pixels: the photo is downscaled by the same factor first", async () => {
    await open({}, "#task=super-resolve-x2&with=bilinear,bicubic-filter&mode=test&tools=table&size=3");
    const scale = () => page.getByRole("slider", { name: "Scale" });
    expect(await scale().inputValue()).toBe("3");
    await page.getByText("The photo is downscaled to 150 × 100 pixels").waitFor();
    expect(await page.getByRole("spinbutton", { name: "Width" }).count(), "the size is the photo's").toBe(0);
    const figures = async () => Object.values(await tableRows(page)).map(([psnr]) => psnr);
    expect(await figures()).toEqual([expect.stringMatching(/^\d/), expect.stringMatching(/^\d/)]);
    expect(await saved(), "not even cut to a multiple of the scale").toMatchObject({ width: 451, height: 300 });
    const atThree = await figures();
    await scale().fill("1.5");
    await rerun();
    await page.getByText("The photo is downscaled to 301 × 200 pixels").waitFor();
    expect(page.url()).toContain("size=1.5");
    expect(await figures()).not.toEqual(atThree);
    expect(await scale().getAttribute("min"), "without downscaling there is nothing to score").toBe("1.1");
    const report = page.waitForEvent("download");
    await page.getByRole("button", { name: "More ways to save" }).click();
    await page.getByRole("button", { name: "Save a report as JSON" }).click();
    const told = JSON.parse(readFileSync(await (await report).path(), "utf8"));
    expect(told.degraded).toEqual([{ kind: "resize", width: 301, height: 200, interpolation: "bicubic" }]);
    await scale().fill("2");
    await rerun();
    expect(page.url()).not.toContain("size=");
    await page.getByText("The photo is downscaled to 225 × 150 pixels").waitFor();
    await page.getByRole("radio", { name: "Use photo as is" }).check();
    await rerun();
    expect(await page.getByRole("spinbutton", { name: "Width" }).inputValue()).toBe("902");
    expect(at.complaints).toEqual([]);
  });
});
