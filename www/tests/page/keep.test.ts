import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import config from "../fake.vite.config.ts";
import {
  bring,
  expectAccessible,
  KEPT,
  method,
  named,
  notice,
  restored,
  shortcut,
  status,
  stop,
  visit,
} from "./browser";
import { chelsea, FakePage, photo } from "./fake-page";
import { serve } from "./server";

/** Export, and what the browser keeps for the next visit. */

const at = new FakePage();
let page: Page;

async function open(options?: BrowserContextOptions, hash?: string): Promise<void> {
  page = await at.open(options, hash);
}

/** The file that an action downloads. */
async function downloaded(action: () => Promise<unknown>): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent("download");
  await action();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

async function keep(way: string): Promise<void> {
  await page.getByRole("button", { name: "More ways to save" }).click();
  await page.getByRole("button", { name: way }).click();
}

describe("export", () => {
  it("copies the picture", async () => {
    await open({ permissions: ["clipboard-read", "clipboard-write"] });
    // Only PNG can be copied, and the fake engine cannot write it.
    await page.evaluate(() => {
      navigator.clipboard.write = async ([item]) => {
        const blob = await item?.getType("image/png");
        Object.assign(window, { copied: blob?.size });
      };
    });
    await keep("Copy the picture");
    await status(page).filter({ hasText: "Copied" }).waitFor();
    expect(await page.evaluate(() => (window as unknown as { copied: number }).copied)).toBe(54 + 451 * 300 * 4);
  });

  it("saves the chosen result, named on its button, whatever is selected for comparison", async () => {
    await open({}, "#task=super-resolve-x2&with=bilinear");
    const save = () => page.getByRole("button", { name: "Save PNG" });
    for (const filter of ["Bicubic", "Lanczos"]) {
      await method(page, filter).click();
      await expect.poll(() => page.locator("up-tag b").allTextContents()).toContain(`${filter} (no network)`);
      await restored(page);
      expect(await save().textContent()).toMatch(/Save PNG\s+U-Net · bilinear/);
    }
    const first = await downloaded(() => save().click());
    expect(first.name).toBe("chelsea-super-resolve-x2-bilinear.png");
    await page
      .locator("up-grid .cell")
      .filter({ hasText: "Bicubic" })
      .click({ position: { x: 60, y: 90 } });
    expect(await save().textContent()).toMatch(/Save PNG\s+Bicubic \(no network\)/);
    const second = await downloaded(() => save().click());
    expect(second.name).toBe("chelsea-super-resolve-x2-bicubic-filter.png");
    expect(second.bytes.equals(first.bytes), "the same picture under another name").toBe(false);
    await method(page, "Nearest").click(); // a network, first in the list
    await restored(page);
    expect(await save().textContent()).toMatch(/Bicubic/);
  });

  it("shows the full name of the saved result, at every size of the page", async () => {
    await open({}, "#task=super-resolve-x2&with=pixel-shuffle&mode=apply&picture=chelsea");
    const name = page.locator("up-actions .save small");
    for (const [width, height] of [
      [1440, 900],
      [700, 500],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(100);
      expect(await name.textContent()).toBe("U-Net · pixel shuffle");
      const [shown, whole] = await name.evaluate((small) => [
        [small.clientWidth, small.clientHeight],
        [small.scrollWidth, small.scrollHeight],
      ]);
      expect(shown, String(width)).toEqual(whole);
    }
    // A name of two lines makes the button taller, and what is beside it as well.
    await page.evaluate(() => (location.hash = "#task=deblur&with=bilinear&mode=apply&picture=chelsea"));
    await restored(page);
    await name.evaluate((small) => (small.textContent = "U-Net · pixel shuffle, for compressed photos"));
    const heights = await page.locator("up-actions").evaluate((actions) => {
      const within = actions.shadowRoot;
      const box = (part: Element | null | undefined) => part?.getBoundingClientRect() ?? new DOMRect();
      const [words, button] = [box(within?.querySelector(".save span")), box(within?.querySelector(".save"))];
      const more = box(within?.querySelector("up-keep")?.shadowRoot?.querySelector("#more"));
      return { above: words.top - button.top, below: button.bottom - words.bottom, more: more.height - button.height };
    });
    expect(heights.above).toBeGreaterThan(3);
    expect(heights.below).toBeGreaterThan(3);
    expect(Math.abs(heights.more)).toBeLessThan(1);
  });

  it("saves JPEG and WebP in a chosen quality, and shows their size", async () => {
    await open();
    await keep("Save as another format");
    const dialog = page.getByRole("dialog", { name: "Save U-Net · bilinear" });
    const size = () => dialog.locator(".foot output").textContent();
    await expect.poll(size).toMatch(/^\d[\d.]* kB$/);
    const fine = await size();
    await dialog.getByRole("slider", { name: "Quality" }).fill("0.4");
    await expect.poll(size).toMatch(/^\d[\d.]* kB$/);
    const told = Number.parseFloat((await size()) ?? "");
    expect(told).toBeLessThan(Number.parseFloat(fine ?? ""));
    await expectAccessible(page);
    const jpeg = await downloaded(() => dialog.getByRole("button", { name: "Save", exact: true }).click());
    expect(jpeg.name).toBe("chelsea-denoise-bilinear.jpg");
    expect(jpeg.bytes.subarray(0, 2).toString("hex")).toBe("ffd8");
    expect(jpeg.bytes.includes("GPS")).toBe(false);
    expect(Math.abs(jpeg.bytes.length / 1000 - told)).toBeLessThan(1);
    await keep("Save as another format");
    await dialog.getByRole("checkbox", { name: "Include where the photo was taken" }).check();
    await dialog.getByRole("button", { name: "Save", exact: true }).and(page.locator(":enabled")).waitFor();
    const located = await downloaded(() => dialog.getByRole("button", { name: "Save", exact: true }).click());
    expect(located.bytes.includes("GPS")).toBe(true);
    await keep("Save as another format");
    await dialog.getByRole("radio", { name: "WebP" }).check();
    await dialog.getByRole("button", { name: "Save", exact: true }).and(page.locator(":enabled")).waitFor();
    const webp = await downloaded(() => dialog.getByRole("button", { name: "Save", exact: true }).click());
    expect(webp.name).toBe("chelsea-denoise-bilinear.webp");
    expect(webp.bytes.toString("latin1", 8, 12)).toBe("WEBP");
  });

  it("saves a sheet of all results, larger than any one of them", async () => {
    await open({}, "#with=nearest,bilinear");
    const { name, bytes } = await downloaded(() => keep("Save a comparison sheet"));
    expect(name).toBe("chelsea-denoise-comparison.png");
    const width = bytes.readUInt32BE(16);
    const height = bytes.readUInt32BE(20);
    // Four pictures of 451 × 300, two by two, with labels and gaps below a title.
    expect([width, height]).toEqual([3 * 24 + 2 * 451, 64 + 2 * (56 + 300 + 24)]);
  });

  it("saves a sheet of the visible part", async () => {
    await open({}, "#with=nearest,bilinear");
    await page.getByRole("textbox", { name: "Zoom in percent" }).fill("1600%");
    await page.keyboard.press("Enter");
    const { x, y, width, height } = await page.evaluate(
      () => (document.querySelector("up-app") as unknown as { playground: { looking: DOMRect } }).playground.looking,
    );
    expect(Math.max(width, height)).toBeLessThan(0.2);
    expect(Math.min(x, y)).toBeGreaterThan(0.3);
    const { bytes } = await downloaded(() => keep("Save a comparison sheet"));
    const shown = await page.evaluate(async (base64) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
      return [bitmap.width, bitmap.height];
    }, bytes.toString("base64"));
    // Each picture of a few pixels is enlarged to half of a sheet's usual side.
    expect(Math.abs((shown[0] ?? 0) - (3 * 24 + 2 * 450))).toBeLessThan(460);
    expect(shown[0]).toBeGreaterThan(450);
  });

  it("reports models by their hashes, settings, backend, scores and times", async () => {
    await open({}, "#with=bilinear,median-filter");
    const { name, bytes } = await downloaded(() => keep("Save a report as JSON"));
    expect(name).toBe("chelsea-denoise.json");
    const report = JSON.parse(bytes.toString());
    expect(report).toMatchObject({
      task: "denoise",
      picture: { name: "chelsea.jpg", width: 451, height: 300 },
      degraded: [{ kind: "gaussian-noise", sigma: 35, seed: 1 }],
      engine: { backend: "webgpu", chosen: "auto" },
      results: [
        { method: "bilinear", steps: [{ model: "denoise-bilinear.onnx" }], size: { width: 451, height: 300 } },
        { method: "median-filter", steps: [{ filter: { kind: "median", side: 3 } }], backend: null },
      ],
    });
    expect(report.results[0].steps[0].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(report.results[0].scores.psnr).toBeGreaterThan(report.input.scores.psnr);
    expect(report.results[0].milliseconds).toBeGreaterThan(0);
  });

  it("waits while other methods still run", async () => {
    await open({}, "#with=nearest,bilinear");
    await at.engine({ tileDelay: 400 });
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await stop(page).waitFor();
    expect(await page.getByRole("button", { name: "Save PNG" }).isDisabled()).toBe(true);
    await shortcut(page, "s");
    await restored(page);
    const { name } = await downloaded(() => shortcut(page, "s"));
    expect(name).toBe("chelsea-denoise-nearest.png");
  });

  it("shares on devices that can, or saves if the browser refuses", async () => {
    at.page = page = await at.visit();
    await page.addInitScript(() => {
      navigator.canShare = () => true;
      navigator.share = async (data) => {
        if (location.hash.includes("median")) throw new DOMException("too long ago", "NotAllowedError");
        Object.assign(window, { shared: data?.files?.map(({ name, type }) => `${name} ${type}`) });
      };
    });
    await page.reload();
    await restored(page);
    await keep("Share the picture");
    await status(page).filter({ hasText: "Shared" }).waitFor();
    expect(await page.evaluate(() => (window as unknown as { shared: string[] }).shared)).toEqual([
      "chelsea-denoise-bilinear.png image/png",
    ]);
    await method(page, "Median 3×3").click();
    await restored(page);
    const { name } = await downloaded(() => keep("Share the picture"));
    expect(name).toBe("chelsea-denoise-bilinear.png");
    await status(page)
      .filter({ hasText: `Saved as ${name}` })
      .waitFor();
  });

  it("keeps finished photos when a batch is stopped", async () => {
    await open();
    await at.engine({ tileDelay: 300 });
    await bring(page, "drop", [photo, { ...photo, name: "CAT.png" }, { ...photo, name: "dog.jpg" }]);
    await restored(page);
    await page.getByRole("button", { name: "All, as a ZIP" }).click();
    const leaving = () => page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
    await status(page).filter({ hasText: "2 of 3" }).waitFor();
    expect(await leaving(), "is asked about").toBe(true);
    const { bytes } = await downloaded(() => stop(page).click());
    const files = unzipSync(new Uint8Array(bytes));
    expect(Object.keys(files)).toEqual(["cat.jpg-denoise.png", "errors.txt"]);
    expect(new TextDecoder().decode(files["errors.txt"])).toContain("dog.jpg: not done");
    await page.getByText("3 files").waitFor();
    expect(await leaving()).toBe(false);
  });

  it("restores many photos into one ZIP, and names unreadable ones", async () => {
    await open();
    const broken = { name: "broken.jpg", type: "image/jpeg", bytes: new TextEncoder().encode("no picture") };
    await bring(page, "drop", [photo, broken, { ...photo, name: "dog.jpg" }]);
    await page.getByText("3 files").waitFor();
    const { name, bytes } = await downloaded(() => page.getByRole("button", { name: "All, as a ZIP" }).click());
    expect(name).toBe("denoise-bilinear.zip");
    const files = unzipSync(new Uint8Array(bytes));
    expect(Object.keys(files)).toEqual(["cat-denoise.png", "dog-denoise.png", "errors.txt"]);
    expect(new TextDecoder().decode(files["errors.txt"])).toContain("broken.jpg: ");
    await page.locator("up-many").waitFor({ state: "hidden" });
    await notice(page).getByText("1 of 3 photos could not be processed").waitFor();
    expect(at.complaints).toEqual([]);
  });
});

describe("the camera", () => {
  it("gives a photo", async () => {
    await open({ permissions: ["camera"] });
    await page.getByRole("button", { name: "Take a picture" }).click();
    await page.getByRole("button", { name: "Take it" }).click();
    await named(page, "camera.png").waitFor();
    await restored(page);
    expect(at.complaints).toEqual([]);
  });
});

describe("a picture dragged from another page", () => {
  it("is opened from the link in the drop", async () => {
    await open();
    await page.evaluate((base64) => {
      const data = new DataTransfer();
      data.setData("text/uri-list", `data:image/jpeg;base64,${base64}`);
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
    }, chelsea.toString("base64"));
    await named(page, "picture.jpeg 451 × 300").waitFor();
    await restored(page);
  });
});

describe("the user's own photo", () => {
  const other = { ...photo, name: "dog.jpg" };

  it("is stored by tab: a reload gives each its own", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    const second = await page.context().newPage();
    await second.goto(at.site.url);
    await restored(second);
    await bring(second, "drop", [other]);
    await named(second, "dog.jpg").waitFor();
    await restored(second);
    for (const [tab, name] of [
      [page, "cat.jpg"],
      [second, "dog.jpg"],
      [page, "cat.jpg"],
    ] as const) {
      await tab.reload();
      await named(tab, name).waitFor();
      await restored(tab);
    }
  });

  it("is separate from those of frames in the tab", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await page.evaluate(() => {
      const frame = Object.assign(document.createElement("iframe"), {
        src: "?embed=1&controls=all",
        width: "900",
        height: "700",
      });
      document.body.append(frame);
    });
    const frame = page.frameLocator("iframe");
    const { name, type: mimeType, bytes } = { ...other, type: "image/jpeg" };
    await frame.locator("input#photo").setInputFiles({ name, mimeType, buffer: Buffer.from(bytes) });
    await frame.locator("up-controls .name").filter({ hasText: "dog.jpg" }).waitFor();
    // The photo is stored once the run is done.
    await frame.locator("up-actions .status > span").filter({ hasText: "Done in" }).first().waitFor();
    await page.reload();
    await named(page, "cat.jpg").waitFor();
  });

  it("of a closed tab counts as that of the last visit", async () => {
    await open();
    const first = await page.context().newPage();
    await first.goto(at.site.url);
    await restored(first);
    await bring(first, "drop", [other]);
    await named(first, "dog.jpg").waitFor();
    await restored(first);
    await first.close();
    // A browser takes a moment to release a closed tab's lock.
    await expect.poll(() => page.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(0);
    await page.evaluate(() => (location.hash = "#task=deblur&picture=own"));
    await named(page, "dog.jpg").waitFor();
  });

  it("is not part of a link, which says so", async () => {
    await open({}, "#task=deblur&with=bilinear&mode=apply&picture=own");
    await notice(page).getByText("someone’s own photo").waitFor();
    await named(page, "Chelsea the cat").waitFor();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open another photo" }).click();
    await chooser;
  });

  it("is deleted on request", async () => {
    await open();
    const forget = page.getByRole("button", { name: "Forget my photo" });
    expect(await forget.count(), "of a sample").toBe(0);
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await forget.click();
    await named(page, "Chelsea the cat").waitFor();
    await restored(page);
    await page.evaluate(() => (location.hash = "#picture=own"));
    await notice(page).getByText("You removed your photo").waitFor();
    await restored(page);
    expect(await forget.count()).toBe(0);
  });

  it("keeps its crop, for a link without one", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    await page.getByRole("spinbutton", { name: "Width" }).fill("200");
    await page.getByRole("button", { name: "Use this part" }).click();
    await page.getByText("200 × 300").waitFor();
    await restored(page);
    await page.evaluate(() => (location.hash = "#picture=chelsea"));
    await named(page, "Chelsea the cat").waitFor();
    await page.getByText("451 × 300").waitFor();
    await page.evaluate(() => (location.hash = "#task=deblur&picture=own"));
    await named(page, "cat.jpg").waitFor();
    await page.getByText("200 × 300").waitFor();
  });
});

describe("the next visit", () => {
  it("works offline, from a sub-path of a host that sends Vary, weights included", async () => {
    const site = await serve(String(config.build?.outDir), "/any/path/", { Vary: "Origin" });
    const { page: first, complaints } = await visit(at.browser, site.url, KEPT);
    page = at.page = first;
    await restored(page);
    // The cache fills after the first result.
    const kept = () =>
      page.evaluate(async () => {
        const names = await caches.keys();
        const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return requests.flat().map(({ url }) => new URL(url).pathname);
      });
    await expect
      .poll(kept)
      .toEqual(
        expect.arrayContaining([
          "/any/path/",
          "/any/path/models/manifest.json",
          "/any/path/models/super-resolve-x2-pixel-shuffle.onnx",
        ]),
      );
    const parts = async () => (await kept()).filter((path) => /fake-engine|index-|main-/.test(path)).length;
    await expect.poll(parts).toBe(4); // two scripts, a style sheet, the engine
    expect(complaints).toEqual([]);
    site.close();
    await page.reload();
    await restored(page);
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    // Views that no visit has opened: their scripts were cached with the others.
    for (const [hash, element] of [
      ["#lab/nearest", "lab-view"],
      ["#slides", "slides-view"],
    ] as const) {
      await page.evaluate((hash) => (location.hash = hash), hash);
      await page.locator(`${element} h1`).first().waitFor();
    }
  });

  it("does not use weights with a wrong hash", async () => {
    await open();
    await page.route("**/models/denoise-nearest.onnx", (route) => route.fulfill({ body: "something else" }));
    await method(page, "Nearest").click();
    await notice(page).getByText("not the one this page expects").waitFor();
  });
});
