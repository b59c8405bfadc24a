"""Reports that come by themselves: once each, only when the lake is ready, and after an outage no flood."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from jieban.analytics import lake as lakes
from jieban.analytics import sync
from jieban.analytics.periodic import KINDS
from jieban.analytics.periodic.models import Report
from jieban.portal import reporting
from tests import factories, verbs
from tests.factories import AT, ZONE

pytestmark = pytest.mark.django_db
# A Tuesday, six in the morning; AT is the Monday before.
SIX = datetime(2026, 3, 3, 6, 0, tzinfo=ZONE)


@pytest.fixture
def toy(db):
    toy = factories.a_loaded_city("toy")
    verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", at=AT)
    return toy


def synced(toy, at: datetime) -> None:
    sync.sync(lakes.home(), at=at, loaded=toy)


def made() -> list[tuple[str, str, str, date]]:
    return list(Report.objects.order_by("pk").values_list("kind", "scope", "code", "until"))


def test_without_a_lake_nothing_is_made(toy):
    assert reporting.once(at=SIX) == 0


def test_what_is_due_is_made_once_the_most_read_ones_first(toy):
    synced(toy, SIX)
    assert reporting.once(at=SIX, most=2, stopped=lambda: True) == 0
    assert reporting.once(at=SIX, most=2) == 2
    assert made() == [("daily", "city", "", date(2026, 3, 2)), ("daily", "city", "", date(2026, 3, 1))]
    assert reporting.once(at=SIX, most=1) == 1
    assert made()[-1] == ("daily", "city", "", date(2026, 2, 28))
    assert Report.objects.filter(made_by=None, lake=SIX).count() == 3


def test_every_plan_is_made_of_every_unit(toy):
    found = {(plan.kind, plan.scope, code) for plan, code, _ in reporting.waiting(toy.pack, SIX, SIX, 1000)}
    assert {code for kind, _, code in found if kind == "street"} == {"mill", "hill"}
    assert {code for kind, _, code in found if kind == "trade"} == {c.code for c in toy.pack.children("")}
    assert {code for kind, scope, code in found if kind == "daily"} == {"", "north"}
    assert {kind for kind, _, _ in found} == set(KINDS)


def test_a_day_that_the_lake_does_not_hold_to_its_end_waits(toy):
    synced(toy, SIX - timedelta(hours=7))
    reporting.once(at=SIX, most=1)
    assert made() == [("daily", "city", "", date(2026, 3, 1))]
    synced(toy, SIX)
    reporting.once(at=SIX, most=1)
    assert made()[-1] == ("daily", "city", "", date(2026, 3, 2))


def test_after_a_long_outage_three_days_are_caught_up_not_thirty(toy):
    later = SIX + timedelta(days=30)
    found = [
        period.until
        for plan, _, period in reporting.waiting(toy.pack, later, later, 1000)
        if (plan.kind, plan.scope) == ("daily", "city")
    ]
    assert found == [date(2026, 4, 1), date(2026, 3, 31), date(2026, 3, 30)]


def test_the_hotline_centre_signs(toy):
    assert reporting.issuer(toy.pack) == "Littleton Call Centre"
