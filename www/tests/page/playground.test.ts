import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  bring,
  expectAccessible,
  meanColor,
  method,
  named,
  notice,
  restored,
  run,
  shortcut,
  slider,
  status,
  stop,
  tableRows,
} from "./browser";
import { FakePage, photo } from "./fake-page";
import { png } from "./pictures";

/** Tasks, methods, tests against the original, and the link with their settings. */

const at = new FakePage();
let page: Page;

async function open(options?: BrowserContextOptions, hash?: string): Promise<void> {
  page = await at.open(options, hash);
}

const task = (name: string) => page.getByRole("radiogroup", { name: "Task" }).getByRole("radio", { name, exact: true });
const address = () => page.evaluate(() => location.hash);
const tags = () => page.locator("up-tag b").allTextContents();

/** Waits for the work started by a change of settings. */
async function settled(change: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => {
    const app = document.querySelector("up-app") as HTMLElement & {
      playground: EventTarget & { state: { outcome: object } };
    };
    const { outcome } = app.playground.state;
    Object.assign(window, {
      settled: new Promise<void>((resolve) => {
        app.playground.addEventListener("change", function changed() {
          const { state } = app.playground as unknown as { state: { activity: object | null; outcome: object } };
          if (state.activity || state.outcome === outcome) return;
          app.playground.removeEventListener("change", changed);
          resolve();
        });
      }),
    });
  });
  await change();
  await page.evaluate(() => (window as unknown as { settled: Promise<void> }).settled);
}

describe("tasks", () => {
  it("follow the manifest, each with a sentence, and each runs", async () => {
    await open();
    const names = [
      "Deblur",
      "Enlarge ×2",
      "Enlarge ×4",
      "Colorize",
      "Denoise and colorize",
      "Edges to scene",
      "Segment",
      "Repair a print",
      "Restore an old photo",
    ];
    for (const name of names) {
      await settled(() => task(name).check());
      expect(await status(page).textContent(), name).toContain("Done in");
      expect(await page.locator("section[aria-labelledby=task] .sentence").textContent(), name).toMatch(/\.$/);
    }
    expect(at.complaints).toEqual([]);
  });

  it("name the differences between networks of one task and strategy", async () => {
    await open({}, "#task=super-resolve-x2&with=transposed-conv.lecture");
    expect(await method(page, "Transposed conv, as in the lecture").isChecked()).toBe(true);
    await method(page, "Transposed conv 3×3").waitFor();
    await settled(() => task("Segment").check());
    await method(page, "Bilinear, no skips").waitFor();
  });

  it("enlarge: the result is compared with a cropped original, and has its size", async () => {
    await open({}, "#task=super-resolve-x4&with=bilinear,bicubic-filter,nearest-filter");
    await shortcut(page, "t");
    const rows = await tableRows(page);
    expect(Object.keys(rows)).toEqual(expect.arrayContaining(["Bicubic (no network)", "Nearest (no network)"]));
    for (const cells of Object.values(rows)) expect(cells[0]).toMatch(/dB/);
  });

  it("are chained for an old photo, in one click", async () => {
    await open();
    await settled(() => task("Restore an old photo").check());
    const steps = async () => {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "More ways to save" }).click();
      await page.getByRole("button", { name: "Save a report as JSON" }).click();
      const report = JSON.parse(readFileSync(await (await download).path(), "utf8"));
      const named = report.results[0].steps.map(
        (step: { model?: string; filter?: { kind: string } }) => step.model ?? step.filter?.kind,
      );
      return { steps: named, size: report.results[0].size };
    };
    const step = (name: string) =>
      page.getByRole("group", { name: "Steps" }).getByRole("checkbox", { name, exact: true });
    const networks = [
      "repair-bilinear.onnx",
      "autocontrast",
      "colorize-bilinear.onnx",
      "super-resolve-x2-bilinear.onnx",
    ];
    expect(await steps()).toEqual({ steps: networks, size: { width: 450, height: 300 } });
    await settled(() => step("Autocontrast").click());
    await settled(() => step("Repair a print").click());
    expect((await steps()).steps).toEqual(networks.slice(2));
    await expect.poll(() => new URL(page.url()).hash).toContain("without=autocontrast,repair");
    await settled(() => step("Colorize").click());
    expect(await step("Enlarge ×2").isDisabled(), "the last step stays").toBe(true);
  });
});

describe("methods", () => {
  it("run side by side, up to six; removing one does not change the others", async () => {
    await open();
    await settled(() => method(page, "Nearest").click());
    await expect.poll(tags).toEqual(["Gaussian noise", "U-Net · nearest", "U-Net · bilinear", "Original"]);
    for (const name of ["Pixel shuffle", "Max-unpool", "Transposed conv", "Median 3×3"]) {
      await settled(() => method(page, name).click());
    }
    expect(await method(page, "Mean 3×3").isDisabled()).toBe(true);
    const before = await tableRows(page);
    await settled(() => method(page, "Nearest").click());
    await expect.poll(tags).toHaveLength(7);
    await shortcut(page, "t");
    const after = await tableRows(page);
    expect(after["U-Net · max-unpool"]).toEqual(before["U-Net · max-unpool"]);
  });

  it("without a network remove the estimated noise, or a chosen amount", async () => {
    await open({}, "#with=median-filter,non-local-means-filter");
    const strength = page.getByRole("slider", { name: "Noise to remove (σ)" });
    expect(await strength.getAttribute("aria-valuetext")).toBe("estimated");
    await shortcut(page, "t");
    // The best result's name is marked.
    const cells = async (name: string) => {
      const [, found] = Object.entries(await tableRows(page)).find(([row]) => row.startsWith(name)) ?? [];
      return found ?? expect.fail(`there is no row of ${name}`);
    };
    const [median, before] = [await cells("Median 3×3"), await cells("Non-local means")];
    await settled(() => strength.fill("12"));
    expect(await address()).toContain("sigma=12");
    expect(await cells("Median 3×3")).toEqual(median);
    expect((await cells("Non-local means"))[0]).not.toBe(before[0]);
    await expectAccessible(page);
    await settled(() => strength.fill("0"));
    expect(await address()).not.toContain("sigma");
    await settled(() => method(page, "Non-local means").click());
    expect(await strength.count()).toBe(0);
  });

  it("are scored, sorted by any column, with winners and ties marked", async () => {
    await open({}, "#with=nearest,bilinear,pixel-shuffle&layout=grid");
    await shortcut(page, "t");
    const order = async () => Object.keys(await tableRows(page));
    await expect
      .poll(order)
      .toEqual(["U-Net · bilinear tie", "U-Net · pixel shuffle tie", "U-Net · nearest", "Gaussian noise"]);
    await page.getByRole("button", { name: /^Parameters/ }).click();
    expect(await order()).toEqual([
      "U-Net · nearest",
      "U-Net · bilinear tie",
      "U-Net · pixel shuffle tie",
      "Gaussian noise",
    ]);
    await page.getByRole("button", { name: /^Parameters/ }).click();
    expect(await order()).toEqual([
      "U-Net · pixel shuffle tie",
      "U-Net · bilinear tie",
      "U-Net · nearest",
      "Gaussian noise",
    ]);
    expect(await page.getByRole("columnheader", { name: /^Parameters/ }).getAttribute("aria-sort")).toBe("descending");
    await page.getByRole("row", { name: "U-Net · nearest" }).getByRole("button").click();
    expect(await page.locator(".cell[data-chosen] up-tag b").textContent()).toBe("U-Net · nearest");
    await expectAccessible(page);
  });

  it("that fail say so and do not block the others", async () => {
    await open();
    await at.page.route("**/models/denoise-nearest.onnx", (route) => route.abort());
    await settled(() => method(page, "Nearest").click());
    await page.locator(".cell .failure").filter({ hasText: "could not be downloaded" }).waitFor();
    expect(await status(page).textContent()).toContain("Done in");
  });
});

describe("test and apply", () => {
  it("a test scores against the original; without a test there is nothing to score against", async () => {
    await open();
    await shortcut(page, "t");
    expect((await tableRows(page))["Gaussian noise"]?.[0]).toMatch(/^1\d\.\d dB$/);
    await settled(() => page.getByRole("radio", { name: "Use photo as is" }).check());
    expect(await page.getByRole("columnheader", { name: "PSNR" }).count()).toBe(0);
    await expect.poll(tags).toEqual(["Before", "U-Net · bilinear"]);
  });

  it("a degradation that changes nothing is reported and not scored, in both languages", async () => {
    await open(
      {},
      "#task=colorize&with=bilinear,nearest&mode=test&degrade=gray&layout=grid&tools=table&picture=coffee",
    );
    const heads = () => page.locator("up-results th[scope=col]").allTextContents();
    expect((await heads()).join()).toContain("PSNR");
    const said = (words: string) => notice(page).getByText(words);
    expect(await said("changed nothing").count()).toBe(0);
    const gray = png(40, 30, (x, y) => (7 * x + 3 * y) % 256);
    await bring(page, "drop", [{ name: "gray.png", type: "image/png", bytes: gray }]);
    await page.getByRole("radio", { name: "Damage it and score" }).check();
    await said("The damage changed nothing in this photo, so the results are not scored.").waitFor();
    await restored(page);
    expect((await heads()).join()).not.toMatch(/PSNR|SSIM|MAE/);
    expect(await page.locator("up-results .sentence").textContent()).toContain("The damage changed nothing");
    await page.getByText("Unchanged").waitFor();
    expect(
      await page
        .locator("up-tag")
        .getByText(/dB|best|tie/)
        .count(),
      "nor does anything win",
    ).toBe(0);
    await page.getByRole("button", { name: "VI, Tiếng Việt" }).press("Enter");
    await page.getByText("Không đổi").waitFor();
    expect(await page.locator("up-results .sentence").textContent()).toContain("không thay đổi gì");
    await page.getByRole("button", { name: "Bỏ qua" }).press("Enter");
    await page.getByRole("button", { name: "Chạy", exact: true }).press("Enter");
    await page.waitForTimeout(500);
    expect(await said("không thay đổi gì").count(), "it is said once").toBe(0);
  });

  it("another kind, level and seed change the input", async () => {
    await open();
    const seen = await meanColor(page, "before");
    await settled(() => page.getByRole("combobox", { name: "Kind of damage" }).selectOption("Photon noise"));
    expect(await address()).toContain("degrade=poisson,20,1");
    await settled(() => page.getByRole("slider", { name: "Light level" }).fill("40"));
    await settled(() => page.getByRole("button", { name: "Other noise" }).click());
    expect(await address()).toContain("degrade=poisson,40,2");
    expect(await meanColor(page, "before")).not.toEqual(seen);
  });

  it("the displayed kind is used, whatever was chosen before", async () => {
    await open();
    const kinds = page.getByRole("combobox", { name: "Kind of damage" });
    for (const kind of ["Photon noise", "Gaussian noise", "Photon noise"])
      await settled(() => kinds.selectOption(kind));
    await settled(() => page.getByRole("radio", { name: "Deblur" }).check());
    const shown = () => kinds.evaluate((select) => (select as HTMLSelectElement).value);
    expect(await address()).toContain(`degrade=${await shown()},`);
    await settled(() => page.getByRole("radio", { name: "Denoise", exact: true }).check());
    expect(await address()).toContain(`degrade=${await shown()},`);
  });

  it("strength and saturation change the display without another run", async () => {
    await open({}, "#task=colorize&with=bilinear");
    await page.evaluate(() => {
      const seen = { processed: 0 };
      Object.assign(window, { seen });
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (this: Worker, message: { call?: string }) {
        if (message.call === "process") seen.processed++;
        post.call(this, message);
      } as typeof post;
    });
    await shortcut(page, "3");
    const full = await meanColor(page, "after");
    await settled(() => page.getByRole("slider", { name: "Strength" }).fill("0.2"));
    expect(await meanColor(page, "after")).not.toEqual(full);
    await settled(() => page.getByRole("slider", { name: "Saturation" }).fill("0"));
    expect(await address()).toMatch(/strength=0\.2&saturation=0/);
    expect(await page.evaluate(() => (window as unknown as { seen: { processed: number } }).seen.processed)).toBe(0);
  });
});

describe("segmentation", () => {
  it("shows labels as an overlay, a cut-out or classes, with the chosen classes", async () => {
    await open({}, "#task=segment&with=bilinear");
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "Score with a mask" }).count()).toBe(1);
    await shortcut(page, "3");
    const overlay = await meanColor(page, "after");
    const shown = page.getByRole("group", { name: "Classes shown" });
    expect(await shown.getByRole("checkbox", { checked: true }).count()).toBe(3);
    await settled(() => shown.getByRole("checkbox", { name: "Pet" }).click());
    expect(await address()).toContain("classes=border,person");
    expect(await meanColor(page, "after")).not.toEqual(overlay);
    await settled(() => page.getByRole("radio", { name: "Cut-out" }).check());
    expect(await address()).toContain("labels=cutout");
    // Transparent parts show squares; the stage around the picture has none.
    const pixels = await page.locator("up-picture.after canvas").evaluate((canvas: HTMLCanvasElement) => {
      const { data = [] } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      const counts = new Map<string, number>();
      for (let at = 0; at < data.length; at += 4) {
        const color = data.slice(at, at + 4).join();
        counts.set(color, (counts.get(color) ?? 0) + 1);
      }
      return { first: data.slice(0, 4).join(), counts: Object.fromEntries(counts) };
    });
    const { "255,255,255,255": white = 0, "212,212,212,255": gray = 0 } = pixels.counts;
    expect(pixels.first).toBe("0,0,0,0");
    expect(white).toBeGreaterThan(10_000);
    expect(white / gray).toBeCloseTo(1, 1);
  });
});

describe("a mask", () => {
  const mask = (level: number, width = 451, height = 300) => ({
    name: "mask.png",
    type: "image/png",
    bytes: png(width, height, () => level),
  });
  const link = "#task=segment&with=nearest,bilinear&mode=test";

  it("scores segmentation by pixel accuracy and mean IoU, and is one of the pictures", async () => {
    await open({}, link);
    await page.getByText("0 Background, 1 Border, 2 Pet, 3 Person").waitFor();
    await settled(() =>
      page.locator("input#mask").setInputFiles({ name: "mask.png", mimeType: "image/png", buffer: mask(2).bytes }),
    );
    await shortcut(page, "t");
    await expect
      .poll(() => tableRows(page))
      .toEqual({
        "U-Net · bilinear best": ["95.0%", "97.5%", expect.stringMatching(/sec$/), "510K"],
        "U-Net · nearest": ["70.0%", "85.0%", expect.stringMatching(/sec$/), "500K"],
      });
    await shortcut(page, "g");
    await expect.poll(tags).toEqual(["Before", "U-Net · nearest", "U-Net · bilinear", "True labels"]);
    await expectAccessible(page);
    await settled(() => page.getByRole("button", { name: "Remove the mask" }).click());
    await expect.poll(tags).toEqual(["Before", "U-Net · nearest", "U-Net · bilinear"]);
  });

  it("can be dropped in a test, and errors are reported", async () => {
    await open({}, link);
    await bring(page, "drop", [mask(9)]);
    await notice(page).getByText("one of its pixels matches none of the classes").waitFor();
    await page.getByRole("button", { name: "Open it as the photo" }).click();
    await named(page, "mask.png").waitFor();
    await restored(page);
    await page
      .locator("input#mask")
      .setInputFiles({ name: "small.png", mimeType: "image/png", buffer: mask(1, 90, 60).bytes });
    await notice(page).getByText("The mask has 90 × 60 pixels, the photo has 451 × 300").waitFor();
  });
});

describe("estimates", () => {
  it("refuse what does not fit and offer a size that does", async () => {
    await open();
    await at.engine({ mostPixels: 100_000 });
    await run(page).click();
    const sentence = await notice(page).getByText("needs more memory").textContent();
    const [, width = "", height = ""] = /A copy of (\d+) × (\d+) pixels fits/.exec(sentence ?? "") ?? [];
    expect(Number(width) * Number(height)).toBeLessThan(100_000);
    expect(Number(width) * Number(height)).toBeGreaterThan(94_000);
    await page.getByRole("button", { name: "Use a smaller copy" }).click();
    await named(page, `${width} × ${height}`).waitFor();
    await restored(page);
    expect(await notice(page).textContent()).toBe("");
  });

  it("include every step of a chain", async () => {
    await open({}, "#task=old-photo&with=bilinear&mode=apply");
    // The photo, halved and enlarged again, is a result too large for the last step alone.
    await at.engine({ mostResult: 200_000 });
    await page.getByRole("radio", { name: "A cup of coffee" }).check();
    await notice(page)
      .getByText(/A copy of \d+ × \d+ pixels fits/)
      .waitFor();
  });

  it("make long runs wait for the user", async () => {
    await open();
    await at.engine({ flopsPerPixel: 1e9 });
    await page.getByRole("radio", { name: "A cup of coffee" }).check();
    await status(page).filter({ hasText: "press Run" }).waitFor();
    await page
      .locator(".estimate")
      .filter({ hasText: /About .* tiles/ })
      .waitFor();
    await run(page).click();
    await restored(page);
  });
});

describe("choosing", () => {
  it("puts a second method beside the first if there is room, and under the wipe on a phone", async () => {
    await open();
    await settled(() => method(page, "Nearest").click());
    expect(await page.locator("up-grid").count()).toBe(1);
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.getByRole("button", { name: "Show controls" }).tap();
    await settled(() => method(page, "Nearest").click());
    expect(await page.locator("up-grid").count()).toBe(0);
    expect(await slider(page).getAttribute("aria-valuetext")).toMatch(/U-Net · nearest.*U-Net · bilinear/);
  });

  it("registers every click, also while a photo is prepared", async () => {
    await open();
    const both = await Promise.all(["Max-unpool", "Pixel shuffle"].map((name) => method(page, name).elementHandle()));
    await settled(() => page.evaluate((chips) => chips.forEach((chip) => (chip as HTMLElement).click()), both));
    await expect
      .poll(tags)
      .toEqual(["Gaussian noise", "U-Net · bilinear", "U-Net · pixel shuffle", "U-Net · max-unpool", "Original"]);
  });

  it("runs only missing results, or all of them if none is missing", async () => {
    await open();
    const time = async () => Object.entries(await tableRows(page)).find(([name]) => name.startsWith("U-Net"))?.[1][3];
    const before = await time();
    expect(before).toMatch(/sec/);
    await at.engine({ tileDelay: 400 });
    await method(page, "Nearest").click();
    await stop(page).waitFor();
    await stop(page).click();
    await status(page).filter({ hasText: "Stopped" }).waitFor();
    await run(page).click();
    await restored(page);
    expect(await time()).toBe(before);
    await run(page).click();
    await stop(page).waitFor();
    await restored(page);
    expect(await time()).not.toBe(before);
  });
});

describe("the state", () => {
  it("is in the address, and a link restores it", async () => {
    const link =
      "#task=deblur&with=bilinear,unsharp-filter&chosen=unsharp-filter&mode=test&degrade=motion,12,45,1&layout=grid&picture=coffee";
    await open({}, link);
    await expect.poll(tags).toEqual(["Motion", "U-Net · bilinear", "Unsharp mask (no network)", "Original"]);
    expect(await page.getByRole("slider", { name: "Direction" }).getAttribute("aria-valuetext")).toBe("45°");
    await named(page, "A cup of coffee").waitFor();
    expect(await page.locator(".cell[data-chosen] up-tag b").textContent()).toBe("Unsharp mask (no network)");
    expect(await address()).toBe(link);
  });

  it("is written later if the browser limits history updates, and a slider keeps working", async () => {
    await open({}, "#task=denoise&with=bilinear");
    await page.evaluate(() => {
      const real = history.replaceState.bind(history);
      let left = 4;
      history.replaceState = (...given) => {
        if (left-- > 0) throw new DOMException("100 times in 30 seconds", "SecurityError");
        real(...given);
      };
    });
    await settled(async () => {
      await page.getByRole("slider", { name: "Strength" }).focus();
      for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowLeft");
    });
    await expect.poll(address).toContain("strength=0.8");
    expect(at.complaints).toEqual([]);
  });

  it("undoes a change of task by going back within the page", async () => {
    await open();
    await settled(() => task("Deblur").check());
    await settled(() => method(page, "Nearest").click());
    await settled(async () => void (await page.goBack()));
    expect(await task("Denoise").isChecked()).toBe(true);
    await settled(async () => void (await page.goForward()));
    expect(await task("Deblur").isChecked()).toBe(true);
    expect(await method(page, "Nearest").isChecked()).toBe(true);
  });

  it("follows the address when it changes", async () => {
    await open();
    await settled(() => page.evaluate(() => (location.hash = "#task=denoise&with=nearest&mode=test&picture=chelsea")));
    expect(await method(page, "Nearest").isChecked()).toBe(true);
    expect(await method(page, "Bilinear").isChecked()).toBe(false);
  });

  it("keeps the photo if a link names none", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await settled(() => page.evaluate(() => (location.hash = "#task=deblur")));
    expect(await page.getByRole("radio", { name: "Deblur" }).isChecked()).toBe(true);
    await named(page, "cat.jpg").waitFor();
    expect(await address()).toContain("picture=own");
  });

  it("survives a reload with the user's own photo", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await settled(() => method(page, "Nearest").click());
    await page.reload();
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await expect.poll(tags).toEqual(["Before", "U-Net · nearest", "U-Net · bilinear"]);
    expect(at.complaints).toEqual([]);
  });

  it("uses a result as the next photo", async () => {
    await open();
    await page.getByRole("button", { name: "More ways to save" }).click();
    await page.getByRole("button", { name: "Use the result as the photo" }).click();
    await named(page, "chelsea-denoise.png 451 × 300").waitFor();
    await page.locator("up-proposal").waitFor(); // it comes before a run
    await settled(() => page.getByRole("button", { name: "Run", exact: true }).click());
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked()).toBe(true);
    expect(await slider(page).getAttribute("aria-valuetext")).toContain("Before");
  });
});
