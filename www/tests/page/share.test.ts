import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions, Frame, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bring, expectAccessible, named, restored } from "./browser";
import { FakePage, photo } from "./fake-page";
import { type Site, serve } from "./server";

/** The share dialog, and its code in a page of another origin. */

const at = new FakePage();
const folder = mkdtempSync(join(tmpdir(), "lesson-"));
let host: Site;
let page: Page;

beforeAll(async () => {
  host = await serve(folder, "/course/");
});
afterAll(() => {
  host?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: BrowserContextOptions = {}, hash?: string): Promise<void> {
  page = await at.open({ permissions: ["clipboard-read", "clipboard-write"], ...options }, hash);
}

async function share(): Promise<Locator> {
  await page.getByRole("button", { name: "Share or embed" }).click();
  const dialog = page.getByRole("dialog", { name: "Share", exact: true });
  await dialog.waitFor();
  return dialog;
}

const code = (dialog: Locator) => dialog.getByRole("textbox", { name: "Code for your page" });

/** The settings of the page in a frame. */
async function settled(page: Page, done = "Done in"): Promise<{ frame: Frame; settings: Record<string, string> }> {
  await expect.poll(() => page.frames().length).toBeGreaterThan(1);
  const frame = page.frames().at(-1) as Frame;
  await frame.locator("up-actions .status").filter({ hasText: done }).waitFor({ state: "attached" });
  const { hash } = new URL(frame.url());
  return { frame, settings: Object.fromEntries(new URLSearchParams(hash.slice(1))) };
}

/** Puts code into a page of another origin, and opens it. */
async function lesson(html: string): Promise<Page> {
  writeFileSync(join(folder, "lesson.html"), `<!doctype html><title>Lesson</title><body>${html}</body>`);
  const lesson = await page.context().newPage();
  await lesson.goto(`${host.url}lesson.html`);
  return lesson;
}

describe("sharing", () => {
  const hash =
    "#task=denoise&with=nearest,pixel-shuffle&chosen=pixel-shuffle&mode=test&degrade=gaussian-noise,50,3&layout=grid&picture=coffee";

  it("writes a tag and a frame that show the same in a page of another origin", async () => {
    await open({}, hash);
    const dialog = await share();
    await dialog.getByRole("checkbox", { name: "Adjust" }).check();
    await dialog.getByRole("checkbox", { name: /^Lock/ }).check();
    await dialog.getByRole("combobox", { name: "Language" }).selectOption("vi");
    await dialog.getByRole("combobox", { name: "Colors" }).selectOption("dark");
    await dialog.getByRole("spinbutton", { name: "Width in pixels" }).fill("720");
    await dialog.getByRole("radio", { name: "16:9" }).check({ force: true });
    await dialog.getByRole("button", { name: "Copy the code" }).click();
    await dialog.getByText("The code is copied.").waitFor();
    const tag = await page.evaluate(() => navigator.clipboard.readText());
    expect(tag).toBe(await code(dialog).inputValue());
    await dialog.getByRole("radio", { name: "Frame" }).check({ force: true });
    const iframe = await code(dialog).inputValue();

    const wanted = Object.fromEntries(new URLSearchParams(hash.slice(1)));
    for (const written of [tag, iframe]) {
      const there = await lesson(written);
      const { frame, settings } = await settled(there, "Xong");
      expect(settings).toEqual(wanted);
      const seen = await frame.evaluate(() => {
        const app = document.querySelector("up-app")?.shadowRoot;
        return {
          lang: document.documentElement.lang,
          scheme: document.documentElement.style.colorScheme,
          header: app?.querySelector("up-header")?.checkVisibility(),
          finish: app?.querySelector("up-controls")?.shadowRoot?.querySelector("#finish")?.checkVisibility(),
          task: app?.querySelector("up-controls")?.shadowRoot?.querySelector("#task") ?? null,
          size: [innerWidth, innerHeight],
        };
      });
      expect(seen).toEqual({ lang: "vi", scheme: "dark", header: false, finish: true, task: null, size: [720, 405] });
      await there.close();
    }
    expect(at.complaints.filter((what) => !what.includes(host.url))).toEqual([]);
  });

  it("previews the code, and follows the options", async () => {
    await open({}, hash);
    const dialog = await share();
    const { frame, settings } = await settled(page);
    expect(settings).toMatchObject({ with: "nearest,pixel-shuffle", layout: "grid" });
    await frame.locator("up-compare .bar").first().waitFor();
    await dialog.getByRole("checkbox", { name: "Viewing tools" }).uncheck();
    await expect.poll(() => code(dialog).inputValue()).toMatch(/controls=""/);
    await expect.poll(() => page.frames().at(-1)?.url()).toMatch(/controls=[#&]/);
    const bare = await settled(page);
    await expect.poll(() => bare.frame.locator("up-compare .bar").first().isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(page.frames().length, "the preview's engine is gone").toBe(1);
  });

  it("copies a link that opens the same", async () => {
    await open({}, hash);
    const dialog = await share();
    await dialog.getByRole("button", { name: "Copy the link" }).click();
    await dialog.getByText("The link is copied.").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(page.url());
    expect(link).toBe(at.site.url + hash);
  });

  it("names the files that stay on this device, and refers to them as files of the other page", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    const dialog = await share();
    await dialog.getByText(/^Your photo cat\.jpg stays on this device/).waitFor();
    expect(await code(dialog).inputValue()).toMatch(/src="cat\.jpg"/);
    expect(await dialog.getByRole("textbox", { name: /^Link/ }).inputValue()).not.toMatch(/own/);
    writeFileSync(join(folder, "cat.jpg"), photo.bytes);
    const there = await lesson(await code(dialog).inputValue());
    await settled(there);
    const told = await there.locator("unet-playground").evaluate(async (element) => {
      const { report } = element as unknown as { report(): Promise<{ picture: { name: string } }> };
      return (await report.call(element)).picture.name;
    });
    expect(told).toBe("cat.jpg");
  });

  it("shares the other views, without parts to choose", async () => {
    await at.visit("#learn");
    page = at.page;
    const dialog = await share();
    expect(await code(dialog).inputValue()).toMatch(/view="learn"/);
    expect(await dialog.getByRole("checkbox").count()).toBe(1);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  });

  it("selects the text if the browser does not allow copying", async () => {
    await open();
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
    });
    const dialog = await share();
    await dialog.getByRole("button", { name: "Copy the code" }).click();
    await dialog.getByText("The text is selected").waitFor();
    expect(await code(dialog).evaluate((area: HTMLTextAreaElement) => area.selectionEnd - area.selectionStart)).toBe(
      (await code(dialog).inputValue()).length,
    );
  });
});

describe("the dialog", () => {
  const sizes: Record<string, BrowserContextOptions> = {
    "desktop, light": {},
    "desktop, dark": { colorScheme: "dark" },
    "phone, light": { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true },
    "phone, dark, Vietnamese": {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      colorScheme: "dark",
      locale: "vi",
    },
  };
  for (const [name, options] of Object.entries(sizes)) {
    it(`has no axe violations, and fits: ${name}`, async () => {
      await at.visit(undefined, { ...options, reducedMotion: "reduce" });
      page = at.page;
      await page.locator("up-header .share").click();
      const dialog = page.locator("up-share dialog");
      await dialog.waitFor();
      await expectAccessible(page);
      expect(await dialog.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
      const outside = await dialog.evaluate((box) =>
        [...box.querySelectorAll("*")]
          .filter((each) => each.tagName !== "IFRAME" && each.getBoundingClientRect().right > innerWidth)
          .map((each) => each.outerHTML.slice(0, 80)),
      );
      expect(outside).toEqual([]);
    });
  }

  it("works by keyboard, and returns the focus", async () => {
    await open();
    await page.getByRole("button", { name: "Share or embed" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Share", exact: true });
    await dialog.waitFor();
    await dialog.getByRole("checkbox", { name: "Task" }).focus();
    await page.keyboard.press("Space");
    expect(await code(dialog).inputValue()).toMatch(/controls="task compare"/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(
      await page.getByRole("button", { name: "Share or embed" }).evaluate((button) => button.matches(":focus")),
    ).toBe(true);
  });
});
