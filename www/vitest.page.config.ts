import { defineConfig } from "vitest/config";

/**
 * Tests of the page in headless Chromium: those of a `FakePage` on a fake engine (built by the setup), the others on
 * the production build in dist/. Two files at a time: a test mostly waits for the browser, which uses the remaining
 * cores.
 */
export default defineConfig({
  test: {
    include: ["tests/page/**/*.test.ts"],
    environment: "node",
    globalSetup: "tests/page/setup.ts",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
