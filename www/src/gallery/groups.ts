/** What networks of the gallery belong to: a survey, or none; each group has a color. */

import type { Entry } from "../../../npm/src/manifest";

export const GROUPS = ["zoo", "best-quality", "frameworks", "designs", "denoisers", "transformers"] as const;
export type Group = (typeof GROUPS)[number];

const COLORS: Record<Group, string> = {
  zoo: "--ink-soft",
  "best-quality": "--good",
  frameworks: "--cool",
  designs: "--accent",
  denoisers: "--good", // of no task that has a best-quality network
  transformers: "--accent", // of no task that has designs
};

/** Networks that are no survey's are the zoo's. */
export function groupOf({ survey }: Pick<Entry, "survey">): Group {
  return GROUPS.find((group) => group === survey) ?? "zoo";
}

/** For an element's `style`. */
export function colored(group: Group): string {
  return `--color:var(${COLORS[group]})`;
}
