import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  // Scripts, weights and wasm are found beside the package's own files.
  optimizeDeps: { exclude: ["unet-playground"] },
  worker: { format: "es" },
});
