// Starts module workers where browsers would refuse their script for its origin: in a page that takes this package from a CDN, and in
// a frame in a sandbox, whose own origin is opaque.

const made = new Map();

/**
 * Calls `start`, which starts a module worker, and returns what it returns. Browsers start no worker from a script of another origin,
 * but a worker may import one: such a worker gets a script of its own that does so.
 *
 * `start` has `new Worker(new URL("…", import.meta.url), { type: "module" })` word for word, which is what bundlers look for; only they
 * know the address that comes of it. So it is the constructor that is replaced, for the time of the call.
 */
export function started(start) {
  const Native = globalThis.Worker;
  globalThis.Worker = class extends Native {
    constructor(script, options) {
      const far = importer(new URL(script, globalThis.location?.href));
      super(far ?? script, far ? { ...options, type: "classic" } : options);
    }
  };
  try {
    return start();
  } finally {
    globalThis.Worker = Native;
  }
}

/** The address of a script that imports this one; undefined where this origin may start it itself. */
function importer({ href, origin, protocol }) {
  // `location.origin` would be that of the address, which a sandbox leaves as it is.
  if (!protocol.startsWith("http") || origin === globalThis.origin) return undefined;
  if (!made.has(href)) {
    made.set(href, URL.createObjectURL(new Blob([importing(href)], { type: "text/javascript" })));
  }
  return made.get(href);
}

/**
 * A classic script, as Chromium starts no module of an opaque origin; a text, as bundlers would change the import. What is sent before
 * the module is there waits for it. Where it cannot be had, the worker fails by an error that it does not catch, as if it were that
 * script itself.
 */
function importing(href) {
  return `const early = [];
const keep = (event) => early.push(event);
addEventListener("message", keep);
import(${JSON.stringify(href)}).then(
  () => {
    removeEventListener("message", keep);
    for (const { data, ports } of early) dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
  },
  (error) => setTimeout(() => { throw error; }),
);`;
}
