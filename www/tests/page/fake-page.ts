import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import config from "../fake.vite.config.ts";
import { launch, restored, visit } from "./browser";
import { serve, type Site } from "./server";

export const chelsea = readFileSync("public/samples/chelsea.jpg");
export const photo = { name: "cat.jpg", type: "image/jpeg", bytes: chelsea };

/** The page on the fake engine, opened anew for each test: all that does not depend on what networks compute. */
export class FakePage {
  page!: Page;
  complaints: string[] = [];
  browser!: Browser;
  site!: Site;

  /** To be called once in a file of tests. */
  constructor() {
    beforeAll(async () => {
      this.site = await serve(String(config.build?.outDir), "/some/where/");
      this.browser = await launch({ webgpu: false });
    });
    afterAll(async () => {
      await this.browser.close();
      this.site.close();
    });
    afterEach(() => this.page?.context().close());
  }

  /** Opens the page with these settings in its address, and waits for its first results. */
  async open(options?: BrowserContextOptions, hash = ""): Promise<Page> {
    const { page, complaints } = await visit(this.browser, this.site.url + hash, options);
    this.page = page;
    this.complaints = complaints;
    await restored(page);
    return page;
  }

  /** Steers the fake engine; the answer of the worker tells that it has heard. */
  async engine(behaviour: Record<string, unknown>): Promise<void> {
    await this.page.evaluate(async (behaviour) => {
      const channel = new BroadcastChannel("fake-engine");
      await new Promise((resolve) => {
        channel.onmessage = resolve;
        channel.postMessage(behaviour);
      });
      channel.close();
    }, behaviour);
  }
}
