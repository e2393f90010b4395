// The service worker: static files from the device, pages from the network or else the kept copy, forms marked data-queue through the queue.
// /sw.js sets self.hawthorn = {version, static, shell, offline} and imports this.
import * as keeper from "./keeper.js";
import * as queue from "./queue.js";
import { lockThere } from "./lock.js";
import { drain } from "./sender.js";

// How long the network may take while a kept copy is at hand: shorter where the line is known to be slow, or the last three pages were.
const took = [];
const isSlow = () => /2g|3g/.test(self.navigator.connection?.effectiveType) || (took.length === 3 && Math.min(...took) > 700);
const patienceNow = () => (isSlow() ? 500 : 3000);
const AFTER_A_PRESS = 20000; // what comes after a press says what became of it: that is waited for
let pressedUntil = 0;
const ELSEWHERE = /^\/(api|export|import|files|out|what)\b|\.\w+$/;
const files = () => `static-${self.hawthorn.version}`;

self.addEventListener("install", (event) => {
  const kept = async () => {
    const cache = await caches.open(files());
    await cache.addAll(self.hawthorn.shell);
    await cache.put(self.hawthorn.offline, await fetch(self.hawthorn.offline, { credentials: "omit" })); // nobody's page
    await self.skipWaiting();
  };
  event.waitUntil(kept());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== files()) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith(self.hawthorn.static)) event.respondWith(fromDevice(request));
  else if (request.mode !== "navigate" || ELSEWHERE.test(url.pathname)) return;
  else if (request.method === "GET") event.respondWith(page(event, url));
  else if (url.searchParams.has("queue")) event.respondWith(press(event, url));
  else pressedUntil = Date.now() + AFTER_A_PRESS;
});

self.addEventListener("message", (event) => {
  const { send, ahead, mark } = event.data;
  if (send) event.waitUntil(sendAll());
  if (ahead) event.waitUntil(keeper.now().then(({ who, locked }) => (who && !locked ? keeper.fetchAhead(who, ahead, mark) : null)).catch(() => null));
});

self.addEventListener("sync", (event) => event.waitUntil(sendAll(event.lastChance ? null : "again")));

async function fromDevice(request) {
  const cache = await caches.open(files());
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

// ── a page ──
async function page(event, url) {
  const path = url.pathname + url.search;
  const state = await keeper.now();
  if (state.locked === "here" && !(await lockThere(state.who))) return bare();
  const kept = state.who && !state.locked ? await keeper.find(state.who, path) : null;
  const isAfterPress = Date.now() < pressedUntil;
  const isFirst = kept?.first && !isAfterPress && self.navigator.onLine && kept.at > Date.now() - 24 * 3600 * 1000;
  const patience = isAfterPress ? AFTER_A_PRESS : patienceNow();
  pressedUntil = 0;
  let shown = false;
  const began = Date.now();
  const asked = fetch(event.request).then((response) => {
    took.splice(0, took.length - 2);
    took.push(Date.now() - began);
    const learnt = keeper.learn(path, response.clone()).then(() => (isFirst ? isStillTheirs(state, path) : shown ? say({ fresh: path }) : null));
    event.waitUntil(learnt.catch(() => null));
    return keeper.isOurs(response) || response.type === "opaqueredirect" ? response : null;
  });
  event.waitUntil(asked.catch(() => null));
  if (isFirst) return keeper.show(kept, true);
  const answer = await (kept ? soon(asked, patience) : asked).catch(() => null);
  if (answer) return answer;
  shown = Boolean(kept);
  return kept ? keeper.show(kept) : bare();
}

/** A copy was shown before the server was asked: where it then says somebody else, or locked, the page is opened anew. */
async function isStillTheirs(before, path) {
  const now = await keeper.now();
  if (now.who !== before.who || now.locked) await say({ anew: path });
}

async function bare() {
  const shell = await caches.match(self.hawthorn.offline);
  return new Response(shell.body, { status: 503, headers: shell.headers });
}

const soon = (promise, time) => Promise.race([promise, new Promise((done) => setTimeout(done, time, null))]);

// ── a press ──
async function press(event, url) {
  const who = url.searchParams.get("queue");
  url.searchParams.delete("queue");
  const action = url.pathname + url.search;
  const form = await event.request.formData();
  let row;
  try {
    row = await queue.add(who, action, form);
  } catch {
    return fetch(action, { method: "POST", body: form, redirect: "manual" }); // no room on the device: as without a queue
  }
  const back = form.get("queue_back") || "/unsent#kept";
  if (!self.navigator.onLine) return waits(event, back);
  const sent = drain(who, { want: row.seq, token: form.get("csrfmiddlewaretoken"), begin }).catch(() => ({ state: "later" }));
  event.waitUntil(sent.then(tell));
  return answer(event, await soon(sent, 15000 + row.size / 10), back);
}

function answer(event, found, back) {
  if (found?.page) return new Response(found.page, { status: found.status || 200, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": found.csp, "Cache-Control": "no-store" } });
  pressedUntil = Date.now() + AFTER_A_PRESS;
  if (found?.state === "taken") return Response.redirect(found.url, 303);
  if (found?.why === "signed_out") return Response.redirect("/signin?next=/unsent", 303);
  if (found?.why === "locked") return Response.redirect("/lock?next=/unsent", 303);
  return waits(event, back);
}

function waits(event, back) {
  event.waitUntil(self.registration.sync?.register("send").catch(() => null) ?? Promise.resolve());
  return Response.redirect(back, 303);
}

async function sendAll(again) {
  const { who } = await keeper.now();
  if (!who || !(await queue.next(who))) return;
  const last = await drain(who, { begin });
  await tell(last);
  if (again && last.why === "network") throw new Error("again"); // the browser tries later by itself
}

const begin = (seq) => void say({ sending: seq });
const tell = (last) => say({ why: last?.state === "later" ? last.why : "" });

async function say(words) {
  for (const client of await self.clients.matchAll()) client.postMessage(words);
}
