/**
 * The service worker: lets a second visit work offline. It caches all scripts of the page, and of the rest (engine,
 * pictures) what a visit used; models are cached under their hashes (`npm/src/weights.ts`). Files with a hash in their
 * names never change and come from the cache; everything else comes from the network if possible.
 *
 * Hosts that send `Vary: Origin` send the same file for all requests of this page, which differ in that header (module
 * scripts have it, this worker's requests do not): look-ups ignore `Vary`.
 *
 * Each build has its own cache, and takes over only when no tab of another build is left: a tab may request scripts
 * that the host no longer has.
 *
 * A separate script outside the page's bundle, written directly against the Service Worker API.
 */

/// <reference lib="webworker" />

const scope = self as unknown as ServiceWorkerGlobalScope;
/** Prefix of this copy's caches: a host may have several copies, and all share its storage. */
const OURS = `page ${scope.registration.scope} `;
/** Replaced at build time by the build's identifier. */
const KEPT = `${OURS}__BUILD__`;
/** Share target, as in the web app manifest; shared files wait there for the page (`handed.ts`). */
const SHARED_TO = `${scope.registration.scope}share`;
const SHARED = `shared ${scope.registration.scope}`;
/** Replaced at build time by the paths of all scripts and styles. */
const CHUNKS = "__CHUNKS__" as unknown as string[];

/** All or nothing: an incomplete build must not replace a complete one. */
scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((store) => store.addAll(["./", ...CHUNKS].map(wanted))));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()));
});

/** The page reports what it fetched without this worker. Some files may be gone by now. */
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

/** Stores the shared files, and opens the page, which looks for them. */
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

/** Models of the manifest are cached under their hashes; small ones in subfolders are ordinary files. */
function keepsItself(url: string): boolean {
  return /\/models\/[^/]+\.(onnx|data)$/.test(new URL(url).pathname);
}

/** Whether its name holds a hash of its content. */
function isLasting(url: string): boolean {
  return url.startsWith(`${scope.registration.scope}assets/`);
}

/** Searches the caches of all builds: the page may belong to a build that waits to take over. */
async function fromStore(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fromNetwork(request);
}

async function fromNetwork(request: Request): Promise<Response> {
  const store = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    // A full cache must not block the response.
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

/** Only a name with a hash guarantees that the browser's HTTP cache is not from another build. */
function wanted(path: string): Request {
  const { href } = new URL(path, scope.registration.scope);
  return new Request(href, { cache: isLasting(href) ? "force-cache" : "no-cache" });
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== KEPT).map((name) => caches.delete(name)));
}
