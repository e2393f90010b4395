// <button hidden data-copy-from="#id" data-done="已复制">: copies the text of #id and says so in the live region.

/** Shows every copy button of `root` (hidden without scripts) and makes it work. */
export function watchCopy(root) {
  for (const button of root.querySelectorAll("[data-copy-from]")) {
    button.hidden = false;
    button.addEventListener("click", () => copyFrom(button));
  }
}

async function copyFrom(button) {
  const source = document.querySelector(button.dataset.copyFrom);
  if (!source) return;
  const words = "value" in source ? source.value : source.innerText.trim();
  const done = (await byClipboard(words)) || bySelection(source);
  say(button, done ? button.dataset.done || "已复制" : button.dataset.failed || "没能复制，请长按文字复制");
}

// Only pages under https (or localhost) have a clipboard; an inner network may have neither.
async function byClipboard(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
}

function bySelection(source) {
  if (source.select) {
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
  return document.execCommand("copy");
}

function say(button, words) {
  const before = button.dataset.label || button.textContent;
  button.dataset.label = before;
  button.textContent = words;
  const live = document.getElementById("say");
  if (live) live.textContent = words;
  setTimeout(() => {
    button.textContent = before;
    if (live) live.textContent = "";
  }, 2500);
}
