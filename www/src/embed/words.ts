/** Messages for scripts outside the page's own bundle, inserted by the build (vite.config.ts). */

/** Messages by language. */
declare const __WORDS__: Record<string, Record<string, string>>;

/** Message keys of each script. */
export const OUTSIDE = {
  "embed.js": ["run.run"],
  "start.js": ["embed.open", "embed.sandboxed"],
} as const;
type OutsideKey = (typeof OUTSIDE)[keyof typeof OUTSIDE][number];

/** The message in the first available of these languages. */
export function word(key: OutsideKey, ...wanted: readonly string[]): string {
  const words = __WORDS__;
  const language = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => words[tag]) ?? "en";
  return words[language]?.[key] ?? "";
}
