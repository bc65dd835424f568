import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [react()],
  // Keeps scripts, weights and wasm beside the package's own files.
  optimizeDeps: { exclude: ["unet-playground"] },
  worker: { format: "es" },
});
