import { fileURLToPath } from "node:url";
import { mergeConfig, type Rollup } from "vite";
import config from "../vite.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page around the fake engine, for tests of the page alone. */
export default mergeConfig(config, {
  root: at(".."),
  plugins: [
    {
      name: "fake-model",
      generateBundle(this: Rollup.PluginContext) {
        this.emitFile({ type: "asset", fileName: "models/denoise-bilinear.onnx", source: new Uint8Array(90_000) });
      },
    },
  ],
  resolve: { alias: { "unet-playground": at("./fake-engine.ts") } },
  build: { outDir: at("../node_modules/.page-on-fake-engine"), emptyOutDir: true },
});
