import { defineConfig } from "vitest/config";

/**
 * Tests of the page in headless Chromium: those of a `FakePage` on a fake engine (built by the setup), the others on the
 * production build in dist/. One file at a time: they share the machine's few cores with the browser.
 */
export default defineConfig({
  test: {
    include: ["tests/page/**/*.test.ts"],
    environment: "node",
    globalSetup: "tests/page/setup.ts",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
