import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring, expectAccessible } from "./browser";
import { FakePage, photo } from "./fake-page";

/** Watch it learn on the fake engine, by keyboard. */

const at = new FakePage();
let page: Page;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function open(hash: string, options?: BrowserContextOptions): Promise<void> {
  page = await at.visit(hash, { reducedMotion: "reduce", ...options });
  await page.getByRole("status").filter({ hasText: "Up to date" }).waitFor({ timeout: 45_000 });
}

const slider = () => page.getByRole("slider", { name: "Training steps" });
const output = () => page.locator("learn-view figcaption").nth(1);
/** A row of the picture to compare. */
const truth = () =>
  page
    .locator("figure:nth-of-type(3) canvas")
    .evaluate((canvas: HTMLCanvasElement) => canvas.getContext("2d")?.getImageData(0, 100, 200, 1).data.join());
const psnr = async () => Number.parseFloat((await output().locator("span").textContent()) ?? "");

describe("a photo", () => {
  it("can be opened here", async () => {
    await open("#learn");
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open photo" }).click();
    await (await chooser).setFiles({ name: "cat.jpg", mimeType: "image/jpeg", buffer: Buffer.from(photo.bytes) });
    await page.locator("learn-view .source").getByText("cat.jpg").waitFor();
    await expect.poll(() => page.url()).toContain("#learn?picture=own");
  });
});

describe("a training", () => {
  it("shows its picture and Play together on a phone", async () => {
    await open("#learn", PHONE);
    for (const seen of [page.locator("learn-view figure").nth(1), page.getByRole("button", { name: "Next step" })]) {
      const { y, height } = (await seen.boundingBox()) ?? expect.unreachable();
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThanOrEqual(844);
    }
  });

  it("is stepped through by keyboard, and its output approaches the original", async () => {
    await open("#learn");
    await page.getByRole("img", { name: /^Training loss by step. At step 0 it is 0\.\d+/ }).waitFor();
    const seen: number[] = [];
    await slider().focus();
    for (const step of ["0", "30", "120", "500", "2,000", "8,000"]) {
      await output().getByText(`After ${step} steps`).waitFor();
      seen.push(await psnr());
      await page.keyboard.press("ArrowRight");
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(await slider().getAttribute("aria-valuetext")).toBe("8,000 steps");
    await expect.poll(() => page.url()).toContain("#learn?picture=chelsea&step=8000");
    expect(at.complaints).toEqual([]);
  });

  it("plays by itself, except with reduced motion", async () => {
    await open("#learn?step=2000", { reducedMotion: "no-preference" });
    await page.getByRole("button", { name: "Play the training" }).press("Enter");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await output().getByText("After 8,000 steps").waitFor();
    await page.getByRole("button", { name: "Play the training" }).waitFor();
    await open("#learn?step=500");
    expect(await page.getByRole("button", { name: "Play the training" }).count()).toBe(0);
    await page.getByRole("button", { name: "Next step" }).press("Enter");
    await output().getByText("After 2,000 steps").waitFor();
  });

  it("works on the playground's photo, or another sample", async () => {
    await open("#learn?picture=coffee&step=30");
    const coffee = await truth();
    await page.getByRole("radio", { name: "Zone plate" }).press(" ");
    await expect.poll(() => page.url()).toContain("picture=zone-plate&step=30");
    await expect.poll(truth).not.toBe(coffee);
  });

  it("takes a dropped photo", async () => {
    await open("#learn?picture=coffee&step=30");
    const coffee = await truth();
    await bring(page, "drop", [photo]);
    await expect.poll(() => page.url()).toContain("picture=own&step=30");
    await expect.poll(truth).not.toBe(coffee);
    await page.evaluate(() => (location.hash = "#slides"));
    await page.locator("slides-view").waitFor();
    const prevented = await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([], "cat.jpg"));
      const told = ["dragover", "drop"].map(
        (type) => new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }),
      );
      return told.map((event) => !document.body.dispatchEvent(event));
    });
    expect(prevented, "the page stays").toEqual([true, true]);
  });
});

it("untrained networks are side by side with their checkerboards", async () => {
  await open("#learn");
  await page.getByRole("radio", { name: "Random weights" }).press(" ");
  for (const name of ["Nearest", "Bilinear", "Pixel shuffle", "Max-unpool", "Transposed conv"]) {
    await page
      .locator("figcaption")
      .filter({ hasText: name })
      .getByText(/Checkerboard 0\.\d dB/)
      .waitFor();
  }
  await expect.poll(() => page.url()).toContain("random=1");
});

describe("the page", () => {
  for (const [name, options] of Object.entries<BrowserContextOptions>({
    desktop: {},
    "phone, dark": { ...PHONE, colorScheme: "dark" },
  })) {
    for (const hash of ["#learn?step=120", "#learn?random=1"]) {
      it(`has no axe violations, and nothing is too wide: ${hash}, ${name}`, async () => {
        await open(hash, options);
        await expectAccessible(page);
        const [shown, wide] = await page.locator("learn-view").evaluate((view) => [view.clientWidth, view.scrollWidth]);
        expect(wide).toBe(shown);
      });
    }
  }

  it("speaks Vietnamese", async () => {
    page = await at.visit("#learn", { locale: "vi-VN", reducedMotion: "reduce" });
    await page.getByRole("heading", { name: "Xem mạng học" }).waitFor();
  });
});
