/** Which language to speak, asked before there are any messages. */

/** A BCP 47 tag that names a file. */
export type Language = string;

/** What the page speaks where it does not have any language of its reader. */
const FALLBACK = "en";
const STORED = "language";

/** Of those there are: the one that the address asks for, else the one chosen before, else the first of the browser's. */
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

/** Storage may be forbidden; the page then forgets its language and works on. */
function chosenBefore(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** For the next visit. */
export function choose(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // it speaks it for this visit
  }
}
