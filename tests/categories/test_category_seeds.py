"""Seeds: what a new tenant starts with."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hawthorn.categories import actions, seeds
from hawthorn.categories.models import TIERS, CalendarDay, Category, Policy
from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.errors import Refused
from hawthorn.tenants.models import Tenant

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def tenant(bare: None) -> Tenant:
    county = Tenant.objects.create(code="410803", name="中站区")
    return Tenant.objects.create(code="410803005", name="龙洞街道", county=county)


def test_every_preset_has_the_shape_of_a_policy_with_limits_that_can_be_read() -> None:
    for code, preset in seeds.presets().items():
        assert preset["source"], code
        assert preset["status"], code
        assert len(preset["source"]) <= 200
        assert tuple(preset["tiers"]) == TIERS
        for limits in preset["tiers"].values():
            assert [Limit.parse(limits[name]).amount > 0 for name in ("accept", "respond", "promise")]
        assert all(Limit.parse(limit).amount > 0 for limit in preset["stages"].values())
        assert preset["stages"].keys() == seeds.presets()["demo"]["stages"].keys()


def test_the_demo_preset_is_the_one_agreed() -> None:
    tiers = seeds.presets()["demo"]["tiers"]
    assert Limit.parse(tiers["urgent"]["accept"]).label() == "30 分钟"
    assert Limit.parse(tiers["livelihood"]["respond"]).label() == "4 个工作小时"
    assert Limit.parse(tiers["ordinary"]["promise"]).label() == "7 天"
    assert Limit.parse(tiers["complex"]["respond"]).label() == "2 个工作日"


def test_the_catalogues_hold_what_the_sources_hold() -> None:
    lines = seeds.categories("demo")
    count = {name: sum(line["catalogue"] == name for line in lines) for name in ("city", "dispute", "service")}
    assert count == {"city": 403, "dispute": 79, "service": 13}
    assert len({line["key"] for line in lines}) == len(lines)
    by_key = {line["key"]: line for line in lines}
    assert by_key["m01011"]["tier"] == by_key["m10002"]["tier"] == "urgent"
    assert by_key["m01037"]["tier"] == "livelihood"
    assert by_key["m06001"]["tier"] == "complex"
    assert by_key["s901"]["name"] == "帮办代办"
    assert by_key["d0199"]["name"] == "其他婚恋家庭纠纷"
    assert not any(line["is_public"] for line in lines if line["catalogue"] == "dispute")


def test_a_tenant_is_seeded_once_and_its_county_is_told(tenant: Tenant) -> None:
    before = Tenant.objects.get(code="410803").revision
    assert actions.seed_tenant(tenant, "demo", now=NOW) == 403 + 79 + 13 + 1 + len(seeds.calendar_days())
    after = Tenant.objects.get(code="410803").revision
    assert after != before
    assert CalendarDay.objects.get(tenant=tenant, on=date(2026, 2, 14)).kind == "work"
    assert Policy.objects.get(tenant=tenant).timetable == [["08:00", "12:00"], ["14:00", "18:00"]]
    Category.objects.filter(tenant=tenant, key="m01037").update(name="本地叫法")
    assert actions.seed_tenant(tenant, "jinan-hotline", now=NOW) == 0
    assert Policy.objects.get(tenant=tenant).preset == "demo"
    assert Category.objects.get(tenant=tenant, key="m01037").name == "本地叫法"
    assert Tenant.objects.get(code="410803").revision == after


def test_a_preset_may_bring_limits_of_single_categories(tenant: Tenant) -> None:
    actions.seed_tenant(tenant, "city-mgmt-example", now=NOW)
    assert Category.objects.get(tenant=tenant, key="m06010").limits == {"promise": ["work_hours", 4]}


def test_an_unknown_preset_is_refused(tenant: Tenant) -> None:
    with pytest.raises(Refused):
        actions.seed_tenant(tenant, "no-such", now=NOW)
    assert not Category.objects.exists()
