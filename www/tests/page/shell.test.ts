import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import config from "../fake.vite.config.ts";
import { bring, expectAccessible, launch, meanColour, notice, restored, run, slider, status, stop, visit } from "./browser";
import { serve, type Site } from "./server";

/** The page on the fake engine: all that does not depend on what the network computes. */

const chelsea = readFileSync("public/samples/chelsea.jpg");
const photo = { name: "cat.jpg", type: "image/jpeg", bytes: chelsea };
let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  site = await serve(String(config.build?.outDir), "/some/where/");
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  site.close();
});
afterEach(() => page.context().close());

async function open(options?: BrowserContextOptions): Promise<void> {
  ({ page, complaints } = await visit(browser, site.url, options));
  await restored(page);
}

/** Steers the fake engine; the pause lets the message overtake what is sent next. */
async function engine(behaviour: Record<string, unknown>): Promise<void> {
  await page.evaluate((behaviour) => new BroadcastChannel("fake-engine").postMessage(behaviour), behaviour);
  await page.waitForTimeout(50);
}

describe("opening", () => {
  it("restores a sample without being asked, below a sub-path, with nothing to complain of", async () => {
    await open();
    await expect.poll(() => slider(page).getAttribute("aria-valuetext")).toBe("50% before, 50% after");
    expect(await page.getByRole("radio", { name: "Chelsea the cat" }).isChecked()).toBe(true);
    expect(await page.getByRole("button", { name: "Save PNG" }).isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("has a strict policy: no inline script, no foreign source", async () => {
    await open();
    const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    expect(await page.locator("script:not([src])").count()).toBe(0);
  });
});

describe("accessibility", () => {
  const sizes: Record<string, BrowserContextOptions> = {
    "desktop, light": {},
    "desktop, dark": { colorScheme: "dark" },
    "phone, light": { viewport: { width: 390, height: 844 }, hasTouch: true },
    "phone, dark": { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark" },
  };
  for (const [name, options] of Object.entries(sizes)) {
    it(`axe finds nothing: ${name}`, async () => {
      await open({ ...options, reducedMotion: "reduce" });
      await expectAccessible(page);
      if (name.startsWith("phone")) await page.getByRole("button", { name: "Show controls" }).click();
      await expectAccessible(page);
      await bring(page, "drop", [{ name: "net.onnx.data", bytes: new Uint8Array(8) }]);
      await notice(page).getByText("net.onnx.data").waitFor();
      await expectAccessible(page);
      await page.getByRole("button", { name: "Keyboard and mouse" }).click();
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page);
    });
  }

  it("axe finds nothing while running", async () => {
    await open();
    await engine({ tileDelay: 400 });
    await run(page).click();
    await stop(page).waitFor();
    await expectAccessible(page);
  });

  it("keeps everything within the width of a phone", async () => {
    await open({ viewport: { width: 360, height: 640 }, hasTouch: true });
    await page.getByRole("button", { name: "Show controls" }).click();
    const wide = await page.evaluate(() => {
      const all = (root: ParentNode): Element[] =>
        [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
      return all(document)
        .filter((each) => !each.closest("[role=radiogroup]") && each.getBoundingClientRect().right > 361)
        .map((each) => each.outerHTML.slice(0, 80));
    });
    expect(wide).toEqual([]);
  });
});

describe("the wipe", () => {
  it("follows the pointer and goes back when it leaves", async () => {
    await open({ reducedMotion: "reduce" });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    expect(Number(await slider(page).getAttribute("aria-valuenow"))).toBeLessThan(35);
    await page.mouse.move(box.x + box.width + 100, 300);
    await expect.poll(() => slider(page).getAttribute("aria-valuenow")).toBe("50");
  });

  it("stays where a click has put it", async () => {
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
    expect(await slider(page).getAttribute("aria-valuetext")).toBe("0% before, 100% after");
    await page.keyboard.press("End");
    expect(await slider(page).getAttribute("aria-valuenow")).toBe("100");
  });

  it("goes to either side with 1, 2, 3, and flickers with Space", async () => {
    await open();
    const now = () => slider(page).getAttribute("aria-valuenow");
    await page.keyboard.press("1");
    expect(await now()).toBe("100");
    await page.keyboard.press("3");
    expect(await now()).toBe("0");
    await page.keyboard.down(" ");
    expect(await now()).toBe("100");
    await page.keyboard.up(" ");
    expect(await now()).toBe("0");
  });

  it("is dragged by a finger", async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    await page.touchscreen.tap(box.x + 300, box.y + box.height / 2);
    expect(Number(await slider(page).getAttribute("aria-valuenow"))).toBeGreaterThan(70);
  });
});

describe("zoom", () => {
  const zoom = () => page.getByRole("textbox", { name: "Zoom in percent" }).inputValue();

  it("goes by buttons, typing, wheel and keys, and back to fit", async () => {
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
    await page.locator("body").press("+");
    expect(Number.parseFloat(await zoom())).toBeGreaterThan(Number.parseFloat(fitted));
    await page.locator("body").press("0");
    expect(await zoom()).toBe(fitted);
  });
});

describe("hands", () => {
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
    const seen = await meanColour(page, "before");
    await touch("touchStart", x - 100);
    for (let moved = 0; moved <= 150; moved += 10) await touch("touchMove", x - 100 + moved);
    await touch("touchEnd");
    expect(await slider(page).getAttribute("aria-valuenow")).toBe(wipe);
    expect(await meanColour(page, "before")).not.toEqual(seen);
  });

  it("drag with the mouse pans what is larger than the stage, and moves the wipe otherwise", async () => {
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
    await page.locator("body").press("+");
    await page.locator("body").press("+");
    const seen = await meanColour(page, "before");
    await drag(0.8, 0.5);
    expect(await meanColour(page, "before")).not.toEqual(seen);
  });
});

describe("bringing a photo", () => {
  const taken = () => page.locator("up-controls .name").filter({ hasText: "cat.jpg" }).waitFor();

  it("by drop", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await taken();
    await restored(page);
    expect(complaints).toEqual([]);
  });

  it("by paste", async () => {
    await open();
    await bring(page, "paste", [photo]);
    await taken();
  });

  it("by choosing a file", async () => {
    await open();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open photo" }).first().click();
    await (await chooser).setFiles({ name: "cat.jpg", mimeType: "image/jpeg", buffer: chelsea });
    await taken();
  });

  it("takes a person's photo as it is, without noise", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await taken();
    expect(await page.getByRole("switch", { name: "Add noise first" }).isChecked()).toBe(false);
  });

  it("says so when a file is no picture, and keeps all as it was", async () => {
    await open();
    await bring(page, "drop", [{ name: "notes.jpg", type: "image/jpeg", bytes: new TextEncoder().encode("hello") }]);
    await notice(page).getByText("not a picture that can be read").waitFor();
    expect(await page.getByRole("radio", { name: "Chelsea the cat" }).isChecked()).toBe(true);
    await page.getByRole("radio", { name: "A cup of coffee" }).check();
    await page.locator("up-controls .name").filter({ hasText: "A cup of coffee" }).waitFor();
    await restored(page);
    expect(await notice(page).textContent()).toBe("");
  });

  it("explains a drop that holds a link and no file", async () => {
    await open();
    await bring(page, "drop", []);
    await notice(page).getByText("gave a link but no picture").waitFor();
  });
});

describe("models", () => {
  it("takes an own ONNX file, and goes back to the shipped one", async () => {
    await open();
    await bring(page, "drop", [{ name: "mine.onnx", bytes: new Uint8Array(2000) }]);
    await page.getByText("mine.onnx, 2 kB").waitFor();
    await restored(page);
    await page.getByRole("button", { name: "Back to the shipped model" }).click();
    await page.getByText("Denoise", { exact: true }).waitFor();
  });

  it("keeps the model it has when a file is broken", async () => {
    await open();
    await bring(page, "drop", [{ name: "mine.onnx", bytes: new Uint8Array(1) }]);
    await notice(page).getByText("not a usable ONNX model").waitFor();
    await notice(page).getByText("the file ends early").waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Dismiss" }).click();
    await run(page).click();
    await restored(page);
  });
});

describe("running", () => {
  it("shows real progress and stops at once", async () => {
    await open();
    await engine({ tileDelay: 300 });
    await run(page).click();
    await status(page).filter({ hasText: /Restoring, [1-9]/ }).waitFor();
    const bar = page.getByRole("progressbar", { name: "Progress" });
    expect(Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
    const began = Date.now();
    await page.keyboard.press("Escape");
    await run(page).waitFor();
    expect(Date.now() - began).toBeLessThan(200);
    expect(await status(page).textContent()).toBe("Stopped");
    await engine({ tileDelay: 1 });
    await run(page).click();
    await restored(page);
  });

  it("runs again when the noise is changed", async () => {
    await open();
    await page.getByRole("slider", { name: "Noise level" }).fill("10");
    await stop(page).waitFor();
    await restored(page);
    expect(complaints).toEqual([]);
  });

  it("goes on with the CPU when the GPU is lost, and says so", async () => {
    await open();
    await page.getByText("Running on WebGPU").waitFor();
    await engine({ loseGpu: true });
    await run(page).click();
    await page.getByText("Running on the CPU").waitFor();
    await notice(page).getByText("The GPU gave up").waitFor();
    await status(page).getByText("on the CPU").waitFor();
  });

  it("offers the CPU where there is no WebGPU", async () => {
    await open();
    await engine({ webgpu: false });
    await page.getByRole("radio", { name: "CPU" }).check();
    await page.getByRole("radio", { name: "WebGPU" }).check();
    await notice(page).getByText("WebGPU is not available").waitFor();
    await page.getByRole("button", { name: "Use the CPU" }).click();
    await page.getByText("Running on the CPU").waitFor();
    await restored(page);
  });

  it("replaces an engine that trapped, keeps photo and settings, and runs again", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await page.locator("up-controls .name").filter({ hasText: "cat.jpg" }).waitFor();
    await restored(page);
    await engine({ tileDelay: 300 });
    await run(page).click();
    await stop(page).waitFor();
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    });
    await notice(page).getByText("The engine stopped unexpectedly").waitFor();
    expect(await page.locator("up-controls .name").textContent()).toContain("cat.jpg");
    await page.getByRole("button", { name: "Try again" }).click();
    await restored(page);
    expect(await notice(page).textContent()).toBe("");
  });
});

describe("keyboard alone", () => {
  it("reaches every control in order, each with a name", async () => {
    await open();
    const names: string[] = [];
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at === document.body ? "" : (at?.getAttribute("aria-label") ?? at?.parentElement?.textContent?.trim() ?? "?");
      });
      if (!name) break;
      names.push(name.replace(/\s+/g, " "));
    }
    for (const wanted of ["Compare before and after", "Zoom in", "Chelsea the cat", "Noise level", "Auto"]) {
      expect(names).toContain(wanted);
    }
    expect(names).not.toContain("?");
  });

  it("opens, runs and asks for help by key", async () => {
    await open();
    const chooser = page.waitForEvent("filechooser");
    await page.keyboard.press("o");
    await (await chooser).setFiles({ name: "cat.jpg", mimeType: "image/jpeg", buffer: chelsea });
    await page.locator("up-controls .name").filter({ hasText: "cat.jpg" }).waitFor();
    await restored(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard and mouse" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const download = page.waitForEvent("download");
    await page.keyboard.press("s");
    expect((await download).suggestedFilename()).toBe("cat-denoised.png");
  });
});

describe("languages", () => {
  it("switches to Vietnamese, and stays there", async () => {
    await open();
    await page.getByRole("button", { name: "Tiếng Việt" }).click();
    await page.getByRole("button", { name: "Chạy", exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("vi");
    await page.reload();
    await page.getByRole("button", { name: /^(Chạy|Dừng)$/ }).waitFor();
  });

  it("opens in the browser's language", async () => {
    ({ page, complaints } = await visit(browser, site.url, { locale: "vi-VN" }));
    await page.getByRole("button", { name: /^(Chạy|Dừng)$/ }).waitFor();
    expect(complaints).toEqual([]);
  });
});
