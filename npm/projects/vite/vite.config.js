import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  // Keeps scripts, weights and wasm beside the package's own files.
  optimizeDeps: { exclude: ["unet-playground"] },
  worker: { format: "es" },
});
