/**
 * What tells the tabs of one browser apart: an id that outlives a reload (`sessionStorage`), held by a lock as long
 * as the tab is open. A tab that was duplicated starts with the id of the other one, which holds it: it takes a new one.
 */

const STORED = "tab";
const LOCK = "unet-playground tab ";
/** Milliseconds that a reloaded page waits for its former self to let go of the id. */
const PATIENCE = 1000;

export interface Tab {
  id: string;
  /** The tab that this one was duplicated from. */
  from: string | null;
}

let own: Promise<Tab> | null = null;

export function ownTab(): Promise<Tab> {
  return (own ??= claim());
}

/** Ids of the tabs that are open; null where the browser cannot tell (outside of a secure context). */
export async function openTabs(): Promise<ReadonlySet<string> | null> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  if (!navigator.locks) return null;
  return new Set(held.flatMap(({ name = "" }) => (name.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
}

async function claim(): Promise<Tab> {
  const before = read();
  if (before && (await hold(before))) return { id: before, from: null };
  const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  await hold(id);
  try {
    sessionStorage.setItem(entry(), id);
  } catch {
    // Forbidden storage: the next load of this tab starts afresh.
  }
  return { id, from: before };
}

function read(): string | null {
  try {
    return sessionStorage.getItem(entry());
  } catch {
    return null;
  }
}

/** Holds an id until the tab is closed; false where another tab does. */
function hold(id: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const forever = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    navigator.locks.request(LOCK + id, { signal: AbortSignal.timeout(PATIENCE) }, forever).catch(() => resolve(false));
  });
}

/** Frames share the storage of the tab that they are in: each has an entry of its own, by its place. */
function entry(): string {
  let place = "";
  for (let frame: Window = window; frame !== frame.parent; frame = frame.parent) {
    const { parent } = frame;
    const siblings = Array.from({ length: parent.length }, (_, index) => parent[index]);
    place = `.${siblings.indexOf(frame)}${place}`;
  }
  return STORED + place;
}
