import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launch } from "./browser";
import { type Site, serve } from "./server";

/** The built package in a plain page: a picture's tiles in several workers, without shared memory. */

interface Trial {
  threads(options: { threads?: number }): Promise<number>;
  tried(threads: number): Promise<{ milliseconds: number; hash: number; tiles: number }>;
  stopped(threads: number): Promise<{ name: string; milliseconds: number }>;
}

let browser: Browser;
let site: Site;
let page: Page;

beforeAll(async () => {
  site = await serve("..", "/");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});
beforeEach(async () => {
  await page?.context().close();
  page = await (await browser.newContext()).newPage();
  await page.goto(`${site.url}www/tests/fixtures/threads.html`);
  await page.waitForFunction(() => "trial" in globalThis);
});

function trial<K extends keyof Trial>(name: K, argument: Parameters<Trial[K]>[0]): ReturnType<Trial[K]> {
  const call = ([name, argument]: [string, unknown]) =>
    (globalThis as never as { trial: Record<string, (given: unknown) => unknown> }).trial[name]?.(argument);
  return page.evaluate(call, [name, argument] as [string, unknown]) as ReturnType<Trial[K]>;
}

describe("tiles in several workers", () => {
  it("compute the same picture, pixel by pixel", async () => {
    const [alone, together] = [await trial("tried", 1), await trial("tried", 3)];
    expect(together.hash).toBe(alone.hash);
    expect(together.tiles).toBe(alone.tiles);
    expect(alone.tiles).toBeGreaterThan(4);
    console.log(`one thread ${alone.milliseconds.toFixed(0)} ms, three ${together.milliseconds.toFixed(0)} ms`);
  });

  it("continue if every worker crashes", async () => {
    const alone = await trial("tried", 1);
    await page.evaluate(() => {
      const Kept = globalThis.Worker;
      globalThis.Worker = class extends Kept {
        constructor() {
          super(URL.createObjectURL(new Blob(["throw new Error('lost')"], { type: "text/javascript" })));
        }
      };
    });
    expect((await trial("tried", 3)).hash).toBe(alone.hash);
  });

  it("stop at their next check", async () => {
    expect(await trial("stopped", 3)).toMatchObject({ name: "AbortError" });
  });

  it("match the number of cores by default", async () => {
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(await trial("threads", {})).toBe(Math.min(cores, 8));
    expect(await trial("threads", { threads: 5 })).toBe(5);
    expect(await trial("threads", { threads: 0 })).toBe(1);
  });
});
