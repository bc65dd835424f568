import { defineConfig } from "vitest/config";

/** Unit tests of plain logic, in Node. */
export default defineConfig({
  test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
});
