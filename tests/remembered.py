"""The scene, built through actions once in a process and then laid into the database again as it was: most of a test's time would go into it."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.apps import apps

from hawthorn.tenants.models import Tenant, new_revision
from make import Scene, scene

_built: list[tuple[Scene, list[list[Any]]]] = []


def scene_again() -> Scene:
    """The same county, with the same numbers and a revision of its own, so that nothing kept in the process fits it."""
    if not _built:
        _built.append((scene(), [rows for model in _models() if (rows := list(model.objects.order_by("pk")))]))
        return _copied(_built[0][0])
    first, tables = _built[0]
    for rows in tables:
        type(rows[0]).objects.bulk_create([copy(row) for row in rows])
    found = _copied(first)
    Tenant.objects.filter(pk=found.county.pk).update(revision=new_revision())
    found.county.refresh_from_db()
    return found


def _models() -> list[Any]:
    return [model for model in apps.get_models() if model.__module__.startswith("hawthorn.") and model._meta.managed]


def _copied(first: Scene) -> Scene:
    """Objects of its own: what a test changes on them stays in that test."""

    def each(many: dict[str, Any]) -> dict[str, Any]:
        return {name: copy(one) for name, one in many.items()}

    return Scene(copy(first.county), first.now, each(first.users), each(first.posts), each(first.places), each(first.units))
