import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, KEPT, named, restored } from "./browser";
import { FakePage, photo } from "./fake-page";
import { type Site, serve } from "./server";

/** The page as an installed app, and its guides; below a sub-path, like everything of the fake page. */

const at = new FakePage();
const folder = mkdtempSync(join(tmpdir(), "app-"));
let gallery: Site;
let page: Page;

beforeAll(async () => {
  gallery = await serve(folder, "/gallery/");
});
afterAll(() => {
  gallery?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page, and waits until its service worker is active. */
async function installed(): Promise<void> {
  page = await at.open(KEPT);
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== "activated") {
      await new Promise((resolve) => active?.addEventListener("statechange", resolve, { once: true }));
    }
  });
}

/** Shares files like another app: by a form that the system posts to the page's share target. */
async function share(...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  const { share_target: target } = JSON.parse(readFileSync(join(at.folder, "manifest.webmanifest"), "utf8"));
  const action = new URL(target.action, at.site.url).href;
  writeFileSync(
    join(folder, "share.html"),
    `<!doctype html><form method="${target.method}" enctype="${target.enctype}" action="${action}">
     <input type="file" multiple name="${target.params.files[0].name}"><button>Share</button></form>`,
  );
  await page.goto(`${gallery.url}share.html`);
  await page.locator("input").setInputFiles(files);
  await page.getByRole("button", { name: "Share" }).click();
  await page.waitForURL(`${at.site.url}**`);
}

describe("installed", () => {
  it("is recognized by the browser as an app, with a name, icons and nothing missing", async () => {
    await installed();
    const session = await page.context().newCDPSession(page);
    const { url, errors, data } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    expect(url).toBe(`${at.site.url}manifest.webmanifest`);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // The tests' browser windows are incognito, where nothing can be installed.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
    const manifest = JSON.parse(data ?? "");
    for (const { src, sizes } of manifest.icons) {
      const size = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
      if (sizes !== "any") expect(size, src).toBe(sizes);
    }
    expect(at.complaints).toEqual([]);
  });

  it("opens a photo that another app shares, once", async () => {
    await installed();
    await share({ name: "ảnh từ máy.jpg", mimeType: "image/jpeg", buffer: photo.bytes });
    await named(page, "ảnh từ máy.jpg").waitFor();
    await restored(page);
    expect(new URL(page.url()).search).toBe("");
    expect(await page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("shared")))).toEqual(
      [],
    );
  });

  it("opens several shared photos, and opens normally if nothing was shared", async () => {
    await installed();
    await share(
      { name: "a.jpg", mimeType: "image/jpeg", buffer: photo.bytes },
      { name: "b.jpg", mimeType: "image/jpeg", buffer: photo.bytes },
    );
    await page.getByText("2 files. You can apply the chosen method").waitFor();
    await share();
    await restored(page);
    expect(await named(page, "a.jpg").count()).toBe(0);
  });

  it("opens files from the system, also from another view", async () => {
    page = await at.visit("#slides");
    await page.addInitScript(() => {
      Object.defineProperty(window, "launchQueue", {
        value: { setConsumer: (take: unknown) => Object.assign(window, { take }) },
      });
    });
    await page.reload();
    await page.waitForFunction(() => "take" in window);
    await page.evaluate(
      (bytes) => {
        const file = new File([new Uint8Array(bytes)], "opened.jpg", { type: "image/jpeg" });
        const { take } = window as unknown as { take(launch: object): void };
        take({ files: [] });
        take({ files: [{ getFile: async () => file }] });
      },
      [...photo.bytes],
    );
    await named(page, "opened.jpg").waitFor();
    await restored(page);
  });
});

describe("help", () => {
  it("is linked from the header, and fits a phone", async () => {
    await at.visit("#slides");
    const opening = at.page.context().waitForEvent("page");
    await at.page.getByRole("link", { name: "Help" }).click();
    const guide = await opening;
    await guide.getByRole("heading", { name: "Help", level: 1 }).waitFor();
    await guide.locator("main").getByRole("link", { name: "Embed it in a course" }).click();
    await guide.getByRole("heading", { name: "Attributes" }).waitFor();
    await guide.setViewportSize({ width: 360, height: 640 });
    expect(await guide.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  it("has no axe violations", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const name of ["index", "embedding", "networks"]) {
        const context = await at.browser.newContext({ colorScheme, bypassCSP: true });
        const guide = await context.newPage();
        await guide.goto(`${at.site.url}help/${name}.html`);
        await expectAccessible(guide);
        await context.close();
      }
    }
  });

  it("works offline", async () => {
    await installed();
    await page.context().setOffline(true);
    await page.goto(`${at.site.url}help/embedding.html`);
    await page.getByRole("heading", { name: "Embed it in a course", level: 1 }).waitFor();
    const family = await page.evaluate(() => getComputedStyle(document.querySelector("pre") as Element).whiteSpace);
    expect(family, "with its style").toBe("pre-wrap");
  });
});
