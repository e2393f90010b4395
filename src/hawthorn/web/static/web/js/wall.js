// The screen on the wall draws itself anew every minute; without network it stays as it was and says since when by its own time.
const EVERY = 60_000;

async function again() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.body.replaceChildren(...page.body.childNodes);
  } catch {
    // No network: the time at the top says how old the numbers are.
  }
}

setInterval(again, EVERY);
