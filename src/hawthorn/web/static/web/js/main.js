// Loads the small helps of the house. Every page works without them.
import { watchCopy } from "./copy.js";
import { watchDrafts } from "./draft.js";
import { watchFilters } from "./filter-select.js";
import { watchIdle } from "./idle.js";
import { watchKeys } from "./keys.js";
import { watchOffline } from "./offline/page.js";

watchDrafts(document); // first: it puts words back before anything else looks at the fields
watchFilters(document);
watchCopy(document);
watchIdle(document);
watchKeys(document);
void watchOffline(document);

// Speaking instead of typing: loaded where a form takes it.
if (document.querySelector("[data-voice]")) void import("./voice.js");

// The map of units, where units can be ticked.
if (document.querySelector("svg[data-ticks]")) void import("./unit-map.js").then((map) => map.watchUnitMap(document));

// One press is one step: a form that is on its way is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  if (form.dataset.onItsWay) {
    event.preventDefault();
    return;
  }
  form.dataset.onItsWay = "1";
});
// Coming back with the back button: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-on-its-way]")) delete form.dataset.onItsWay;
});

// A button to print, where a browser can; without scripts the words beside it say how.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// The summary of errors takes the focus, so that it is read out first.
document.querySelector(".errors[tabindex]")?.focus();
