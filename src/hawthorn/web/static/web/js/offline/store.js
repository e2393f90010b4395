// What the device keeps, in IndexedDB, as promises. Stores: keys (one per person), meta (who is signed in here, is it locked),
// queue (what is not sent yet), pages (last good copies). Everything people typed or read is sealed before it comes here.
const NAME = "hawthorn";
const VERSION = 1;
let opened;

function database() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("keys");
      db.createObjectStore("meta");
      db.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
      db.createObjectStore("pages", { keyPath: ["who", "path"] });
    };
    asked.onsuccess = () => {
      // A newer page in another tab may change the tables: let go, and open anew at the next question.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = undefined;
      };
      asked.result.onclose = () => (opened = undefined);
      done(asked.result);
    };
    asked.onerror = () => {
      opened = undefined;
      fail(asked.error);
    };
  });
  return opened;
}

/** One transaction on one store: `work(store)` may return a request, whose result is the answer once everything is on the disk. */
export async function within(name, mode, work) {
  const db = await database();
  return new Promise((done, fail) => {
    const transaction = db.transaction(name, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const asked = work(transaction.objectStore(name));
    transaction.oncomplete = () => done(asked?.result);
    transaction.onabort = transaction.onerror = () => fail(transaction.error);
  });
}

export const get = (name, key) => within(name, "readonly", (store) => store.get(key));
export const all = (name, range) => within(name, "readonly", (store) => store.getAll(range));
export const put = (name, value, key) => within(name, "readwrite", (store) => (key === undefined ? store.put(value) : store.put(value, key)));
export const drop = (name, key) => within(name, "readwrite", (store) => store.delete(key));

/** Read, change and write one row in one transaction; nothing where it is gone or `change` gives nothing. */
export function mend(name, key, change) {
  return within(name, "readwrite", (store) => {
    const asked = store.get(key);
    asked.onsuccess = () => {
      const row = asked.result && change(asked.result);
      if (row) store.put(row);
    };
  });
}
