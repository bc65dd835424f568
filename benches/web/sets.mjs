// Which networks are timed: { name, group, url, weights | external, sizes }.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

/** Networks of the zoo beside the ten U-Nets: each kind of layer that its tasks have, and three of its surveys. */
const ZOO = [
  "denoise-bilinear",
  "deblur-max-unpool",
  "super-resolve-x2-transposed-conv",
  "super-resolve-x4-pixel-shuffle",
  "edges-to-scene-nearest",
  "colorize-bilinear",
  "segment-bilinear",
  "super-resolve-x4-iterative-up-down",
  "super-resolve-x4-channel-attention",
  "denoise-nafnet",
];

/** U-Nets with random weights, and networks of the zoo. */
export function usual(root) {
  const weights = JSON.parse(readFileSync(join(root, "benches/web/nets/weights.json"), "utf8"));
  const unets = Object.entries(weights).map(([name, weights]) => ({ name, url: `benches/web/nets/${name}.onnx`, weights }));
  const shared = readdirSync(join(root, "models")).filter((file) => file.endsWith(".onnx.data"));
  const external = shared.map((path) => ({ path, url: `models/${path}` }));
  const zoo = ZOO.map((name) => ({ name, url: `models/${name}.onnx`, external }));
  return [...unets, ...zoo];
}

/** Every ONNX file of a folder, which the server shows as `networks/`. */
export function ofFolder(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith(".onnx") && statSync(join(folder, file)).isFile());
  if (files.length === 0) throw new Error(`${folder}: there are no ONNX files in this folder`);
  return files.sort().map((file) => ({ name: basename(file, ".onnx"), url: `networks/${file}` }));
}
