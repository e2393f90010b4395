// 没送出的: each press with what it was, when, how it stands, and what one can do about it.
import * as queue from "./queue.js";
import { fill, said, showCount } from "./page.js";

const who = document.body.dataset.who || "";
const list = document.getElementById("unsent-list");
const state = document.getElementById("unsent-state");
const sendNow = document.getElementById("send-now");
let why = "";
let sending;
let drawn = Promise.resolve();

document.addEventListener("unsent", (event) => {
  ({ why, sending } = event.detail);
  draw();
});
sendNow.addEventListener("click", () => navigator.serviceWorker.controller?.postMessage({ send: true }));
const seen = () => {
  document.getElementById("kept-note").hidden = location.hash !== "#kept";
  document.getElementById("leaving").hidden = location.hash !== "#leave";
};
addEventListener("hashchange", seen);
seen();
draw();

/** One drawing after the other, so that the newest stands. */
function draw() {
  drawn = drawn.then(drawOnce, drawOnce);
}

async function drawOnce() {
  const everybody = await queue.rows();
  const rows = everybody.filter((row) => row.who === who);
  const left = rows.filter((row) => row.state !== "taken").length;
  const others = everybody.filter((row) => row.who !== who && row.state !== "taken").length;
  const lines = [left ? fill(said.unsent, { n: left }) + "。" : said.nothing, left && why === "signed_out" ? said.signed_out : "", others ? fill(said.others, { n: others }) : ""];
  state.textContent = lines.filter(Boolean).join(" ");
  sendNow.hidden = !rows.some((row) => row.state === "waiting");
  const cards = await Promise.all(rows.map(line));
  // What did not change stays where it is: a finger that is just pressing on it is not lost.
  cards.forEach((card, at) => list.children[at] !== card && list.insertBefore(card, list.children[at] || null));
  while (list.children.length > cards.length) list.lastChild.remove();
}

async function line(row) {
  const mark = [row.seq, row.key, row.state, row.state === "waiting" ? `${why} ${row.seq === sending}` : ""].join(" ");
  const same = [...list.children].find((card) => card.dataset.mark === mark);
  if (same) return same;
  const body = await queue.open(row);
  const told = await queue.toldOf(row);
  const card = element("li", "card stack");
  Object.assign(card.dataset, { state: row.state, mark });
  const sign = { waiting: ["soon", row.seq === sending ? said.sending : said.waiting], conflict: ["late", said.refused], taken: ["good", said.taken] }[row.state];
  const head = element("p", "row");
  head.append(element("span", `tag ${sign[0]}`, sign[1]), element("span", "small", new Date(row.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" })));
  card.append(head, element("h2", "", body.title || body.action));
  if (row.state === "waiting") card.append(element("p", "small", said[`why_${why}`] || said[why] || said.why_network), photos(body));
  if (row.state === "taken") card.append(...taken(row, told));
  if (row.state === "conflict") card.append(...refused(row, body, told));
  return card;
}

function taken(row, told) {
  const found = [told.words ? element("p", "", told.words) : ""];
  if (told.slip?.receipt) found.push(element("p", "note good", fill(said.receipt, { ...told.slip, receipt: told.slip.receipt.replace(/^(.{4})/, "$1-") })));
  const way = element("p", "row");
  way.append(link(said.see, told.url), button(said.noted, () => remove(row), "btn plain"));
  return [...found, way];
}

function refused(row, body, told) {
  const item = queue.itemOf(body.action);
  const note = element("div", "note late");
  note.append(element("b", "", told.now ? said.changed : ""), element("p", "", told.detail));
  if (told.now) note.append(element("p", "", fill(said.now, told.now)));
  const way = element("p", "btns");
  way.append(link(said.redo, `${again(body, told, item)}#redo=${row.seq}`, "btn"));
  const typed = body.said.filter(([, , free]) => free).map(([, words]) => words);
  if (told.now?.note && typed.length) way.append(button(said.as_note, () => asNote(row, told.now.note, typed), "btn plain"));
  else if (item && typed.length) way.append(link(said.as_new, `/capture#redo=${row.seq}`, "btn plain"));
  if (told.status >= 500) way.append(button(said.again, () => queue.rewrite(row, (same) => same).then(send), "btn plain"));
  way.append(button(said.drop, (pressed) => dropAfterAsking(row, pressed), "btn plain"));
  return [note, typedWords(body), photos(body), way];
}

// A step that the item no longer offers is picked anew on the item's page; one that is only stale goes on in its own form.
const again = (body, told, item) => (!item ? body.back || body.action : ["stale", "missing", "wrong_type", "not_a_choice"].includes(told.code) ? body.action : `/i/${item}`);

function typedWords(body) {
  const box = element("div", "said inside");
  box.append(element("b", "", said.typed), ...body.said.map(([label, words]) => element("p", "", label ? `${label}：${words}` : words)));
  return body.said.length ? box : "";
}

function photos(body) {
  const voices = body.files.filter((file) => file.type.startsWith("audio/")).length;
  const counts = [[said.photos, body.files.length - voices], [said.voices, voices]].filter(([, n]) => n);
  return counts.length ? element("p", "small", counts.map(([words, n]) => fill(words, { n })).join("，")) : "";
}

async function asNote(row, action, typed) {
  await queue.rewrite(row, (body) => ({
    ...body,
    action,
    title: `${said.as_note} · ${body.title}`,
    fields: [["key", crypto.randomUUID()], ["words", typed.join("\n")]],
  }));
  await send();
}

async function send() {
  await showCount(document);
  navigator.serviceWorker.controller?.postMessage({ send: true });
}

async function dropAfterAsking(row, pressed) {
  if (pressed.dataset.sure) return remove(row);
  pressed.dataset.sure = "1";
  pressed.textContent = said.drop_sure;
}

async function remove(row) {
  await queue.drop(row.seq);
  await showCount(document);
}

// ── pieces ──
function element(name, className, words = "") {
  return Object.assign(document.createElement(name), { className, textContent: words });
}

function link(words, href, className = "tap") {
  return Object.assign(element("a", className, words), { href });
}

function button(words, act, className) {
  const made = Object.assign(element("button", className, words), { type: "button" });
  made.addEventListener("click", () => void act(made));
  return made;
}
