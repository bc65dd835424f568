/** What the page is busy with: one piece of work at a time, and the photo that it is to bring. Nothing here knows the worker. */

import type { Coming } from "./coming";

export type Phase =
  /** `missed`: a photo that could not be loaded, and can be asked for once more. */
  | { kind: "idle"; missed: Coming | null }
  /** A photo is on its way. `subject`: name of the file at work; empty where there is none. */
  | { kind: "opening"; coming: Coming; subject: string }
  /** Folders are being looked through; what is chosen meanwhile holds for what they bring. */
  | { kind: "gathering" }
  /** Anything else, such as a run on the photo that is there. */
  | { kind: "working"; subject: string };

/** What happens to it. */
export type PhaseEvent =
  /** A piece of work takes the place of the one under way. `coming`: the photo that it is to bring. */
  | { kind: "begins"; coming: Coming | null }
  | { kind: "gathers" }
  /** It has come to a file. */
  | { kind: "reads"; subject: string }
  /** A person has chosen otherwise, which the photo on its way is opened with. */
  | { kind: "chosen"; change: Partial<Pick<Coming, "mode" | "mask">> }
  /** The photo has been read, or was none: nothing is on its way any more. */
  | { kind: "arrives" }
  /** A person no longer waits for it. */
  | { kind: "stopped" }
  | { kind: "failed" }
  | { kind: "done" }
  /** What was missed is wanted again, as soon as settings rest. */
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

/** The photo that is on its way. */
export function comingOf(phase: Phase): Coming | null {
  return phase.kind === "opening" ? phase.coming : null;
}

/** Name of the file at work: what goes wrong with it names it. */
export function subjectOf(phase: Phase): string {
  return "subject" in phase ? phase.subject : "";
}
