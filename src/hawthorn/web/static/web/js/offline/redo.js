// …#redo=<number>: what the server did not take is put back into the form that fits now; on the item's page the person first picks the step.
import * as queue from "./queue.js";
import { hidden } from "./press.js";

const NOT_TYPED = ["key", "version", "files_kept", "sure", "near", "do"];

/** Fills in what was typed. Once the form is sent, it stands in the place of the old one. */
export async function fillAgain(root, who, said, fill) {
  const seq = Number(/^#redo=(\d+)$/.exec(location.hash)?.[1]);
  const row = seq && (await queue.find(seq));
  if (!row || row.who !== who) return;
  const body = await queue.open(row);
  const form = root.querySelector("form.form[data-queue]");
  for (const link of root.querySelectorAll("main a[href*='/do/']")) link.href = `${link.getAttribute("href")}#redo=${seq}`;
  for (const one of root.querySelectorAll("form[data-queue]")) hidden(one, "queue_instead", seq);
  if (form) putBack(form, body);
  const words = form ? said.put_back : fill(said.pick_step, { words: body.said.map(([, value]) => value).join("；") || body.title });
  const line = Object.assign(root.createElement("p"), { className: "note good", textContent: words });
  line.setAttribute("role", "status");
  root.querySelector("main > .page").prepend(line);
}

function putBack(form, body) {
  for (const name of new Set(body.fields.map(([one]) => one))) {
    if (NOT_TYPED.includes(name)) continue;
    const values = body.fields.filter(([one]) => one === name).map(([, value]) => value);
    for (const field of [...form.elements].filter((one) => one.name === name)) set(field, values);
  }
  const words = form.elements.words;
  if (words && !words.value) words.value = body.said.filter(([, , free]) => free).map(([, value]) => value).join("\n");
  const files = body.files.filter((_file, n) => body.names[n] === "files");
  for (const kind of ["image", "audio"]) give(form.querySelector(`input[type=file][name=files][accept^=${kind}]`), files.filter((file) => file.type.startsWith(kind)));
}

function give(field, files) {
  if (!field || !files.length) return;
  const given = new DataTransfer();
  for (const file of files) given.items.add(file);
  field.files = given.files;
  field.dispatchEvent(new Event("change"));
}

function set(field, values) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
  else if (field.multiple && field.options) for (const option of field.options) option.selected = values.includes(option.value);
  else if (field.type !== "file") field.value = values[0];
  const folded = field.closest("details");
  if (folded && field.value) folded.open = true;
}
