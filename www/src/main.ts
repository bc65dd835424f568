import type { LitElement } from "lit";
import { started } from "../../src/web/importer.js";
import { dropped } from "./app/drop";
import type { Outside } from "./app/keep";
import { openingQuery } from "./app/opening";
import { Playground } from "./app/playground";
import { parseRoute, Router, type ViewName } from "./app/router";
import { Client, type WorkerLike } from "./client";
import { Missing } from "./elements/missing";
import { takeEarly } from "./embed/early";
import { Frame } from "./embed/frame";
import { modeOf } from "./embed/mode";
import { oneEngine } from "./embed/one-engine";
import { sharedFiles, takeOpened, wasShared } from "./offline/handed";
import { keepForOffline } from "./offline/register";
import { CallError, messageOf } from "./protocol";
import "./styles.css";
import { VIEW, type ViewElement } from "./views";

/** What the playground shows, for its link among the views, which names no settings. */
let noted = "";

const spawn = () =>
  takeEarly() ??
  (started(
    () => new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module", name: "engine" }),
  ) as WorkerLike & Worker);

const outside: Outside = {
  save(file, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
  async share(file) {
    try {
      await navigator.share({ files: [file] });
      return "shared";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return null;
      outside.save(file, file.name); // the click that asked for it may be too long ago
      return "saved";
    }
  },
  async copy(png) {
    try {
      // The promise goes in unsettled: the permission lasts only as long as the click that gave it.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    } catch (error) {
      await png; // where there is no picture, that is what went wrong
      throw new CallError("no-clipboard", messageOf(error));
    }
  },
  note(query, step) {
    noted = query;
    // The history of a page around this one is not ours to fill.
    if (router.route.view === "playground") router.note({ view: "playground", path: "", query }, step && !embed);
    else onPage?.note?.();
  },
};

/** Whether another app has shared files to this page. */
const isShared = wasShared();

/** How the page shows itself in a frame of another page. */
const embed = modeOf(location.search);
/** What the page around speaks with. */
const frame = embed && window.parent !== window ? new Frame(window.parent) : null;
if (embed?.theme) document.documentElement.style.colorScheme = embed.theme;

const router = new Router();
/** What this frame shares an engine with: others that the element has put into the page, of the same build. */
const sharing = embed && window.name && `${import.meta.url} ${window.name}`;
const client = new Client(() => (sharing ? oneEngine(sharing, spawn) : spawn()));
const views = new Map<ViewName, Promise<ViewElement>>();
/** The view that is shown. */
let onPage: ViewElement | null = null;
let playground: Playground | null = null;

/** The playground, whose photo and settings other views share. It opens what the address names. */
function shared(): Playground {
  if (playground) return playground;
  const { view, query } = router.route;
  const first = view === "playground" ? openingQuery(matchMedia("(min-width: 900px)").matches) : "";
  playground = new Playground(client, outside, query || first);
  playground.rest(VIEW[router.route.view].borrows);
  frame?.attach(playground, (on) => playground?.rest(on || VIEW[router.route.view].borrows));
  playground.addEventListener("change", markRestored);
  void firstPhoto(playground).then(prepareOffline);
  return playground;
}

/** For traces: when the first result is drawn (`tools/first-second.mjs`). */
function markRestored(): void {
  if (!playground?.state.results.some(({ status }) => status === "done")) return;
  playground.removeEventListener("change", markRestored);
  requestAnimationFrame(() => performance.mark("restored"));
}

/** Opens what another app has shared, else what the address names; nothing where the page around will give a photo. */
async function firstPhoto(playground: Playground): Promise<void> {
  if (embed?.waits) return;
  const files = isShared ? await sharedFiles() : [];
  await (files.length > 0 ? playground.openFiles(files) : playground.open());
}

function prepareOffline(): void {
  if (import.meta.env.PROD) void keepForOffline(() => client.call("fetched", {}));
}

/** Makes the playground follow the address when that comes to name it, with whatever settings. */
function arrive(): void {
  const { view, query } = router.route;
  if (view !== "playground") return;
  if (query) void shared().follow(query);
  else if (noted) router.note({ view, path: "", query: noted });
}

async function make(view: ViewName): Promise<ViewElement> {
  const element = await VIEW[view].make({ client, fresh: () => new Client(spawn), router, embed, shared });
  if (view === "playground") {
    router.addEventListener("change", arrive);
    arrive(); // the playground may be another view's, with other settings
  }
  return element;
}

/** Whether a view has been shown: another one is then a change. */
let shownOne = false;

/** How far each view was scrolled when another took its place. */
const tops = new WeakMap<Element, number>();

/** Puts the view that the address names on the page. Each is made when it is first asked for, and kept. */
async function show(): Promise<void> {
  const { view } = router.route;
  if (view === "playground" || VIEW[view].borrows) playground?.rest(VIEW[view].borrows);
  const made = views.get(view) ?? make(view);
  views.set(view, made);
  const element = await made.catch((error: unknown) => {
    views.delete(view);
    return Object.assign(new Missing(), { view, error: new CallError("download-failed", messageOf(error)) });
  });
  if (router.route.view !== view || element.isConnected) return;
  for (const shown of document.body.children) tops.set(shown, shown.scrollTop);
  document.body.replaceChildren(element);
  onPage = element;
  element.scrollTop = tops.get(element) ?? 0;
  frame?.hello();
  if (shownOne) await focusHeading(element);
  shownOne = true;
}

/** Opens the dialog on what is shown, which is loaded when it is first asked for. */
async function share(): Promise<void> {
  const { route } = router;
  const query = route.query || (route.view === "playground" ? noted : "");
  const { openShare } = await import("./share/open");
  await openShare({ ...route, query }, playground?.state ?? null);
}

/** Where a change of view has led, for who does not see it: the view's first heading, or the page's. */
async function focusHeading(view: HTMLElement): Promise<void> {
  await (view as Partial<LitElement>).updateComplete;
  const heading = view.shadowRoot?.querySelector<HTMLElement>("main :is(h1, h2)");
  const header = view.shadowRoot?.querySelector("up-header");
  if (!heading) return header?.focusHeading();
  heading.tabIndex = -1;
  heading.style.outline = "none";
  heading.focus({ preventScroll: true });
}

/**
 * Files dragged over a view that does not take them itself: the browser would open them in place of the page. A view that
 * has no use for them gives way to the playground.
 */
function bring(event: DragEvent): void {
  const { dataTransfer: data } = event;
  if (!data?.types.includes("Files") || document.querySelector("up-app")) return;
  event.preventDefault();
  if (event.type !== "drop") return;
  if (embed?.locked) return;
  const what = dropped(data);
  const { view } = router.route;
  const isPhoto = what.length === 1 && what.every((one) => one instanceof File && !/\.onnx$/i.test(one.name));
  const { takes } = VIEW[view];
  if (!(takes === "anything" || (takes === "one photo" && isPhoto))) location.hash = "";
  void shared().openDropped(what);
}

/**
 * In a frame of another page, what is shown stays what that page has chosen: a link to another view opens the whole page, in
 * a tab of its own.
 */
function lead(event: MouseEvent): void {
  const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
  const hash = link?.getAttribute("href") ?? "";
  if (!link || !hash.startsWith("#") || parseRoute(hash).view === router.route.view) return;
  link.target = "_blank";
  link.href = `./${hash}`;
}

takeOpened((files) => {
  if (router.route.view !== "playground") location.hash = "";
  void shared().openFiles(files);
});
window.addEventListener("dragover", bring);
window.addEventListener("drop", bring);
if (embed) document.addEventListener("click", lead, { capture: true });
document.addEventListener("share", () => void share());
window.addEventListener("beforeunload", (event) => {
  if (playground?.restores) event.preventDefault(); // the photos that are done would be lost
});
router.addEventListener("change", () => void show());
void show().then(() => playground ?? prepareOffline()); // the playground does so once its engine is there
