import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import config from "../fake.vite.config.ts";
import { restored } from "./browser";
import { SitePage } from "./site-page";

export const chelsea = readFileSync("public/samples/chelsea.jpg");
export const photo = { name: "cat.jpg", type: "image/jpeg", bytes: chelsea };

/** The page on the fake engine: everything that is independent of the networks' results. */
export class FakePage extends SitePage {
  readonly folder = String(config.build?.outDir);

  constructor() {
    super(String(config.build?.outDir), "/some/where/");
  }

  /** Opens the page with these settings in its address, and waits for the first results. */
  async open(options?: BrowserContextOptions, hash?: string): Promise<Page> {
    const page = await this.visit(hash, options);
    await restored(page);
    return page;
  }

  /** Controls the fake engine; resolves when the worker has confirmed. */
  async engine(behavior: Record<string, unknown>): Promise<void> {
    await this.page.evaluate(async (behavior) => {
      const channel = new BroadcastChannel("fake-engine");
      await new Promise((resolve) => {
        channel.onmessage = resolve;
        channel.postMessage(behavior);
      });
      channel.close();
    }, behavior);
  }
}
