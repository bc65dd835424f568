import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAccessible, launch } from "./browser";
import { type Site, serve } from "./server";

/** The custom element in a course page of another origin, with the production build. */

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

/** A page of the other origin that records the events of its elements in `heard`. */
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
    expect(statSync("dist/embed.js").size).toBeLessThan(8400);
    expect(readFileSync("dist/embed.js", "utf8")).not.toMatch(/import\s*[("{]/);
  });

  it("shows its attributes' settings, follows them, and emits events", async () => {
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

  it("returns results and reports, opens photos of the embedding page, and reports errors", async () => {
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

  it("accepts only its frame's origin, and the frame only the embedding page", async () => {
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

  it("neither takes the focus nor scrolls, and waits until it is near the viewport", async () => {
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
  it("has exercises that can be solved, without axe violations", async () => {
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

  it("takes a reader's own photo in its third exercise, and fits a phone, in Vietnamese", async () => {
    await open(course.replaceAll("<unet-playground ", '<unet-playground lang="vi" '), { width: 390, height: 844 });
    await page.locator("#own").scrollIntoViewIfNeeded();
    const own = page.locator("#own").locator("iframe").contentFrame();
    await heard("result", "own");
    const chooser = page.waitForEvent("filechooser");
    await own.getByRole("button", { name: "Mở ảnh" }).first().click();
    await (await chooser).setFiles("public/samples/coffee.jpg");
    const shown = () =>
      page.locator("#own").evaluate(async (element: Element) => JSON.stringify(await element.report()));
    await expect.poll(shown, { timeout: 45_000 }).toContain("coffee.jpg");
    await expect.poll(async () => JSON.stringify(await heard("result", "own"))).toContain('"width":600');
    expect(await own.locator("html").getAttribute("lang")).toBe("vi");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page);
    for (const frame of page.frames().slice(1)) await expectAccessible(frame, "page-has-heading-one"); // the embedding page has it
  });

  it("is solved in a sandbox with same-origin", async () => {
    await open(course);
    await page.goto("about:blank");
    writeFileSync(
      join(folder, "around.html"),
      `<!doctype html><title>Around</title><iframe src="lesson.html" width="900" height="850" title="Lesson"
         sandbox="allow-scripts allow-same-origin"></iframe>`,
    );
    await page.goto(`${host.url}around.html`);
    const lesson = page.frameLocator("iframe").first();
    await lesson.locator("#decoder iframe").waitFor();
    await lesson.locator("#decoder").evaluate((element: Element) => element.set({ chosen: "pixel-shuffle" }));
    await lesson.locator('[data-for="decoder"]').getByText("Solved.").waitFor({ timeout: 45_000 });
  });

  it("is solved in a sandbox with an opaque origin, if the playground's host sends CORS headers", async () => {
    const open = await serve("dist", "/unet/", { "Access-Control-Allow-Origin": "*" });
    try {
      page = await (await browser.newContext({ viewport: { width: 1000, height: 900 }, locale: "en-GB" })).newPage();
      writeFileSync(join(folder, "lesson.html"), course.replaceAll("https://example.edu/unet/", open.url));
      writeFileSync(
        join(folder, "around.html"),
        `<!doctype html><title>Around</title><iframe src="lesson.html" width="900" height="850" title="Lesson"
           sandbox="allow-scripts"></iframe>`,
      );
      await page.goto(`${host.url}around.html`);
      const lesson = page.frameLocator("iframe").first();
      await lesson.locator("#decoder iframe").waitFor();
      await lesson.locator("#decoder").evaluate((element: Element) => element.set({ chosen: "pixel-shuffle" }));
      await lesson.locator('[data-for="decoder"]').getByText("Solved.").waitFor({ timeout: 45_000 });
      const frame = page.frames().find((one) => one.url().startsWith(open.url));
      expect(await frame?.evaluate(() => window.origin)).toBe("null");
    } finally {
      open.close();
    }
  });
});

/** Quarto itself is not installed here: this is the HTML that version 1.5 writes around a raw block. */
describe("a page as written by Quarto", () => {
  const guide = readFileSync("../docs/embedding.md", "utf8");
  const [, snippet = ""] = /### Quarto\n````markdown\n```\{=html\}\n(.*?)```\n````/s.exec(guide) ?? [];
  const around = (head: string, block: string) => `<!DOCTYPE html>
    <html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"><head>
    <meta charset="utf-8"><meta name="generator" content="quarto-1.5.57">
    <meta name="viewport" content="width=device-width, initial-scale=1.0, user-scalable=yes"><title>Lecture</title>
    <style>*, *::before, *::after { box-sizing: border-box } img, svg { vertical-align: middle } iframe { border: 0; max-width: 100% }
      button { border-radius: 0; font-family: inherit } body.fullcontent main { padding: 0 1em }</style>${head}</head>
    <body class="fullcontent quarto-light">
    <div id="quarto-content" class="page-columns page-rows-contents page-layout-article"><main class="content" id="quarto-document-content">
    <header id="title-block-header" class="quarto-title-block default"><h1 class="title">Lecture</h1></header>
    <section id="try" class="level1"><h1>Try</h1><p>Text.</p>
    ${block}
    </section></main></div></body></html>`;

  it("shows the guide's snippet", async () => {
    expect(snippet).toContain("<unet-playground");
    await open(around("", snippet.replace("<unet-playground", '<unet-playground id="a"')));
    expect(await heard("result")).toMatchObject({ task: "denoise", results: [{ status: "done" }, { status: "done" }] });
  });

  it.each(["as an address", "as a script"])(
    "with all its resources embedded, %s, is told by a line where the playground is",
    async (how) => {
      const script = readFileSync("dist/embed.js", "utf8");
      const base64 = Buffer.from(script).toString("base64");
      const written =
        how === "as a script"
          ? () => `<script>${script}`
          : () => `<script src="data:text/javascript;base64,${base64}" defer>`;
      const embedded = snippet
        .replace(/<script[^>]*>/, written)
        .replace("<unet-playground task", '<unet-playground id="a" task');
      const [line = ""] = /<meta name="unet-playground".*>/.exec(guide) ?? [];
      await open(around("", `${line}\n${embedded}`));
      expect(await heard("result")).toMatchObject({ task: "denoise" });
    },
  );
});
