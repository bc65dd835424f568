/**
 * Runs before the page's own scripts have loaded, and requests what they will need (`early.ts`).
 *
 * In a frame with an opaque origin, shows why the playground cannot start, and tells the embedding page.
 *
 * A sandbox without `allow-same-origin` makes the origin opaque, so all files of the host are cross-origin: modules,
 * engine and models load only if the host sends CORS headers. This classic script still runs.
 */

import { ask, type Early } from "./early";
import { VERSION } from "./protocol";
import { word } from "./words";

if (window.origin === "null" && location.protocol !== "file:") {
  const refused = ({ target }: Event) => {
    if (!(target instanceof HTMLScriptElement)) return;
    const asked = new URLSearchParams(location.search).get("lang") ?? "";
    const languages = [asked, ...navigator.languages];
    const message = word("embed.sandboxed", ...languages);
    const said = document.createElement("p");
    said.className = "sandboxed";
    said.setAttribute("role", "alert");
    // The style sheet is refused like the modules.
    said.style.cssText = "margin: 0; padding: 16px 20px; font: 15px/1.5 system-ui, sans-serif";
    const link = document.createElement("a");
    Object.assign(link, {
      href: `./${location.hash}`,
      target: "_blank",
      textContent: word("embed.open", ...languages),
    });
    said.append(message, " ", link);
    document.body.replaceChildren(said);
    const detail = { code: "sandboxed", message };
    window.parent.postMessage({ unetPlayground: VERSION, event: "error", detail }, "*");
  };
  document.addEventListener("error", refused, { capture: true });
} else {
  const { early } = (document.currentScript as HTMLScriptElement).dataset;
  if (early) ask(JSON.parse(early) as Early);
}
