// <select data-filter="输入几个字来找">: a field above a long list; typing leaves the matching rows.
// An option's data-keys (pinyin initials, numbers) is searched too. What is chosen stays in the list.

/** Puts a search field above every long select of `root` that asks for one. */
export function watchFilters(root) {
  for (const select of root.querySelectorAll("select[data-filter]")) {
    if (select.options.length > 8) addFilter(select);
  }
}

function addFilter(select) {
  const rows = [...select.children];
  const field = document.createElement("input");
  field.type = "search";
  field.autocomplete = "off";
  field.placeholder = select.dataset.filter || "输入几个字来找";
  field.setAttribute("aria-label", `${labelOf(select)}：${field.placeholder}`);
  if (select.id) field.setAttribute("aria-controls", select.id);
  field.dataset.noDraft = "";
  select.before(field);
  field.addEventListener("input", () => {
    const left = narrow(select, rows, field.value.trim().toLowerCase());
    const live = document.getElementById("say");
    if (live) live.textContent = left ? `${left} 项` : "没有找到";
  });
  // Enter takes what was found; it must not send a half-filled form.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    select.focus();
  });
}

function narrow(select, rows, words) {
  const wanted = words.split(/\s+/).filter(Boolean);
  const chosen = new Set([...select.selectedOptions]);
  const fits = (option) => wanted.every((word) => keysOf(option).includes(word));
  let left = 0;
  const shown = [];
  for (const row of rows) {
    const options = row.tagName === "OPTGROUP" ? [...(row.kept ??= [...row.children])] : [row];
    const here = options.filter((option) => option.value === "" || chosen.has(option) || fits(option));
    left += here.filter((option) => option.value !== "" && fits(option)).length;
    if (row.tagName === "OPTGROUP") row.replaceChildren(...here);
    if (here.length) shown.push(row);
  }
  select.replaceChildren(...shown);
  for (const option of chosen) option.selected = true;
  return left;
}

function keysOf(option) {
  return `${option.text} ${option.dataset.keys || ""}`.toLowerCase();
}

function labelOf(select) {
  return select.labels?.[0]?.textContent.trim() || "";
}
