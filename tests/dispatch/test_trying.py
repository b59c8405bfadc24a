"""A changed catalogue or clock asked about past orders: counted by hand, in two statements, nothing written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jieban.city import editing
from jieban.city import queries as city
from jieban.city.editing import Edit
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch import trying
from jieban.dispatch.trying import Report
from jieban.orders.models import Assignment, Entry, Order
from tests import factories, verbs
from tests.factories import AT

LATER = AT + timedelta(days=20)


def changed(toy: Loaded, *edits: Edit) -> Loaded:
    """The toy pack with these edits, tried from today on."""
    return city.trial(editing.changed_files(city.texts(toy.version_id), edits, AT.date()))


def timed(toy: Loaded, urgency: str, **limits: str) -> Loaded:
    """The toy pack with other limits for an urgency."""
    texts = city.texts(toy.version_id)
    return city.trial({**texts, editing.CLOCKS: editing.limited(texts[editing.CLOCKS], urgency, limits)})


def run(toy: Loaded, tried: Loaded, **limits: int) -> Report:
    """The dry-run over every order of the twenty days."""
    span = {"begin": AT - timedelta(days=1), "end": LATER}
    return trying.run(Order.objects.all(), toy, tried, **span, at=LATER, **limits)


def test_the_same_pack_changes_nothing(toy):
    verbs.replied(toy)
    verbs.dispatched(toy, category="0102")
    report = run(toy, city.trial(city.texts(toy.version_id)))
    assert (report.read, report.moved, report.retimed, report.moves, report.times) == (2, 0, 0, [], [])


def test_orders_that_would_go_elsewhere_are_listed_with_both_lines_and_who_led(toy):
    leak = verbs.dispatched(toy, category="0102")
    by_hand = verbs.dispatched(toy, verbs.lead("mill"), category="0102")
    verbs.dispatched(toy, category="0101")
    report = run(toy, changed(toy, Edit("change", "D3", {"lead": "street"})))
    assert (report.read, report.moved) == (3, 2)
    assert [(m.case.number, m.before.duty, [t.unit for t in m.before.targets], [t.unit for t in m.after.targets], m.led)
            for m in report.moves] == [
        (leak.number, "D3", ["water"], ["mill"], "water"),
        (by_hand.number, "D3", ["water"], ["mill"], "mill"),
    ]  # fmt: skip
    assert (dict(report.into), dict(report.out_of), dict(report.lines)) == (
        {"mill": 2},
        {"water": 2},
        {("D3", "D3"): 2},
    )
    assert (report.right_before, report.right_after) == (1, 1)


def test_a_new_line_takes_the_orders_of_its_topic_alone(toy):
    school = verbs.dispatched(toy, category="010101")
    verbs.dispatched(toy, category="0101")
    cells = {"category": "010101", "owner": "*", "territory": "*", "way": "direct", "lead": "hill", "urgency": "7d",
             "basis": "Ward rules 9"}  # fmt: skip
    report = run(toy, changed(toy, Edit("add", "D9", cells)))
    assert [(m.case.number, m.before.duty, m.after.duty) for m in report.moves] == [(school.number, "D1", "D9")]


def test_an_urgency_that_changes_with_the_line_counts_anew(toy):
    order = verbs.dispatched(toy, category="0102")
    report = run(toy, changed(toy, Edit("change", "D3", {"urgency": "24h"})))
    assert report.moved == 0
    assert {(t.clock, t.unit): t.after - AT for t in report.times} == {
        ("sign", "water"): timedelta(hours=1), ("respond", "water"): timedelta(hours=2),
        ("handle", "water"): timedelta(hours=24), ("answer", ""): timedelta(hours=24),
    }  # fmt: skip
    assert {t.case.number for t in report.times} == {order.number}


def test_an_urgency_that_a_person_set_stays(toy):
    said = {"urgency": {"value": "7d", "chosen": "7d", "accepted": True}}
    verbs.dispatched(toy, category="0102", urgency="7d", suggested=said)
    report = run(toy, changed(toy, Edit("change", "D3", {"urgency": "24h"})))
    assert (report.read, report.retimed) == (1, 0)


def test_a_shorter_limit_makes_those_late_that_took_longer(toy):
    slow, quick = verbs.dispatched(toy), verbs.dispatched(toy)
    for order, days in ((slow, 5), (quick, 2)):
        verbs.contact(verbs.parts(order), at=AT + timedelta(hours=1))
        verbs.finish(verbs.parts(order), at=AT + timedelta(days=days))
    report = run(toy, timed(toy, "7d", handle="4d"))
    late = [t for t in report.times if t.turn == "late"]
    assert (report.retimed, report.late, report.eased) == (2, 1, 0)
    assert {t.case.number for t in late} == {slow.number}
    assert {t.clock for t in late} == {"handle", "answer"}
    assert {t.after - t.before for t in late} == {-timedelta(days=3)}


def test_a_longer_limit_lets_the_late_ones_off_and_what_is_open_counts_until_now(toy):
    verbs.dispatched(toy)
    report = run(toy, timed(toy, "7d", handle="30d"))
    assert (report.late, report.eased) == (0, 1)
    assert [t.done for t in report.times if t.clock == "handle"] == [None, None]


def test_a_limit_of_another_urgency_touches_nothing(toy):
    verbs.dispatched(toy)
    assert run(toy, timed(toy, "2h", handle="1h")).retimed == 0


def test_a_pause_that_was_granted_still_counts(toy):
    order = verbs.answered(toy)
    part = verbs.parts(order)[0]
    begin, end = AT + timedelta(days=1), AT + timedelta(days=3)
    clock = {**part.clock, "pauses": [[begin.isoformat(), end.isoformat(), "suspended"]], "version": -1}
    Assignment.objects.filter(pk=part.pk).update(clock=clock, handle_due=AT + timedelta(days=9))
    report = run(toy, timed(toy, "7d", handle="4d"))
    after = next(t.after for t in report.times if t.clock == "handle" and t.unit == part.unit.code)
    assert after == AT + timedelta(days=6)


def test_orders_outside_the_period_and_those_never_sent_are_left_out(toy):
    factories.an_order(state="pending_dispatch", category="0102")
    verbs.dispatched(toy, at=AT + timedelta(days=30), category="0102")
    assert run(toy, changed(toy, Edit("change", "D3", {"lead": "street"}))).read == 0


def test_the_newest_are_asked_where_there_are_too_many(toy):
    numbers = [verbs.dispatched(toy, at=AT + timedelta(hours=n), category="0102").number for n in range(3)]
    report = run(toy, changed(toy, Edit("change", "D3", {"lead": "street"})), most=2)
    assert [m.case.number for m in report.moves] == numbers[1:]


def test_two_statements_however_many_orders_and_nothing_is_written(toy):
    tried = changed(toy, Edit("change", "D3", {"lead": "street", "urgency": "24h"}))
    counts = []
    for many in (1, 8):
        for _ in range(many):
            verbs.dispatched(toy, category="0102")
        before = list(Order.objects.order_by("pk").values_list("head", "entries_count", "dispatch"))
        entries = Entry.objects.count()
        with CaptureQueriesContext(connection) as seen:
            run(toy, tried)
        counts.append(len(seen))
        assert list(Order.objects.order_by("pk").values_list("head", "entries_count", "dispatch")) == before
        assert Entry.objects.count() == entries
    assert counts == [2, 2]


def test_another_citys_pack_or_one_without_an_urgency_is_refused(toy):
    texts = city.texts(toy.version_id)
    other = city.trial({**texts, "pack.toml": texts["pack.toml"].replace('"littleton"', '"elsewhere"')})
    with pytest.raises(BadInput):
        trying.check(toy, other)
    trying.check(toy, city.trial(texts))
