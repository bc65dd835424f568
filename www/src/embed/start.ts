/**
 * What runs before the page's own scripts have come: asks for what they will need (`early.ts`).
 *
 * Says in a frame without an origin of its own why the playground cannot start there, and tells the page around.
 *
 * A sandbox without `allow-same-origin` makes the origin opaque. To the browser all files of the host are then those of another
 * origin: it takes modules, the engine and the models only where the host sends CORS headers, and refuses the page's modules
 * elsewhere. This script is no module, so it is what still runs there.
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
    // The style sheet is refused as the modules are.
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
