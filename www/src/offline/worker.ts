/**
 * The service worker: a second visit works without a network. All of the page's scripts are kept, and of the rest
 * (engine, pictures) what a visit used; models keep themselves under their hashes (`worker/weights.ts`). Files whose
 * names hold a hash never change and come from the store; everything else comes from the network as long as there is one.
 *
 * Hosts that send `Vary: Origin` send the same file to all of this page's requests, which differ in that header (module
 * scripts have it, the requests of this worker do not): what is kept is found whatever `Vary` says.
 *
 * Each build has a store of its own, and takes over only when no tab is left that another build serves: a tab may ask
 * for scripts that the host no longer has.
 *
 * A script of its own, outside of the page's program: it is written in plain terms of the Service Worker API.
 */

/// <reference lib="webworker" />

const scope = self as unknown as ServiceWorkerGlobalScope;
/** Of this copy of the page: the host may have others, and its store is one. */
const OURS = `page ${scope.registration.scope} `;
/** Replaced at build time by what tells one build from another. */
const KEPT = `${OURS}__BUILD__`;
/** Where other apps share to, as the manifest says, and what waits for the page to fetch it (`handed.ts`). */
const SHARED_TO = `${scope.registration.scope}share`;
const SHARED = `shared ${scope.registration.scope}`;
/** Replaced at build time by the paths of all scripts and styles. */
const CHUNKS = "__CHUNKS__" as unknown as string[];

/** All or nothing: a build that lacks a part must not take the place of one that is whole. */
scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((store) => store.addAll(["./", ...CHUNKS].map(wanted))));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()));
});

/** The page tells what it fetched without this worker. Some of it may be gone by now. */
scope.addEventListener("message", (event) => {
  const urls: unknown = event.data;
  if (Array.isArray(urls)) event.waitUntil(Promise.allSettled(urls.filter(isOurs).map(keep)));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "POST" && request.url === SHARED_TO) return event.respondWith(takeShare(request));
  if (request.method !== "GET" || !isOurs(request.url) || keepsItself(request.url)) return;
  event.respondWith(isLasting(request.url) ? fromStore(request) : fromNetwork(request));
});

/** Keeps the files that were shared, and opens the page, which looks for them. */
async function takeShare(request: Request): Promise<Response> {
  const form = await request.formData();
  await caches.delete(SHARED);
  const store = await caches.open(SHARED);
  const files = form.getAll("files").filter((one): one is File => one instanceof File && one.size > 0);
  const keeping = files.map((file, index) =>
    store.put(`${SHARED_TO}/${index}?name=${encodeURIComponent(file.name)}`, new Response(file)),
  );
  await Promise.allSettled(keeping); // the page opens in any case
  return Response.redirect(`${scope.registration.scope}?shared`, 303);
}

function isOurs(url: unknown): url is string {
  return typeof url === "string" && url.startsWith(scope.registration.scope);
}

/** Models of the manifest are kept under their hashes; small ones in folders of their own are files like others. */
function keepsItself(url: string): boolean {
  return /\/models\/[^/]+\.(onnx|data)$/.test(new URL(url).pathname);
}

/** Its name holds a hash of its content. */
function isLasting(url: string): boolean {
  return url.startsWith(`${scope.registration.scope}assets/`);
}

/** Of whichever build: the page may be of one that waits for its turn. */
async function fromStore(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fromNetwork(request);
}

async function fromNetwork(request: Request): Promise<Response> {
  const store = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    // A full store is no reason not to go on.
    if (response.ok) await store.put(request, response.clone()).catch(() => undefined);
    return response;
  } catch (error) {
    const navigates = request.mode === "navigate";
    const named = await store.match(request, { ignoreVary: true, ignoreSearch: navigates });
    const kept = named ?? (navigates ? await store.match(scope.registration.scope, { ignoreVary: true }) : undefined);
    if (kept) return kept;
    throw error;
  }
}

async function keep(url: string): Promise<void> {
  const store = await caches.open(KEPT);
  if (!(await store.match(url, { ignoreVary: true }))) await store.add(wanted(url));
}

/** Only a name with a hash tells that the browser's own copy is not that of another build. */
function wanted(path: string): Request {
  const { href } = new URL(path, scope.registration.scope);
  return new Request(href, { cache: isLasting(href) ? "force-cache" : "no-cache" });
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== KEPT).map((name) => caches.delete(name)));
}
