"""What the steps of a vacancy do to posts."""

from __future__ import annotations

from datetime import datetime

from hawthorn.accounts.models import User
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Post


def appoint(*, post_id: int, user_id: int, now: datetime) -> None:
    """Somebody holds the post from now on."""
    teams.appoint(post=Post.objects.get(pk=post_id), user=User.objects.get(pk=user_id), from_at=now, now=now)


def abolish_post(*, post_id: int, now: datetime) -> None:
    """The post ends now."""
    teams.abolish_post(post=Post.objects.get(pk=post_id), now=now)
