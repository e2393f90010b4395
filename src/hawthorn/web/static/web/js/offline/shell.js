// The page that stands for one the device cannot show: either it was not kept, or the screen is locked and there is no network.
import * as keeper from "./keeper.js";
import { fill, said } from "./page.js";
import { tryPassword } from "./unlock.js";

const { who, locked } = await keeper.now();
const box = document.getElementById("unlock");
if (who && locked) {
  document.getElementById("no-page").hidden = true;
  box.hidden = false;
  box.querySelector("form").addEventListener("submit", (event) => void unlock(event));
} else if (who) {
  const pages = await keeper.list(who);
  const list = document.querySelector("#kept-list ul");
  for (const page of pages) list.append(row(page));
  document.getElementById("kept-list").hidden = !pages.length;
}

function row({ path, title }) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { className: "tap", href: path, textContent: new DOMParser().parseFromString(title, "text/html").body.textContent }));
  return item;
}

async function unlock(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const field = box.querySelector("input");
  const { right, left } = await tryPassword(who, field.value);
  field.value = "";
  if (right) {
    await keeper.say({ locked: "" });
    location.reload();
    return;
  }
  const words = box.querySelector("[role=alert]");
  words.textContent = left === null ? said.locked_never : left ? fill(said.locked_try, { n: left }) : said.locked_wait;
  words.hidden = false;
}
