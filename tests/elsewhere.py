"""The second subdistrict full of life: one open thing of every loop, one row of everything an address can name, all of it marked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hawthorn.accounts.models import SavedView, User
from hawthorn.assessments.actions import meetings
from hawthorn.categories.models import Category
from hawthorn.files.models import Attachment
from hawthorn.gateways import gaps
from hawthorn.gateways.messages_jobs import begin
from hawthorn.handovers.actions import handing
from hawthorn.handovers.models import Handover
from hawthorn.handovers.tasks import vacancies
from hawthorn.loops.models import Item, Nudge, Reporter
from hawthorn.redrawing.actions import joins, plans
from hawthorn.teams import actions as teams
from hawthorn.teams import group_actions
from hawthorn.teams.models import Holding, Post
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place, Unit
from make import Scene
from walking import campaign, door, errand, point, walk

MARK, FIRST, LAST = "柒玖暗记", "柒玖", "暗记"
"""What every word of the second subdistrict carries, in two halves: a page may give back what was searched for, never the other half."""
Foreign = dict[str, list[Any]]


def mark(s: Scene) -> None:
    """Every name in the second subdistrict carries the mark; its own name stays, since residents may choose between subdistricts."""
    street = s.places["street2"].pk
    for model, rows in (
        (Place, Place.objects.filter(subdistrict=street)), (Unit, Unit.objects.filter(community__subdistrict=street)),
        (Post, Post.objects.filter(place__subdistrict=street)), (Post, Post.objects.filter(place=street)),
        (User, User.objects.filter(tenant=s.places["street2"].tenant)),
    ):  # fmt: skip
        for row in rows:
            model.objects.filter(pk=row.pk).update(name=f"{MARK}{row.name}")
    Category.objects.filter(tenant=s.places["street2"].tenant).update(group=MARK, advice=MARK, elsewhere=MARK)
    for line in Category.objects.filter(tenant=s.places["street2"].tenant):
        Category.objects.filter(pk=line.pk).update(name=f"{MARK}{line.key}")
    Post.objects.filter(place__tenant=s.places["street2"].tenant).update(phone="0391-7979797")
    tenants.bump(s.county.pk)


def life(s: Scene) -> Foreign:
    """Rows of the second subdistrict by the name an address has for them."""
    mark(s)
    tenant, unit, grid = s.places["street2"].tenant, s.units["u9"].pk, s.places["grid9"].pk
    asked = {"words": f"{MARK}灯不亮", "unit": unit, "phone": "19900009999", "name": MARK}
    one, two = s.start("officer9", asked), s.start("officer9", {**asked, "words": f"{MARK}路灯黑了", "phone": "19900008888"})
    s.step("desk2", two.id, "merge_into", {"into": one.id, "say": MARK})
    worked = s.start("officer9", {"words": f"{MARK}水管", "unit": unit})
    s.step("officer9", worked.id, "call_up", {"tried": MARK, "asks": MARK})
    s.step("desk2", worked.id, "accept")
    s.step("desk2", worked.id, "call_for_help", {"agencies": [s.posts["agency2"].pk], "what": MARK})
    s.step("desk2", worked.id, "ask_extension", {"reason": MARK, "until": s.now + timedelta(days=20)})
    s.step("leader2", worked.id, "instruct", {"words": MARK, "by": s.now + timedelta(days=2)})
    s.start("officer9", {"about": "grid", "grid": grid, "words": MARK}, loop="complaints")
    drop = s.start("officer9", {"words": f"{MARK}来话", "grid": grid}, loop="drops")
    due = s.now + timedelta(days=3)
    s.start(
        "center2",
        {"what": MARK, "lead": s.posts["agency2"].pk, "until": due, "place": s.places["grid9"].pk, "level": "subdistrict"},
        loop="commitments",
        step="give",
    )
    s.start("center2", {"kind": "notice", "heading": MARK, "words": MARK}, loop="releases")
    s.start("system", {"place": grid, "source": "signal", "why": MARK}, loop="problems", step="find")
    given = {"actor": s.actor("center2"), "town": s.town, "now": s.now}
    held = meetings.draw_up(s.town.places[s.places["street2"].pk], door="test", **given)
    meetings.add_point(held, MARK, **given)
    made_errand = errand(s, "center2", "grid9", what=MARK, paper=MARK, approver=MARK)
    joins.find_joins(community=s.places["community2"], now=s.now)
    plan = plans.draft(s.town.places[s.places["community2"].pk], {}, door="test", **given)
    teams.end_holding(holding=Holding.objects.get(post=s.posts["head9"]), to_at=s.now, now=s.now)
    vacancies(town=s.town, now=s.now)
    handing.keep_up([s.posts["head9"].pk], town=s.town, now=s.now, door="test")
    group_actions.set_up(grid, actor=s.actor("instructor9"), town=s.town, now=s.now)
    Post.objects.filter(place=grid, kind="party_group").update(name=MARK)
    tenants.bump(s.county.pk)
    s.start("instructor9", {"grid": grid, "what": MARK, "until": due}, loop="group_tasks")
    Tenant.objects.filter(pk=tenant.pk).update(settings={gaps.SINCE: "2026-01-01"})
    gaps.renew(town=s.town, now=s.now)
    sheet = begin(tenant=tenant, source=MARK, user=None, name="x", digest="", columns={}, is_dry=True, is_anew=False, now=s.now)
    photo = Attachment.objects.create(user=s.users["officer9"], item=one.id, seq=1, sha="0" * 64, mime="image/jpeg", size=3, at=s.now)
    told = Nudge.objects.create(item_id=one.id, post=s.posts["officer9"], kind="told", due_at=s.now, at=s.now)
    view = SavedView.objects.create(user=s.users["officer9"], loop="matters", name=MARK, query="late=1")
    return {
        "item": list({item.loop: item.pk for item in Item.objects.filter(subdistrict=s.places["street2"].pk).order_by("-pk")}.values()), "drop": [drop.id],
        "community": [s.places["community2"].pk], "unit": [unit], "grid": [grid], "place": [s.places["community2"].pk], "plan": [plan],
        "checkpoint": [point(s, "grid9", "center2", spot=MARK, items=MARK).row.pk], "campaign": [campaign(s, "center2", name=MARK).pk],
        "errand": [made_errand], "walk": [walk(s, "leader2", "grid9").pk], "job": [sheet.pk], "door": [door(s, "u9").pk], "file": [photo.pk],
        "reporter": list(Reporter.objects.filter(item__subdistrict=s.places["street2"].pk).values_list("pk", flat=True)),
        "post": [s.posts["agency2"].pk],
        "handover": list(Handover.objects.filter(item__subdistrict=s.places["street2"].pk).values_list("pk", flat=True)), "user": [s.users["officer9"].pk],
        "nudge": [told.pk], "view": [view.pk], "category": [Category.objects.filter(tenant=tenant).values_list("pk", flat=True)[0]],
    }  # fmt: skip
