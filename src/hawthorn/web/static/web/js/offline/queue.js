// What is not sent yet, in the order it was pressed. A row: {seq, who, key, at, state, tries, sealed, told}.
// state: waiting, conflict (the server refused it), taken (sent while nobody looked). sealed: {action, title, said, back, fields, names} and the files.
import * as store from "./store.js";
import { seal, unseal } from "./secret.js";

const OURS = /^(csrfmiddlewaretoken|queue_.*)$/;
const DAYS = 7 * 24 * 3600 * 1000;

/** Keep one press of a form, on the disk before anything is sent. The same press again takes the place of what was refused. */
export async function add(who, action, form) {
  const fields = [];
  const files = [];
  const names = [];
  for (const [name, value] of form) {
    if (typeof value === "string") {
      if (!OURS.test(name)) fields.push([name, value]);
    } else if (value.size) {
      files.push(value);
      names.push(name);
    }
  }
  const key = form.get("key") || crypto.randomUUID();
  const sealed = await seal(who, { action, title: form.get("queue_title") || "", said: JSON.parse(form.get("queue_said") || "[]"), back: form.get("queue_back") || "", fields, names }, files);
  for (const row of await rows(who)) if (row.key === key && row.state === "conflict") await store.drop("queue", row.seq);
  if (form.get("queue_instead")) await store.drop("queue", Number(form.get("queue_instead")));
  const row = { who, key, at: Date.now(), state: "waiting", tries: 0, size: files.reduce((sum, file) => sum + file.size, 0), sealed };
  return { ...row, seq: await store.put("queue", row) };
}

/** Somebody's rows in order; everybody's where nobody is named. What was sent a week ago is let go. */
export async function rows(who) {
  const found = [];
  for (const row of await store.all("queue")) {
    if (row.state === "taken" && row.at < Date.now() - DAYS) await store.drop("queue", row.seq);
    else if (who === undefined || row.who === who) found.push(row);
  }
  return found;
}

/** What was typed: {action, title, said, back, fields, names, files}. */
export async function open(row) {
  const { value, files } = await unseal(row.who, row.sealed);
  return { ...value, files };
}

/** What the server said about it, or nothing. */
export async function toldOf(row) {
  return row.told ? (await unseal(row.who, row.told)).value : null;
}

export const find = (seq) => store.get("queue", seq);
export const drop = (seq) => store.drop("queue", seq);

/** The first that waits. */
export async function next(who) {
  return (await rows(who)).find((row) => row.state === "waiting");
}

/** Another state, with what the server said; of what was taken, the photos are let go. */
export async function mark(row, state, told) {
  const said = told && (await seal(row.who, told));
  const sealed = state === "taken" ? await seal(row.who, { ...(await open(row)), files: undefined, fields: [], names: [] }) : row.sealed;
  await store.mend("queue", row.seq, (found) => ({ ...found, state, told: said || found.told, sealed, tries: state === "waiting" ? 0 : found.tries }));
}

/** One more time that the server could not take it; how many times by now. */
export async function count(row) {
  await store.mend("queue", row.seq, (found) => ({ ...found, tries: found.tries + 1 }));
  return row.tries + 1;
}

/** Send the same words to another address: a step that came too late as a plain note. */
export async function rewrite(row, change) {
  const { files, ...value } = await open(row);
  const changed = change({ ...value, files });
  const key = changed.fields.find(([name]) => name === "key")?.[1] || row.key;
  const { files: left, ...kept } = changed;
  const sealed = await seal(row.who, kept, left);
  await store.mend("queue", row.seq, (found) => ({ ...found, key, sealed, tries: 0, state: "waiting", told: undefined }));
}

/** One's own step made the item newer: what waits behind it was written on that, and is not stale by it. */
export async function carry(who, done, was, now) {
  const place = itemOf(done);
  if (!place || now !== was + 1) return;
  for (const row of await rows(who)) {
    if (row.state !== "waiting") continue;
    const { files, ...value } = await open(row);
    const version = value.fields.find(([name]) => name === "version");
    if (itemOf(value.action) !== place || Number(version?.[1]) !== was) continue;
    version[1] = String(now);
    const sealed = await seal(who, value, files);
    await store.mend("queue", row.seq, (found) => (found.state === "waiting" ? { ...found, sealed } : null));
  }
}

/** The item that an address is about, or nothing. */
export function itemOf(action) {
  return /^\/i\/(\d+)(?=\/|$)/.exec(action)?.[1] || "";
}
