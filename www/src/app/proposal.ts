/** What to do with a photo, as it is proposed to a person: after a first look at it, or after what has just been done. */

import type { FirstLook } from "../engine";
import type { State } from "./state";

type Need = NonNullable<FirstLook["need"]>;

export interface Proposal {
  task: string;
  why: Need | "next";
}

const FOR: Record<Need, string> = {
  colors: "colorize",
  "colors-without-noise": "denoise-colorize",
  "less-noise": "denoise",
  "twice-the-size": "super-resolve-x2",
  "four-times-the-size": "super-resolve-x4",
};
/** What is done after all tasks but those that enlarge, and after these. */
const THEN = "super-resolve-x2";
const AFTER_LARGER = "deblur";

/** Nothing where no task is fit, or the fit one is chosen already. */
export function proposalOf({ look, task, tasks, photo }: State): Proposal | null {
  if (!look || !photo) return null;
  const has = (id: string) => tasks.some((one) => one.id === id);
  const { need, after } = look;
  if (need && !after && enlarges(FOR[need]) && enlarges(task.id)) return null;
  if (need && FOR[need] !== after && has(FOR[need]))
    return FOR[need] === task.id ? null : { task: FOR[need], why: need };
  if (!after) return null;
  const then = enlarges(after) || after === "old-photo" ? AFTER_LARGER : THEN;
  return has(then) && then !== task.id ? { task: then, why: "next" } : null;
}

function enlarges(task: string): boolean {
  return task.startsWith("super-resolve");
}
