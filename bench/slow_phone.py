"""python -m bench.slow_phone: first paint on a slow-3G line (400 kbit/s, 400 ms), cold, with static files kept, and from the kept copy.

A real Chromium at 360 px. Cold: its network is slowed down by the browser itself (CDP Network.emulateNetworkConditions). What a service worker
fetches is not slowed down by that, so the rest goes over a line of our own: 400 ms before a connection stands, 400 ms before each answer, 50,000
bytes a second in all. Seconds; each line is the median of `--runs`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "browser"), str(ROOT / "tests"), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hawthorn.config.settings")
RATE, DELAY = 400_000 // 8, 0.4
SLOW = {"offline": False, "latency": DELAY * 1000, "downloadThroughput": RATE, "uploadThroughput": RATE}
FREE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
PAINT = """() => new Promise((done) => {
  const seen = performance.getEntriesByName("first-contentful-paint")[0];
  if (seen) return done(seen.startTime);
  new PerformanceObserver((list, me) => {
    const found = list.getEntriesByName("first-contentful-paint")[0];
    if (found) { me.disconnect(); done(found.startTime); }
  }).observe({ type: "paint", buffered: true });
})"""


def painted(page: Any, address: str, network: dict[str, Any]) -> float:
    """Seconds from the press to the first words on the screen."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", network)
    page.goto(address, wait_until="commit", timeout=60_000)
    found = page.evaluate(PAINT) / 1000
    page.wait_for_load_state("load", timeout=60_000)
    wire.send("Network.emulateNetworkConditions", FREE)
    wire.detach()
    return float(found)


def one(browser: Any, url: str, line: Any, sign_in: Any) -> dict[str, float]:
    """One phone: a fresh profile, then the same with what it kept."""
    options = {"viewport": {"width": 360, "height": 800}, "locale": "zh-CN"}
    context = browser.new_context(**options)
    sign_in(context)
    cookies = context.cookies()
    context.close()
    found = {}
    for path in ("/today", "/capture", "/", "/say?g=999901001001001"):
        context = browser.new_context(**options)
        context.add_cookies(cookies)
        found[f"{path.split('?')[0]}, cold"] = painted(context.new_page(), url + path, SLOW)
        context.close()
    context = browser.new_context(**options)
    context.add_cookies(cookies)
    page = context.new_page()
    line.delay, line.rate = DELAY, RATE
    found["/today, cold, over the slow line"] = painted(page, f"{url}/today", FREE)
    line.delay, line.rate = 0, 0
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in ("/today", "/capture"):
        page.goto(url + path)
        page.wait_for_timeout(1500)
    line.delay, line.rate = DELAY, RATE
    for path in ("/today", "/capture", "/matters"):
        found[f"{path}, static kept, page over the slow line"] = painted(page, url + path, FREE)
    line.delay = 2 * DELAY  # slower still: after three such pages the kept copy comes first
    for _n in range(3):
        page.goto(f"{url}/today")
        page.wait_for_timeout(1500)
    for path in ("/today", "/capture"):
        found[f"{path}, kept copy, a line twice as slow"] = painted(page, url + path, FREE)
        page.wait_for_timeout(1500)
    line.delay, line.rate = 0, 0
    line.cut()
    for path in ("/today", "/capture", "/unsent"):
        found[f"{path}, kept copy, no network"] = painted(page, url + path, FREE)
    line.mend()
    context.close()
    return found


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--runs", type=int, default=5)
    runs = asked.parse_args().runs
    import serving
    from line import line_to
    from playwright.sync_api import sync_playwright

    with serving.serving() as served, line_to(int(served.url.rsplit(":", 1)[1])) as line, sync_playwright() as play:
        url = f"http://127.0.0.1:{line.port}"

        def sign_in(context: Any) -> None:
            page = context.new_page()
            serving.Person(page, url, [], serving.Pointer(page)).sign_in("officer1")

        browser = play.chromium.launch(executable_path=serving.CHROMIUM, args=serving.FLAGS)
        found = [one(browser, url, line, sign_in) for _n in range(runs)]
        browser.close()
    for name in found[0]:
        times = sorted(row[name] for row in found)
        print(f"{name:<45} {statistics.median(times):5.2f} s  ({times[0]:.2f}–{times[-1]:.2f})")


if __name__ == "__main__":
    main()
