/**
 * What the page remembers on this device beyond the address: one IndexedDB store. A browser that forbids it, or
 * has no room, makes the page forgetful and nothing else.
 */

const DATABASE = "unet-playground";
const STORE = "kept";

export async function remember(key: string, value: unknown): Promise<void> {
  await inStore("readwrite", (store) => store.put(value, key));
}

export async function recall(key: string): Promise<unknown> {
  return inStore("readonly", (store) => store.get(key));
}

function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const give = () => resolve(undefined);
    try {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onerror = opening.onblocked = give;
      opening.onsuccess = () => {
        const database = opening.result;
        const transaction = database.transaction(STORE, mode);
        const request = ask(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = give;
        database.close(); // once the transaction is over
      };
    } catch {
      give();
    }
  });
}
