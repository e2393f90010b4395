// A list by keyboard: / to the search field, j and k down and up the rows, Enter opens as any link does.
const TYPING = "input, textarea, select, [contenteditable]";

export function watchKeys(root) {
  const find = root.querySelector("[data-find]");
  const rows = root.querySelector("[data-rows]");
  if (!find && !rows) return;
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
    if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
    }
    if (rows && (event.key === "j" || event.key === "k")) step(rows, event.key === "j" ? 1 : -1);
  });
}

function step(rows, by) {
  const links = [...rows.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
  const at = links.findIndex((link) => link.closest("tr").contains(root(link).activeElement));
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

function root(node) {
  return node.ownerDocument;
}
