"""The practice of one subdistrict as a file for another: nothing of persons and places in it, the difference before it is taken over, twice is once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from elsewhere import MARK
from hawthorn.categories import actions as categories
from hawthorn.categories.models import CalendarDay, Category, Lead, Policy, Rule
from hawthorn.gateways import messages_sources, packs, packs_plan, packs_shape
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from make import Scene

LIMITS: dict[str, Any] = {"preset": "x", "source": "y", "tiers": {}, "stages": {}, "timetable": [["08:00", "12:00"]], "danger_words": []}
PHONE, STREET = "139-0000-7979", f"{MARK}路 7 号"


def own(s: Scene) -> Tenant:
    return Tenant.objects.get(pk=s.places["street"].tenant_id)


def other(s: Scene) -> Tenant:
    return Tenant.objects.get(pk=s.places["street2"].tenant_id)


def changed(s: Scene) -> Tenant:
    """The first subdistrict with a practice of its own."""
    tenant = own(s)
    line = Category.objects.get(tenant=tenant, key="m01002")
    categories.put_category(tenant=tenant, catalogue="city", key="m01002", values={"advice": "看清井盖编号", "limits": {"promise": ["days", 3]}}, now=s.now)
    categories.put_policy(tenant, {"danger_words": ["漏气", "井盖不见"]})
    categories.put_rule(tenant, {"name": "水管", "post_id": s.posts["water"].pk, "words": ["水管"]}, user=None, now=s.now)
    categories.put_rule(tenant, {"name": "一处", "post_id": s.posts["water"].pk, "places": [s.places["grid1"].pk]}, user=None, now=s.now)
    categories.put_lead(tenant=tenant, grid=None, category=line, post=s.posts["center"])
    messages_sources.remember(tenant, "12345", ["编号", "内容"], {"outside_number": 0, "words": 1}, s.now)
    tenants.change_tenant(
        tenant, {"brand": "件件有着落", "words": {"mediation": "小白和事"}, "settings": {"accent": "sky", "privacy_contact": MARK, "address": STREET}}
    )
    return own(s)


def taken(s: Scene, pack: packs_shape.Pack, only: set[str] | None = None) -> list[packs_plan.Change]:
    return packs_plan.take_over(pack, other(s), only=only, user=None, now=s.now)


def test_what_was_made_here_comes_out_there_and_the_second_time_there_is_nothing_to_do(s: Scene) -> None:
    pack = packs_shape.read(packs.as_file(packs.pack_of(changed(s), now=s.now)))
    Rule.objects.filter(tenant=other(s)).delete()
    codes = {change.code for change in taken(s, pack)}
    there = other(s)
    assert {"categories:city/m01002", "limits:danger_words", "leads:city/m01002", "sources:12345", "look:brand", "look:mediation", "look:accent"} <= codes
    assert Category.objects.get(tenant=there, key="m01002").limits == {"promise": ["days", 3]}
    assert Policy.objects.get(tenant=there).danger_words == ["漏气", "井盖不见"]
    assert (there.brand, there.words["mediation"], there.settings) == ("件件有着落", "小白和事", {"accent": "sky"})
    assert Lead.objects.get(tenant=there, category__key="m01002").post == s.posts["center2"], "the same kind of post, of the other place"
    assert taken(s, pack) == []


def test_rules_name_kinds_of_posts_and_what_names_a_place_is_left_out_and_said(s: Scene) -> None:
    pack = packs.pack_of(changed(s), now=s.now)
    assert [(rule.name, rule.to.kind, rule.to.name) for rule in pack.rules] == [("水管", "agency", "供水站")]
    assert any("派单规则第 2 条" in words for words in pack.left_out)
    compared = packs_plan.compare(pack, other(s), now=s.now)
    assert any("「水管」" in words for words in compared.cannot), "there is no such agency there"
    assert not [change for change in compared.changes if change.section == "rules"]


def test_only_what_is_ticked_is_taken_and_what_is_only_here_stays(s: Scene) -> None:
    pack = packs.pack_of(changed(s), now=s.now)
    categories.put_category(tenant=other(s), catalogue="service", key="s977", values={"name": "只有这里有"}, now=s.now)
    compared = packs_plan.compare(pack, other(s), now=s.now)
    assert "service/s977 只有这里有" in compared.only_here
    change = next(change for change in compared.changes if change.code == "limits:danger_words")
    assert "井盖不见" not in change.before
    assert [done.code for done in taken(s, pack, {"look:brand"})] == ["look:brand"]
    assert other(s).words == {}
    assert Category.objects.get(tenant=other(s), key="s977").ended_on is None


def test_no_planted_name_number_or_address_of_any_table_is_in_a_pack(s: Scene) -> None:
    tenant = changed(s)
    for word in ("灯不亮", "水管漏"):
        s.start("resident", {"words": word, "unit": s.units["u1"].pk, "phone": "19900001234", "name": "来话"})
    for model in apps.get_models():
        if model.__module__.startswith("hawthorn.") and model._meta.managed and model._meta.model_name not in ("event", "seal"):
            plant(model)
    Tenant.objects.filter(pk=tenant.pk).update(name=f"{MARK}街道", phone=PHONE, settings={"address": STREET, "privacy_contact": MARK, "host": MARK})
    Category.objects.filter(tenant=tenant, key="m01002").update(name="井盖", advice=f"找{MARK}", elsewhere=f"请打 {PHONE}", group="设施")
    CalendarDay.objects.filter(tenant=tenant).update(name=f"{MARK}放假")
    body = packs.as_file(packs.pack_of(Tenant.objects.get(pk=tenant.pk), now=s.now)).decode()
    assert MARK not in body
    assert PHONE[4:] not in body
    assert "19900001234" not in body
    line = json.loads(body)["categories"]["city/m01002"]
    assert (line["advice"], line["elsewhere"], line["name"]) == ("", "", "井盖")


def plant(model: type[models.Model]) -> None:
    """A name, a number and an address in every free text of every row."""
    fields = [
        f.name for f in model._meta.concrete_fields
        if type(f) in (models.CharField, models.TextField) and not f.choices and not f.unique and not f.primary_key and (f.max_length or 999) >= 30
    ]  # fmt: skip
    kept = {"code", "key", "kind", "stage", "loop", "preset", "lacking", "password", "cipher", "catalogue", "field", "step", "username"}
    for row in model._default_manager.all():
        values = {name: f"{MARK}{PHONE}{row.pk}"[: model._meta.get_field(name).max_length or 99] for name in fields if name not in kept}  # type: ignore[union-attr]
        if values:
            model._default_manager.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04", "读不出来"), (b"{", "读不出来"), (b"[1]", "不是经验包"), (b"{}", "不是经验包"), (b'{"hawthorn_pack": 9}', "第 9 版"),
        (b'{"hawthorn_pack": 1, "made_on": "2026-03-02", "people": []}', "people"), (b"[" * 100_000, "读不出来"),
        (b'{"hawthorn_pack": 1, "made_on": "2026-03-02", "brand": "a\\u0000b"}', "读不出来"),
    ],
)  # fmt: skip
def test_a_foreign_or_damaged_file_is_refused_in_plain_words(data: bytes, said: str) -> None:
    with pytest.raises(packs_shape.NotAPack, match=said):
        packs_shape.read(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"categories": {"city/x1": {"name": "坏"}}}, {"categories": {"city/m01002": {"name": "井", "limits": {"promise": ["weeks", 3]}}}},
        {"accent": "red"}, {"words": {"boss": "长"}}, {"calendar": {"2026-13-01": {"kind": "off"}}},
        {"rules": [{"name": "a", "to": {"kind": "agency", "level": "moon"}}]},
        {"limits": LIMITS | {"timetable": [["08:00+08:00", "12:00"]]}}, {"limits": LIMITS | {"timetable": [["14:00", "18:00"], ["08:00", "15:00"]]}},
         {"limits": LIMITS | {"stages": {"vacancy": [["days"], 3]}}},
        {"limits": LIMITS | {"stages": {"vacancy": [{}, 3]}}}, {"limits": LIMITS | {"stages": {"vacancy": ["days", 1e300]}}},
    ],
)  # fmt: skip
def test_a_pack_with_something_that_cannot_be_is_refused_whole(wrong: dict[str, Any]) -> None:
    with pytest.raises(packs_shape.NotAPack, match="有一处不对"):
        packs_shape.read(json.dumps({"hawthorn_pack": 1, "made_on": "2026-03-02"} | wrong).encode())
