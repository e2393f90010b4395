"""The sign-in backend: Django's, without groups and permissions (posts give rights here, not flags)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from hawthorn.accounts.models import User


class Door(BaseBackend):
    """Username and password; an unknown name costs as much time as a wrong password."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any) -> User | None:
        """The user, or None."""
        user = User.objects.filter(username=username or "").first()
        if user is None:
            make_password(password or "")
            return None
        return user if user.is_active and user.check_password(password or "") else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with tenant and county, in one statement."""
        return User.objects.select_related("tenant__county").filter(pk=user_id, is_active=True).first()
