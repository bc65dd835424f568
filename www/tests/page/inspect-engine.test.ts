import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { bring, expectAccessible, named, restored } from "./browser";
import { png } from "./pictures";
import { SitePage } from "./site-page";

/** Inspection of shipped models on the production build: the engine's own numbers, on the CPU. */

const at = new SitePage("dist");
let page: Page;

/** Red, green and blue of a PNG. */
const pixelsOf = (file: Buffer) =>
  page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    return [...(context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [])].filter((_, at) => at % 4 < 3);
  }, file.toString("base64"));

const drawn = (selector: string) =>
  page.locator(selector).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return [...data].filter((_, at) => at % 4 < 3);
  });

const far = (a: number[], b: number[]) =>
  a.length === b.length ? Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? 0)))) : Number.NaN;
const done = () => page.getByRole("status").filter({ hasText: "Up to date" }).waitFor({ timeout: 100_000 });

it("the inspector gives the playground's result without cuts, another one with a cut; and draws feature maps", async () => {
  page = await at.visit("#with=bilinear&backend=cpu", { reducedMotion: "reduce" });
  await restored(page);
  // Small enough for one tile: both paths then have the same surroundings.
  await bring(page, "drop", [
    { name: "small.png", type: "image/png", bytes: png(128, 96, (x, y) => 40 + x + ((x * 7919 + y * 104729) % 61)) },
  ]);
  await named(page, "small.png").waitFor();
  await restored(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save PNG" }).click();
  const saved = readFileSync(await (await download).path());

  await page.getByRole("button", { name: "More ways to save" }).click();
  await page.getByRole("link", { name: "Look inside the network" }).click();
  await done();
  const output = await drawn("inspect-skips figure:nth-of-type(2) canvas");
  expect(output).toHaveLength(128 * 96 * 3);
  expect(far(output, await pixelsOf(saved))).toBeLessThanOrEqual(1);

  // An encoder, two ends, and a decoder with sizes and names from the file.
  const boxes = await page
    .locator("inspect-net button")
    .evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
  expect(boxes).toContain("bottleneck.conv2: Conv + Relu, 128 × 12 × 16, 148K parameters, 56.6M operations");
  for (const map of await page.locator("inspect-maps [role=option] canvas").all()) {
    const values = await map.evaluate((canvas: HTMLCanvasElement) => [
      ...(canvas.getContext("2d")?.getImageData(0, 0, 32, 32).data ?? []),
    ]);
    expect(new Set(values).size).toBeGreaterThan(1);
  }

  await page.getByRole("checkbox", { name: "enc1 → cat1" }).uncheck();
  await page.locator("inspect-skips figcaption").filter({ hasText: "dB between the two" }).waitFor();
  expect(far(await drawn("inspect-skips figure:nth-of-type(1) canvas"), output)).toBe(0);
  expect(far(await drawn("inspect-skips figure:nth-of-type(2) canvas"), output)).toBeGreaterThan(4);
  expect(at.complaints).toEqual([]);
}, 200_000);

it("the inspector shows max-pooling indices, and times every node", async () => {
  page = await at.visit("#inspect?backend=cpu&model=max-unpool&node=pool1.maxpool&output=1", {
    reducedMotion: "reduce",
  });
  await page.getByText("Each color is a position").waitFor({ timeout: 60_000 });
  await page.getByRole("group", { name: "Channel 0, enlarged" }).focus();
  await page.keyboard.press("ArrowDown");
  await page
    .getByText(/row 65, column 64: index \d+, row 13[01], column 12[89], position [12], [12] in its window/)
    .waitFor();
  await done();
  expect(await page.locator("inspect-facts dl").textContent()).toMatch(/CPU\s*\d+\.\d+ ms/);
  const formula = page.locator("inspect-loss").getByRole("status");
  expect(Number(/= (0\.\d+)$/.exec((await formula.textContent()) ?? "")?.[1])).toBeLessThan(0.04);
  expect(at.complaints).toEqual([]);
}, 200_000);

it("a small network improves during training, and untrained ones show their upsampling's pattern", async () => {
  page = await at.visit("#learn?step=0", { reducedMotion: "reduce" });
  const psnr = async () =>
    Number.parseFloat((await page.locator("figcaption").nth(1).locator("span").textContent()) ?? "");
  await page.getByRole("status").filter({ hasText: "Up to date" }).waitFor({ timeout: 100_000 });
  const [first, noisy] = [
    await psnr(),
    Number.parseFloat((await page.locator("figcaption").first().locator("span").textContent()) ?? ""),
  ];
  await page.getByRole("slider", { name: "Training steps" }).press("End");
  await expect.poll(psnr).toBeGreaterThan(noisy + 3);
  expect(first).toBeLessThan(noisy);
  await page.getByRole("radio", { name: "Random weights" }).press(" ");
  const checkerboard = async (name: string) => {
    const said = await page.locator("figcaption").filter({ hasText: name }).locator("span").textContent();
    return Number.parseFloat(/-?[\d.]+/.exec(said ?? "")?.[0] ?? "");
  };
  expect(await checkerboard("Transposed conv")).toBeGreaterThan((await checkerboard("Bilinear")) + 3);
  expect(at.complaints).toEqual([]);
}, 200_000);

it("a network too wide for labels still fits the page, and can be zoomed", async () => {
  page = await at.visit("#inspect?task=segment&backend=cpu", { viewport: { width: 1440, height: 900 } });
  await done();
  const scroller = page.locator("inspect-net .scroll");
  const wide = () => scroller.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  expect(await wide()).toBe(0);
  const words = page.locator("inspect-net .words").filter({ visible: true });
  expect(await words.count(), "only the selected box has a label").toBe(1);
  const zoom = page.locator("inspect-net").getByRole("button", { name: "Zoom in" });
  for (let times = 0; times < 3; times++) await zoom.click();
  expect(await wide()).toBeGreaterThan(0);
  expect(await words.count()).toBeGreaterThan(20);
  expect(at.complaints).toEqual([]);
}, 200_000);

it("a transformer's attention from a chosen place is drawn over the photo", async () => {
  page = await at.visit("#inspect?backend=cpu&task=segment&model=trans-unet", { reducedMotion: "reduce" });
  const said = page.locator("inspect-attention [role=status]");
  const told = async () => {
    await said.filter({ hasText: "attends most to" }).waitFor({ timeout: 100_000 });
    return ((await said.textContent()) ?? "").match(/[\d.]+/g)?.map((number) => Number(number.replace(/\.$/, "")));
  };
  const photo = page.getByRole("group", { name: /^The photo as tokens/ });
  const [row, column, toRow = 0, toColumn = 0, share = 0] = (await told()) ?? [];
  expect([row, column], "the middle of 12 × 18").toEqual([6, 9]);
  expect(share).toBeGreaterThan(100 / (12 * 18));
  expect(share).toBeLessThanOrEqual(100);
  const alphas = await page
    .locator("inspect-attention canvas:not(up-bitmap canvas)")
    .evaluate((canvas: HTMLCanvasElement) => [
      ...(canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? []).filter(
        (_, at) => at % 4 === 3,
      ),
    ]);
  expect(alphas.indexOf(Math.max(...alphas)), "the brightest token is the announced one").toBe(18 * toRow + toColumn);

  const { width, height } = (await photo.boundingBox()) ?? expect.unreachable();
  await photo.click({ position: { x: width * (2.5 / 18), y: height * (3.5 / 12) } });
  await said.filter({ hasText: "The token at row 3, column 2 " }).waitFor();
  await photo.press("ArrowRight");
  await photo.press("ArrowUp");
  await said.filter({ hasText: "The token at row 2, column 3 " }).waitFor();
  const mean = await told();
  await page.getByRole("radio", { name: "1", exact: true }).click();
  await expect.poll(told, { message: "a head is not the mean" }).not.toEqual(mean);
  const last = await told();
  await page.getByRole("combobox", { name: "Layer" }).selectOption({ index: 0 });
  await expect.poll(told, { message: "nor one layer another" }).not.toEqual(last);
  await expectAccessible(page);
  expect(at.complaints).toEqual([]);
}, 200_000);
