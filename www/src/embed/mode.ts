/** Layout of the page in a frame of another page, from its address: `?embed=1&controls=methods,mode&lock=1`. */

import { listed } from "./address";

/**
 * Parts that can be shown: the sections of the controls, the toolbar below the pictures, and the run and save buttons.
 */
export const PARTS = ["picture", "task", "methods", "mode", "size", "finish", "backend", "compare", "actions"] as const;
export type Part = (typeof PARTS)[number];

export interface Mode {
  parts: ReadonlySet<Part>;
  /** No files can be opened, and no shortcut works. */
  locked: boolean;
  theme: "light" | "dark" | null;
  /** The embedding page will send a photo: none is opened before. */
  waits: boolean;
}

/** Default parts: the pictures with their tools. */
export const USUAL: readonly Part[] = ["compare"];
/** Aliases of parts, in a teacher's terms. */
const ALSO: Record<string, Part> = {
  strength: "finish",
  saturation: "finish",
  upsampling: "methods",
  degradation: "mode",
  run: "actions",
  save: "actions",
};

/** Whether the page is in a frame of another page. */
export function isEmbedded(): boolean {
  return new URLSearchParams(location.search).has("embed");
}

/** Whether the embedding page forbids opening files. */
export function isLocked(): boolean {
  return modeOf(location.search)?.locked ?? false;
}

/** The mode in an address; null for the page by itself. */
export function modeOf(search: string): Mode | null {
  const query = new URLSearchParams(search);
  if (!query.has("embed")) return null;
  const named = (name: string) =>
    listed(query.get(name) ?? "").flatMap((word) =>
      word === "all" ? PARTS : (ALSO[word] ?? PARTS.find((part) => part === word) ?? []),
    );
  const shown = query.has("controls") ? named("controls") : USUAL;
  const hidden = named("hide");
  const theme = query.get("theme");
  return {
    parts: new Set(shown.filter((part) => !hidden.includes(part))),
    locked: query.has("lock"),
    theme: theme === "light" || theme === "dark" ? theme : null,
    waits: query.has("waits"),
  };
}
