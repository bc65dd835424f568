/**
 * What is asked for before the page's own scripts have come, so that it comes with them: the engine's worker, which loads and compiles
 * the engine, the messages, and what the first view that most people see is made of.
 */

import { isFirstVisit } from "../app/visited";
import { preferred } from "../i18n/preferred";

declare global {
  interface Window {
    /** Null where it has failed, or has been taken. */
    engineWorker?: Worker | null;
  }
}

/** Files by their addresses, as the build names them. */
export interface Early {
  /** The script of the engine's worker. */
  engine: string;
  /** Messages, by language. */
  languages: Record<string, string>;
  /** The list of networks. */
  manifest: string;
  /** Photo and networks that the page opens with where its address names nothing. */
  opening: string[];
}

/** To be called by the script that runs first. */
export function ask({ engine, languages, manifest, opening }: Early): void {
  hint({ rel: "modulepreload", href: languages[preferred(Object.keys(languages))] ?? "" });
  // A frame may share the engine of another one; the gallery needs none, and some of the others no networks.
  const [, view = ""] = /^#([a-z]+)(?:[/?]|$)/.exec(location.hash) ?? [];
  if (new URLSearchParams(location.search).has("embed") || view === "gallery") return;
  startEngine(engine);
  if (view !== "") return;
  hint({ rel: "preload", as: "fetch", href: manifest });
  if (location.hash.length > 1 || !isFirstVisit()) return;
  // Later visits have the weights under their hashes. What the page itself asks for finds them in the browser's cache.
  for (const url of opening)
    fetch(url, { priority: "low" })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
}

/** The worker that waits for the page, once. */
export function takeEarly(): Worker | null {
  const worker = window.engineWorker ?? null;
  window.engineWorker = null;
  return worker;
}

function startEngine(script: string): void {
  const worker = new Worker(script, { type: "module", name: "engine" });
  window.engineWorker = worker;
  worker.onerror = () => {
    if (window.engineWorker === worker) window.engineWorker = null;
  };
}

function hint(link: { rel: string; href: string; as?: string }): void {
  document.head.append(Object.assign(document.createElement("link"), { ...link, crossOrigin: "anonymous" }));
}
