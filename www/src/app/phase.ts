/** What the page is busy with: one piece of work at a time, and the photo that it loads. Independent of the worker. */

import type { Coming } from "./coming";

export type Phase =
  /** `missed`: a photo that failed to load and can be retried. */
  | { kind: "idle"; missed: Coming | null }
  /** A photo is loading. `subject`: name of the current file; empty if there is none. */
  | { kind: "opening"; coming: Coming; subject: string }
  /** Folders are being searched; choices made meanwhile apply to the photos found. */
  | { kind: "gathering" }
  /** Anything else, such as a run on the current photo. */
  | { kind: "working"; subject: string };

/** Events of the phase. */
export type PhaseEvent =
  /** A piece of work replaces the current one. `coming`: the photo that it loads. */
  | { kind: "begins"; coming: Coming | null }
  | { kind: "gathers" }
  /** The work has reached a file. */
  | { kind: "reads"; subject: string }
  /** The user changed a choice that the loading photo is opened with. */
  | { kind: "chosen"; change: Partial<Pick<Coming, "mode" | "mask">> }
  /** The photo has been decoded, or was no photo: nothing is loading any more. */
  | { kind: "arrives" }
  /** The user cancelled it. */
  | { kind: "stopped" }
  | { kind: "failed" }
  | { kind: "done" }
  /** The photo that failed is to be retried once the settings rest. */
  | { kind: "wanted" };

export const IDLE: Phase = { kind: "idle", missed: null };

export function next(phase: Phase, event: PhaseEvent): Phase {
  switch (event.kind) {
    case "begins":
      return event.coming ? { kind: "opening", coming: event.coming, subject: "" } : { kind: "working", subject: "" };
    case "gathers":
      return { kind: "gathering" };
    case "reads":
      return "subject" in phase ? { ...phase, subject: event.subject } : phase;
    case "chosen":
      return phase.kind === "opening" ? { ...phase, coming: { ...phase.coming, ...event.change } } : phase;
    case "arrives":
      return phase.kind === "opening" ? { kind: "working", subject: phase.subject } : phase;
    case "stopped":
      return phase.kind === "opening" ? IDLE : phase;
    case "failed":
      return { kind: "idle", missed: comingOf(phase)?.lasts ? comingOf(phase) : null };
    case "done":
      return phase.kind === "idle" ? phase : IDLE;
    case "wanted":
      return phase.kind === "idle" && phase.missed ? { kind: "opening", coming: phase.missed, subject: "" } : phase;
  }
}

/** The photo that is being loaded. */
export function comingOf(phase: Phase): Coming | null {
  return phase.kind === "opening" ? phase.coming : null;
}

/** Name of the current file, for error messages. */
export function subjectOf(phase: Phase): string {
  return "subject" in phase ? phase.subject : "";
}
