/** Interpretations of a network's output where its file does not declare one, and the metadata that declares them. */

import { sha256 } from "../../../npm/src/sha256";
import type { UndeclaredOutput } from "../protocol";

/**
 * `picture`: values 0 to 1, of 1 or 3 channels; `signed`: −1 to 1, in and out; `colors`: CIE a* and b* of a gray input.
 */
export type ReadingId = "picture" | "signed" | "mask" | "classes" | "colors";

export interface Reading {
  id: ReadingId;
  /** `metadata_props` that declare it. */
  metadata: Record<string, string>;
}

/** A network whose output is ambiguous, for the user to decide. */
export interface Question {
  /** Name of the file. */
  name: string;
  /** Most likely first. */
  readings: Reading[];
  /** Previews on the photo, as far as they are computed. */
  previews: Partial<Record<ReadingId, ImageBitmap>>;
  /** The current interpretation; null: not asked yet. */
  chosen: ReadingId | null;
}

const KEPT = "reading ";

/** Possible interpretations of an output, most likely first; none if no picture has that number of channels. */
export function readingsOf({ input, output, operator }: UndeclaredOutput): Reading[] {
  const picture = reading("picture", { output: { color: output === 1 ? "gray" : "rgb" } });
  const range = [-1, 1];
  const signed = reading("signed", { input: { range }, output: { color: output === 1 ? "gray" : "rgb", range } });
  const pictures = operator === "Tanh" ? [signed, picture] : [picture];
  const classes = reading("classes", { output: { color: "classes" } });
  switch (output) {
    case 1: {
      const mask = reading("mask", { output: { color: operator === "Sigmoid" ? "mask" : "mask-logits" } });
      if (operator === "Tanh") return pictures;
      return input === 3 ? [mask, ...pictures] : [...pictures, mask];
    }
    case 2: {
      const limits = operator === "Tanh" ? range : operator === "Sigmoid" ? [0, 1] : [-128, 128];
      return [
        classes,
        reading("colors", { input: { color: "lab-l" }, output: { color: "lab-ab", range: limits } }),
      ].slice(0, input === 1 ? 2 : 1);
    }
    case 3:
      return operator === "Softmax" ? [classes, ...pictures] : [...pictures, classes];
    default:
      return output > 3 ? [classes] : [];
  }
}

function reading(id: ReadingId, metadata: Record<string, object>): Reading {
  return {
    id,
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, entry]) => [key, JSON.stringify(entry)])),
  };
}

/** Python that writes the metadata into the file, so that no page has to ask again. */
export function linesFor(name: string, { metadata }: Reading): string {
  const file = JSON.stringify(name);
  const entries = Object.entries(metadata).map(([key, entry]) => `    ("${key}", '${entry}'),`);
  return [
    "import onnx",
    `m = onnx.load(${file})`,
    "for key, value in [",
    ...entries,
    "]:",
    "    p = m.metadata_props.add()",
    "    p.key, p.value = key, value",
    `onnx.save(m, ${file})`,
  ].join("\n");
}

/** The interpretation that this device remembers for a file with this content. */
export async function keptReading(file: Blob): Promise<string | null> {
  const key = await keyOf(file);
  try {
    return key && localStorage.getItem(key);
  } catch {
    return null;
  }
}

export async function keepReading(file: Blob, id: ReadingId): Promise<void> {
  const key = await keyOf(file);
  try {
    if (key) localStorage.setItem(key, id);
  } catch {
    // Storage is forbidden: the question comes again next time.
  }
}

/** Null outside a secure context, where hashes are unavailable. */
async function keyOf(file: Blob): Promise<string | null> {
  const hash = await sha256(new Uint8Array(await file.arrayBuffer()));
  return hash && KEPT + hash;
}
