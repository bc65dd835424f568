import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { parseManifest } from "../../npm/src/manifest";
import type * as Pkg from "../../pkg/baseline/unet_playground";
import { drawingOf, type Net } from "../src/gallery/drawing";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MODULE = "virtual:drawings";
const ENGINE = at("../../pkg/baseline/unet_playground");
/** Side of the input in pixels, if a network takes any size: the drawing does not depend on it. */
const SIDE = 192;

const read = (file: string) => readFileSync(at(`../../models/${file}`));

/**
 * The inspection of every network in the manifest, by file; cached until engine or networks change, since it takes
 * seconds.
 */
async function nets(): Promise<Record<string, Net>> {
  const manifest = read("manifest.json"); // contains the hashes of all files
  const wasm = readFileSync(`${ENGINE}_bg.wasm`);
  const folder = at("../node_modules/.cache/");
  const kept = `${folder}nets-${createHash("sha256").update(manifest).update(wasm).digest("hex").slice(0, 16)}.json`;
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Record<string, Net>;
  const { default: init, Engine } = (await import(`${ENGINE}.js`)) as typeof Pkg;
  await init({ module_or_path: wasm });
  const engine = await Engine.create({ backend: "cpu", threads: 1 });
  const found: Record<string, Net> = {};
  for (const { file, data } of parseManifest(JSON.parse(manifest.toString()))) {
    const externalData = Object.fromEntries(data.map(({ file }) => [file, read(file)]));
    const model = await engine.load(read(file), { externalData });
    const names = (ports: readonly { name: string }[]) => ports.map(({ name }) => name);
    const wanted = model.inputs[0]?.shape ?? [null, 3, null, null];
    const shape = wanted.map((side, axis) => side ?? (axis === 0 ? 1 : SIDE));
    found[file] = { nodes: model.plan(shape).nodes, inputs: names(model.inputs), outputs: names(model.outputs), shape };
    model.free();
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(kept, JSON.stringify(found));
  return found;
}

/** The gallery's drawings as a virtual module, generated from the networks on first use. */
export function networkDrawings(): Plugin {
  return {
    name: "drawings",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      const drawn = Object.entries(await nets()).map(([file, net]) => [file, drawingOf(net)]);
      // Engines parse a string faster than a literal.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(drawn)))})`;
    },
  };
}
