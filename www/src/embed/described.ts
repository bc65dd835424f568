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
    text: `What is done to the photo: ${TASKS.map(({ id }) => `\`${id}\``).join(", ")}.`,
  },
  with: {
    text: "Methods between spaces: `nearest`, `bilinear`, `pixel-shuffle`, `max-unpool`, `transposed-conv`; filters as `bicubic-filter`.",
  },
  chosen: { text: "The method on the right of the wipe, whose result is saved." },
  sample: { text: "One of the playground's pictures, `chelsea` for example." },
  cut: { text: "The part of the photo that is used, as the playground's address has it." },
  hints: { text: "Colors that are known at places of the photo, as the playground's address has them." },
  tell: { text: "Numbers for the networks' optional inputs, as the playground's address has them." },
  without: { text: "Steps of `old-photo` that are left out, between spaces: `autocontrast`, for example." },
  mode: {
    text: "`apply`: the photo as it is; `test`: it is damaged first, and results are scored.",
    type: oneOf("apply", "test"),
  },
  saved: { text: "Quality of the JPEG file that the damaged photo is saved as." },
  strength: { text: "Share of the result in what is shown, 0 to 1." },
  saturation: { text: "Saturation of colors, 0 to 2; 1 as they are." },
  sigma: { text: "Noise that filters remove, as its standard deviation of 255; without it, as it is estimated." },
  size: { text: "How many times larger than the photo enlarged results are." },
  labels: { text: "How classes are shown.", type: oneOf("overlay", "cutout", "classes") },
  classes: { text: "Names of the classes that are shown, between spaces." },
  backend: { text: "What computes.", type: oneOf("auto", "webgpu", "cpu") },
  source: { text: "What networks are made for.", type: oneOf(...SOURCES) },
  layout: { text: "How results are laid out.", type: oneOf("wipe", "grid") },
  left: { text: "The method on the left of the wipe; without it, the photo." },
  tools: { text: `Tools in use, between spaces: ${LASTING_TOOLS.map((tool) => `\`${tool}\``).join(", ")}.` },
  degradation: { text: "Kind of the damage, `gaussian-noise` for example." },
  level: { text: "Values of the damage, between spaces." },
  seed: { text: "Seed of the damage." },
  src: { text: "Address of a photo of your page, which your page fetches." },
  model: { text: "Address of an ONNX file of your page, which your page fetches." },
  controls: {
    text: "What is shown beside the pictures, between spaces: `compare` (the default), `picture`, `task`, `methods`, `mode`, `size`, `finish`, `backend`, `actions`, `all`; empty: nothing.",
  },
  hide: { text: "What of `controls` is not shown." },
  lang: { text: "A language of the playground; without it, the reader's." },
  theme: { text: "Colors; without it, those of the page around.", type: oneOf("light", "dark") },
  lock: { text: "No photo or network can be brought in, and shortcut keys do nothing.", type: "boolean" },
  view: { text: "Another view in place of the playground.", type: oneOf(...VIEWS) },
  preset: { text: "What that view shows: `bilinear` in the lab, `denoise` in the gallery, for example." },
  query: { text: "The rest of that view's address, after `?`." },
  poster: { text: "Address of a picture that is shown until the playground is there." },
  autorun: {
    text: "`false`: loads and runs once the reader presses the button over it, or `run()` is called.",
    type: oneOf("true", "false"),
  },
  loading: { text: "`eager`: does not wait until it is near the viewport.", type: oneOf("lazy", "eager") },
  title: { text: "What the frame is called for those who do not see it." },
  "data-expect": {
    text: "What an exercise waits for: conditions between semicolons, `psnr > 30; chosen = pixel-shuffle`.",
  },
};

export const EVENT_TEXTS: Record<keyof Events | "solved", string> = {
  ready: "The playground can be used.",
  progress: "How far the run is, 0 to 1.",
  result: "All results are there.",
  change: "Settings have changed, here or by the reader.",
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
  { name: "run", text: "Runs what is missing, or all anew; resolves once it is done.", parameters: [], result: "null" },
  { name: "stop", text: "Stops what is under way.", parameters: [], result: "null" },
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
    text: "Settings, figures and model hashes, for others to repeat.",
    parameters: [],
    result: "object",
  },
];
