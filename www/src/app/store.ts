/**
 * Persistent storage beyond the address: one IndexedDB store. If the browser forbids it, or has no room, nothing is
 * remembered; nothing else fails.
 *
 * Each tab has its own values. Values of closed tabs count as those of the last visit: a new tab adopts the latest one,
 * which is deleted once another tab replaces it.
 */

import { openTabs, ownTab } from "./tab";

const DATABASE = "unet-playground";
const STORE = "kept";
/** Version 1 had one value for all tabs. */
const VERSION = 2;

interface Kept {
  what: string;
  tab: string;
  time: number;
  value: unknown;
}

export async function remember(what: string, value: unknown): Promise<void> {
  await forget(what);
  const { id: tab } = await ownTab();
  const kept: Kept = { what, tab, time: Date.now(), value };
  await inStore("readwrite", (store) => store.put(kept, keyOf(kept)));
}

export async function recall(what: string): Promise<unknown> {
  const { id, from } = await ownTab();
  const all = await keptOf(what);
  const mine = all.find(({ tab }) => tab === id);
  if (mine) return mine.value;
  const inherited = all.find(({ tab }) => tab === from);
  if (inherited) {
    await remember(what, inherited.value);
    return inherited.value;
  }
  const open = await openTabs();
  const left = all.filter(({ tab }) => !open?.has(tab));
  return left.sort((a, b) => b.time - a.time)[0]?.value;
}

/** Deletes this tab's value and those of closed tabs. */
export async function forget(what: string): Promise<void> {
  const { id } = await ownTab();
  const open = await openTabs();
  const others = (await keptOf(what)).filter(({ tab }) => tab === id || (open && !open.has(tab)));
  for (const kept of others) await inStore("readwrite", (store) => store.delete(keyOf(kept)));
}

async function keptOf(what: string): Promise<Kept[]> {
  const all: unknown[] = (await inStore("readonly", (store) => store.getAll())) ?? [];
  return (all as Kept[]).filter((kept) => kept.what === what);
}

function keyOf({ what, tab }: Kept): string {
  return `${what} ${tab}`;
}

function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const give = () => resolve(undefined);
    try {
      const opening = indexedDB.open(DATABASE, VERSION);
      opening.onupgradeneeded = () => {
        const database = opening.result;
        if (database.objectStoreNames.contains(STORE)) database.deleteObjectStore(STORE);
        database.createObjectStore(STORE);
      };
      opening.onerror = opening.onblocked = give;
      opening.onsuccess = () => {
        const database = opening.result;
        const transaction = database.transaction(STORE, mode);
        const request = ask(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = give;
        database.close(); // after the transaction
      };
    } catch {
      give();
    }
  });
}
