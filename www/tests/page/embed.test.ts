import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAccessible, launch } from "./browser";
import { type Site, serve } from "./server";

/** The custom element in a course page of another origin, over the production build. */

type Element = HTMLElement &
  Record<"run" | "stop" | "report", () => Promise<object>> & {
    set(settings: Record<string, string>): Promise<null>;
    load(what: string): Promise<null>;
    result(method?: string): Promise<Blob>;
  };

const folder = mkdtempSync(join(tmpdir(), "course-"));
const course = readFileSync("../docs/course/index.html", "utf8");
let browser: Browser;
let site: Site;
let host: Site;
let page: Page;

beforeAll(async () => {
  if (!existsSync("dist/embed.js")) throw new Error("www/dist is missing: run `make site`");
  copyFileSync("public/samples/coffee.jpg", join(folder, "coffee.jpg"));
  [site, host] = [await serve("dist", "/unet/"), await serve(folder, "/course/")];
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  host?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await page?.context().close();
});

/** A page of the other origin, with the events of its elements in `heard`. */
async function open(html: string, viewport = { width: 1000, height: 900 }): Promise<void> {
  page = await (await browser.newContext({ viewport, locale: "en-GB" })).newPage();
  writeFileSync(join(folder, "lesson.html"), html.replaceAll("https://example.edu/unet/", site.url));
  await page.addInitScript(() => {
    const heard: { event: string; detail: unknown; id: string }[] = [];
    Object.assign(globalThis, { heard });
    for (const event of ["ready", "progress", "result", "change", "error", "solved"]) {
      document.addEventListener(
        event,
        (told) => heard.push({ event, detail: (told as CustomEvent).detail, id: (told.target as HTMLElement).id }),
        true,
      );
    }
  });
  await page.goto(`${host.url}lesson.html`);
}

const tag = (attributes: string, after = "") =>
  `<!doctype html><title>Lesson</title><script src="https://example.edu/unet/embed.js" defer></script>
   <unet-playground id="a" ${attributes}></unet-playground>${after}`;

const frame = (id = "a"): FrameLocator => page.locator(`#${id}`).locator("iframe").contentFrame();

async function heard(event: string, id = "a"): Promise<Record<string, unknown>> {
  const found = await page.waitForFunction(
    ([event, id]) =>
      (globalThis as never as { heard: { event: string; id: string; detail: object }[] }).heard.findLast(
        (one) => one.event === event && one.id === id,
      ),
    [event, id] as const,
    { timeout: 45_000 },
  );
  return ((await found.jsonValue()) as { detail: Record<string, unknown> }).detail;
}

describe("the element", () => {
  it("is one small script", () => {
    expect(statSync("dist/embed.js").size).toBeLessThan(8192);
    expect(readFileSync("dist/embed.js", "utf8")).not.toMatch(/import\s*[("{]/);
  });

  it("shows what its attributes say, follows them, and tells what happens", async () => {
    await open(
      tag(
        'task="denoise" with="bilinear" sample="chelsea" degradation="gaussian-noise" level="35" backend="cpu" controls="compare strength"',
      ),
    );
    await heard("ready");
    const first = await heard("result");
    expect(first).toMatchObject({
      task: "denoise",
      chosen: "bilinear",
      results: [{ method: "bilinear", status: "done", psnr: expect.any(Number) }],
    });
    expect(await frame().getByRole("heading", { name: "Upsampling" }).count()).toBe(0);
    await frame().getByRole("slider", { name: "Strength" }).waitFor();
    await page.locator("#a").evaluate((element: Element) => element.setAttribute("with", "nearest"));
    await expect.poll(async () => (await heard("result")).chosen).toBe("nearest");
    expect((await heard("change")).settings).toMatchObject({ with: "nearest", degrade: "gaussian-noise,35,1" });
  });

  it("gives results and reports, opens photos of the page around, and says what it cannot do", async () => {
    await open(tag('task="denoise" with="bilinear" mode="apply" backend="cpu" src="coffee.jpg"'));
    await heard("result");
    await expect
      .poll(() => page.locator("#a").evaluate(async (element: Element) => JSON.stringify(await element.report())))
      .toContain("coffee.jpg");
    await page.locator("#a").evaluate((element: Element) => element.run());
    const png = await page
      .locator("#a")
      .evaluate(async (element: Element) =>
        [...new Uint8Array(await (await element.result()).arrayBuffer())].slice(1, 4),
      );
    expect(String.fromCharCode(...png)).toBe("PNG");
    const refused = page
      .locator("#a")
      .evaluate((element: Element) => element.result("magic").then(String, (error: { code: string }) => error.code));
    expect(await refused).toBe("no-result");
    await page.locator("#a").evaluate((element: Element) => element.setAttribute("src", "nothing.jpg"));
    expect((await heard("error")).message).toMatch(/nothing\.jpg: HTTP 404/);
  });

  it("listens to the frame's origin alone, and the frame to the page around it alone", async () => {
    await open(tag('task="denoise" with="bilinear" sample="chelsea" mode="apply" backend="cpu"'));
    await heard("result");
    await page.evaluate(() => window.postMessage({ unetPlayground: 1, event: "solved", detail: {} }, "*"));
    const inside = page.frames().find((one) => one.url().startsWith(site.url));
    await inside?.evaluate(() =>
      window.postMessage({ unetPlayground: 1, id: 9, call: "set", args: { task: "deblur" } }, "*"),
    );
    await page.waitForTimeout(300);
    const events = await page.evaluate(() =>
      (globalThis as never as { heard: { event: string }[] }).heard.map(({ event }) => event),
    );
    expect(events).not.toContain("solved");
    expect((await heard("change")).settings).toMatchObject({ task: "denoise" });
  });

  it("neither takes the focus nor scrolls, and waits until it is near", async () => {
    await open(
      tag('task="denoise" with="bilinear" sample="chelsea"', '<div style="height: 3000px"></div>').replace(
        "<unet-playground",
        '<input id="mine" /><div style="height: 2600px"></div><unet-playground',
      ),
    );
    expect(await page.locator("iframe").count()).toBe(0);
    await page.locator("#mine").focus({ timeout: 5000 });
    await page.evaluate(() => window.scrollTo(0, 2400));
    await heard("ready");
    expect(await page.evaluate(() => [document.activeElement?.id, window.scrollY, history.length])).toEqual([
      "mine",
      2400,
      2,
    ]);
  });

  it("is usable at 320 by 240, in Vietnamese, locked, without a header", async () => {
    await open(
      tag(
        'task="denoise" with="bilinear" sample="chelsea" lang="vi" theme="dark" lock style="width: 320px; height: 240px; aspect-ratio: auto"',
      ),
      { width: 400, height: 500 },
    );
    await heard("result");
    const inside = page.frames().find((one) => one.url().startsWith(site.url));
    const seen = await inside?.evaluate(() => {
      const app = document.querySelector("up-app")?.shadowRoot;
      const stage = app?.querySelector("main")?.getBoundingClientRect();
      const overflows =
        document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight;
      return {
        lang: document.documentElement.lang,
        scheme: document.documentElement.style.colorScheme,
        height: stage?.height,
        overflows,
        header: app?.querySelector("up-header")?.checkVisibility(),
      };
    });
    expect(seen).toEqual({ lang: "vi", scheme: "dark", height: 240, overflows: false, header: false });
  });
});

describe("a course page", () => {
  it("has exercises that are solved, and nothing that axe finds from the outside", async () => {
    await open(course);
    await heard("result", "decoder");
    expect(await page.locator("#decoder").getAttribute("solved")).toBeNull();
    await page.locator("#decoder").evaluate((element: Element) => element.set({ chosen: "pixel-shuffle" }));
    await heard("solved", "decoder");
    expect(await page.locator('[data-for="decoder"]').textContent()).toBe("Solved.");
    await page.locator("#noise").scrollIntoViewIfNeeded();
    await heard("result", "noise");
    await page.locator("#noise").evaluate((element: Element) => element.set({ level: "75" }));
    await heard("solved", "noise");
    await expectAccessible(page);
  });
});
