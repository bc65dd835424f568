/** What the page shows. The elements read it; only `Playground` writes it. */

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

/** What is going on right now. */
export type Activity =
  | { kind: "starting" | "decode" | "degrade" | "compile" | "asking" | "score" | "saving" }
  | { kind: "download"; loaded: number; total: number | null }
  /** `left`: milliseconds still to go for this method, once they can be told. */
  | { kind: "compute"; method: Method; fraction: number; left: number | null }
  | { kind: "gathering"; found: number }
  /** `done`: photos, with the share of the one under way. */
  | { kind: "batch"; done: number; total: number };

/** How the last thing ended. */
export type Outcome =
  | { kind: "ready" | "stopped" | "failed" | "copied" | "shared" | "waiting" }
  | { kind: "done"; milliseconds: number; backend: BackendName }
  | { kind: "saved"; name: string };

export type Action = "retry" | "cpu" | "open" | "shipped" | "reduce" | "as-photo";

export interface Notice {
  /** Name of the file that it is about; empty where it is about none. */
  subject: string;
  message: MessageKey;
  params: Params;
  detail: string;
  actions: Action[];
}

/** What a run of everything that is not there yet will take. */
export interface Expected {
  tiles: number;
  /** The most at one time. */
  peakBytes: number;
  /** Width and height to which a network that takes no other size gets the whole photo resized. */
  resized: [number, number] | null;
  milliseconds: number;
}

/** `size`: of all of it, whatever part is used. */
export interface PhotoState {
  name: string;
  size: Size;
  /** Whether its file says where it was taken. */
  located: boolean;
  /** Whether any of it is transparent. */
  transparent: boolean;
  /** Whether the compression of its file has changed pixels. */
  lossy: boolean;
}

/** One method's result on the way. */
export interface ResultState {
  id: string;
  method: Method;
  status: "waiting" | "running" | "done" | "stopped" | "failed";
  /** 0 to 1 while running. */
  fraction: number;
  layer: Layer | null;
  /** Where it differs from what it is compared with; made when asked for. */
  difference: Layer | null;
  /** Its number in the worker, once it is whole. */
  picture: number | null;
  size: Size | null;
  milliseconds: number | null;
  backend: BackendName | null;
  /** What it tells apart; empty unless it is made of labels. */
  classes: ClassInfo[];
  scores: Scores | null;
  /** With the mask; of results that are made of labels. */
  agreement: LabelScores | null;
  /** Energy at the period of the upsampling grid over that around it, in dB; null where it cannot be told. */
  checkerboard: number | null;
  /** Whether its network makes no colors: it is scored against the original without any. */
  gray: boolean;
  /** What its networks can be told beside the picture, once they are loaded. */
  optional: Record<string, OptionalInput>;
  failure: Notice | null;
}

export interface State {
  settings: Settings;
  task: TaskFacts;
  tasks: TaskFacts[];
  methods: Method[];
  /** Whether the task has networks for compressed photos beside those for clean ones. */
  sources: boolean;
  own: OwnModel | null;
  /** Asked of a person's own network. */
  question: Question | null;
  /** Names of networks that were brought together, of which a person is to choose one. */
  networks: readonly string[];
  engine: EngineInfo | null;
  photo: PhotoState | null;
  /** What the views are of: the size of the results. */
  frame: Size | null;
  /** What results are scored against, as it is shown: the photo before it was made worse, or the mask. */
  original: { layer: Layer; picture: number } | null;
  /** The mask a person gave. `labels`: its picture of labels in the worker, once there are results to compare with it. */
  mask: { name: string; labels: number | null } | null;
  input: { layer: Layer; picture: number; scores: Scores | null } | null;
  results: ResultState[];
  /** What a person's photo seems to need, and the task that made it, until something is chosen; see `proposalOf`. */
  look: { need: FirstLook["need"]; after: string | null } | null;
  /** How noisy a person's photo is, as Gaussian noise of this sigma; null: it cannot be told, or has not been looked at. */
  noise: number | null;
  /** Photos that were brought together and wait for a ZIP. */
  many: number;
  /** The result that is saved, and that lies on the right of the wipe. */
  chosen: string | null;
  expected: Expected | null;
  /** What differences are shown against. */
  against: "original" | "mask" | "input" | "bicubic" | null;
  /** The scale of differences, from the least to the greatest; once it has been asked for. */
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

/** Ids of the methods in use: those that are asked for, as far as the task has them. */
export function usedMethods({ settings, methods, results }: Pick<State, "settings" | "methods" | "results">): string[] {
  const listed = settings.methods.filter((id) => methods.some((method) => method.id === id));
  if (listed.length > 0) return listed.slice(0, MAX_RESULTS);
  return results.length > 0 ? results.map(({ id }) => id) : settings.methods;
}

/** Of the part of the photo that is used. */
export function usedSize({ photo, settings: { cut } }: Pick<State, "photo" | "settings">): Size | null {
  return photo && cut && fitsIn(cut, photo.size) ? cutSize(cut) : (photo?.size ?? null);
}

/** Whether the photo is made worse before the run. */
export function isDegraded({ settings, task }: Pick<State, "settings" | "task">): boolean {
  return settings.mode === "test" && task.kinds.length > 0;
}

/** Whether networks for compressed photos are used, where there are any. */
export function isCompressed(state: Pick<State, "settings" | "task" | "photo">): boolean {
  const { source, degradation } = state.settings;
  if (source !== "auto") return source === "compressed";
  return isDegraded(state) ? degradation.saved !== null || degradation.kind === "jpeg" : (state.photo?.lossy ?? false);
}

/** Whether a mask tells what is true. */
export function isMasked({ settings, task, mask }: Pick<State, "settings" | "task" | "mask">): boolean {
  return settings.mode === "test" && tellsClasses(task) && mask !== null;
}

/** Whether the chosen result has transparent parts, which not all formats keep. */
export function isTransparent({ settings, photo, results, chosen }: State): boolean {
  const classes = results.find(({ id }) => id === chosen)?.classes ?? [];
  return photo?.transparent === true || (classes.length > 0 && settings.labels === "cutout");
}

/** Whether the damage has changed nothing of the photo, such as the colors of a gray one: then there is nothing to score. */
export function isUnchanged({ input }: Pick<State, "input">): boolean {
  return input?.scores?.psnr === Infinity;
}

/** Whether results are scored. */
export function isTest(state: Pick<State, "settings" | "task" | "mask">): boolean {
  return isDegraded(state) || isMasked(state);
}

/** Errors that a file is to blame for. */
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

/** The sentence for what is to be known of a file; numbers as people read them. */
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

/** A sentence that is about no file, with nothing more to say of it. */
export function plainNotice(message: MessageKey, more: Partial<Notice> = {}): Notice {
  return { subject: "", message, params: {}, detail: "", actions: [], ...more };
}

/** The sentence and the ways out for an error, by its code. `subject`: the file at work, named where it is to blame. */
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
