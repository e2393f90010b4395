"""For machines that watch the service: is it alive, and figures for Prometheus."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from hawthorn.accounts.keys import same
from hawthorn.journal.models import Lease, Outbox
from hawthorn.kernel import clock
from hawthorn.loops.models import Item
from hawthorn.web.middleware import bare

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


@bare
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """{"ok": true, "db": true}; 503 where the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_up = True
    except DatabaseError:
        is_up = False
    return JsonResponse({"ok": is_up, "db": is_up}, status=200 if is_up else 503)


@bare
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text; from this machine, or with the token of HAWTHORN_METRICS_TOKEN. Others find nothing here."""
    if not _may_see(request):
        return HttpResponse(status=404)
    now, lines = clock.now(), []
    counts = Item.objects.filter(open=True).values("loop").annotate(n=Count("id"), late=Count("id", filter=Q(due_at__lt=now))).order_by("loop")
    for row in counts:
        lines += [f'hawthorn_open_duties{{loop="{row["loop"]}"}} {row["n"]}', f'hawthorn_late_duties{{loop="{row["loop"]}"}} {row["late"]}']
    waiting = Outbox.objects.filter(sent_at=None, dead_at=None).aggregate(n=Count("id"), first=Min("next_at"))
    lines += [f"hawthorn_outbox_waiting {waiting['n']}", f"hawthorn_outbox_dead {Outbox.objects.exclude(dead_at=None).count()}"]
    lines.append(f"hawthorn_outbox_lag_seconds {_age(waiting['first'], now)}")
    for lease in Lease.objects.exclude(last_at=None):
        lines.append(f'hawthorn_due_work_lag_seconds{{name="{lease.name}"}} {_age(lease.last_at, now)}')
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _age(at: Any, now: Any) -> int:
    return max(0, int((now - at).total_seconds())) if at else 0


def _may_see(request: HttpRequest) -> bool:
    token, said = settings.ENV.metrics_token, request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token and said:
        return same(token, said)
    is_proxied = any(name in request.headers for name in FORWARDED)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_proxied
