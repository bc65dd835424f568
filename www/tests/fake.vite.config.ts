import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { mergeConfig, type Rollup } from "vite";
import config from "../vite.config.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const TASKS = {
  denoise: 1,
  deblur: 1,
  "super-resolve-x2": 2,
  "super-resolve-x4": 4,
  colorize: 1,
  "denoise-colorize": 1,
  "edges-to-scene": 1,
  segment: 1,
};
const STRATEGIES = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv"];

/** A full zoo: what stands for a network says its scale, its quality in percent, and whether it tells classes. Two of them tie. */
const zoo = Object.entries(TASKS).flatMap(([task, scale]) =>
  STRATEGIES.map((strategy, index) => {
    const source = new Uint8Array(90_000);
    source.set([scale, [70, 95, 95, 80, 88][index] ?? 0, task === "segment" ? 1 : 0]);
    const entry = {
      file: `${task}-${strategy}.onnx`,
      bytes: source.length,
      sha256: createHash("sha256").update(source).digest("hex"),
      task,
      family: "unet",
      strategy,
      title: `${task} (${strategy})`,
      parameters: 500_000 + 10_000 * index,
      flops_per_pixel: 69_000,
      license: "MIT",
    };
    return { entry, source };
  }),
);

/** The page around the fake engine, for tests of the page alone. */
const page = { ...config, plugins: config.plugins?.filter((plugin) => !(plugin && "name" in plugin && plugin.name === "models")) };

export default mergeConfig(page, {
  root: at(".."),
  plugins: [
    {
      name: "fake-models",
      generateBundle(this: Rollup.PluginContext) {
        const manifest = JSON.stringify(zoo.map(({ entry }) => entry));
        this.emitFile({ type: "asset", fileName: "models/manifest.json", source: manifest });
        for (const { entry, source } of zoo) {
          this.emitFile({ type: "asset", fileName: `models/${entry.file}`, source });
        }
      },
    },
  ],
  resolve: { alias: { "unet-playground": at("./fake-engine.ts") } },
  build: { outDir: at("../node_modules/.page-on-fake-engine"), emptyOutDir: true },
});
