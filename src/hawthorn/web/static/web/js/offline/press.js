// A form with data-queue (its value: what the press is called, where the page's heading does not say it) is sent to …?queue=<who>:
// the service worker takes it from there. Without a service worker the form goes the plain way.
import { shrinkPhotos } from "./photos.js";

const UNTYPED = ["hidden", "submit", "button", "reset", "file", "fieldset", "password"];

/** Marks what is sent at the moment of sending: whose it is, what it is called, and the words as the person saw them. */
export function markForm(form, who) {
  shrinkPhotos(form); // first: a press waits for photos that are still being made small
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !navigator.serviceWorker.controller) return;
    const url = new URL(form.getAttribute("action") || location.href, location.href);
    url.searchParams.set("queue", who);
    url.hash = "";
    form.setAttribute("action", url.pathname + url.search);
    hidden(form, "queue_title", titleOf(form, event.submitter));
    hidden(form, "queue_back", form.dataset.queue ? location.pathname + location.search : ""); // one press of many on a page: back to it
    hidden(form, "queue_said", JSON.stringify(saidOf(form)));
  });
}

/** A hidden field, made where it is lacking. */
export function hidden(form, name, value) {
  const field = form.querySelector(`input[type=hidden][name="${name}"]`) || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
}

function titleOf(form, submitter) {
  const heading = document.querySelector("h1")?.innerText.trim() || "";
  const pressed = submitter?.firstChild?.textContent.trim() || "";
  const { queue } = form.dataset;
  const words = form.elements.words?.value || document.querySelector(".head a")?.innerText || "";
  return (queue ? [pressed || queue, queue === pressed ? heading : queue] : [heading, words.trim().slice(0, 60)]).filter(Boolean).join(" · ");
}

/** A form of one press that waits to be sent already cannot be pressed again. */
export function showPressed(root, bodies, words) {
  for (const form of root.querySelectorAll("form[data-queue]:not([data-queue=''])")) {
    const same = (field) => field.type !== "hidden" || /^(key|version|csrf|queue)/.test(field.name);
    const known = [...form.elements].filter((field) => field.name && !same(field));
    const path = new URL(form.getAttribute("action"), location.href).pathname;
    const waits = bodies.some((body) => body.action === path && known.every((field) => body.fields.some(([name, value]) => name === field.name && value === field.value)));
    for (const button of form.querySelectorAll("button")) button.disabled = waits;
    if (waits && !form.querySelector(".tag[data-waits]")) {
      const tag = Object.assign(document.createElement("span"), { className: "tag soon", textContent: words });
      tag.dataset.waits = "";
      form.prepend(tag);
    }
  }
}

/** [[label, words, typed freely]] of what was filled in; of a choice its words, not its number. */
function saidOf(form) {
  const found = [];
  for (const field of form.elements) {
    if (!field.name || UNTYPED.includes(field.type)) continue;
    const box = field.closest("fieldset")?.querySelector("legend") || field.labels?.[0];
    const label = (box?.cloneNode(true) || { innerText: "" }).firstChild?.textContent.trim() || "";
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked && field.value) found.push([label, field.labels[0].innerText.trim(), false]);
    } else if (field.options) {
      const words = [...field.selectedOptions].filter((option) => option.value).map((option) => option.text.trim());
      if (words.length) found.push([label, words.join("、"), false]);
    } else if (field.value.trim()) found.push([label, field.value.trim(), true]);
  }
  return found;
}
