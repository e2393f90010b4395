"""The floor: bare endpoints of the same stack with the same sign-in and JSON: insert a row and its log row; list 50 indexed rows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone
from ninja import NinjaAPI

from hawthorn.web.api_auth import Bearer


class Row(models.Model):
    """A bare row."""

    owner = models.BigIntegerField()
    due_at = models.DateTimeField()
    title = models.CharField(max_length=140)
    words = models.TextField()

    class Meta:
        app_label = "floor"
        indexes = [models.Index(fields=["owner", "due_at"], name="floor_row_list")]


class Log(models.Model):
    """Its log row."""

    row = models.BigIntegerField()
    at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        app_label = "floor"


def make_tables(number: int) -> None:
    """Tables of the floor, filled with `number` rows."""
    with connection.schema_editor() as editor:
        for model in (Row, Log):
            if model._meta.db_table not in connection.introspection.table_names():
                editor.create_model(model)
    connection.ops.sequence_reset_sql(no_style(), [Row])
    if not Row.objects.exists():
        now = timezone.now()
        Row.objects.bulk_create((Row(owner=n % 7, due_at=now, title=f"事项 {n}", words="灯不亮") for n in range(number)), batch_size=500)


api = NinjaAPI(title="floor", urls_namespace="floor", auth=Bearer())


@api.post("/rows")
def insert(request: HttpRequest) -> HttpResponse:
    """A row and its log row in one transaction."""
    given = json.loads(request.body)
    with atomic():
        row = Row.objects.create(owner=1, due_at=timezone.now(), title="事项", words=given["words"])
        Log.objects.create(row=row.pk, at=timezone.now(), body=json.dumps(given))
    return JsonResponse({"id": row.pk}, status=201)


@api.get("/rows")
def listing(request: HttpRequest) -> HttpResponse:
    """Fifty rows by index."""
    rows = Row.objects.filter(owner=1).order_by("due_at", "id")[:50]
    return JsonResponse({"items": [{"id": r.pk, "due_at": r.due_at.isoformat(), "title": r.title, "owner": r.owner} for r in rows]})


@api.get("/rows/{row}")
def detail(request: HttpRequest, row: int) -> HttpResponse:
    """One row by key."""
    found = Row.objects.get(pk=row)
    return JsonResponse({"id": found.pk, "title": found.title, "due_at": found.due_at.isoformat(), "words": found.words})


urlpatterns: list[Any] = [path("api/floor/", api.urls), path("", include("hawthorn.config.urls"))]
