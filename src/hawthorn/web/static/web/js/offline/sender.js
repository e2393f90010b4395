// Sends what waits, strictly in order, one sender at a time across tabs. Every answer is one of:
// {state: "taken", url, words, …}, {state: "refused", status, code, detail, …} or {state: "later", why}: nothing is known, the same key goes again.
import * as queue from "./queue.js";

const LOCK = "hawthorn-send";
const TRIES = 5; // a server that breaks on one entry must not stop those behind it for ever
const SIGN_IN = { signed_out: 1, locked: 1, new_password: 1, other_user: 1 };

/** Send what waits for `who`; `begin` hears what is being sent. `want` (a row's seq) is somebody looking on: its answer brings the page. The answer of `want`, or the last one. */
export function drain(who, { want, token, begin } = {}) {
  return navigator.locks.request(LOCK, async () => {
    const pass = { who, token };
    let last = { state: "later", why: "none" };
    for (let row = await queue.next(who); row; row = await queue.next(who)) {
      begin?.(row.seq);
      last = await once(row, pass, row.seq === want);
      if (last.state === "later" || row.seq === want) return last;
    }
    const mine = want && (await queue.find(want));
    return mine ? { state: mine.state === "taken" ? "taken" : "kept", ...(await queue.toldOf(mine)) } : last;
  });
}

async function once(row, pass, looking) {
  const body = await queue.open(row);
  const answer = await attempt(row, body, pass, looking);
  if (answer.state === "later") {
    if (answer.why !== "broken" || (await queue.count(row)) < TRIES) return answer;
    answer.state = "refused";
  }
  const { page, csp, ...told } = answer;
  if (answer.state === "refused") await queue.mark(row, "conflict", told);
  else if (looking) await queue.drop(row.seq);
  else await queue.mark(row, "taken", told);
  const version = body.fields.find(([name]) => name === "version");
  if (answer.state === "taken" && version) await queue.carry(row.who, body.action, Number(version[1]), answer.version);
  return answer;
}

async function attempt(row, body, pass, looking) {
  for (const again of [false, true]) {
    if (again || !pass.token) {
      const known = await freshPass(pass);
      if (known) return known;
    }
    const answer = await post(row, body, pass, looking);
    if (answer.code !== "csrf") return answer;
  }
  return { state: "later", why: "csrf" };
}

/** The form's mark is taken at the moment of sending; it also says who is signed in now. */
async function freshPass(pass) {
  const { status, said } = await ask("/unsent/token", { headers: headers(pass.who) }, 20000);
  if (status !== 200 || !said?.token) return later(status, said);
  if (said.who !== pass.who) return { state: "later", why: "other_user" };
  pass.token = said.token;
  return null;
}

async function post(row, body, pass, looking) {
  const form = new FormData();
  form.append("csrfmiddlewaretoken", pass.token);
  for (const [name, value] of body.fields) form.append(name, value);
  body.files.forEach((file, n) => form.append(body.names[n], file, file.name));
  if (!body.fields.some(([name]) => name === "key")) form.append("key", row.key);
  const prefer = looking ? "return=representation" : "return=minimal"; // minimal: nobody is there to be asked anything
  const options = { method: "POST", body: form, headers: { ...headers(row.who), Prefer: prefer } };
  const { status, said, csp } = await ask(body.action, options, 20000 + row.size / 5);
  if (!said) return later(status, said);
  if (status < 300 && said.ok) return { state: "taken", ...said, csp };
  if (said.code === "csrf") return { code: "csrf" };
  if (status === 400 || status === 401 || status === 408 || status === 429 || status >= 500) return later(status, said);
  return { state: "refused", ...said, status, csp };
}

const headers = (who) => ({ Accept: "application/json", "Hawthorn-Who": who });

/** One request; an answer that is not ours (a hotel's sign-in page, a proxy's error) is no answer. */
async function ask(path, options, patience) {
  try {
    const response = await fetch(path, { ...options, credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(patience) });
    const isOurs = /^application\/(problem\+)?json/.test(response.headers.get("Content-Type") || "");
    const tooLarge = response.status === 413 ? { code: "too_large", detail: "" } : null; // a proxy before the server may say so, too
    return { status: response.status, said: isOurs ? await response.json() : tooLarge, csp: response.headers.get("Content-Security-Policy") };
  } catch {
    return { status: 0, said: null };
  }
}

function later(status, said) {
  if (said && SIGN_IN[said.code]) return { state: "later", why: said.code };
  if (said && status !== 429 && status !== 503) return { state: "later", why: "broken", ...said };
  return { state: "later", why: status === 429 || status === 503 ? "busy" : "network" };
}
