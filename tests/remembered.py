"""The scene, built through actions once in a process and left in its database: every test begins on it and is rolled back to it."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.apps import apps

from hawthorn.tenants.models import Tenant, new_revision
from make import Scene, scene

_built: list[Scene] = []


def build() -> None:
    """Once in a process, before the first test; committed."""
    _built.append(scene())


def scene_again() -> Scene:
    """The county as it was built, with a revision of its own, so that nothing kept in the process by another test fits it."""
    found = _copied(_built[0])
    Tenant.objects.filter(pk=found.county.pk).update(revision=new_revision())
    found.county.refresh_from_db()
    return found


def clear() -> None:
    """Take the scene out, in the test's transaction; constraints are looked at when nothing of it is left."""
    for model in apps.get_models():
        if model.__module__.startswith("hawthorn.") and model._meta.managed:
            rows = model.objects.all()
            rows._raw_delete(rows.db)


def _copied(first: Scene) -> Scene:
    """Objects of its own: what a test changes on them stays in that test."""

    def each(many: dict[str, Any]) -> dict[str, Any]:
        return {name: copy(one) for name, one in many.items()}

    return Scene(copy(first.county), first.now, each(first.users), each(first.posts), each(first.places), each(first.units))
