"""Results of the record: which count in a period, and which of them make up a number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.appraisal import queries
from jieban.appraisal.queries import Period
from jieban.callback import actions as callback
from jieban.core.errors import BadInput
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.appraisal import record
from tests.factories import AT

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR
WEEK = Period(AT, AT + timedelta(days=7))
MILL = Target("mill", LEAD)


def said(toy, *, at=CALL, units=(MILL,), hours: float = 0.5, **answers) -> Order:
    """An order answered at callback; the unit contacted the citizen after `hours`."""
    order = verbs.asked(toy, *units, urgency="24h", hours=hours)
    verbs.say(toy, order, at=at, **answers)
    return order


def numbers(rate: str, unit: str = "mill", period: Period = WEEK) -> tuple[int, ...]:
    """All, full, in part, explained and missed."""
    return tuple(record.rates(period)[unit][f"{rate}_{which}"] for which in queries.WHICH)


def test_answers_are_told_apart(toy):
    for solved, satisfied in (("yes", "yes"), ("yes", "mostly"), ("part", "none"), ("no", "no"), ("explained", "yes")):
        said(toy, solved=solved, satisfied=satisfied)
    assert numbers("response") == (5, 5, 0, 0, 0)
    assert numbers("resolution") == (5, 2, 1, 1, 1)
    assert numbers("satisfaction") == (4, 2, 1, 0, 1)


def test_response_is_the_citizens_word_and_the_records_time(toy):
    said(toy, hours=0.5, contacted=True)
    said(toy, hours=0.5, contacted=None)
    said(toy, hours=0.5, contacted=False)
    said(toy, hours=2.5, at=CALL + HOUR)
    assert numbers("response") == (4, 2, 0, 0, 2)


def test_unreached_citizen_counts_for_response_only(toy):
    order = verbs.asked(toy, MILL, urgency="24h", hours=0.5)
    callback.give_up([order], by=verbs.RULE, at=CALL)
    assert [numbers(rate)[0] for rate in ("response", "resolution", "satisfaction")] == [1, 0, 0]
    assert record.rates(WEEK)["mill"]["unreached"] == 1


def test_last_result_of_the_period_counts_when_there_were_several(toy):
    order = said(toy, solved="no", satisfied="no")
    verbs.contact(verbs.parts(order), at=CALL + HOUR)
    verbs.finish(verbs.parts(order), at=CALL + 2 * HOUR)
    again = Order.objects.get(pk=order.pk)
    callback.open([again], by=verbs.RULE, at=CALL + 3 * HOUR, loaded=toy)
    verbs.say(toy, again, at=CALL + 4 * HOUR)
    assert numbers("resolution") == (1, 1, 0, 0, 0)
    assert numbers("resolution", period=Period(AT, CALL + 4 * HOUR)) == (1, 0, 0, 0, 1)


def test_period_takes_its_begin_and_leaves_its_end(toy):
    said(toy, at=CALL)
    assert list(record.rates(Period(CALL, CALL + HOUR))) == ["mill"]
    assert record.rates(Period(AT, CALL)) == {}


def test_assignments_with_a_ground_are_left_out(toy):
    said(toy)
    out = said(toy)
    factories.walk(verbs.parts(out)[0], "leave_out", at=CALL + HOUR, changes={"ground": "storm"})
    assert record.rates(WEEK)["mill"]["n"] == 1
    assert queries.given(WEEK).count() == 2


def test_assistants_count_and_told_units_do_not(toy):
    said(toy, units=(MILL, Target("hill", ASSIST), Target("water", NOTICE)))
    assert sorted(record.rates(WEEK)) == ["hill", "mill"]


def test_unit_sees_itself_and_what_is_below(toy):
    said(toy)
    said(toy, units=(Target("hill", LEAD),))
    district = factories.an_actor(Role.DISTRICT, verbs.unit("north"))
    nobody = factories.an_actor(Role.ADMIN, verbs.unit("hall"))
    seen = [sorted(record.rates(WEEK, queries.seen(who))) for who in (verbs.clerk("hill"), district, nobody)]
    assert seen == [["hill"], ["hill", "mill"], []]


@pytest.mark.parametrize(("rate", "which"), [("speed", "full"), ("resolution", "best")])
def test_unknown_number_is_refused(rate, which):
    with pytest.raises(BadInput):
        queries.test(rate, which)
