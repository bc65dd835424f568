import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launch, PLAIN, visit } from "./browser";
import { type Site, serve } from "./server";

/** A built page, newly opened for each test. */
export class SitePage {
  page!: Page;
  complaints: string[] = [];
  browser!: Browser;
  site!: Site;

  /** Must be called once per test file: `folder` is served below `path`. */
  constructor(folder: string, path = "/") {
    beforeAll(async () => {
      if (!existsSync(`${folder}/index.html`)) throw new Error(`${folder} has not been built`);
      this.site = await serve(folder, path);
      this.browser = await launch({ webgpu: false });
    });
    afterAll(async () => {
      await this.browser?.close();
      this.site?.close();
    });
    afterEach(() => this.page?.context().close());
  }

  /** Opens the page at this part of its address; by default with one denoising network. */
  async visit(hash = PLAIN, options?: BrowserContextOptions): Promise<Page> {
    ({ page: this.page, complaints: this.complaints } = await visit(this.browser, this.site.url + hash, options));
    return this.page;
  }
}
