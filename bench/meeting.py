"""python -m bench.meeting: the weekly run of a county, subdistrict by subdistrict: what recurs, and the whole agenda. Seconds, and statements.

The database is that of HAWTHORN_DATA (or HAWTHORN_DATABASE_URL); nothing is written to it.
"""

from __future__ import annotations

import os
import sys
import time


def main() -> int:
    """One line a subdistrict and one for all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hawthorn.config.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from hawthorn.assessments import agenda, detection
    from hawthorn.kernel import clock
    from hawthorn.loops.models import Item
    from hawthorn.loops.town import town_of
    from hawthorn.tenants.models import Tenant

    now = clock.now()
    newest = Item.objects.filter(loop="matters").order_by("-id").values_list("opened_at", flat=True).first()
    now = min(now, newest) if newest else now
    town = town_of(Tenant.objects.get(county__isnull=True))
    whole = 0.0
    print("| subdistrict | recurs s | agenda s | stand out | points | statements |\n|---|---|---|---|---|---|", flush=True)
    for place in sorted((p for p in town.places.values() if p.level == "subdistrict"), key=lambda p: p.code):
        with CaptureQueriesContext(connection) as caught:
            began = time.monotonic()
            found = detection.recurs(place, now, detection.spoken(town, place))
            middle = time.monotonic()
            points = agenda.draw(place, town, now, None)
            end = time.monotonic()
        whole += end - began
        striking = sum(not f.is_chance for f in found)
        print(f"| {place.name} | {middle - began:.2f} | {end - middle:.2f} | {striking} | {len(points)} | {len(caught)} |", flush=True)
    print(f"{Item.objects.filter(loop='matters').count()} matters: {whole:.1f} s for all subdistricts", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
