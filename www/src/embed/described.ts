/** Descriptions and types of the element, from which `custom-elements.json` and the type declarations are generated. */

import { VIEWS } from "../app/router";
import { LASTING_TOOLS, SOURCES } from "../app/settings";
import { TASKS } from "../app/tasks";
import type { AttributeName } from "./address";
import type { Events } from "./protocol";

export interface Described {
  text: string;
  /** TypeScript type; `string` by default. */
  type?: string;
}

const oneOf = (...values: readonly string[]) => values.map((value) => JSON.stringify(value)).join(" | ");

export const ATTRIBUTE_TEXTS: Record<AttributeName, Described> = {
  task: {
    text: `The task:  ${TASKS.map(({ id }) => `\`${id}\``).join(", ")}.`,
  },
  with: {
    text: "Methods, separated by spaces: `nearest`, `bilinear`, `pixel-shuffle`, `max-unpool`, `transposed-conv`; filters as `bicubic-filter`.",
  },
  chosen: { text: "The method on the right of the wipe, whose result is saved." },
  sample: { text: "One of the playground's pictures, `chelsea` for example." },
  cut: { text: "The crop of the photo, as in the playground's address." },
  hints: { text: "Color hints on the photo, as in the playground's address." },
  tell: { text: "Values of the networks' optional inputs, as in the playground's address." },
  without: { text: "Skipped steps of `old-photo`, separated by spaces, such as `autocontrast`." },
  mode: {
    text: "`apply`: the photo as it is; `test`: the photo is degraded first, and results are scored.",
    type: oneOf("apply", "test"),
  },
  saved: { text: "Quality of the JPEG file that the degraded photo is saved as." },
  strength: { text: "Weight of the result in the blend with the photo, 0 to 1." },
  saturation: { text: "Color saturation, 0 to 2; 1 is unchanged." },
  sigma: { text: "Standard deviation of the noise that filters remove, of 255; estimated by default." },
  size: { text: "Scale of enlarged results." },
  labels: { text: "How classes are shown.", type: oneOf("overlay", "cutout", "classes") },
  classes: { text: "Names of the visible classes, separated by spaces." },
  backend: { text: "Compute backend.", type: oneOf("auto", "webgpu", "cpu") },
  source: { text: "Kind of photos that networks were trained for.", type: oneOf(...SOURCES) },
  layout: { text: "How results are laid out.", type: oneOf("wipe", "grid") },
  left: { text: "The method on the left of the wipe; the photo by default." },
  tools: { text: `Active tools, separated by spaces:  ${LASTING_TOOLS.map((tool) => `\`${tool}\``).join(", ")}.` },
  degradation: { text: "Kind of degradation, such as `gaussian-noise`." },
  level: { text: "Values of the degradation, separated by spaces." },
  seed: { text: "Seed of the degradation." },
  src: { text: "Address of a photo, which your page fetches." },
  model: { text: "Address of an ONNX file, which your page fetches." },
  controls: {
    text: "Parts shown beside the pictures, separated by spaces: `compare` (the default), `picture`, `task`, `methods`, `mode`, `size`, `finish`, `backend`, `actions`, `all`; empty: nothing.",
  },
  hide: { text: "Parts of `controls` to hide." },
  lang: { text: "A language of the playground; the reader's by default." },
  theme: { text: "Color theme; the embedding page's by default.", type: oneOf("light", "dark") },
  lock: { text: "No photo or network can be opened, and shortcut keys are off.", type: "boolean" },
  view: { text: "Another view instead of the playground.", type: oneOf(...VIEWS) },
  preset: { text: "Content of that view, such as `bilinear` in the lab or `denoise` in the gallery." },
  query: { text: "The rest of that view's address, after `?`." },
  poster: { text: "Address of a picture that is shown until the playground is ready." },
  autorun: {
    text: "`false`: loads and runs only when the reader presses its button, or `run()` is called.",
    type: oneOf("true", "false"),
  },
  loading: { text: "`eager`: does not wait until it is near the viewport.", type: oneOf("lazy", "eager") },
  title: { text: "Accessible name of the frame." },
  "data-expect": {
    text: "Conditions that solve an exercise, separated by semicolons: `psnr > 30; chosen = pixel-shuffle`.",
  },
};

export const EVENT_TEXTS: Record<keyof Events | "solved", string> = {
  ready: "The playground can be used.",
  progress: "Progress of the run, 0 to 1.",
  result: "All results are complete.",
  change: "Settings have changed, by attributes or by the reader.",
  error: "Something went wrong; `sandboxed` and `no-answer`: the playground cannot start.",
  solved: "The result meets `data-expect`; once.",
};

export interface Method extends Described {
  name: string;
  parameters: { name: string; type: string; optional?: boolean }[];
  /** Type that its promise resolves to. */
  result: string;
}

export const METHODS: readonly Method[] = [
  {
    name: "run",
    text: "Runs what is missing, or everything again; resolves when done.",
    parameters: [],
    result: "null",
  },
  { name: "stop", text: "Stops the current run.", parameters: [], result: "null" },
  {
    name: "load",
    text: "Opens a photo, or a network as an ONNX file.",
    parameters: [{ name: "what", type: "File | Blob | string | URL | ImageBitmap" }],
    result: "null",
  },
  {
    name: "set",
    text: "Sets several attributes at once.",
    parameters: [{ name: "settings", type: "Record<string, string>" }],
    result: "null",
  },
  {
    name: "result",
    text: "The result of a method as PNG, of the chosen one by default.",
    parameters: [{ name: "method", type: "string | null", optional: true }],
    result: "Blob",
  },
  {
    name: "report",
    text: "Settings, scores and model hashes, to reproduce the results.",
    parameters: [],
    result: "object",
  },
];
