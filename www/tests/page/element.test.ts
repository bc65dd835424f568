import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, PLAIN, visit } from "./browser";
import { FakePage } from "./fake-page";
import { type Site, serve } from "./server";

/** The element around a page on the fake engine: its start, its waiting, and its messages if it cannot start. */

type Element = HTMLElement & Record<string, unknown> & { run(): Promise<null> };
interface Heard {
  event: string;
  id: string;
  detail: Record<string, unknown>;
}

const at = new FakePage();
const folder = mkdtempSync(join(tmpdir(), "lesson-"));
let host: Site;
let page: Page;

beforeAll(async () => {
  copyFileSync("public/samples/coffee.jpg", join(folder, "coffee.jpg"));
  host = await serve(folder, "/course/");
});
afterAll(() => {
  host?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page of another origin with this body; `early` runs as soon as the body is parsed. */
async function open(body: string, early = "", path = "lesson.html"): Promise<void> {
  const script = `<script src="${at.site.url}embed.js" defer></script>`;
  writeFileSync(join(folder, "lesson.html"), `<!doctype html><title>Lesson</title>${script}<body>${body}`);
  const viewport = { width: 900, height: 800 };
  page = at.page = await (await at.browser.newContext({ viewport, locale: "en-GB" })).newPage();
  await page.addInitScript(() => {
    const heard: { event: string; id: string; detail: unknown }[] = [];
    Object.assign(globalThis, { heard });
    for (const event of ["ready", "result", "error", "solved"]) {
      const hear = (told: Event) =>
        heard.push({ event, id: (told.target as HTMLElement).id, detail: (told as CustomEvent).detail });
      document.addEventListener(event, hear, true);
    }
  });
  if (early) await page.addInitScript({ content: `document.addEventListener("DOMContentLoaded", () => { ${early} })` });
  await page.goto(host.url + path);
}

const heard = () => page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
const told = async () => (await heard()).map(({ event, id }) => `${event} ${id}`);
const waitFor = (what: string) => expect.poll(told).toContain(what);
const results = async (id = "a") => (await heard()).filter((one) => one.event === "result" && one.id === id);
const widthOf = ({ detail }: Heard) => (detail.results as { width: number }[])[0]?.width;
const usual = 'task="denoise" with="bilinear" sample="chelsea" degradation="gaussian-noise" level="35"';
const inside = (): Frame => page.frames().at(-1) as Frame;
const settings = () => Object.fromEntries(new URLSearchParams(new URL(inside().url()).hash.slice(1)));

describe("attributes", () => {
  it("that change while the frame starts take effect once it is ready", async () => {
    await open(
      `<unet-playground id="a" ${usual} loading="eager"></unet-playground>`,
      `const a = document.querySelector("#a");
       const wait = setInterval(() => {
         if (!a.shadowRoot?.querySelector("iframe")) return;
         clearInterval(wait);
         a.setAttribute("with", "pixel-shuffle");
         a.setAttribute("level", "50");
       })`,
    );
    await expect.poll(async () => (await results()).at(-1)?.detail.chosen).toBe("pixel-shuffle");
    expect(settings()).toMatchObject({ with: "pixel-shuffle", degrade: "gaussian-noise,50,1" });
  });

  it("are also properties, even if set before the script loaded", async () => {
    await open(
      `<unet-playground id="a"></unet-playground>
       <script>Object.assign(document.querySelector("#a"), { task: "deblur", with: "nearest", lock: true })</script>`,
    );
    await waitFor("result a");
    expect(settings()).toMatchObject({ task: "deblur", with: "nearest" });
    const seen = await page.locator("#a").evaluate((element: Element) => {
      element.layout = "grid";
      element.lock = false;
      return [element.getAttribute("task"), element.getAttribute("layout"), element.lock, element.hasAttribute("lock")];
    });
    expect(seen).toEqual(["deblur", "grid", false, false]);
  });

  it("that reload the frame do not change the page's history", async () => {
    await open(`<unet-playground id="a" ${usual}></unet-playground>`);
    await waitFor("result a");
    const before = await page.evaluate(() => history.length);
    await page.locator("#a").evaluate((element: Element) => {
      element.controls = "all";
    });
    await expect.poll(async () => (await told()).filter((one) => one === "ready a").length).toBe(2);
    await inside().getByRole("heading", { name: "Upsampling" }).waitFor();
    expect(await page.evaluate(() => history.length)).toBe(before);
  });
});

describe("a photo of the embedding page", () => {
  it("is opened instead of a sample, which never runs", async () => {
    await open(
      `<unet-playground id="a" task="denoise" with="bilinear" mode="apply" src="coffee.jpg"></unet-playground>`,
    );
    await waitFor("result a");
    expect(new Set((await results()).map(widthOf))).toEqual(new Set([600]));
  });

  it("that fails to load is reported, and a sample replaces it", async () => {
    await open(`<unet-playground id="a" task="denoise" with="bilinear" mode="apply" src="no.jpg"></unet-playground>`);
    await waitFor("error a");
    await waitFor("result a");
    const [error] = (await heard()).filter(({ event }) => event === "error");
    expect(error?.detail.message).toMatch(/no\.jpg: HTTP 404/);
    expect((await results()).map(widthOf)[0]).toBe(451);
  });
});

describe("several on a page", () => {
  it("may each load the script", async () => {
    const snippet = `<script src="${at.site.url}embed.js" defer></script><unet-playground ${usual}></unet-playground>`;
    await open("");
    const failed: string[] = [];
    page.on("pageerror", ({ message }) => failed.push(message));
    writeFileSync(join(folder, "snippets.html"), `<!doctype html><title>Lesson</title>${snippet}${snippet}`);
    await page.goto(`${host.url}snippets.html`);
    await expect.poll(() => page.locator("iframe").count()).toBeGreaterThan(0);
    expect(failed).toEqual([]);
  });

  it("start one after the other, and only in sight", async () => {
    const one = (id: string) =>
      `<unet-playground id="${id}" ${usual} style="height: 300px; aspect-ratio: auto"></unet-playground>`;
    await open(`${one("a")}${one("b")}<div style="height: 3000px"></div>${one("c")}`);
    await waitFor("result b");
    const order = (await told()).filter((one, index, all) => all.indexOf(one) === index);
    expect(order).toEqual(["ready a", "result a", "ready b", "result b"]);
    expect(await page.locator("iframe").count()).toBe(2);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await waitFor("result c");
  });

  it("pause out of sight, and resume in sight", async () => {
    await open(
      `<unet-playground id="a" ${usual} controls="actions"></unet-playground><div style="height: 4000px"></div>`,
    );
    await waitFor("result a");
    const before = (await results()).length;
    await inside().evaluate(async () => {
      const channel = new BroadcastChannel("fake-engine");
      await new Promise((resolve) => {
        channel.onmessage = resolve;
        channel.postMessage({ tileDelay: 700 });
      });
    });
    await page.locator("#a").evaluate((element: Element) => element.setAttribute("with", "nearest"));
    await inside().getByRole("button", { name: "Stop", exact: true }).waitFor();
    await page.evaluate(() => window.scrollTo(0, 4000));
    await inside().getByRole("button", { name: "Run", exact: true }).waitFor();
    await page.waitForTimeout(2000);
    expect((await results()).length, "made out of sight").toBe(before);
    await page.evaluate(() => window.scrollTo(0, 0));
    await expect.poll(async () => (await results()).at(-1)?.detail.chosen).toBe("nearest");
  });
});

describe("the engine of several elements", () => {
  const small = (id: string, attributes = usual) =>
    `<unet-playground id="${id}" ${attributes} style="height: 300px; aspect-ratio: auto"></unet-playground>`;
  const change = (id: string, name: string, value: string) =>
    page
      .locator(`#${id}`)
      .evaluate((element, [name = "", value = ""]) => element.setAttribute(name, value), [name, value]);
  const chosen = async (id: string) => (await results(id)).at(-1)?.detail.chosen;
  const errors = async (id: string) => (await heard()).filter((one) => one.event === "error" && one.id === id);
  const crash = () =>
    page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    });

  it("is shared by all", async () => {
    await open(small("a") + small("b"));
    await waitFor("result b");
    expect(page.workers().length).toBe(1);
  });

  it("is separate for each frame if they cannot meet", async () => {
    await open("");
    await page.addInitScript(() => void Reflect.deleteProperty(globalThis, "SharedWorker"));
    const script = `<script src="${at.site.url}embed.js" defer></script>`;
    writeFileSync(
      join(folder, "apart.html"),
      `<!doctype html><title>Lesson</title>${script}${small("a")}${small("b")}`,
    );
    await page.goto(`${host.url}apart.html`);
    await waitFor("result b");
    expect(page.workers().length).toBe(2);
  });

  it("survives the removal of other frames, and is replaced after that of its own", async () => {
    await open(small("a") + small("b") + small("c"));
    await waitFor("result b");
    const [worker] = page.workers();
    await page.locator("#b").evaluate((element) => element.remove());
    await change("a", "with", "nearest");
    await expect.poll(() => chosen("a")).toBe("nearest");
    expect(page.workers()).toEqual([worker]);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await waitFor("result c");
    const before = (await results("c")).length;
    await page.locator("#a").evaluate((element) => element.remove());
    await expect.poll(async () => (await results("c")).length).toBeGreaterThan(before);
    await change("c", "with", "pixel-shuffle");
    await expect.poll(() => chosen("c")).toBe("pixel-shuffle");
    expect(page.workers().length).toBe(1);
    expect(page.workers()).not.toEqual([worker]);
    expect(await errors("c")).toEqual([]);
  });

  it("that crashes is reported to its frame only, and the other recomputes its results", async () => {
    await open(small("a", `${usual} controls="actions"`) + small("b"));
    await waitFor("result b");
    const before = (await results("b")).length;
    await page
      .frames()
      .at(-1)
      ?.evaluate(async () => {
        const channel = new BroadcastChannel("fake-engine");
        await new Promise((resolve) => {
          channel.onmessage = resolve;
          channel.postMessage({ tileDelay: 700 });
        });
      });
    await change("a", "with", "nearest");
    await page
      .locator("#a")
      .locator("iframe")
      .contentFrame()
      .getByRole("button", { name: "Stop", exact: true })
      .waitFor();
    await crash();
    await expect
      .poll(() => errors("a"))
      .toMatchObject([{ detail: { code: "engine-crashed", message: expect.stringContaining("unreachable") } }]);
    await expect.poll(async () => (await results("b")).length).toBeGreaterThan(before);
    await page.locator("#a").evaluate((element: Element) => element.run());
    await expect.poll(() => chosen("a")).toBe("nearest");
    expect(await errors("b")).toEqual([]);
    expect(page.workers().length).toBe(1);
  });
});

describe("before it starts", () => {
  it("shows its poster until the playground is visible", async () => {
    await open(`<unet-playground id="a" ${usual} poster="coffee.jpg" title="Noise" autorun="false"></unet-playground>`);
    await page.getByRole("button", { name: "Run: Noise" }).waitFor();
    await page.getByRole("img", { name: "Noise" }).waitFor();
    await page.locator("#a").evaluate((element) => element.removeAttribute("autorun"));
    await waitFor("ready a");
    expect(await page.locator("#a img").count()).toBe(0);
  });

  it("waits for its button if autorun is off", async () => {
    await open(`<unet-playground id="a" ${usual} autorun="false" title="Noise" lang="vi"></unet-playground>`);
    const button = page.getByRole("button", { name: "Chạy: Noise" });
    await button.waitFor();
    await page.waitForTimeout(500);
    expect(await page.locator("iframe").count()).toBe(0);
    await button.focus();
    await page.keyboard.press("Enter");
    await waitFor("result a");
    expect(await page.locator("#a button").count()).toBe(0);
  });

  it("starts out of sight on request, by an attribute or a call", async () => {
    const far = '<div style="height: 4000px"></div>';
    await open(
      `${far}<unet-playground id="a" ${usual} loading="eager"></unet-playground>${far}<unet-playground id="b" ${usual}></unet-playground>`,
    );
    await waitFor("result a");
    expect(await told()).not.toContain("ready b");
    await page.locator("#b").evaluate((element: Element) => element.run());
    await waitFor("result b");
  });

  it("shows views without results", async () => {
    await open('<unet-playground id="a" view="lab" preset="bilinear" poster="coffee.jpg"></unet-playground>');
    await waitFor("ready a");
    await inside().locator("lab-view, up-lab, main").first().waitFor();
    expect(await page.locator("#a img").count()).toBe(0);
    expect(await inside().locator("up-header h1").isVisible()).toBe(false);
    const refused = page.locator("#a").evaluate((element: Element) => element.run().catch(({ code }) => code));
    expect(await refused).toBe("no-result");
  });
});

describe("in a small frame", () => {
  const sized = (width: number, height: number, attributes: string) =>
    `<unet-playground id="a" ${attributes} style="width: ${width}px; height: ${height}px; aspect-ratio: auto"></unet-playground>`;
  /** The visible parts of the view, and whether anything is longer or wider than the frame. */
  const measured = (selector: string) =>
    inside().evaluate((selector) => {
      const deep = (root: Document | ShadowRoot): globalThis.Element | null => {
        const found = root.querySelector(selector);
        if (found) return found;
        for (const { shadowRoot } of root.querySelectorAll("*")) {
          const within = shadowRoot && deep(shadowRoot);
          if (within) return within;
        }
        return null;
      };
      const { scrollWidth, scrollHeight } = document.documentElement;
      const view = document.body.firstElementChild as HTMLElement;
      const box = deep(document)?.getBoundingClientRect();
      return {
        fits: scrollWidth <= innerWidth && scrollHeight <= innerHeight && view.scrollWidth <= innerWidth,
        top: box?.top ?? Number.POSITIVE_INFINITY,
        bottom: box?.bottom ?? Number.POSITIVE_INFINITY,
        height: innerHeight,
      };
    }, selector);
  /** The main part of each view, which is visible at once, or by scrolling less than a frame's height. */
  const FOR: [view: string, attributes: string, selector: string, screens: number][] = [
    ["the playground", usual, "up-compare", 1],
    ["the gallery", 'view="gallery" preset="super-resolve-x4"', "gallery-chart", 1],
    ["the lab", 'view="lab" preset="bilinear"', "lab-stage", 2],
    ["the inspector", 'view="inspect" task="denoise"', "inspect-net", 3],
    ["training", 'view="learn"', ".pictures", 1],
    ["the lecture", 'view="slides" preset="denoising"', "section", 1],
  ];

  for (const [width, height] of [
    [320, 240],
    [320, 480],
    [700, 500],
  ] as const) {
    it.each(FOR)(
      `of ${width} by ${height}, %s fits and begins with what it is for`,
      async (_, attributes, selector, screens) => {
        for (const lang of ["en", "vi"]) {
          await page?.context().close();
          await open(sized(width, height, `${attributes} lang="${lang}"`));
          await waitFor("ready a");
          await expect.poll(async () => (await measured(selector)).top).toBeLessThan(screens * height);
          expect((await measured(selector)).fits, lang).toBe(true);
          if (lang === "vi" && height < 480) await expectAccessible(inside(), "page-has-heading-one"); // the embedding page has it
          expect(await inside().locator("up-header h1").isVisible()).toBe(false);
        }
      },
    );
  }

  it("the pictures have the room, and the controls cover them on request", async () => {
    await open(sized(320, 240, `${usual} controls="all"`));
    await waitFor("result a");
    const task = inside()
      .getByRole("radiogroup", { name: "Task" })
      .or(inside().getByRole("group", { name: "Task" }));
    const { top, bottom } = await measured("up-compare");
    expect(bottom - top).toBeGreaterThan(140);
    expect(await task.isVisible()).toBe(false);
    await inside().getByRole("button", { name: "Show controls" }).press("Enter");
    await task.scrollIntoViewIfNeeded();
    const controls = await measured("up-controls");
    expect([controls.top, controls.bottom]).toEqual([0, 240]);
    await inside().getByRole("button", { name: "Hide controls" }).click();
    expect(await task.isVisible()).toBe(false);
    expect((await measured("up-compare")).fits).toBe(true);
  });

  for (const [width, height, layout] of [
    [320, 240, "wipe"],
    [320, 240, "grid"],
    [700, 400, "wipe"],
    [700, 400, "grid"],
  ] as const) {
    it(`tags keep clear of the link out: ${layout}, ${width} by ${height}`, async () => {
      await open(
        sized(width, height, `task="denoise" with="bilinear pixel-shuffle" sample="chelsea" layout="${layout}"`),
      );
      await waitFor("result a");
      await inside().getByRole("button", { name: /^1:1/ }).click();
      const out = await inside().getByRole("link", { name: "Open in the playground" }).boundingBox();
      for (const tag of await inside().locator("up-tag").all()) {
        const box = await tag.boundingBox();
        if (!out || !box) throw new Error("no box");
        const apart = box.x + box.width <= out.x || box.y >= out.y + out.height;
        expect(apart, `${await tag.textContent()}: ${JSON.stringify([box, out])}`).toBe(true);
      }
    });
  }
});

describe("the embedding page's choice", () => {
  it("stays: another view opens as the whole page in a new tab", async () => {
    await open(`<unet-playground id="a" view="gallery" preset="super-resolve-x4"></unet-playground>`);
    await waitFor("ready a");
    await inside()
      .getByRole("checkbox", { name: /^Bilinear:/ })
      .click();
    await inside()
      .getByRole("checkbox", { name: /^Residual blocks:/ })
      .click();
    const coming = page.context().waitForEvent("page");
    await inside().getByRole("link", { name: "Compare on my photo" }).click();
    const other = await coming;
    await other.getByRole("heading", { name: "U-Net Playground" }).waitFor();
    expect(new URL(other.url()).search).toBe("");
    expect(other.url()).toContain("with=bilinear,residual");
    expect(await inside().evaluate(() => document.body.firstElementChild?.localName)).toBe("gallery-view");
  });

  it("is fixed by a lock: no photo can be opened, by a button, a drop or from a result", async () => {
    await open(
      `<unet-playground id="a" ${usual} controls="actions" lock></unet-playground>
       <unet-playground id="b" view="learn" lock></unet-playground>`,
    );
    await waitFor("result a");
    const frame = page.locator("#a").locator("iframe").contentFrame();
    await frame.getByRole("button", { name: "More ways to save" }).click();
    await frame.getByRole("button", { name: "Copy the picture" }).waitFor();
    expect(await frame.getByRole("button", { name: /^(Open photo|Use the result)/ }).count()).toBe(0);
    await page.locator("#b").scrollIntoViewIfNeeded();
    await waitFor("ready b");
    const learn = page.locator("#b").locator("iframe").contentFrame();
    expect(await learn.getByRole("button", { name: "Open photo" }).count()).toBe(0);
    await learn.locator("body").evaluate((body) => {
      const data = new DataTransfer();
      data.items.add(new File(["x"], "net.onnx"));
      body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
    });
    await page.waitForTimeout(300);
    expect(await learn.locator("learn-view").count()).toBe(1);
  });
});

describe("restrictions by the browser or the embedding page", () => {
  it("allow a run without storage, as in frames of other sites, with a separate engine", async () => {
    await open("");
    await page.addInitScript(() => {
      if (window === window.parent) return;
      for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches", "SharedWorker"]) {
        const get = () => {
          throw new DOMException("Access is denied for this document.", "SecurityError");
        };
        Object.defineProperty(window, name, { get });
      }
    });
    const failed: string[] = [];
    page.on("pageerror", ({ message }) => failed.push(message));
    const script = `<script src="${at.site.url}embed.js" defer></script>`;
    const one = (id: string) =>
      `<unet-playground id="${id}" ${usual} controls="all" style="height: 300px; aspect-ratio: auto"></unet-playground>`;
    writeFileSync(join(folder, "denied.html"), `<!doctype html><title>Lesson</title>${script}${one("a")}${one("b")}`);
    await page.goto(`${host.url}denied.html`);
    await waitFor("result b");
    expect(failed).toEqual([]);
    expect(page.workers().length).toBe(2);
    await page.locator("#a").evaluate((element: Element) => element.setAttribute("lang", "vi"));
    await expect.poll(async () => (await told()).filter((one) => one === "ready a").length).toBe(2);
    await page.locator("#a").locator("iframe").contentFrame().getByText("Xong trong").first().waitFor();
    expect(failed).toEqual([]);
  });

  it("hide the camera if the page does not allow one", async () => {
    const strict = await serve(folder, "/strict/", { "Permissions-Policy": "camera=()" });
    try {
      await open(`<unet-playground id="a" ${usual} controls="picture" style="width: 800px"></unet-playground>`);
      await page.goto(`${strict.url}lesson.html`);
      await waitFor("result a");
      await inside().getByRole("button", { name: "Open photo" }).waitFor();
      expect(await inside().getByRole("button", { name: "Take a picture" }).count()).toBe(0);
    } finally {
      strict.close();
    }
  });
});

describe("in a sandbox with an opaque origin", () => {
  const sentence = /cannot start here: this frame is sandboxed/;

  describe("if the playground's host sends CORS headers", () => {
    let open: Site;
    beforeAll(async () => {
      open = await serve(at.folder, "/open/", { "Access-Control-Allow-Origin": "*" });
    });
    afterAll(() => open?.close());

    /** A sandboxed page with this body; complaints, except about requests to the playground's host. */
    async function around(src: string): Promise<string[]> {
      const frame = `<iframe src="${src}" sandbox="allow-scripts" width="900" height="700"></iframe>`;
      writeFileSync(
        join(folder, "around.html"),
        `<!doctype html><title>Around</title><link rel="icon" href="data:,">${frame}`,
      );
      const seen = await visit(at.browser, `${host.url}around.html`);
      page = at.page = seen.page;
      return seen.complaints;
    }

    it("a frame works, with a worker that imports its script", async () => {
      const complaints = await around(`${open.url}index.html?embed=1&controls=actions${PLAIN}`);
      const inside = page.frameLocator("iframe");
      await inside.locator("up-actions .status").filter({ hasText: "Done in" }).waitFor();
      expect(await inside.locator("html").evaluate(() => window.origin)).toBe("null");
      expect(page.workers().map((worker) => worker.url().split(":")[0])).toEqual(["blob"]);
      expect(await inside.getByRole("alert").filter({ hasText: /./ }).count()).toBe(0);
      expect(complaints.filter((one) => !one.startsWith(`request: ${open.url}`))).toEqual([]);
    });

    it("the element works in a sandboxed page, with its calls and events", async () => {
      writeFileSync(
        join(folder, "sandboxed.html"),
        `<!doctype html><title>Lesson</title><script src="${open.url}embed.js" defer></script>
         <unet-playground id="a" ${usual}></unet-playground>`,
      );
      await around("sandboxed.html");
      const element = page.frameLocator("iframe").locator("#a");
      const [result, report] = await element.evaluate(async (element: Element) => {
        const told = await new Promise((resolve) => element.addEventListener("result", resolve));
        return [(told as CustomEvent<unknown>).detail, JSON.stringify(await (element.report as () => unknown)())];
      });
      expect(result).toMatchObject({ task: "denoise", results: [{ method: "bilinear", status: "done" }] });
      expect(report).toContain("chelsea");
    });
  });

  it("a frame shows why it cannot start, in its language", async () => {
    await open("");
    await page.setContent(`<iframe src="${at.site.url}index.html?embed=1#${usual}" sandbox="allow-scripts"></iframe>`);
    await page.frameLocator("iframe").getByText(sentence).waitFor();
    await page.setContent(`<iframe src="${at.site.url}index.html?embed=1&lang=vi" sandbox="allow-scripts"></iframe>`);
    await page.frameLocator("iframe").getByText("không khởi động được ở đây").waitFor();
  });

  it("the element shows the reason instead of its poster, notifies the page, and rejects calls", async () => {
    writeFileSync(
      join(folder, "around.html"),
      '<!doctype html><title>Around</title><iframe src="lesson.html" sandbox="allow-scripts" width="800" height="700"></iframe>',
    );
    await open(`<unet-playground id="a" ${usual} poster="coffee.jpg"></unet-playground>`, "", "around.html");
    const lesson = page.frameLocator("iframe");
    await lesson.locator("#a").locator("iframe").contentFrame().getByText(sentence).waitFor();
    await expect.poll(() => lesson.locator("#a img").count()).toBe(0);
    const events = await page
      .frames()[1]
      ?.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard.map(({ detail }) => detail.code));
    expect(events).toEqual(["sandboxed"]);
  });

  it("works normally if the sandbox allows same-origin", async () => {
    await open("");
    await page.setContent(
      `<iframe src="${at.site.url}index.html?embed=1&controls=actions" sandbox="allow-scripts allow-same-origin" width="800" height="600"></iframe>`,
    );
    await page.frameLocator("iframe").locator("up-actions .status").filter({ hasText: "Done in" }).waitFor();
  });
});
