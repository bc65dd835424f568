import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { mergeConfig, type Rollup } from "vite";
import tasks from "../../models/tasks.json" with { type: "json" };
import { drawingOf } from "../src/gallery/drawing.ts";
import config from "../vite.config.ts";
import { shipped } from "./graphs.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const STRATEGIES = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv"];

/** Other networks of a task, with a variant, or with a strategy that no other task has. */
const OTHERS = [
  { task: "segment", strategy: "bilinear", variant: "noskip" },
  { task: "super-resolve-x2", strategy: "transposed-conv", variant: "lecture" },
  { task: "super-resolve-x2", strategy: "transposed-conv3", variant: "" },
];

/** The networks of a survey: design, strategy, and training curve; the second curve is malformed. */
const SURVEYED: [survey: string, design: string, strategy: string, curve?: number[][]][] = [
  [
    "frameworks",
    "post-upsampling",
    "pixel-shuffle",
    Array.from({ length: 24 }, (_, at) => [(1000 * at) / 23, 29.5 - 5.25 / (1 + at)]),
  ],
  ["frameworks", "progressive", "transposed-conv", [[0, 27]]],
  ["designs", "residual", "pixel-shuffle"],
];

/**
 * A full zoo: a fake network's file contains its scale, its quality in percent, whether it is a classifier, and the
 * number of its strategy. Two of them tie.
 */
const zoo = [
  ...tasks
    .filter(({ chain }) => !chain)
    .flatMap(({ id }) => STRATEGIES.map((strategy, index) => model(id, strategy, "", index))),
  ...OTHERS.map(({ task, strategy, variant }) => model(task, strategy, variant, 0)),
  ...SURVEYED.map(([survey, design, strategy, curve], index) => {
    return model("super-resolve-x4", strategy, "", index, { survey, design, ...(curve && { curve }) });
  }),
];

function model(
  task: string,
  strategy: string,
  variant: string,
  index: number,
  more: { survey?: string; design?: string; curve?: number[][] } = {},
) {
  const facts = tasks.find(({ id }) => id === task);
  const source = new Uint8Array(90_000);
  source.set([
    facts?.scale ?? 1,
    [70, 95, 95, 80, 88][index] ?? 0,
    facts?.output === "classes" ? 1 : 0,
    index,
    0,
    0,
    facts?.output === "lab-ab" ? 1 : 0,
  ]);
  const name = [task, more.design ?? strategy, variant].filter(Boolean).join("-");
  const entry = {
    file: `${name}.onnx`,
    bytes: source.length,
    sha256: createHash("sha256").update(source).digest("hex"),
    task,
    family: more.design ? "super-resolution" : "unet",
    strategy,
    ...(variant && { variant }),
    ...more,
    title: name,
    parameters: 500_000 + 10_000 * index,
    flops_per_pixel: more.design ? 16_000 + 4000 * index : 69_000,
    scores: { "Set5 luma": 30 + index / 10 - (more.design ? 0.5 : 0), "Set5 luma, bicubic": 28.4, "Set14 luma": 27 },
    steps: 1000,
    license: "MIT",
  };
  return { entry, source };
}

/** Checkpoints of a training, and untrained networks, by file. */
const learning = [
  ...[0, 30, 120, 500, 2000, 8000].map((step, index) => [`step-${step}`, [1, 5 + 18 * index, 0, 4]] as const),
  ...STRATEGIES.map((strategy, index) => [`random-${strategy}`, [1, 10, 0, index]] as const),
];
const curve = {
  kept: [0, 30, 120, 500, 2000, 8000],
  curve: Array.from({ length: 401 }, (_, at) => ({ step: 20 * at, loss: 0.03 + 0.3 / (1 + at) + 0.002 * (at % 3) })),
};

/** All checkpoints of one network. */
const drawing = drawingOf(shipped("denoise-max-unpool"));
const drawings = Object.fromEntries(zoo.map(({ entry }) => [entry.file, drawing]));

/** The page on the fake engine, for tests of the page alone. */
const page = {
  ...config,
  plugins: config.plugins?.filter((plugin) => !(plugin && "name" in plugin && /^(models|drawings)$/.test(plugin.name))),
};

export default mergeConfig(page, {
  root: at(".."),
  plugins: [
    {
      name: "fake-drawings",
      resolveId: (id: string) => (id === "virtual:drawings" ? `\0${id}` : null),
      load: (id: string) => (id === "\0virtual:drawings" ? `export default ${JSON.stringify(drawings)}` : null),
    },
    {
      name: "fake-models",
      generateBundle(this: Rollup.PluginContext) {
        const manifest = JSON.stringify(zoo.map(({ entry }) => entry));
        this.emitFile({ type: "asset", fileName: "models/manifest.json", source: manifest });
        for (const { entry, source } of zoo) {
          this.emitFile({ type: "asset", fileName: `models/${entry.file}`, source });
        }
        this.emitFile({ type: "asset", fileName: "models/learning/curve.json", source: JSON.stringify(curve) });
        for (const [name, bytes] of learning) {
          this.emitFile({ type: "asset", fileName: `models/learning/${name}.onnx`, source: new Uint8Array(bytes) });
        }
      },
    },
  ],
  resolve: { alias: { "unet-playground": at("./fake-engine.ts") } },
  build: { outDir: at("../node_modules/.page-on-fake-engine"), emptyOutDir: true },
});
