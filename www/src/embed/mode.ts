/** How the page shows itself in a frame of another page, as its address says: `?embed=1&controls=methods,mode&lock=1`. */

import { listed } from "./address";

/** Parts that can be shown: the sections of the controls, the bar of tools below the pictures, and running and saving. */
export const PARTS = ["picture", "task", "methods", "mode", "size", "finish", "backend", "compare", "actions"] as const;
export type Part = (typeof PARTS)[number];

export interface Mode {
  parts: ReadonlySet<Part>;
  /** Nothing can be brought in, and no shortcut works. */
  locked: boolean;
  theme: "light" | "dark" | null;
  /** The page around will give a photo: none is opened before. */
  waits: boolean;
}

/** What is shown where nothing is said: the pictures with their tools. */
export const USUAL: readonly Part[] = ["compare"];
/** Other names of parts, as somebody who teaches would call them. */
const ALSO: Record<string, Part> = {
  strength: "finish",
  saturation: "finish",
  upsampling: "methods",
  degradation: "mode",
  run: "actions",
  save: "actions",
};

/** Whether the page stands in a frame of another one. */
export function isEmbedded(): boolean {
  return new URLSearchParams(location.search).has("embed");
}

/** Whether the page around lets nobody bring in files. */
export function isLocked(): boolean {
  return modeOf(location.search)?.locked ?? false;
}

/** The mode that an address asks for; null for the page by itself. */
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
