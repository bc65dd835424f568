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

/** The playground's current query, for its link among the views. */
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
      outside.save(file, file.name); // the click that requested it may be too long ago
      return "saved";
    }
  },
  async copy(png) {
    try {
      // The promise is passed unsettled: the permission ends with the click that gave it.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    } catch (error) {
      await png; // reports the error if there is no picture
      throw new CallError("no-clipboard", messageOf(error));
    }
  },
  note(query, step) {
    noted = query;
    // Do not fill the history of an embedding page.
    if (router.route.view === "playground") router.note({ view: "playground", path: "", query }, step && !embed);
    else onPage?.note?.();
  },
};

/** Whether another app has shared files with this page. */
const isShared = wasShared();

/** The page's layout in a frame of another page. */
const embed = modeOf(location.search);
/** The embedding page's interface. */
const frame = embed && window.parent !== window ? new Frame(window.parent) : null;
if (embed?.theme) document.documentElement.style.colorScheme = embed.theme;

const router = new Router();
/** Key of the shared engine: the same for all frames of the element in one page, of the same build. */
const sharing = embed && window.name && `${import.meta.url} ${window.name}`;
const client = new Client(() => (sharing ? oneEngine(sharing, spawn) : spawn()));
const views = new Map<ViewName, Promise<ViewElement>>();
/** The current view. */
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

/** Marks the first drawn result in performance traces (`tools/first-second.mjs`). */
function markRestored(): void {
  if (!playground?.state.results.some(({ status }) => status === "done")) return;
  playground.removeEventListener("change", markRestored);
  requestAnimationFrame(() => performance.mark("restored"));
}

/** Opens shared files, or what the address names; nothing if the embedding page will send a photo. */
async function firstPhoto(playground: Playground): Promise<void> {
  if (embed?.waits) return;
  const files = isShared ? await sharedFiles() : [];
  await (files.length > 0 ? playground.openFiles(files) : playground.open());
}

function prepareOffline(): void {
  if (import.meta.env.PROD) void keepForOffline(() => client.call("fetched", {}));
}

/** Makes the playground follow the address when it comes to name it, with whatever settings. */
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
    arrive(); // the playground may belong to another view, with other settings
  }
  return element;
}

/** Whether a view was shown before: only then is this a change of view. */
let shownOne = false;

/** Scroll positions of views that were replaced. */
const tops = new WeakMap<Element, number>();

/** Shows the view in the address. Views are created on first use, and kept. */
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

/** Opens the share dialog, which is loaded on first use. */
async function share(): Promise<void> {
  const { route } = router;
  const query = route.query || (route.view === "playground" ? noted : "");
  const { openShare } = await import("./share/open");
  await openShare({ ...route, query }, playground?.state ?? null);
}

/** Moves the focus to the view's first heading, or the page's, so that screen readers announce the change. */
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
 * Handles files dropped on a view that does not take them: the browser would open them in place of the page. Such a
 * view gives way to the playground.
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
 * In a frame of another page the view stays the chosen one: a link to another view opens the whole page in a new tab.
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
  if (playground?.restores) event.preventDefault(); // the finished photos would be lost
});
router.addEventListener("change", () => void show());
void show().then(() => playground ?? prepareOffline()); // the playground does so once its engine is ready
