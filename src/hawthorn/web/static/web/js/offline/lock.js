// The screen was locked on the device: the server hears of it before it shows anything.

/** Locked while there was no network: the server is told first, and then asks for the password itself. */
export async function lockThere(who) {
  try {
    const pass = await (await fetch("/unsent/token", { headers: { Accept: "application/json" } })).json();
    if (pass.who !== who) return pass.status === 401;
    const form = new URLSearchParams({ csrfmiddlewaretoken: pass.token });
    return (await fetch("/lock", { method: "POST", body: form, redirect: "manual" })).type === "opaqueredirect";
  } catch {
    return false;
  }
}
