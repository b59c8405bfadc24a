"""Units hear of a limit once before it and once when it has passed; nobody is woken for what can wait."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.accounts.actor import Role
from jieban.city import alerts
from jieban.dispatch.rules import LEAD, NOTICE, Target
from jieban.handling import actions, tasks, time
from jieban.orders.models import Assignment, Attachment, Entry, Message
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, parts

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
MILL = Target("mill", LEAD)


def heard(part: Assignment) -> list[tuple[str, str, bool, str]]:
    """What was said about a part: to whom, of which clock, whether late, and when it appears."""
    rows = Message.objects.filter(order=part.order, topic__in=("due_soon", "overdue")).select_related("unit")
    return [(m.unit.code, m.body["clock"], m.body["late"], m.after) for m in rows.order_by("pk")]


def now(part: Assignment) -> Assignment:
    return Assignment.objects.get(pk=part.pk)


def test_each_limit_is_told_once_before_and_once_after(toy):
    """A 24-hour order: signing within 1 h, first contact within 2 h, warning 4 h before, inner clock after 19 h 12."""
    part = parts(verbs.dispatched(toy, MILL, urgency="24h"))[0]
    at = AT
    while at <= AT + 25 * HOUR:
        tasks.warn(at=at)
        at += 6 * MINUTE
    seen = [(clock, late) for unit, clock, late, _ in heard(part) if unit == "mill"]
    assert seen == [
        ("sign", False), ("respond", False), ("sign", True), ("respond", True), ("inner", True), ("handle", False),
        ("handle", True),
    ]  # fmt: skip
    assert [(clock, late) for unit, clock, late, _ in heard(part) if unit == "north"] == [
        ("sign", True), ("respond", True), ("handle", True),
    ]  # fmt: skip
    assert (now(part).warned, now(part).warn_at) == ("handle-late", None)
    assert verify().broken == []


def test_what_is_done_is_no_longer_warned_of(toy):
    part = parts(verbs.answered(toy, MILL, urgency="24h", hours=0.25))[0]
    assert [tasks.warn(at=AT + n * HOUR) for n in (1, 2, 3)] == [0, 0, 0]
    assert (heard(part), now(part).warn_at) == ([], AT + timedelta(hours=19, minutes=12))
    assert Entry.objects.filter(order=part.order, move="warn").count() == 0
    verbs.finish([now(part)], at=AT + 4 * HOUR)
    assert now(part).warn_at is None
    assert tasks.warn(at=AT + 2 * DAY) == 0


def test_a_worker_that_slept_says_only_the_last_of_each_clock(toy):
    part = parts(verbs.dispatched(toy, MILL, urgency="24h"))[0]
    assert tasks.warn(at=AT + 30 * HOUR) == 1
    assert sorted((clock, late) for unit, clock, late, _ in heard(part) if unit == "mill") == [
        ("handle", True), ("inner", True), ("respond", True), ("sign", True),
    ]  # fmt: skip
    assert (
        Entry.objects.get(order=part.order, move="warn").records["clock"]
        == "sign-late、respond-late、inner-late、handle-late"
    )


def test_the_section_at_work_hears_too(toy):
    part = parts(verbs.answered(toy, MILL, urgency="24h", hours=0.25))[0]
    actions.hand_down([part], to=verbs.unit("c1"), instruction="去看看", by=clerk("mill"), at=AT + HOUR)
    tasks.warn(at=AT + 20 * HOUR)
    assert sorted(unit for unit, clock, _, _ in heard(part) if clock == "inner") == ["c1", "mill"]


def test_a_resting_clock_and_a_unit_only_told_hear_nothing(toy):
    order = verbs.answered(toy, MILL, urgency="24h", hours=0.25)
    told = parts(verbs.dispatched(toy, MILL, Target("hill", NOTICE), urgency="24h"))[1]
    part = parts(order)[0]
    proof = Attachment(name="停工通知.pdf", mime="application/pdf", size=3, sha256="a" * 64)
    centre = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    rest = {"cause": "等待专项检测结果", "until": AT + 3 * DAY, "files": [proof]}
    time.suspend([part], by=centre, at=AT + HOUR, loaded=toy, **rest)
    tasks.warn(at=AT + 30 * HOUR)
    assert heard(part) == []
    assert [unit for unit, _, _, _ in heard(told) if unit == "hill"] == []


def test_at_night_only_a_short_limit_is_heard(toy):
    evening = AT.replace(hour=22)
    short = parts(verbs.dispatched(toy, MILL, urgency="2h", at=evening))[0]
    long = parts(verbs.dispatched(toy, MILL, urgency="7d", at=AT - 7 * DAY + 13 * HOUR))[0]
    tasks.warn(at=evening + 10 * MINUTE)
    tasks.warn(at=evening + 40 * MINUTE)
    morning = AT.replace(day=3, hour=8)
    assert {after for _, _, _, after in heard(long)} == {morning}
    assert {after for _, _, _, after in heard(short)} == {evening + 40 * MINUTE}


def test_rest_that_is_over_goes_on_by_itself(toy):
    part = parts(verbs.answered(toy, MILL, urgency="7d"))[0]
    proof = Attachment(name="停工通知.pdf", mime="application/pdf", size=3, sha256="a" * 64)
    centre = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    rest = {"cause": "等待专项检测结果", "until": AT + 3 * DAY, "files": [proof]}
    time.suspend([part], by=centre, at=AT + DAY, loaded=toy, **rest)
    assert tasks.go_on(at=AT + 3 * DAY - MINUTE, loaded=toy) == 0
    assert tasks.go_on(at=AT + 3 * DAY + HOUR, loaded=toy) == 1
    assert (now(part).state, now(part).handle_due) == ("handling", AT + 9 * DAY)
    assert verify().broken == []


def test_a_batch_takes_as_many_statements_as_one(toy):
    counts = []
    for n in (1, 30):
        for _ in range(n):
            verbs.dispatched(toy, MILL, urgency="24h")
        with CaptureQueriesContext(connection) as seen:
            assert tasks.warn(at=AT + HOUR) == n
        counts.append({"warn": len(seen)})
    assert verbs.does_not_grow(*counts), counts


def test_those_to_warn_are_found_by_their_own_index(toy):
    verbs.dispatched(toy, MILL)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "assignment_warn" in tasks.waiting(at=AT)[:200].explain()


def test_a_warning_never_comes_before_half_the_time_is_gone(toy):
    part = parts(verbs.dispatched(toy, MILL, urgency="2h"))[0]
    near = [one for one in alerts.agenda(part.clock) if not one.late]
    assert [(one.name, one.at - AT) for one in near] == [
        ("sign", 15 * MINUTE), ("respond", 30 * MINUTE), ("handle", 90 * MINUTE),
    ]  # fmt: skip


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_warn_of_the_same():
    toy = factories.a_loaded_city("toy")
    for _ in range(20):
        verbs.dispatched(toy, MILL, urgency="24h")
    told: list[int] = []

    def work() -> None:
        try:
            told.append(tasks.warn(at=AT + HOUR))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == Entry.objects.filter(move="warn").count() == 20
