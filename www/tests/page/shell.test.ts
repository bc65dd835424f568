import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring, expectAccessible, named, notice, restored, run, shortcut, slider, stop, visit } from "./browser";
import { chelsea, FakePage } from "./fake-page";

/** The page as a whole: start, accessibility, language. */

const at = new FakePage();
let page: Page;

async function open(options?: BrowserContextOptions, hash?: string): Promise<void> {
  page = await at.open(options, hash);
}

describe("opening", () => {
  it("restores a sample by itself, below a sub-path, without errors", async () => {
    await open();
    await expect
      .poll(() => slider(page).getAttribute("aria-valuetext"))
      .toBe("50% Gaussian noise, 50% U-Net · bilinear");
    expect(await page.getByRole("radio", { name: "Chelsea the cat" }).isChecked()).toBe(true);
    expect(await page.getByRole("button", { name: "Save PNG" }).isEnabled()).toBe(true);
    expect(at.complaints).toEqual([]);
  });

  it("stays as it is when its own link is followed", async () => {
    await open({ viewport: { width: 800, height: 900 } }, "#with=nearest,bilinear&layout=grid");
    const address = page.url();
    const results = page.locator("up-grid .cell");
    const cells = await results.count();
    await page.getByRole("link", { name: "Playground", exact: true }).click();
    await restored(page);
    expect(page.url()).toBe(address);
    expect(await results.count()).toBe(cells);
  });

  it("works in a frame of another site", async () => {
    await open();
    const course = await page.context().newPage();
    await course.setContent(
      `<iframe src="${at.site.url}#with=nearest,bilinear&layout=grid" width="800" height="600"></iframe>`,
    );
    await course.frameLocator("iframe").locator("up-actions .status").filter({ hasText: "Done in" }).waitFor();
    expect(await course.frameLocator("iframe").locator("up-grid .cell").count()).toBe(4);
  });

  it("states its requirements if it cannot start", async () => {
    await at.visit("", { javaScriptEnabled: false });
    await at.page.getByText("could not start").waitFor();
  });

  it("has a strict policy: no inline script, no foreign source", async () => {
    await open();
    const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("worker-src 'self' blob:;");
    expect(policy?.match(/blob:|data:/g)).toEqual(["blob:"]);
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
    it(`has no axe violations: ${name}`, async () => {
      await open({ ...options, reducedMotion: "reduce" });
      await expectAccessible(page);
      if (name.startsWith("phone")) await page.getByRole("button", { name: "Show controls" }).click();
      await expectAccessible(page);
      await bring(page, "drop", [{ name: "net.onnx.data", bytes: new Uint8Array(8) }]);
      await notice(page).getByText("net.onnx.data").waitFor();
      await expectAccessible(page);
      await shortcut(page, "?"); // there is no button for it on touch
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page);
    });
  }

  it("has no axe violations while running", async () => {
    await open();
    await at.engine({ tileDelay: 400 });
    await run(page).click();
    await stop(page).waitFor();
    await expectAccessible(page);
  });

  it("fits the width of a phone", async () => {
    await open({ viewport: { width: 360, height: 640 }, hasTouch: true });
    await page.getByRole("button", { name: "Show controls" }).click();
    const wide = await page.evaluate(() => {
      const all = (root: ParentNode): Element[] =>
        [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
      // Rows that may be wider than the phone: kinds of tasks, tools on a low stage.
      const scrolls = (each: Element): boolean => {
        if (each.closest("[role=radiogroup], .bar > *")) return true;
        const root = each.getRootNode();
        return root instanceof ShadowRoot && scrolls(root.host);
      };
      return all(document)
        .filter((each) => !scrolls(each) && each.getBoundingClientRect().right > 361)
        .map((each) => each.outerHTML.slice(0, 80));
    });
    expect(wide).toEqual([]);
  });
});

describe("a phone", () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

  it("shows the running task, and mentions neither keys nor dropping", async () => {
    await open(phone);
    await page.locator("up-actions .task").getByText("Denoise").waitFor();
    expect(await page.getByRole("button", { name: "Keyboard and mouse" }).isVisible()).toBe(false);
    await page.getByRole("button", { name: "Show controls" }).click();
    expect(await page.getByText("or drop, paste").isVisible()).toBe(false);
    expect(await page.locator("up-compare .bar").isVisible(), "over the low stage").toBe(false);
  });

  it("shows the task at the end of its row, and leaves room for the pictures beside open controls and a table", async () => {
    await open(phone, "#with=nearest,bilinear&tools=table");
    const row = (await page.locator("up-actions .bar").boundingBox()) ?? expect.unreachable();
    const task = (await page.locator("up-actions .task").boundingBox()) ?? expect.unreachable();
    expect(Math.abs(task.x + task.width - (row.x + row.width))).toBeLessThan(2);
    expect(await page.locator("up-results").isVisible()).toBe(true);
    await page.getByRole("button", { name: "Show controls" }).click();
    const stage = (await page.locator("main").boundingBox()) ?? expect.unreachable();
    expect(stage.height).toBeGreaterThan(200);
    await page.getByRole("button", { name: "Hide controls" }).click();
    expect(await page.locator("up-results").isVisible()).toBe(true);
  });
});

describe("a screen reader", () => {
  it("announces the start, quarters and the end of a run, and no more", async () => {
    await open({}, "#with=nearest,bilinear,pixel-shuffle");
    await page.evaluate(() => {
      const said: string[] = [];
      const bars: number[] = [];
      Object.assign(window, { said, bars });
      const root = document.querySelector("up-app")?.shadowRoot?.querySelector("up-actions")?.shadowRoot;
      const region = root?.querySelector("[role=status]");
      const hear = () => {
        if (said.at(-1) === region?.textContent) return;
        said.push(region?.textContent ?? "");
        bars.push(Number(root?.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")));
      };
      if (region) new MutationObserver(hear).observe(region, { subtree: true, characterData: true, childList: true });
    });
    await run(page).click();
    await stop(page).waitFor();
    await restored(page);
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said[0]).toBe("Working");
    expect(said.at(-1)).toMatch(/^Done in/);
    expect(
      said.slice(1, -1).every((words) => /^(25|50|75)% done$/.test(words)),
      said.join(),
    ).toBe(true);
    expect(said.length).toBeLessThanOrEqual(5);
    const bars = await page.evaluate(() => (window as unknown as { bars: number[] }).bars);
    for (const [index, words] of said.entries()) {
      const part = /^(\d+)% done$/.exec(words)?.[1];
      if (part) expect(bars[index], "the bar shows the same progress").toBeGreaterThanOrEqual(Number(part));
    }
  });

  it("moves to the heading of a new view", async () => {
    await open();
    const focused = () =>
      page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.textContent?.trim() ?? "";
      });
    await page.evaluate(() => (location.hash = "#learn"));
    await expect.poll(focused).toBe("Watch it learn");
    await page.evaluate(() => (location.hash = ""));
    await expect.poll(focused).toBe("U-Net Playground");
  });
});

describe("keyboard alone", () => {
  it("skips to the content, and chooses a result in the grid", async () => {
    await open({}, "#with=nearest,bilinear&layout=grid");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const cell = page.getByRole("button", { name: /^U-Net · bilinear: Chelsea the cat/ });
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press("Tab");
    expect(await cell.evaluate((each) => each.matches(":focus"))).toBe(true);
    await page.keyboard.press("Enter");
    expect(await cell.getAttribute("aria-pressed")).toBe("true");
  });

  it("has no one-letter shortcuts if they are off, or on a control", async () => {
    await open();
    const grid = () => page.locator("up-results").isVisible();
    await page.getByRole("radio", { name: "Chelsea the cat" }).focus();
    await page.keyboard.press("t");
    expect(await grid()).toBe(false);
    await shortcut(page, "t");
    expect(await grid()).toBe(true);
    await shortcut(page, "?");
    await page.getByRole("checkbox", { name: "One-letter shortcuts" }).uncheck();
    await page.keyboard.press("Escape");
    await shortcut(page, "t");
    expect(await grid()).toBe(true);
  });

  it("reaches every control in order, each with a name", async () => {
    await open();
    const names: string[] = [];
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        const label =
          at?.getAttribute("aria-label") ??
          (at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : at?.textContent);
        return at === document.body ? "" : label?.trim() || "?";
      });
      if (!name) break;
      names.push(name.replace(/\s+/g, " "));
    }
    for (const wanted of [
      "Compare left and right",
      "Zoom in",
      "Chelsea the cat",
      "Pixel shuffle",
      "Noise level",
      "Auto",
    ]) {
      expect(names).toContain(wanted);
    }
    expect(names).not.toContain("?");
  });

  it("stays on the Run and Stop button", async () => {
    await open();
    await at.engine({ tileDelay: 400 });
    await run(page).press("Enter");
    await stop(page).waitFor();
    await page.keyboard.press("Enter");
    await run(page).waitFor();
    expect(await run(page).evaluate((button) => button.matches(":focus"))).toBe(true);
  });

  it("opens, runs and shows help by shortcuts", async () => {
    await open();
    const chooser = page.waitForEvent("filechooser");
    await shortcut(page, "o");
    await (await chooser).setFiles({ name: "cat.jpg", mimeType: "image/jpeg", buffer: chelsea });
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await shortcut(page, "?");
    await page.getByRole("dialog", { name: "Keyboard and mouse" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const download = page.waitForEvent("download");
    await shortcut(page, "s");
    expect((await download).suggestedFilename()).toBe("cat-denoise-bilinear.png");
  });
});

describe("languages", () => {
  for (const locale of ["en-GB", "vi-VN"]) {
    for (const [hash, least, viewport] of [
      ["#", 5, { width: 375, height: 812 }],
      ["#lab/bilinear", 6, { width: 375, height: 812 }],
      ["#gallery", 6, { width: 375, height: 812 }],
      ["#", 5, { width: 700, height: 500 }],
    ] as const) {
      it(`have the names of all views in one row: ${locale}, ${hash}, ${viewport.width} pixels`, async () => {
        page = await at.visit(hash, { viewport, hasTouch: true, locale });
        const links = page.locator("up-nav a").filter({ visible: true });
        await links.first().waitFor();
        const boxes = await links.evaluateAll((all) => all.map((link) => link.getBoundingClientRect().toJSON()));
        expect(boxes.length).toBeGreaterThanOrEqual(least);
        expect(new Set(boxes.map(({ top }) => top)).size).toBe(1);
        const nav = (await page.locator("up-nav nav").boundingBox()) ?? expect.unreachable();
        for (const { left, right } of boxes) {
          expect(left).toBeGreaterThanOrEqual(nav.x);
          expect(right, "without scrolling").toBeLessThanOrEqual(nav.x + nav.width + 0.5);
        }
        await page.getByRole("link", { name: /^(Help|Trợ giúp)$/ }).waitFor();
        // Elements beside the title stay there.
        const beside = page.locator("up-header header").locator("> button, > h1, > a.guide").filter({ visible: true });
        const middles = await beside.evaluateAll((all) =>
          all.map((one) => one.getBoundingClientRect()).map(({ top, height }) => Math.round(top + height / 2)),
        );
        expect(Math.max(...middles) - Math.min(...middles)).toBeLessThanOrEqual(2);
      });
    }
  }

  it("have the names of all views in columns of the panel, if they need two rows", async () => {
    page = await at.visit("#", { viewport: { width: 1440, height: 900 }, locale: "vi-VN" });
    const links = page.locator("up-nav a").filter({ visible: true });
    await links.first().waitFor();
    const lefts = await links.evaluateAll((all) => all.map((link) => link.getBoundingClientRect().left));
    expect(lefts.length).toBe(6);
    expect(new Set(lefts).size).toBe(3);
  });

  it("switches to Vietnamese, and stays there", async () => {
    await open();
    await page.getByRole("button", { name: "Tiếng Việt" }).click();
    await page.getByRole("button", { name: "Chạy", exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("vi");
    await page.reload();
    await page.getByRole("button", { name: /^(Chạy|Dừng)$/ }).waitFor();
  });

  it("opens in the browser's language", async () => {
    const visited = await visit(at.browser, at.site.url, { locale: "vi-VN" });
    page = at.page = visited.page;
    await page.getByRole("button", { name: /^(Chạy|Dừng)$/ }).waitFor();
    expect(at.complaints).toEqual([]);
  });
});
