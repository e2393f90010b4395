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
    hidden(form, "queue_title", titleOf(form));
    hidden(form, "queue_said", JSON.stringify(saidOf(form)));
  });
}

/** A hidden field, made where it is lacking. */
export function hidden(form, name, value) {
  const field = form.querySelector(`input[type=hidden][name="${name}"]`) || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
}

function titleOf(form) {
  const heading = document.querySelector("h1")?.innerText.trim() || "";
  const about = form.dataset.queue ? heading : form.elements.words?.value || document.querySelector(".head a")?.innerText || "";
  return [form.dataset.queue || heading, about.trim().slice(0, 60)].filter(Boolean).join(" · ");
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
