/** Everything the page shows. The elements read it; only `Playground` writes it. */

import type { BackendName, ClassInfo, FirstLook, OptionalInput, Scores } from "../engine";
import type { MessageKey, Params } from "../i18n";
import { hasMessage } from "../i18n";
import type { EngineInfo, FileNotice, LabelScores } from "../protocol";
import { CallError, codeOf, messageOf } from "../protocol";
import type { Layer } from "../view/layer";
import type { Size } from "../view/viewport";
import type { Method, OwnModel } from "./catalogue";
import { cutSize, fitsIn } from "./cut";
import type { Question } from "./reading";
import { initialSettings, MAX_RESULTS, type Settings } from "./settings";
import { factsOf, type TaskFacts, tellsClasses } from "./tasks";

/** The current activity. */
export type Activity =
  | { kind: "starting" | "decode" | "degrade" | "compile" | "asking" | "score" | "saving" }
  | { kind: "download"; loaded: number; total: number | null }
  /** `left`: estimated milliseconds left for this method, once known. */
  | { kind: "compute"; method: Method; fraction: number; left: number | null }
  | { kind: "gathering"; found: number }
  /** `done`: number of photos, plus the fraction of the current one. */
  | { kind: "batch"; done: number; total: number };

/** How the last activity ended. */
export type Outcome =
  | { kind: "ready" | "stopped" | "failed" | "copied" | "shared" | "waiting" }
  | { kind: "done"; milliseconds: number; backend: BackendName }
  | { kind: "saved"; name: string };

export type Action = "retry" | "cpu" | "open" | "shipped" | "reduce" | "as-photo";

export interface Notice {
  /** Name of the file it concerns; empty if none. */
  subject: string;
  message: MessageKey;
  params: Params;
  detail: string;
  actions: Action[];
}

/** Estimated cost of everything that is missing. */
export interface Expected {
  tiles: number;
  /** Peak memory. */
  peakBytes: number;
  /** For a network of fixed input size: the width and height that the whole photo is resized to. */
  resized: [number, number] | null;
  milliseconds: number;
}

/** `size`: of the whole photo, uncropped. */
export interface PhotoState {
  name: string;
  size: Size;
  /** Whether its file contains a location. */
  located: boolean;
  /** Whether any of it is transparent. */
  transparent: boolean;
  /** Whether the compression of its file has changed pixels. */
  lossy: boolean;
  /** Whether it was opened as a line drawing. */
  lines: boolean;
}

/** One method's result on the way. */
export interface ResultState {
  id: string;
  method: Method;
  status: "waiting" | "running" | "done" | "stopped" | "failed";
  /** 0 to 1 while running. */
  fraction: number;
  layer: Layer | null;
  /** Its difference map; computed on demand. */
  difference: Layer | null;
  /** Its id in the worker, once complete. */
  picture: number | null;
  size: Size | null;
  milliseconds: number | null;
  backend: BackendName | null;
  /** Its classes; empty unless it holds labels. */
  classes: ClassInfo[];
  scores: Scores | null;
  /** Agreement with the mask, if it holds labels. */
  agreement: LabelScores | null;
  /** Energy at the period of the upsampling grid relative to its surroundings, in dB; null if it cannot be measured. */
  checkerboard: number | null;
  /** Whether its network outputs gray only: it is scored against the original without its colors. */
  gray: boolean;
  /** Optional inputs of its networks, once they are loaded. */
  optional: Record<string, OptionalInput>;
  failure: Notice | null;
}

export interface State {
  settings: Settings;
  task: TaskFacts;
  tasks: TaskFacts[];
  methods: Method[];
  /** Whether the task has networks for compressed photos besides those for clean ones. */
  sources: boolean;
  own: OwnModel | null;
  /** The question about the user's own network. */
  question: Question | null;
  /** Names of several networks dropped together, for the user to choose one. */
  networks: readonly string[];
  engine: EngineInfo | null;
  photo: PhotoState | null;
  /** The size of the results, which the views show. */
  frame: Size | null;
  /** What results are scored against, as displayed: the photo before degradation, or the mask. */
  original: { layer: Layer; picture: number } | null;
  /** The user's mask. `labels`: id of its label picture in the worker, once there are results to compare it with. */
  mask: { name: string; labels: number | null } | null;
  input: { layer: Layer; picture: number; scores: Scores | null } | null;
  results: ResultState[];
  /** What the user's photo seems to need, and the task that made it, until the user chooses; see `proposalOf`. */
  look: { need: FirstLook["need"]; after: string | null } | null;
  /** Noise of the user's photo, as the sigma of Gaussian noise; null: unknown, or not measured yet. */
  noise: number | null;
  /** Number of photos that wait for a ZIP. */
  many: number;
  /** Id of the result that is saved and shown on the right of the wipe. */
  chosen: string | null;
  expected: Expected | null;
  /** What difference maps compare with. */
  against: "original" | "mask" | "input" | "bicubic" | null;
  /** The color scale of difference maps, from least to greatest; null until first needed. */
  colors: Uint8ClampedArray | null;
  activity: Activity | null;
  outcome: Outcome;
  notice: Notice | null;
}

export function initialState(settings = initialSettings()): State {
  return {
    settings,
    task: factsOf(settings.task),
    tasks: [],
    methods: [],
    sources: false,
    own: null,
    question: null,
    networks: [],
    engine: null,
    photo: null,
    frame: null,
    original: null,
    mask: null,
    input: null,
    results: [],
    look: null,
    noise: null,
    many: 0,
    chosen: null,
    expected: null,
    against: null,
    colors: null,
    activity: { kind: "starting" },
    outcome: { kind: "ready" },
    notice: null,
  };
}

/** Ids of the methods in use: those chosen, as far as the task has them. */
export function usedMethods({ settings, methods, results }: Pick<State, "settings" | "methods" | "results">): string[] {
  const listed = settings.methods.filter((id) => methods.some((method) => method.id === id));
  if (listed.length > 0) return listed.slice(0, MAX_RESULTS);
  return results.length > 0 ? results.map(({ id }) => id) : settings.methods;
}

/** The size of the photo's crop. */
export function usedSize({ photo, settings: { cut } }: Pick<State, "photo" | "settings">): Size | null {
  return photo && cut && fitsIn(cut, photo.size) ? cutSize(cut) : (photo?.size ?? null);
}

/** Whether the photo is degraded before the run. */
export function isDegraded({ settings, task }: Pick<State, "settings" | "task">): boolean {
  return settings.mode === "test" && task.kinds.length > 0;
}

/** Whether networks for compressed photos are used, if the task has any. */
export function isCompressed(state: Pick<State, "settings" | "task" | "photo">): boolean {
  const { source, degradation } = state.settings;
  if (source !== "auto") return source === "compressed";
  return isDegraded(state) ? degradation.saved !== null || degradation.kind === "jpeg" : (state.photo?.lossy ?? false);
}

/** Whether results are scored against a mask. */
export function isMasked({ settings, task, mask }: Pick<State, "settings" | "task" | "mask">): boolean {
  return settings.mode === "test" && tellsClasses(task) && mask !== null;
}

/** Whether the chosen result has transparency, which not all formats keep. */
export function isTransparent({ settings, photo, results, chosen }: State): boolean {
  const classes = results.find(({ id }) => id === chosen)?.classes ?? [];
  return photo?.transparent === true || (classes.length > 0 && settings.labels === "cutout");
}

/**
 * Whether the degradation changed nothing, like the removal of colors from a gray photo: then there is nothing to
 * score.
 */
export function isUnchanged({ input }: Pick<State, "input">): boolean {
  return input?.scores?.psnr === Infinity;
}

/** Whether results are scored. */
export function isTest(state: Pick<State, "settings" | "task" | "mask">): boolean {
  return isDegraded(state) || isMasked(state);
}

/** Errors that are a file's fault. */
const OF_FILES = new Set([
  "invalid-picture",
  "unsupported-picture",
  "picture-too-large",
  "unreadable-file",
  "invalid-mask",
  "mask-size",
  "invalid-model",
  "missing-external-data",
  "unsupported-operator",
  "invalid-node",
  "invalid-input",
]);

const WAYS_OUT: Record<string, Action[]> = {
  "invalid-picture": ["open"],
  "unsupported-picture": ["open"],
  "invalid-model": ["shipped"],
  "missing-external-data": ["shipped"],
  "unreadable-file": ["open"],
  "unsupported-operator": ["shipped"],
  "invalid-node": ["shipped"],
  "invalid-input": ["shipped"],
  "too-large": ["open"],
  "too-large-fits": ["reduce", "open"],
  "invalid-mask": ["as-photo"],
  "mask-size": [],
  "picture-too-large": ["open"],
  "result-too-large": ["reduce", "open"],
  "out-of-memory": ["reduce", "open"],
  "no-gpu": ["cpu"],
  "device-lost": ["cpu"],
  "gpu-out-of-memory": ["cpu"],
  "gpu-error": ["cpu"],
  "download-failed": ["retry"],
  "wrong-weights": ["retry"],
  "engine-crashed": ["retry"],
  "no-engine": ["retry"],
  internal: ["retry"],
  unknown: ["retry"],
};

/** The sentence for a notice about a file, with formatted numbers. */
export function noticeOf(file: FileNotice): Notice {
  const { message: detail, code, ...params } = file;
  const rounded = (value: number) => Number(value.toPrecision(3));
  const numbers =
    file.code === "rows-missing"
      ? { percent: Math.min(Math.max(Math.round(file.share * 100), 1), 99) }
      : file.code === "scaled"
        ? { low: rounded(file.low), high: rounded(file.high) }
        : {};
  return { subject: "", message: `notice.${code}`, params: { ...params, ...numbers }, detail, actions: [] };
}

/** A notice about no file, without details. */
export function plainNotice(message: MessageKey, more: Partial<Notice> = {}): Notice {
  return { subject: "", message, params: {}, detail: "", actions: [], ...more };
}

/** The sentence and the actions for an error, by its code. `subject`: the current file, named if it is at fault. */
export function noticeFor(error: unknown, subject = ""): Notice {
  const code = codeOf(error);
  const key = `error.${code}`;
  return {
    subject: OF_FILES.has(code) ? subject : "",
    message: hasMessage(key) ? key : "error.unknown",
    params: error instanceof CallError ? error.params : {},
    detail: messageOf(error),
    actions: WAYS_OUT[code] ?? [],
  };
}
