import type { Outside } from "./app/keep";
import { Playground } from "./app/playground";
import { Router, type ViewName } from "./app/router";
import { Client, type WorkerLike } from "./client";
import "./elements/app";
import { App } from "./elements/app";
import { keepForOffline } from "./offline/register";
import "./styles.css";

/** What the playground shows, for its link among the views, which names no settings. */
let noted = "";

const spawn = () =>
  new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module", name: "engine" }) as WorkerLike;

const outside: Outside = {
  save(file, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
  // The promise goes in unsettled: the permission lasts only as long as the click that gave it.
  copy: (png) => navigator.clipboard.write([new ClipboardItem({ "image/png": png })]),
  note(query) {
    noted = query;
    if (router.route.view === "playground") router.note({ view: "playground", path: "", query });
  },
};

const router = new Router();
const client = new Client(spawn);
const views = new Map<ViewName, Promise<HTMLElement>>();

async function make(view: ViewName): Promise<HTMLElement> {
  if (view === "lab") {
    const [{ Lab }, { LabView }] = await Promise.all([import("./lab/lab"), import("./lab/view")]);
    return Object.assign(new LabView(), { lab: new Lab(client), router });
  }
  if (view === "slides") {
    const { SlidesView } = await import("./slides/view");
    return Object.assign(new SlidesView(), { client, router });
  }
  const app = new App();
  const playground = new Playground(client, outside, router.route.query);
  app.playground = playground;
  void playground.open().then(() => {
    if (import.meta.env.PROD) void keepForOffline(() => client.call("fetched", {}));
  });
  router.addEventListener("change", () => {
    const { view, query } = router.route;
    if (view !== "playground") return;
    if (query === "" && !app.isConnected) router.note({ view, path: "", query: noted });
    else void playground.follow(query);
  });
  return app;
}

/** Puts the view that the address names on the page. Each is made when it is first asked for, and kept. */
async function show(): Promise<void> {
  const { view } = router.route;
  const made = views.get(view) ?? make(view);
  views.set(view, made);
  made.catch(() => views.delete(view));
  const element = await made;
  if (router.route.view === view && !element.isConnected) document.body.replaceChildren(element);
}

router.addEventListener("change", () => void show());
void show();
