// Unlocking without a network. The last password that opened a page here is kept as a proof only: PBKDF2 with a salt of its own, from which
// nobody reads it back; it never leaves the device and does no more than lift the lock. Five wrong ones, and only the server unlocks.
import * as store from "./store.js";

const ROUNDS = 600000;
const TRIES = 5;
const PROOF = new TextEncoder().encode("hawthorn");
const FRESH = 5 * 60 * 1000;

async function keyFrom(password, salt) {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** On sign-in and on the lock: make the proof of what is sent. On the page that comes after: it was right, and it is this person's. */
export async function rememberPassword(root, who) {
  const form = root.querySelector("main form[method=post]:has(input[name=password]):has(input[name=next])");
  if (form) return form.addEventListener("submit", (event) => prove(event, form));
  root.querySelector("main form:has(input[name=again])")?.addEventListener("submit", () => void store.drop("meta", `proof:${who}`)); // another password
  const made = await store.get("meta", "proof");
  if (!made || !who) return;
  if (made.at > Date.now() - FRESH) await store.put("meta", { ...made, tries: 0 }, `proof:${who}`);
  await store.drop("meta", "proof");
}

function prove(event, form) {
  if (form.dataset.proved || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const made = keyFrom(form.elements.password.value, salt)
    .then((key) => crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, PROOF))
    .then((box) => store.put("meta", { salt, iv, box, at: Date.now() }, "proof"));
  form.dataset.proved = "1";
  void made.catch(() => null).finally(() => form.requestSubmit(event.submitter));
}

/** {right, left}: is it the password of `who`, and how often one may still try. `left` is null where there is no proof. */
export async function tryPassword(who, password) {
  const name = `proof:${who}`;
  const known = await store.get("meta", name);
  if (!known) return { right: false, left: null };
  if (known.tries >= TRIES) return { right: false, left: 0 };
  await store.put("meta", { ...known, tries: known.tries + 1 }, name); // counted before it is looked at
  try {
    await crypto.subtle.decrypt({ name: "AES-GCM", iv: known.iv }, await keyFrom(password, known.salt), known.box);
    await store.put("meta", { ...known, tries: 0 }, name);
    return { right: true, left: TRIES };
  } catch {
    return { right: false, left: TRIES - known.tries - 1 };
  }
}
