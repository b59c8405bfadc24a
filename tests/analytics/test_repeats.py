"""What comes again, counted by hand and by the database; and on PostgreSQL by the index, at fifty thousand orders."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.analytics import repeats, signals
from jieban.analytics.repeats import Point, Returned
from jieban.city.oversight import HAND
from jieban.core import crypto
from jieban.handling.letters import Letter
from jieban.handling.supervision import Demand, issue
from jieban.orders.models import Assignment, Order
from tests import factories, verbs
from tests.factories import AT, ZONE

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ONE, TWO = "13800000001", "13800000002"
MILL = verbs.lead("mill")
WITHIN = timedelta(days=60)


@pytest.fixture
def boss(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


def came(toy, days: float, phone: str = ONE, **columns) -> Order:
    """An order about a pothole at Weaver Court that came so many days ago."""
    at = AT - timedelta(days=days)
    contact = factories.a_contact(phone=phone, at=at)
    return verbs.dispatched(toy, MILL, at=at, contact=contact, **{"place": "e1", **columns})


def numbers(phone: str) -> list[str]:
    return [crypto.index(phone)]


def test_caller_and_matter_are_counted_in_three_spans(toy, boss):
    order = came(toy, 0)
    came(toy, 10), came(toy, 80, category="0102"), came(toy, 300, place="r1"), came(toy, 400)
    came(toy, 5, TWO)
    caller = repeats.by_caller(order, numbers(ONE), boss, at=AT)
    matter = repeats.by_matter(order, boss, at=AT)
    assert (caller.days30, caller.days90, caller.days365, caller.callers) == (1, 2, 3, 1)
    assert (matter.days30, matter.days90, matter.days365, matter.callers) == (2, 2, 2, 2)
    whole = repeats.of_numbers(numbers(ONE), at=AT)
    assert (whole.days30, whole.days365, bool(whole)) == (2, 4, True)


def test_what_the_citizen_said_is_told_with_it(toy, boss):
    order = came(toy, 0)
    solved, unsolved = (verbs.asked(toy, MILL, at=AT - 20 * DAY, place="e1") for _ in range(2))
    verbs.say(toy, solved, at=AT - 19 * DAY)
    verbs.say(toy, unsolved, solved="no", satisfied="no", at=AT - 19 * DAY)
    matter = repeats.by_matter(order, boss, at=AT)
    assert (matter.solved, matter.unsolved) == (1, 1)


def test_a_unit_counts_only_what_it_may_see(toy):
    order = came(toy, 0)
    verbs.dispatched(
        toy, verbs.lead("hill"), at=AT - DAY, contact=factories.a_contact(phone=ONE), place="e1",
        street_id=toy.unit_ids["hill"],
    )  # fmt: skip
    seen = [repeats.by_caller(order, numbers(ONE), verbs.clerk(code), at=AT).days30 for code in ("mill", "hill")]
    assert seen == [0, 1]


def test_without_number_or_place_nothing_is_claimed(toy, boss):
    order = came(toy, 0, "", place="")
    came(toy, 1, "", place="")
    assert not repeats.by_caller(order, [""], boss, at=AT)
    assert not repeats.by_matter(order, boss, at=AT)


def test_points_are_counted_month_by_month_in_the_citys_own_time(toy, boss):
    """31 January 23:30 in Shanghai is January there, whatever the database thinks."""
    edges = ("2026-01-31 23:30", "2026-02-01 00:10", "2026-02-10 09:00", "2026-03-01 09:00", "2025-12-31 23:59")
    for n, text in enumerate(edges):
        at = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        contact = factories.a_contact(phone=(ONE, TWO)[n % 2], at=at)
        last = verbs.dispatched(toy, MILL, at=at, contact=contact, place="e1")
    came(toy, 1, place="r1")
    found = repeats.points(boss, at=AT, zone=ZONE, months=3, least=3)
    march = datetime(2026, 3, 1, 9, tzinfo=ZONE)
    assert found == [Point("0101", "e1", 4, 2, march, (1, 2, 1))]
    assert last.received_at.year == 2025


def test_callers_are_listed_by_how_often_they_came(toy, boss):
    orders = [came(toy, days) for days in (3, 2, 1)]
    came(toy, 1, TWO), came(toy, 1, "")
    found = repeats.callers(boss, at=AT, days=90, least=2)
    assert [(order.pk, n, matters) for order, n, matters in found] == [(orders[-1].pk, 3, 1)]


def solved(toy, at: datetime, phone: str, **columns) -> Order:
    contact = factories.a_contact(phone=phone, at=at)
    order = verbs.asked(toy, MILL, at=at, contact=contact, **columns)
    verbs.say(toy, order, at=at + DAY)
    return order


def test_solved_matters_that_came_back_per_unit(toy, boss):
    start = AT - 50 * DAY
    by_point, by_number = solved(toy, start, ONE, place="e1"), solved(toy, start, TWO, place="r1")
    stayed, late = solved(toy, start, "13800000005", place="c1"), solved(toy, start - 90 * DAY, ONE, place="")
    came(toy, 40, "13800000009"), came(toy, 30, TWO, place="")
    came(toy, 30, "13800000005", place="", category="0102")
    period = {"since": start - 100 * DAY, "until": AT, "within": WITHIN}
    assert repeats.returned(boss, **period) == [Returned(toy.unit_ids["mill"], 2, 4)]
    opened = repeats.returned_orders(boss, unit=toy.unit_ids["mill"], **period)
    assert {part.order_id for part in opened} == {by_point.pk, by_number.pk}
    assert {stayed.pk, late.pk} & {part.order_id for part in opened} == set()
    assert repeats.returned(verbs.clerk("hill"), **period) == []


def test_reads_take_the_same_statements_for_few_and_many(toy, boss):
    def cost() -> int:
        order = Order.objects.latest("pk")
        with CaptureQueriesContext(connection) as seen:
            repeats.by_caller(order, numbers(ONE), boss, at=AT)
            repeats.by_matter(order, boss, at=AT)
            repeats.points(boss, at=AT, zone=ZONE, months=6, least=2)
            repeats.callers(boss, at=AT, days=90, least=2)
            repeats.returned(boss, since=AT - 90 * DAY, until=AT, within=WITHIN)
        return len(seen)

    came(toy, 2), came(toy, 1)
    few = cost()
    for n in range(20):
        came(toy, n / 2, f"1380000{n:04}"), came(toy, n / 2)
    assert cost() == few == 7


def test_signs_are_what_unit_and_citizen_say_differently(toy, boss):
    lied = verbs.asked(toy, MILL, at=AT)
    verbs.say(toy, lied, solved="no", satisfied="no", contacted=False, at=AT + 5 * HOUR)
    fine = verbs.asked(toy, MILL, at=AT)
    verbs.say(toy, fine, at=AT + 5 * HOUR)
    silent = verbs.dispatched(toy, MILL)
    issue([Demand(silent, HAND, limit="2h")], by=boss, at=AT, loaded=toy)
    late = AT + 8 * DAY
    found = {kind: [s.order.pk for s in signals.signs(kind, since=AT, at=late)] for kind in signals.KINDS}
    assert {kind: set(pks) for kind, pks in found.items()} == {
        "untrue": {lied.pk}, "uncontacted": {lied.pk}, "no_proof": {lied.pk}, "silent": {silent.pk},
        "overdue": {silent.pk, lied.pk},
    }  # fmt: skip
    assert Letter.objects.count() == 1


MANY = """
INSERT INTO jieban_contact (source, source_id, channel, at, appellant, name, phone, phone_index, credit_code,
    firm, anonymous, hide_name, sms, call_window, words, recording)
SELECT 'many', n::text, 'phone', %(at)s - (n %% 400) * interval '1 day', 'person', ''::bytea, ''::bytea,
    lpad((n %% 20000)::text, 64, '0'), ''::bytea, ''::bytea, false, true, true, '', '', ''
FROM generate_series(1, 50000) n;
INSERT INTO jieban_order (number, contact_id, state, round, received_at, channel, title, content, kind, category,
    urgency, address, place, owner, suggested, dispatch, attempts, solved, satisfied, confidential, supervised,
    escalated, whistled, pack_id, entries_count, head, moved_at)
SELECT 'M' || c.source_id, c.id, 'closed', 1, c.at, 'phone', '', '', '', lpad((c.id %% 300)::text, 6, '0'), '', '',
    'p' || (c.id %% 3000), '', '{}', '{}', 0, '', '', false, false, false, false, %(pack)s, 0, '', c.at
FROM jieban_contact c WHERE c.source = 'many';
"""


@pytest.mark.postgres
@pytest.mark.django_db
def test_fifty_thousand_orders_are_found_by_their_indexes(toy, boss):
    order = came(toy, 0)
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"at": AT, "pack": order.pack_id})
        cursor.execute("ANALYZE")

    def plan(found) -> str:
        return str(found.explain())

    year = Order.objects.filter(received_at__gte=AT - 365 * DAY, received_at__lte=AT)
    by_number = plan(year.filter(contact__phone_index__in=numbers(ONE)))
    by_point = plan(year.filter(place=order.place, category=order.category))
    leads = Assignment.objects.filter(order=order)
    assert ("Seq Scan on jieban_order" in by_number, "Seq Scan on jieban_contact" in by_number) == (False, False)
    assert ("order_point" in by_point or "jieban_orde_categor" in by_point, "Seq Scan" in by_point) == (True, False)
    assert repeats.by_matter(order, boss, at=AT).days365 == 0
    assert leads.count() == 1
