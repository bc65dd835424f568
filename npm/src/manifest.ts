/** Parses `models/manifest.json`, and names its entries. */

/** A file of weights beside an ONNX file. */
export interface DataFile {
  file: string;
  bytes: number;
  sha256: string;
}

/** One entry of the manifest. */
export interface Entry {
  file: string;
  bytes: number;
  sha256: string;
  /** External data files, which several models may share. */
  data: DataFile[];
  task: string;
  family: string;
  /**
   * The survey that the network belongs to, and its name there; both empty for networks that differ only in upsampling.
   */
  survey: string;
  design: string;
  strategy: string;
  /** What else distinguishes it from others of its task and strategy; empty for the usual network. */
  variant: string;
  title: string;
  parameters: number;
  /** Multiply-adds per pixel of the result; 0 if the manifest does not say. */
  flopsPerPixel: number;
  /** For the result, on one thread of the CPU in models/README.md; 0 if the manifest does not say. */
  millisecondsPerMegapixel: number;
  /** By metric: decibels, or fractions. */
  scores: Record<string, number>;
  /** Scores during training as pairs of step and score, in order of steps; empty if the manifest has none. */
  curve: [step: number, score: number][];
  license: string;
}

/** The variant that replaces the usual network for compressed photos. */
export const FOR_COMPRESSED = "compressed";

/** Id of the method: the design, or for a network of its own the upsampling and the variant. */
export function methodId({ design, strategy, variant }: Pick<Entry, "design" | "strategy" | "variant">): string {
  if (design) return design;
  return variant && variant !== FOR_COMPRESSED ? `${strategy}.${variant}` : strategy;
}

function dataFiles(value: unknown): DataFile[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((one) => {
    const { file, bytes, sha256 } = (one ?? {}) as Record<string, unknown>;
    const named = typeof file === "string" && /^[\w.-]+\.data$/.test(file);
    return named && typeof bytes === "number" && typeof sha256 === "string" ? [{ file, bytes, sha256 }] : [];
  });
}

function numbers(value: unknown): Record<string, number> {
  const pairs = Object.entries(typeof value === "object" && value !== null ? value : {});
  return Object.fromEntries(pairs.filter((pair): pair is [string, number] => Number.isFinite(pair[1])));
}

/** A card has no room for more points. */
const MOST_POINTS = 24;

/** A training curve of `steps` steps; empty if it is malformed. */
function curve(value: unknown, steps: number): Entry["curve"] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  const points = list.flatMap((one): Entry["curve"] => {
    const [step, score, ...more]: unknown[] = Array.isArray(one) ? one : [];
    const numbers = typeof step === "number" && typeof score === "number" && Number.isFinite(score);
    return numbers && more.length === 0 ? [[step, score]] : [];
  });
  const rises = points.every(([step], at) => step >= 0 && step > (points[at - 1]?.[0] ?? -Infinity) && step <= steps);
  const whole = points.length === list.length && points.length >= 2 && points.length <= MOST_POINTS;
  return whole && rises ? points : [];
}

/** Parses the manifest; skips malformed entries, so that one bad entry does not hide the others. */
export function parseManifest(json: unknown): Entry[] {
  const list = Array.isArray(json) ? json : [];
  return list.flatMap((value: unknown) => {
    if (typeof value !== "object" || value === null) return [];
    const field = (name: string) => (value as Record<string, unknown>)[name];
    const text = (name: string) => (typeof field(name) === "string" ? String(field(name)) : "");
    const number = (name: string) => (Number.isFinite(field(name)) ? Number(field(name)) : 0);
    const entry: Entry = {
      file: text("file"),
      bytes: number("bytes"),
      sha256: text("sha256"),
      data: dataFiles(field("data")),
      task: text("task"),
      family: text("family") || "unet",
      survey: text("survey"),
      design: text("design"),
      strategy: text("strategy"),
      variant: text("variant"),
      title: text("title"),
      parameters: number("parameters"),
      flopsPerPixel: number("flops_per_pixel"),
      millisecondsPerMegapixel: number("milliseconds_per_megapixel"),
      scores: numbers(field("scores")),
      curve: curve(field("curve"), number("steps")),
      license: text("license"),
    };
    return /^[\w.-]+\.onnx$/.test(entry.file) && entry.task && entry.strategy ? [entry] : [];
  });
}
