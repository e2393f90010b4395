// The last good copies of pages, each sealed for whoever saw it, and who is signed in on this device as the server said last.
import * as store from "./store.js";
import { seal, unseal } from "./secret.js";

const MOST = 300;
const DAYS = 7 * 24 * 3600 * 1000; // as long as a session lives
const HEADS = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options", "Cross-Origin-Opener-Policy"];

/** {who, locked, at}: nobody after a week without a word of the server. */
export async function now() {
  const found = await store.get("meta", "now");
  return found && found.at > Date.now() - DAYS ? found : { who: "", locked: "" };
}

/** Say who is here, or that the screen is locked (by the server, or "here"). */
export async function say(change) {
  const before = (await store.get("meta", "now")) || { who: "", locked: "" };
  const after = { ...before, ...change, at: Date.now() };
  if (after.who !== before.who || after.locked !== before.locked || after.at > before.at + 60000) await store.put("meta", after, "now");
  if (before.who && after.who !== before.who) await forget(before.who); // copies only; what is not sent stays
}

/** Did our own server write this, and not something in between. */
export const isOurs = (response) => response.headers.has("Hawthorn-Who");

/** What an answer tells: who is signed in, and whether the page may be kept. */
export async function learn(path, response, mark = "") {
  if (!isOurs(response)) return;
  const who = response.headers.get("Hawthorn-Who");
  const locked = response.headers.has("Hawthorn-Locked") ? "there" : "";
  await say({ who: who === "0" ? "" : who, locked });
  if (who !== "0" && !locked && response.status === 200 && response.headers.has("Hawthorn-Keep")) await keep(who, path, response, mark);
}

async function keep(who, path, response, mark) {
  const heads = HEADS.filter((name) => response.headers.has(name)).map((name) => [name, response.headers.get(name)]);
  const text = (await response.text()).replace(/<p [^>]*data-notice[\s\S]*?<\/p>/g, ""); // what just happened is said once
  const first = response.headers.get("Hawthorn-Keep") === "first";
  await store.put("pages", { who, path, mark, first, at: Date.now(), sealed: await seal(who, { text, heads }) });
  const kept = await mine(who);
  if (kept.length > MOST) for (const page of kept.sort((a, b) => a.at - b.at).slice(0, kept.length - MOST)) await store.drop("pages", [who, page.path]);
}

const mine = (who) => store.all("pages", IDBKeyRange.bound([who], [who, []]));

/** The kept copy of an address, not opened yet. */
export async function find(who, path) {
  const page = who && (await store.get("pages", [who, path]));
  return page && page.at > Date.now() - DAYS ? page : null;
}

/** What somebody can open without a network: {path, title}, the newest first. */
export async function list(who, most = 40) {
  const pages = (await mine(who)).filter(({ path }) => !path.includes("/do/")).sort((a, b) => b.at - a.at);
  const named = async (page) => ({ path: page.path, title: /<title>([^<]*?)( · [^·<]*)?<\/title>/.exec((await unseal(who, page.sealed)).value.text)?.[1] || page.path });
  return Promise.all(pages.slice(0, most).map(named));
}

/** A kept copy as a page: it says when it was kept (unless `isSame`: it would be no other now), and each opening of a form is a press of its own. */
export async function show(page, isSame = false) {
  const { text, heads } = (await unseal(page.who, page.sealed)).value;
  const fresh = text.replace(/(name="key" value=")[^"]*/g, (_all, before) => before + crypto.randomUUID());
  return new Response(isSame ? fresh : fresh.replace("<body", `<body data-kept-at="${page.at}"`), { headers: [...heads, ["Cache-Control", "no-store"]] });
}

/** Let go of somebody's copies. */
export async function forget(who) {
  for (const page of await mine(who)) await store.drop("pages", [who, page.path]);
}

/** Fetch pages that will be wanted without a network, unless a copy that still fits is there. */
export async function fetchAhead(who, paths, mark) {
  for (const path of paths) {
    const known = await find(who, path);
    if (known && known.mark === mark && known.at > Date.now() - DAYS / 14) continue;
    const response = await fetch(path, { credentials: "same-origin", redirect: "manual", headers: { Accept: "text/html" }, priority: "low" });
    if (response.status === 200) await learn(path, response, mark);
  }
}
