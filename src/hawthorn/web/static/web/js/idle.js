// <body data-idle-minutes="15"> with <form id="lock-form">: after so long without an action the page locks itself.
// One minute before, #lock-note says so; any touch or key goes on. Typed words are kept by draft.js.

import { say } from "./offline/keeper.js";

const LAST = "hawthorn-last-action";

/** Starts the clock, when the page asks for one. Open tabs share it. */
export function watchIdle(root) {
  const minutes = Number(root.body.dataset.idleMinutes);
  const form = root.getElementById("lock-form");
  if (!minutes || !form) return;
  const note = root.getElementById("lock-note");
  mark();
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, mark, { passive: true });
  const timer = setInterval(() => {
    const left = minutes * 60000 - (Date.now() - last());
    if (note) note.hidden = left > 60000;
    if (left <= 0) lock(root, form, timer);
  }, 5000);
}

// Covered at once, also where the network is gone: then the device asks for the password itself (offline/shell.js).
async function lock(root, form, timer) {
  clearInterval(timer);
  root.querySelector("main").hidden = true;
  if (!navigator.serviceWorker?.controller) {
    if (navigator.onLine) form.requestSubmit();
    else addEventListener("online", () => form.requestSubmit(), { once: true });
    return;
  }
  await say({ locked: "here" });
  location.assign(form.elements.next.value);
}

let mine = 0;

function mark() {
  const now = Date.now();
  if (now - mine < 1000) return;
  mine = now;
  try {
    localStorage.setItem(LAST, String(now));
  } catch {
    // Without a store each tab counts for itself.
  }
}

function last() {
  try {
    return Math.max(mine, Number(localStorage.getItem(LAST)) || 0);
  } catch {
    return mine;
  }
}
