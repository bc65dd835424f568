/** The available networks: those in this package, or those in a folder on a host. */

import { bundled } from "./bundled.js";
import { RestoreError } from "./errors.js";
import { type Entry, FOR_COMPRESSED, methodId, parseManifest } from "./manifest.js";
import type { Platform } from "./platform.js";
import type { FileMessage, ModelMessage } from "./protocol.js";
import type { ModelOptions, ModelSource, OwnModel } from "./types.js";
import { forget } from "./weights.js";

const DEFAULT_TASK = "denoise";
const DEFAULT_METHOD = "bilinear";
const { signal: never } = new AbortController();

/** A network that can be downloaded. */
export interface ModelInfo {
  task: string;
  method: string;
  /** Whether it is made for photos from lossy files. */
  compressed: boolean;
  /** Display name. */
  title: string;
  file: string;
  /** Size of the download, including data files shared with others. */
  bytes: number;
  parameters: number;
  license: string;
  url: string;
  sha256: string;
  data: { file: string; url: string; sha256: string }[];
}

export interface Models {
  /** The networks of this package, or of the folder `from` with its `manifest.json`. */
  list(options?: { from?: string | URL; signal?: AbortSignal }): Promise<ModelInfo[]>;
  /** Deletes the weights that the browser keeps between visits. */
  clear(): Promise<void>;
}

export function createModels(platform: Platform): Models {
  return {
    async list({ from, signal = never } = {}) {
      if (from === undefined)
        return bundled.map(({ urls, ...entry }) => infoOf(entry, (file) => String(urls[file]?.())));
      const folder = platform.resolve(from).replace(/\/?$/, "/");
      const listed = parseManifest(await platform.json(`${folder}manifest.json`, signal));
      return listed.map((entry) => infoOf(entry, (file) => folder + file));
    },
    clear: forget,
  };
}

function infoOf(entry: Entry, address: (file: string) => string): ModelInfo {
  const { task, title, file, parameters, license, sha256 } = entry;
  return {
    task,
    method: methodId(entry),
    compressed: entry.variant === FOR_COMPRESSED,
    title,
    file,
    bytes: entry.data.reduce((sum, { bytes }) => sum + bytes, entry.bytes),
    parameters,
    license,
    url: address(file),
    sha256,
    data: entry.data.map(({ file, sha256 }) => ({ file, url: address(file), sha256 })),
  };
}

/** The network for these options, and its replacement for compressed photos. */
export async function choose(
  { task = DEFAULT_TASK, method = DEFAULT_METHOD, models: from, model, compressed }: ModelOptions,
  models: Models,
  platform: Platform,
  signal: AbortSignal,
): Promise<{ model: ModelMessage; forCompressed: ModelMessage | null }> {
  if (model !== undefined) return { model: isInfo(model) ? shipped(model) : own(model, platform), forCompressed: null };
  const listed = await models.list(from === undefined ? { signal } : { from, signal });
  const ofTask = listed.filter((one) => one.task === task);
  const where = from === undefined ? "this package" : String(from);
  if (ofTask.length === 0) {
    const tasks = named(listed.map((one) => one.task));
    throw new RestoreError("unknown-task", `there is no network for the task "${task}" in ${where}; tasks: ${tasks}`);
  }
  const alike = ofTask.filter((one) => one.method === method);
  const usual = alike.find((one) => !one.compressed) ?? alike[0];
  if (!usual) {
    const methods = named(ofTask.map((one) => one.method));
    const hint = from === undefined ? "; the option `models` names a folder with more" : "";
    throw new RestoreError(
      "unknown-method",
      `"${task}" has no method "${method}" in ${where}; methods: ${methods}${hint}`,
    );
  }
  const other = alike.find((one) => one.compressed);
  if (compressed !== undefined) return { model: shipped((compressed && other) || usual), forCompressed: null };
  return { model: shipped(usual), forCompressed: other ? shipped(other) : null };
}

const named = (names: string[]) => [...new Set(names)].join(", ");

function isInfo(model: object | string): model is ModelInfo {
  return typeof model === "object" && "method" in model && "url" in model;
}

function shipped({ file: name, task, method, url, sha256, data }: ModelInfo): ModelMessage {
  const files = data.map(({ file, url, sha256 }) => [file, { url, sha256 }] as const);
  return {
    key: `${url} ${sha256}`,
    name,
    task,
    method,
    file: { url, sha256 },
    data: Object.fromEntries(files),
    metadata: {},
  };
}

/** Ids of models given as bytes, so that each is loaded once. */
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

function own(given: ModelSource | OwnModel, platform: Platform): ModelMessage {
  const model: OwnModel = typeof given === "object" && "file" in given ? given : { file: given as ModelSource };
  const { file, data = {}, metadata = {}, sha256 = "" } = model;
  const message = (source: ModelSource, sha256 = ""): FileMessage => {
    if (typeof source === "string" || source instanceof URL) return { url: platform.resolve(source), sha256 };
    if (source instanceof ArrayBuffer) return new Uint8Array(source);
    if (source instanceof Blob || source instanceof Uint8Array) return source;
    throw new RestoreError("invalid-model", "a model is an address, a Blob, an ArrayBuffer or a Uint8Array");
  };
  const part = (source: ModelSource) => {
    if (typeof source === "string" || source instanceof URL) return platform.resolve(source);
    const number = numbers.get(source) ?? ++lastNumber;
    numbers.set(source, number);
    return number;
  };
  const name =
    file instanceof File
      ? file.name
      : typeof file === "string" || file instanceof URL
        ? String(file).replace(/.*\//, "")
        : "";
  return {
    key: JSON.stringify([
      part(file),
      Object.entries(data).map(([name, source]) => [name, part(source)]),
      metadata,
      sha256,
    ]),
    name,
    task: "",
    method: "",
    file: message(file, sha256),
    data: Object.fromEntries(Object.entries(data).map(([name, source]) => [name, message(source)])),
    metadata,
  };
}
