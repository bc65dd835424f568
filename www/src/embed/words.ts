/** What scripts outside of the page's own program say: a few of its messages, put in by the build (vite.config.ts). */

/** Messages by language. */
declare const __WORDS__: Record<string, Record<string, string>>;

/** What each script says. */
export const OUTSIDE = {
  "embed.js": ["run.run"],
  "start.js": ["embed.open", "embed.sandboxed"],
} as const;
type OutsideKey = (typeof OUTSIDE)[keyof typeof OUTSIDE][number];

/** The message in the first of these languages that there is. */
export function word(key: OutsideKey, ...wanted: readonly string[]): string {
  const words = __WORDS__;
  const language = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => words[tag]) ?? "en";
  return words[language]?.[key] ?? "";
}
