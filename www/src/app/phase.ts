/** What the page is busy with: one piece of work at a time, and the photo that it loads. Independent of the worker. */

import type { PendingPhoto } from "./pending";

export type Phase =
  /** `missed`: a photo that failed to load and can be retried. */
  | { kind: "idle"; missed: PendingPhoto | null }
  /** A photo is loading. `subject`: name of the current file; empty if there is none. */
  | { kind: "opening"; pending: PendingPhoto; subject: string }
  /** Folders are being searched; choices made meanwhile apply to the photos found. */
  | { kind: "gathering" }
  /** Anything else, such as a run on the current photo. */
  | { kind: "working"; subject: string };

/** Events of the phase. */
export type PhaseEvent =
  /** A piece of work replaces the current one. `pending`: the photo that it loads. */
  | { kind: "begins"; pending: PendingPhoto | null }
  | { kind: "gathers" }
  /** The work has reached a file. */
  | { kind: "reads"; subject: string }
  /** The user changed a choice that the loading photo is opened with. */
  | { kind: "chosen"; change: Partial<Pick<PendingPhoto, "mode" | "mask">> }
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
      return event.pending
        ? { kind: "opening", pending: event.pending, subject: "" }
        : { kind: "working", subject: "" };
    case "gathers":
      return { kind: "gathering" };
    case "reads":
      return "subject" in phase ? { ...phase, subject: event.subject } : phase;
    case "chosen":
      return phase.kind === "opening" ? { ...phase, pending: { ...phase.pending, ...event.change } } : phase;
    case "arrives":
      return phase.kind === "opening" ? { kind: "working", subject: phase.subject } : phase;
    case "stopped":
      return phase.kind === "opening" ? IDLE : phase;
    case "failed":
      return { kind: "idle", missed: pendingOf(phase)?.lasts ? pendingOf(phase) : null };
    case "done":
      return phase.kind === "idle" ? phase : IDLE;
    case "wanted":
      return phase.kind === "idle" && phase.missed ? { kind: "opening", pending: phase.missed, subject: "" } : phase;
  }
}

/** The photo that is being loaded. */
export function pendingOf(phase: Phase): PendingPhoto | null {
  return phase.kind === "opening" ? phase.pending : null;
}

/** Name of the current file, for error messages. */
export function subjectOf(phase: Phase): string {
  return "subject" in phase ? phase.subject : "";
}
