import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [react()],
  // Scripts, weights and wasm are found beside the package's own files.
  optimizeDeps: { exclude: ["unet-playground"] },
  worker: { format: "es" },
});
