// <form data-draft="name">: what was typed stays in this tab until the server says it is kept.
// A page with [data-saved] (a success notice) or #kept drops the drafts that were sent; an error page or a dead network keeps them.
// Never kept: passwords, files, hidden fields, anything marked data-no-draft. <form data-clears-drafts> (sign-out) drops all.

const PREFIX = "hawthorn-draft:";
const HOURS = 12;

/** Restores and keeps the drafts of every marked form in `root`. */
export function watchDrafts(root) {
  if (!storageWorks()) return;
  const who = document.body.dataset.who || "";
  dropOthers(who);
  if (root.querySelector("[data-saved]") || location.hash === "#kept") dropSent(); // taken by the server, or by the device's queue
  for (const form of root.querySelectorAll("form[data-draft]")) watchForm(form, PREFIX + who + ":" + form.dataset.draft);
  for (const form of root.querySelectorAll("form[data-clears-drafts]")) form.addEventListener("submit", () => drop(() => true));
}

function watchForm(form, key) {
  const draft = read(key);
  // A form that came back with errors holds what was typed and what the server made of it: that is the newer one.
  if (form.querySelector("[data-errors]")) keep(form, key, false);
  else if (draft && putBack(form, draft.fields)) tell(form, key);
  const typed = (event) => event.target.name && keep(form, key, false); // a search field above a list has no name
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => keep(form, key, true));
}

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && field.type && !("noDraft" in field.dataset) && !["password", "file", "hidden", "submit", "button", "reset", "fieldset"].includes(field.type),
  );
}

function stateOf(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked ? field.value : null;
  if (field.multiple && field.options) return [...field.selectedOptions].map((option) => option.value);
  return field.value;
}

function keep(form, key, sent) {
  const fields = fieldsOf(form).map((field) => [field.name, field.type, field.value, stateOf(field)]);
  try {
    sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), sent, fields }));
  } catch {
    // A full store must never stop anybody from typing.
  }
}

function putBack(form, fields) {
  const left = [...fields];
  let changed = false;
  for (const field of fieldsOf(form)) {
    const ticked = field.type === "checkbox" || field.type === "radio";
    const at = left.findIndex(([name, type, value]) => name === field.name && type === field.type && (!ticked || value === field.value));
    if (at < 0) continue;
    const state = left.splice(at, 1)[0][3];
    if (JSON.stringify(state) === JSON.stringify(stateOf(field))) continue;
    changed = true;
    if (ticked) field.checked = state !== null;
    else if (Array.isArray(state)) for (const option of field.options) option.selected = state.includes(option.value);
    else field.value = state;
  }
  return changed;
}

function tell(form, key) {
  const note = document.createElement("p");
  note.className = "note row spread";
  note.append(form.dataset.draftWords || "上次没有送出的内容，已经放回来了。");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = form.dataset.draftClear || "清空重填";
  button.addEventListener("click", () => {
    sessionStorage.removeItem(key);
    form.reset();
    note.remove();
  });
  note.append(button);
  form.prepend(note);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function drop(unwanted) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX) && unwanted(key)) sessionStorage.removeItem(key);
}

function dropSent() {
  drop((key) => read(key)?.sent);
}

// Another person on the same machine never meets somebody's words; nobody meets words of yesterday.
function dropOthers(who) {
  const old = Date.now() - HOURS * 3600 * 1000;
  drop((key) => !(read(key)?.at > old) || (who !== "" && !key.startsWith(PREFIX + who + ":")));
}

function storageWorks() {
  try {
    return Boolean(window.sessionStorage);
  } catch {
    return false;
  }
}
