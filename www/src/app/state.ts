/** What the page shows. The elements read it; only `Playground` writes it. */

import type { BackendChoice, BackendName, Estimate } from "../engine";
import type { MessageKey, Params } from "../i18n";
import { hasMessage } from "../i18n";
import type { EngineInfo } from "../protocol";
import { codeOf, messageOf } from "../protocol";
import type { Layer } from "../view/layer";
import type { SampleId } from "./samples";

/** What is going on right now. */
export type Activity =
  | { kind: "starting" | "decode" | "degrade" | "compile" | "saving" }
  | { kind: "download"; loaded: number; total: number | null }
  /** `left`: milliseconds still to go, once they can be told. */
  | { kind: "compute"; fraction: number; left: number | null };

/** How the last thing ended. */
export type Outcome =
  | { kind: "ready" | "stopped" }
  | { kind: "done"; milliseconds: number; backend: BackendName }
  | { kind: "saved"; name: string };

export type Action = "retry" | "cpu" | "open" | "shipped";

export interface Notice {
  message: MessageKey;
  params: Params;
  detail: string;
  actions: Action[];
}

export interface ModelState {
  name: string;
  bytes: number;
  own: boolean;
}

export interface State {
  choice: BackendChoice;
  engine: EngineInfo | null;
  sample: SampleId | null;
  /** The name of the person's own file; empty for a sample. */
  fileName: string;
  before: Layer | null;
  after: Layer | null;
  noise: { on: boolean; sigma: number };
  model: ModelState | null;
  estimate: Estimate | null;
  activity: Activity | null;
  outcome: Outcome;
  canSave: boolean;
  notice: Notice | null;
}

export const MAX_SIGMA = 75;

export function initialState(): State {
  return {
    choice: "auto",
    engine: null,
    sample: null,
    fileName: "",
    before: null,
    after: null,
    noise: { on: true, sigma: 35 },
    model: null,
    estimate: null,
    activity: { kind: "starting" },
    outcome: { kind: "ready" },
    canSave: false,
    notice: null,
  };
}

const WAYS_OUT: Record<string, Action[]> = {
  "invalid-picture": ["open"],
  "unsupported-picture": ["open"],
  "invalid-model": ["shipped"],
  "missing-external-data": ["shipped"],
  "unsupported-operator": ["shipped"],
  "invalid-node": ["shipped"],
  "invalid-input": ["shipped"],
  "too-large": ["open"],
  "picture-too-large": ["open"],
  "out-of-memory": ["open"],
  "no-gpu": ["cpu"],
  "device-lost": ["cpu"],
  "gpu-out-of-memory": ["cpu"],
  "gpu-error": ["cpu"],
  "download-failed": ["retry"],
  "engine-crashed": ["retry"],
  "no-engine": ["retry"],
  unknown: ["retry"],
};

/** The sentence and the ways out for an error, by its code. */
export function noticeFor(error: unknown): Notice {
  const code = codeOf(error);
  const key = `error.${code}`;
  return {
    message: hasMessage(key) ? key : "error.unknown",
    params: {},
    detail: messageOf(error),
    actions: WAYS_OUT[code] ?? [],
  };
}
