/**
 * Distinguishes the tabs of one browser: an id that survives a reload (`sessionStorage`), held by a lock while the tab
 * is open. A duplicated tab starts with the id of its source, which holds the lock, and takes a new id.
 */

const STORED = "tab";
const LOCK = "unet-playground tab ";
/** Milliseconds that a reloaded page waits for its predecessor to release the id. */
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

/** Ids of the open tabs; null if the browser cannot tell (outside a secure context). */
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
    // Storage is forbidden: the next load of this tab gets a new id.
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

/** Holds an id until the tab is closed; false if another tab holds it. */
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

/** Frames share the storage of their tab, so each has its own key, by its position. */
function entry(): string {
  let place = "";
  for (let frame: Window = window; frame !== frame.parent; frame = frame.parent) {
    const { parent } = frame;
    const siblings = Array.from({ length: parent.length }, (_, index) => parent[index]);
    place = `.${siblings.indexOf(frame)}${place}`;
  }
  return STORED + place;
}
