// <svg data-ticks> with <g data-unit="number"> and a list of checkboxes named `unit`: a tap on the map ticks the unit nearest to it, and the map
// shows what is ticked. The list and the keyboard do the same; the map adds nothing that is not in the list.

const NEAR = 22; // CSS pixels: a finger

/** Joins the map of units in `root` with the list of units beside it. */
export function watchUnitMap(root) {
  const svg = root.querySelector("svg[data-ticks]");
  const boxes = new Map([...root.querySelectorAll("input[type=checkbox][name=unit]")].map((box) => [box.value, box]));
  if (!svg || !boxes.size) return;
  const marks = [...svg.querySelectorAll("g[data-unit]")].filter((mark) => boxes.has(mark.dataset.unit));
  for (const hint of root.querySelectorAll("[data-tick-hint]")) hint.hidden = false;
  const show = () => {
    for (const mark of marks) mark.classList.toggle("on", boxes.get(mark.dataset.unit).checked);
    tell(root, [...boxes.values()].filter((box) => box.checked).length);
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
    line.hidden = !number;
    line.textContent = line.dataset.ticked.replace("0", number);
  }
}
