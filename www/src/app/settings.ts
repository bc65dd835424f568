/** All of the user's choices except the picture: the content of a link. */

import type { BackendChoice, LabelView } from "../engine";
import { SIGMA } from "./classical";
import { type Cut, formatCut, parseCut } from "./cut";
import { type DegradationSettings, fitting, formatDegradation, parseDegradation, usual } from "./degradation";
import { formatHints, formatNumbers, type Hint, parseHints, parseNumbers } from "./hints";
import { FIRST_SAMPLE, isSample, type SampleId } from "./samples";
import { factsOf, stepsOf, TASKS, usualMode } from "./tasks";

/** Tools that stay on until they are switched off. */
export const LASTING_TOOLS = ["difference", "lens", "probe", "smooth", "table"] as const;
export type LastingTool = (typeof LASTING_TOOLS)[number];

export const SOURCES = ["auto", "clean", "compressed"] as const;

export interface Settings {
  task: string;
  /** Ids of methods; ids that a task lacks are ignored. */
  methods: string[];
  /** Id of the method whose result is saved and shown on the right of the wipe; null: the first. */
  chosen: string | null;
  /** Process the photo as it is, or degrade it first and score against the original. */
  mode: "apply" | "test";
  degradation: DegradationSettings;
  /** Weight of the result in the blend with the input, 0 to 1. */
  strength: number;
  /** 0 is gray, 1 unchanged. */
  saturation: number;
  /** Standard deviation of the noise that filters remove, of 255; null: estimated. */
  sigma: number | null;
  /** Scale of enlarged results; null: the network's own. */
  enlarge: number | null;
  labels: LabelView["mode"];
  /** Names of the visible classes; null: all but the background. */
  classes: string[] | null;
  backend: BackendChoice;
  /** Kind of photos that networks were trained for, if there are several; auto: by the photo's file. */
  source: (typeof SOURCES)[number];
  layout: "wipe" | "grid";
  /** Id of the picture on the left of the wipe; null: the input. */
  left: string | null;
  tools: readonly LastingTool[];
  /** Null: the user's own picture, which stays on this device. */
  sample: SampleId | null;
  /** The crop of the picture; null: all of it. */
  cut: Cut | null;
  /** Color hints on the photo. */
  hints: readonly Hint[];
  /** Values of the networks' optional inputs, by name; others have the files' defaults. */
  numbers: Readonly<Record<string, number>>;
  /** Ids of skipped steps of a chain. */
  without: readonly string[];
}

/** Maximum number of simultaneous results. */
export const MAX_RESULTS = 6;
/** Largest scale of any task. */
const MAX_ENLARGE = 8;

export function initialSettings(): Settings {
  return {
    task: TASKS[0]?.id ?? "",
    methods: ["bilinear"],
    chosen: null,
    mode: "test",
    degradation: usual("gaussian-noise"),
    strength: 1,
    saturation: 1,
    sigma: null,
    enlarge: null,
    labels: "overlay",
    classes: null,
    backend: "auto",
    source: "auto",
    layout: "wipe",
    left: null,
    tools: [],
    sample: FIRST_SAMPLE,
    cut: null,
    hints: [],
    numbers: {},
    without: [],
  };
}

/** Settings as `a=b&c=d`; defaults are omitted. */
export function formatSettings(settings: Settings): string {
  const query = new URLSearchParams({
    task: settings.task,
    with: settings.methods.join(","),
    chosen: settings.chosen ?? "",
    mode: settings.mode,
    degrade: formatDegradation(settings.degradation),
    saved: String(settings.degradation.saved),
    strength: String(settings.strength),
    saturation: String(settings.saturation),
    sigma: String(settings.sigma),
    size: String(settings.enlarge),
    labels: settings.labels,
    classes: settings.classes?.join(",") ?? "",
    backend: settings.backend,
    source: settings.source,
    layout: settings.layout,
    left: settings.left ?? "",
    tools: settings.tools.join(","),
    picture: settings.sample ?? "own",
    cut: settings.cut ? formatCut(settings.cut) : "",
    hints: formatHints(settings.hints),
    tell: formatNumbers(settings.numbers),
    without: settings.without.join(","),
  });
  const first = initialSettings();
  if (settings.chosen === null) query.delete("chosen");
  if (settings.degradation.saved === null) query.delete("saved");
  if (settings.strength === first.strength) query.delete("strength");
  if (settings.saturation === first.saturation) query.delete("saturation");
  if (settings.sigma === null) query.delete("sigma");
  if (settings.enlarge === null) query.delete("size");
  if (settings.cut === null) query.delete("cut");
  if (settings.hints.length === 0) query.delete("hints");
  if (Object.keys(settings.numbers).length === 0) query.delete("tell");
  if (settings.without.length === 0 || !factsOf(settings.task).chain) query.delete("without");
  if (settings.labels === first.labels) query.delete("labels");
  if (settings.classes === null) query.delete("classes");
  if (settings.backend === first.backend) query.delete("backend");
  if (settings.source === first.source) query.delete("source");
  if (settings.layout === first.layout) query.delete("layout");
  if (settings.left === null) query.delete("left");
  if (settings.tools.length === 0) query.delete("tools");
  return readable(query);
}

/** A query in readable form: separators of values are not escaped. */
export function readable(query: URLSearchParams): string {
  return query.toString().replace(/%(?:2C|3A|3B)/g, decodeURIComponent);
}

/**
 * Settings from a link, with defaults for missing or malformed values. `sample`: the picture if the link names none.
 */
export function parseSettings(query: string, sample: Settings["sample"] = FIRST_SAMPLE): Settings {
  const otherwise = { ...initialSettings(), sample };
  const given = new URLSearchParams(query);
  const one = <T extends string>(name: string, choices: readonly T[], otherwise: T): T =>
    choices.find((choice) => choice === given.get(name)) ?? otherwise;
  const within = <T>(value: string | null | undefined, min: number, max: number, otherwise: T) => {
    const number = value ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? Math.min(Math.max(number, min), max) : otherwise;
  };
  const list = (name: string) => (given.get(name) ?? "").split(",").filter(Boolean);
  const picture = given.get("picture");
  const task = given.get("task") || otherwise.task;
  const facts = factsOf(task);
  const left = stepsOf(facts, list("without"));
  return {
    task,
    methods: given.has("with") ? list("with").slice(0, MAX_RESULTS) : otherwise.methods,
    chosen: given.get("chosen") || otherwise.chosen,
    mode: one("mode", ["apply", "test"], usualMode(facts)),
    degradation: parseDegradation(
      given.get("degrade"),
      given.get("saved"),
      fitting({ ...facts, kinds: facts.kinds.slice(0, 1) }, otherwise.degradation),
    ),
    strength: within(given.get("strength"), 0, 1, otherwise.strength),
    saturation: within(given.get("saturation"), 0, 2, otherwise.saturation),
    sigma: within(given.get("sigma"), SIGMA.min, SIGMA.max, otherwise.sigma),
    enlarge: given.has("size") ? within(given.get("size"), 1, MAX_ENLARGE, 1) : otherwise.enlarge,
    labels: one("labels", ["overlay", "cutout", "classes"], otherwise.labels),
    classes: given.has("classes") ? list("classes") : otherwise.classes,
    backend: one("backend", ["auto", "webgpu", "cpu"], otherwise.backend),
    source: one("source", SOURCES, otherwise.source),
    layout: one("layout", ["wipe", "grid"], otherwise.layout),
    left: given.get("left") || otherwise.left,
    tools: LASTING_TOOLS.filter((tool) => list("tools").includes(tool)),
    sample: picture === "own" ? null : picture && isSample(picture) ? picture : otherwise.sample,
    cut: parseCut(given.get("cut")),
    hints: parseHints(given.get("hints")),
    numbers: parseNumbers(given.get("tell")),
    without: (facts.chain ?? []).filter((id) => !left.some((step) => step.id === id)),
  };
}
