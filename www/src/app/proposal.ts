/** The task proposed for a photo, after a first look at it or after the last result. */

import type { FirstLook } from "../engine";
import type { State } from "./state";
import { factsOf, type TaskFacts, takesLines } from "./tasks";

type Need = NonNullable<FirstLook["need"]>;

export interface Proposal {
  task: string;
  why: Need | "next";
}

/** Null if no task fits, or the fitting one is already chosen. */
export function proposalOf({ look, task, tasks, photo }: State): Proposal | null {
  if (!look || !photo) return null;
  const { need, after } = look;
  if (takesLines(task) && !after) return null; // a drawing lacks everything that photos have
  const wanted = need && tasks.find(({ proposed }) => proposed?.need === need);
  if (wanted && !after && enlarges(wanted) && enlarges(task)) return null;
  if (wanted && wanted.id !== after) return wanted.id === task.id ? null : { task: wanted.id, why: need };
  if (!after) return null;
  const when = factsOf(after).scale > 1 ? "enlarging" : "other-tasks";
  const then = tasks.find(({ proposed }) => proposed?.after === when);
  return then && then.id !== task.id ? { task: then.id, why: "next" } : null;
}

/** Whether enlarging is all it does. */
function enlarges({ scale, chain }: TaskFacts): boolean {
  return scale > 1 && !chain;
}
