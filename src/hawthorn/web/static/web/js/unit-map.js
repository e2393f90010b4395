// <svg data-ticks> with <g data-unit="number"> and a list of checkboxes named `unit`: a tap on the map ticks the unit nearest to it, and the map
// shows what is ticked. Under it, where a browser has scripts, stand the choice of grid and the button of the list's own form ([data-quick]).
// The list and the keyboard do the same; the map adds nothing that is not in the list.

const NEAR = 22; // CSS pixels: a finger

/** Joins the map of units in `root` with the list of units beside it. */
export function watchUnitMap(root) {
  const svg = root.querySelector("svg[data-ticks]");
  const boxes = new Map([...root.querySelectorAll("input[type=checkbox][name=unit]")].map((box) => [box.value, box]));
  if (!svg || !boxes.size) return;
  const marks = [...svg.querySelectorAll("g[data-unit]")].filter((mark) => boxes.has(mark.dataset.unit));
  for (const hint of root.querySelectorAll("[data-tick-hint]")) hint.hidden = false;
  const quick = root.querySelector("[data-quick]");
  if (quick) besideMap(quick, boxes.values().next().value.form);
  const show = () => {
    for (const mark of marks) mark.classList.toggle("on", boxes.get(mark.dataset.unit).checked);
    const ticked = [...boxes.values()].filter((box) => box.checked).length;
    tell(root, ticked);
    if (quick) quick.hidden = !ticked;
  };
  svg.addEventListener("click", (event) => {
    const mark = nearest(marks, event);
    if (!mark) return;
    const box = boxes.get(mark.dataset.unit);
    box.checked = !box.checked;
    show();
  });
  for (const box of boxes.values()) box.addEventListener("change", show);
  window.addEventListener("pageshow", show); // the back button brings ticks back
  show();
}

function nearest(marks, event) {
  let best = null;
  let least = NEAR;
  for (const mark of marks) {
    const box = mark.querySelector("circle:last-of-type").getBoundingClientRect();
    const far = Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
    if (far < least) [best, least] = [mark, far];
  }
  return best;
}

function tell(root, number) {
  for (const line of root.querySelectorAll("[data-ticked]")) {
    line.textContent = number ? line.dataset.ticked.replace("0", number) : "";
  }
}

// The same choice and the same press as in the form below.
function besideMap(quick, form) {
  const [choice, press] = [quick.querySelector("select"), quick.querySelector("button")];
  choice.replaceChildren(...[...form.elements.grid.options].map((option) => option.cloneNode(true)));
  press.addEventListener("click", () => {
    if (!choice.value) return choice.focus();
    form.elements.grid.value = choice.value;
    form.requestSubmit();
  });
}
