/** Chooses the language before any messages are loaded. */

/** A BCP 47 tag that names a file. */
export type Language = string;

/** Used if none of the reader's languages is available. */
const FALLBACK = "en";
const STORED = "language";

/** The language in the address, else the one chosen earlier, else the first available one of the browser's. */
export function preferred(languages: readonly Language[]): Language {
  const asked = new URLSearchParams(globalThis.location?.search).get("lang") ?? "";
  const wanted = [asked, chosenBefore() ?? "", ...(navigator.languages ?? [navigator.language])];
  for (const tag of wanted) {
    // "pt-BR" is served by "pt-BR", else by "pt".
    const served = languages.find((one) => one === tag) ?? languages.find((one) => one === tag.split("-")[0]);
    if (served) return served;
  }
  return FALLBACK;
}

/** Null if storage is forbidden; the page then forgets its language. */
function chosenBefore(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Remembers the language for the next visit. */
export function choose(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // the choice lasts for this visit
  }
}
