"""The three rates from answers in the database; every number opens exactly its orders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.appraisal import queries, rules
from jieban.appraisal.queries import EXPLAINED, FULL, MISSED, OUT_OF, PART, Period
from jieban.callback import actions as callback
from jieban.city.terms import Callbacks
from jieban.core.errors import BadInput
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR
WEEK = Period(AT, AT + timedelta(days=7))
MILL = Target("mill", LEAD)


@pytest.fixture
def leader(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


def said(toy, *, at=CALL, units=(MILL,), hours: float = 0.5, **answers) -> Order:
    """An order answered at callback; the unit contacted the citizen after `hours`."""
    order = verbs.asked(toy, *units, urgency="24h", hours=hours)
    verbs.say(toy, order, at=at, **answers)
    return order


def standing(leader, unit: str = "mill", period: Period = WEEK) -> rules.Standing:
    return next(one for one in queries.rates(period, actor=leader, enough=5) if one.unit == unit)


def test_rates_count_answers_with_partial_scores(toy, leader):
    for solved, satisfied in (("yes", "yes"), ("yes", "mostly"), ("part", "none"), ("no", "no")):
        said(toy, solved=solved, satisfied=satisfied)
    found = standing(leader)
    assert (found.n, found.unreached) == (4, 0)
    assert found.response == rules.Rate(4.0, 4, 4, 0)
    assert found.resolution == rules.Rate(2.5, 4, 2, 1)
    assert found.satisfaction == rules.Rate(pytest.approx(1.8), 3, 1, 1)
    assert found.composite == pytest.approx(100 * (0.1 + 0.45 * 2.5 / 4 + 0.45 * 1.8 / 3))


def test_response_is_the_citizens_word_and_the_records_time(toy, leader):
    said(toy, hours=0.5, contacted=True)
    said(toy, hours=0.5, contacted=None)
    said(toy, hours=0.5, contacted=False)
    said(toy, hours=2.5, at=CALL + HOUR)
    assert standing(leader).response == rules.Rate(2.0, 4, 2, 0)


def test_unreached_citizen_counts_for_response_only(toy, leader):
    order = verbs.asked(toy, MILL, urgency="24h", hours=0.5)
    callback.give_up([order], by=verbs.RULE, at=CALL)
    found = standing(leader)
    assert (found.n, found.unreached, found.response.out_of) == (1, 1, 1)
    assert (found.resolution.out_of, found.satisfaction.out_of, found.composite) == (0, 0, None)


def test_last_result_of_the_period_counts_when_there_were_several(toy, leader):
    order = said(toy, solved="no", satisfied="no")
    assert standing(leader).resolution == rules.Rate(0.0, 1, 0, 0)
    verbs.contact(verbs.parts(order), at=CALL + HOUR)
    verbs.finish(verbs.parts(order), at=CALL + 2 * HOUR)
    again = Order.objects.get(pk=order.pk)
    callback.open([again], by=verbs.RULE, at=CALL + 3 * HOUR, loaded=toy)
    verbs.say(toy, again, at=CALL + 4 * HOUR)
    assert standing(leader).resolution == rules.Rate(1.0, 1, 1, 0)
    first_only = Period(AT, CALL + 4 * HOUR)
    assert standing(leader, period=first_only).resolution == rules.Rate(0.0, 1, 0, 0)


def test_period_takes_its_begin_and_leaves_its_end(toy, leader):
    said(toy, at=CALL)
    assert len(queries.rates(Period(CALL, CALL + HOUR), actor=leader, enough=5)) == 1
    assert queries.rates(Period(AT, CALL), actor=leader, enough=5) == []


def test_excluded_and_terminated_orders_are_left_out(toy, leader):
    kept, out = said(toy), said(toy)
    factories.walk(Order.objects.get(pk=out.pk), "exclude", by=leader, at=CALL + HOUR, changes={"excluded": True})
    assert standing(leader).n == 1
    behind = queries.orders_behind(WEEK, unit=toy.unit_ids["mill"], rate=rules.RESPONSE, actor=leader)
    assert list(behind) == [kept]


def test_assistants_are_scored_and_told_units_are_not(toy, leader):
    said(toy, units=(MILL, Target("hill", ASSIST), Target("water", NOTICE)))
    assert sorted(one.unit for one in queries.rates(WEEK, actor=leader, enough=5)) == ["hill", "mill"]


def test_small_samples_have_no_rank(toy, leader):
    for _ in range(5):
        said(toy)
    said(toy, units=(Target("hill", LEAD),))
    found = {one.unit: (one.enough, one.rank) for one in queries.rates(WEEK, actor=leader, enough=5)}
    assert found == {"mill": (True, 1), "hill": (False, None)}


def test_unit_sees_itself_and_what_is_below(toy):
    said(toy)
    said(toy, units=(Target("hill", LEAD),))
    district = factories.an_actor(Role.DISTRICT, verbs.unit("north"))
    assert [one.unit for one in queries.rates(WEEK, actor=verbs.clerk("hill"), enough=5)] == ["hill"]
    assert sorted(one.unit for one in queries.rates(WEEK, actor=district, enough=5)) == ["hill", "mill"]
    assert queries.rates(WEEK, actor=factories.an_actor(Role.ADMIN, verbs.unit("hall")), enough=5) == []


def test_kind_and_subtree_narrow_the_list(toy, leader):
    said(toy)
    said(toy, units=(Target("water", LEAD),))
    streets = queries.rates(WEEK, actor=leader, enough=5, kind="street")
    north = queries.rates(WEEK, actor=leader, enough=5, under="north/")
    assert [one.unit for one in streets] == [one.unit for one in north] == ["mill"]


def test_every_number_opens_exactly_its_orders(toy, leader):
    for solved, satisfied, contacted in (
        ("yes", "yes", True), ("part", "mostly", None), ("no", "no", False), ("yes", "none", True), ("part", "", True),
        ("explained", "yes", True),
    ):  # fmt: skip
        said(toy, solved=solved, satisfied=satisfied, contacted=contacted)
    said(toy, hours=2.5, at=CALL + HOUR)
    lost = verbs.asked(toy, MILL, urgency="24h", hours=0.5)
    callback.give_up([lost], by=verbs.RULE, at=CALL)
    said(toy, units=(Target("hill", LEAD),))
    found = standing(leader)
    for name in rules.RATES:
        rate = found.rate(name)
        counts = {
            which: queries.orders_behind(WEEK, unit=found.unit_id, rate=name, which=which, actor=leader).count()
            for which in queries.WHICH
        }
        missed = rate.out_of - rate.full - rate.part - rate.explained
        assert counts == {
            OUT_OF: rate.out_of, FULL: rate.full, PART: rate.part, EXPLAINED: rate.explained, MISSED: missed
        }  # fmt: skip
    assert found.response == rules.Rate(6.0, 8, 6, 0)
    assert found.resolution == rules.Rate(4.0, 7, 3, 2, 1)


def test_scores_are_those_of_the_pack(toy, leader):
    for solved, satisfied in (("part", "mostly"), ("explained", "mostly"), ("yes", "yes")):
        said(toy, solved=solved, satisfied=satisfied)
    terms = Callbacks(
        solved={"yes": 1, "part": 0.25, "explained": 0.5, "no": 0}, satisfied={"yes": 1, "mostly": 0.5, "no": 0}
    )
    [own] = queries.rates(WEEK, actor=leader, enough=5, scheme=rules.scored_by(terms))
    assert (own.resolution.reached, own.satisfaction.reached) == (1.75, 2.0)
    assert rules.scored_by(terms).note == "示例，非官方"


def test_unknown_number_is_refused(leader):
    with pytest.raises(BadInput):
        queries.orders_behind(WEEK, unit=1, rate="speed", actor=leader)


def test_rates_are_one_query_however_many(toy, leader, django_assert_num_queries):
    for size in (1, 8):
        for _ in range(size):
            said(toy)
        with django_assert_num_queries(1):
            queries.rates(WEEK, actor=leader, enough=5)
