// Seals what the device keeps. One AES-GCM key per person, made on the device and never extractable: the browser uses it, nobody reads it.
import * as store from "./store.js";

const words = new TextEncoder();

async function keyOf(who) {
  const known = await store.get("keys", who);
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  try {
    await store.within("keys", "readwrite", (keys) => keys.add(made, who));
    return made;
  } catch {
    return store.get("keys", who); // another tab was first
  }
}

/** Anything JSON holds, with files behind it, for one person's eyes. */
export async function seal(who, value, files = []) {
  const heads = files.map((file) => ({ name: file.name, type: file.type, size: file.size }));
  const head = words.encode(JSON.stringify({ value, files: heads }));
  const whole = new Uint8Array(await new Blob([new Uint32Array([head.length]), head, ...files]).arrayBuffer());
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: words.encode(who) }, await keyOf(who), whole);
  return { iv, box };
}

/** {value, files} as they were sealed. Fails for anybody else. */
export async function unseal(who, { iv, box }) {
  const whole = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: words.encode(who) }, await keyOf(who), box);
  const length = new Uint32Array(whole.slice(0, 4))[0];
  const { value, files } = JSON.parse(new TextDecoder().decode(whole.slice(4, 4 + length)));
  let at = 4 + length;
  const found = files.map(({ name, type, size }) => new File([whole.slice(at, (at += size))], name, { type }));
  return { value, files: found };
}
