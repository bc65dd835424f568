import { fileURLToPath } from "node:url";
import { mergeConfig } from "vite";
import config from "../vite.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page around the fake engine, for tests of the page alone. */
export default mergeConfig(config, {
  root: at(".."),
  resolve: { alias: { "unet-playground": at("./fake-engine.ts") } },
  build: { outDir: at("../node_modules/.page-on-fake-engine"), emptyOutDir: true },
});
