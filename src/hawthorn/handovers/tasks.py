"""Due work: open a vacancy where a grid post has nobody, close it where somebody came or the post is no more; open the handovers that no command opened."""

from __future__ import annotations

from datetime import datetime

from hawthorn.handovers.actions import handing
from hawthorn.handovers.models import Vacancy
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system


def vacancies(*, town: Town, now: datetime) -> int:
    """Number of vacancies opened or closed. Running it twice at once changes nothing twice: the database allows one live vacancy a post."""
    live = dict(Vacancy.objects.filter(is_live=True, post__in=list(town.posts)).values_list("post_id", "item_id"))
    actor, done = system("vacancies", town.county), 0
    empty = {post.id for post in town.grid_posts_vacant(now)}
    for post in sorted(empty - live.keys()):
        loops.start("vacancies", {"post": post}, actor=actor, now=now, door="due", step="open", town=town, key=f"vacancy-{post}-{now.isoformat()}")
        done += 1
    for post in sorted(live.keys() - empty):
        step = "filled" if town.is_alive(post) else "gone"
        try:
            loops.take_step("vacancies", live[post], step, {}, actor=actor, now=now, door="due", town=town)
            done += 1
        except Refused:
            continue
    return done


def handovers(*, town: Town, now: datetime) -> int:
    """Number of handovers opened or changed: a net under the commands that end holdings."""
    return handing.keep_up(list(town.posts), town=town, now=now, door="due")
