// On every page of staff: starts the service worker, marks forms for the queue, counts what is not sent, says how the page came here.
import * as store from "./store.js";
import * as queue from "./queue.js";
import { markForm, showPressed } from "./press.js";
import { fillAgain } from "./redo.js";
import { rememberPassword } from "./unlock.js";

const CHAT = /MicroMessenger|DingTalk|AlipayClient|Lark|Feishu|\bQQ\//i;
const STEPS = [5, 10, 20, 40, 80, 160, 300]; // seconds between tries while the page is open
const known = document.getElementById("device-words");
export const said = known ? JSON.parse(known.textContent) : {};
export const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const who = document.body.dataset.who || "";

/** Starts everything; where the browser cannot, the page works as it always did. */
export async function watchOffline(root) {
  for (const form of root.querySelectorAll("form[data-no-network]")) form.addEventListener("submit", (event) => stayHere(event, form));
  if (!known) return;
  showState(root);
  if (!can()) return;
  rememberPassword(root, who);
  if (!who) return void countForAll(root);
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { type: "module" }).catch(() => null));
  navigator.serviceWorker.addEventListener("message", ({ data }) => hear(root, data));
  for (const form of root.querySelectorAll("form[data-queue]")) markForm(form, who);
  for (const form of root.querySelectorAll("form[data-clears-drafts]:not([data-leaves])")) form.addEventListener("submit", (event) => askFirst(event, form));
  showKept(root);
  fillAgain(root, who, said, fill);
  showCount(root);
  const worker = await navigator.serviceWorker.ready;
  aheadOf(root, worker.active);
  keepTrying();
}

export const can = () => isSecureContext && "serviceWorker" in navigator && "indexedDB" in window && Boolean(crypto.subtle) && "locks" in navigator;

function showState(root) {
  const line = root.getElementById("offline-state");
  const words = can() && !CHAT.test(navigator.userAgent) ? said.can : CHAT.test(navigator.userAgent) ? said.cannot_chat : isSecureContext ? said.cannot : said.cannot_http;
  if (!line) return;
  line.textContent = words;
  line.hidden = false;
  if (CHAT.test(navigator.userAgent)) note(root, words, "offline-chat");
}

function note(root, words, id) {
  const line = Object.assign(root.createElement("p"), { className: "note soon", textContent: words, id });
  line.setAttribute("role", "status");
  root.querySelector("main > .page").prepend(line);
}

/** Residents have no queue: what they typed stays in the page until there is a network. */
function stayHere(event, form) {
  if (navigator.onLine) return;
  event.preventDefault();
  if (!document.getElementById("no-network")) note(document, form.dataset.noNetwork, "no-network");
  document.getElementById("no-network").scrollIntoView({ block: "center" });
}

// ── what is not sent ──
let why = "";

export async function showCount(root, told = {}) {
  why = told.why ?? why;
  const line = root.getElementById("unsent");
  const rows = (await queue.rows(who)).filter((row) => row.state !== "taken" && !isOpenHere(root, row));
  root.dispatchEvent(new CustomEvent("unsent", { detail: { why, sending: told.sending } }));
  if (rows.length) void navigator.storage?.persist?.(); // the browser shall not tidy away what people wrote
  if (!line) return;
  line.hidden = !rows.length;
  line.firstElementChild.textContent = fill(said.unsent, { n: rows.length }) + (why === "signed_out" ? ` · ${said.signed_out}` : "");
  await showOfItem(root, rows.filter((row) => row.state === "waiting"));
}

/** A form that came back refused is in the person's own hands while it is open. */
function isOpenHere(root, row) {
  return row.state === "conflict" && Boolean(root.querySelector(`form[data-queue] input[name=key][value="${CSS.escape(row.key)}"]`));
}

async function showOfItem(root, rows) {
  const bodies = await Promise.all(rows.map((row) => queue.open(row)));
  showPressed(root, bodies, said.waiting);
  const item = queue.itemOf(location.pathname);
  const titles = item ? bodies.filter((body) => queue.itemOf(body.action) === item).map((body) => body.title.split(" · ")[0]) : [];
  root.getElementById("unsent-here")?.remove(); // only now: two tellings may come at once
  if (titles.length) note(root, fill(said.of_item, { titles: titles.join("、") }), "unsent-here");
}

async function countForAll(root) {
  const line = root.getElementById("unsent");
  const n = (await queue.rows()).filter((row) => row.state !== "taken").length;
  if (line && n) Object.assign(line, { hidden: false, textContent: fill(said.waiting_here, { n }) });
}

async function askFirst(event, form) {
  if (form.dataset.asked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const left = (await queue.rows(who)).filter((row) => row.state !== "taken").length;
  form.dataset.asked = "1";
  if (left) location.assign("/unsent#leave");
  else form.requestSubmit();
}

// ── how the page came here ──
function showKept(root) {
  const at = Number(root.body.dataset.keptAt);
  if (at && location.pathname !== "/unsent") note(root, fill(said.kept_at, { at: new Date(at).toLocaleString(root.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }) }), "kept-at");
}

function hear(root, data) {
  if (data.anew) return void (data.anew === location.pathname + location.search && location.reload()); // what is typed is kept as a draft
  if (data.fresh) return showFresh(root, data.fresh);
  showCount(root, data);
}

/** The network was slow, and now the page of this moment has come: one press shows it; nothing that is being typed is taken away. */
function showFresh(root, path) {
  const line = root.getElementById("kept-at");
  if (!line || path !== location.pathname + location.search) return;
  line.replaceChildren(Object.assign(root.createElement("a"), { className: "tap", href: path, textContent: said.fresh }));
}

function aheadOf(root, worker) {
  if (root.body.dataset.keptAt || navigator.connection?.saveData) return;
  const steps = [...root.querySelectorAll("a[href^='/i/'][href*='/do/'], a[data-keep]")].slice(0, 40).map((link) => link.getAttribute("href"));
  const version = root.querySelector("[data-version]")?.dataset.version || "";
  worker.postMessage({ ahead: ["/today", "/capture", "/unsent"].filter((path) => path !== location.pathname), mark: "" });
  if (steps.length) worker.postMessage({ ahead: steps, mark: version });
}

function keepTrying(tries = 0) {
  const send = async () => (await queue.next(who)) && navigator.serviceWorker.controller?.postMessage({ send: true });
  const again = (n) => setTimeout(() => void send().then(() => again(n + 1)), STEPS[Math.min(n, STEPS.length - 1)] * 1000);
  void send();
  again(tries);
  addEventListener("online", send);
}
