import { defineConfig } from "vitest/config";

/** The npm package, packed and installed into the projects of `npm/projects`: in Node and in headless Chromium. */
export default defineConfig({
  test: {
    include: ["tests/package/**/*.test.ts"],
    environment: "node",
    globalSetup: "tests/package/setup.ts",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
});
