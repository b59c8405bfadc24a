"""How an answer came about: hand-written timelines, and lives of the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jieban.analytics import asking, gather, sync
from jieban.analytics.gather import Said, Told, Work
from jieban.analytics.lake import Lake
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.handling import reckoning
from jieban.orders.models import Attachment, Order
from tests import factories, verbs
from tests.analytics.test_sync import rows
from tests.factories import AT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(*entries: tuple[Any, ...]) -> list[Told]:
    """(hours, move, number of the assignment, what else it tells) as entries."""
    plain = {"why": False, "lead": False, "touched": False, "shown": False, "regraded": False}
    return [
        Told(order=1, move=move, at=AT + hours * HOUR, part=part, **{**plain, **(more[0] if more else {})})
        for hours, move, part, *more in entries
    ]


def work(no: int = 1, round_no: int = 1, **other: Any) -> Work:
    plain = dict.fromkeys(Work._fields) | {
        "no": no,
        "round": round_no,
        "role": "lead",
        "state": "completed",
        "ground": "",
        "unit": no,
    }
    return Work(**{**plain, **other})


def said(hours: float, round_no: int = 1) -> Said:
    return Said(**dict.fromkeys(Said._fields) | {"at": AT + hours * HOUR, "round": round_no})


TOUCHED, SHOWN, REGRADED = {"touched": True}, {"shown": True}, {"regraded": True}
# Two units lead; the first is asked about twice. Its second round begins at the very moment of the first answer.
LIFE = told(
    (0, "dispatch", None),
    (0.5, "reclassify", None, REGRADED),
    (1, "sign", 1),
    (1, "respond", 1, TOUCHED),
    (2, "respond", 2, TOUCHED),
    (3, "complete", 1, SHOWN),
    (4, "complete", 2),
    (20, "redo", 1),
    (21, "reclassify", None, REGRADED),
    (30, "outside_report", 1, TOUCHED),
    (31, "complete", 1),
    (60, "note", 1, TOUCHED),
)


def test_an_answer_knows_what_lay_before_it_in_its_round():
    first = asking.before(said(20), work(round_no=2), LIFE)
    assert first == (AT + 3 * HOUR, AT + HOUR, True, True, False)
    second = asking.before(said(50, 2), work(round_no=2), LIFE)
    assert second == (AT + 31 * HOUR, AT + 30 * HOUR, False, False, True)


def test_another_unit_has_its_own_reply_and_contact():
    other = asking.before(said(20), work(2), LIFE)
    assert other == (AT + 4 * HOUR, AT + 2 * HOUR, False, True, False)
    assert asking.before(said(0.2), work(3), LIFE) == (None, None, False, False, False)


def test_a_round_is_counted_from_the_one_in_which_the_unit_came():
    """A unit that joined in the second round is first asked about in that."""
    life = told((25, "sign", 2), (26, "complete", 2, SHOWN), (40, "redo", 2), (50, "complete", 2))
    assert asking.before(said(40, 2), work(2, 3), life).done == AT + 26 * HOUR
    assert asking.before(said(60, 3), work(2, 3), life)[:3] == (AT + 50 * HOUR, None, False)


@pytest.mark.parametrize(
    ("own", "others", "needed", "found"),
    [
        (True, False, False, True), (True, False, True, True), (False, True, True, True),
        (False, True, False, None), (False, False, True, False), (False, False, False, None),
    ],
)  # fmt: skip
def test_proof_is_there_lacking_or_not_asked_for(own, others, needed, found):
    before = asking.Before(None, None, own, own or others, regraded=False)
    assert asking.proof(before, needed=needed) is found


def test_the_ground_is_that_of_the_assignment_and_filing_comes_first():
    ended = told((1, "terminate", None), (2, "archive", None))
    assert asking.ground(work(ground="storm"), []) == "storm"
    assert asking.ground(work(), []) is None
    assert asking.ground(work(ground="storm"), ended) == "terminated"
    assert asking.ground(work(state="terminated"), []) == "terminated"


def test_an_order_is_out_when_all_that_stands_of_it_is():
    out, counts = work(1, ground="storm"), work(2)
    assert asking.all_out([out, work(2, ground="flood")], [])
    assert not asking.all_out([out, counts], [])
    assert asking.all_out([out, work(2, state="redirected"), work(3, state="terminated")], [])
    assert not asking.all_out([work(1, state="redirected")], [])
    assert asking.all_out([counts], told((1, "terminate", None)))


def test_two_leads_are_dual_and_those_that_gave_it_back_do_not_count():
    assert asking.led_by_several([work(1), work(2)])
    assert not asking.led_by_several([work(1)])
    assert not asking.led_by_several([work(1), work(2, role="assist")])
    assert not asking.led_by_several([work(1), work(2, state="redirected")])
    assert not asking.led_by_several([work(1), work(2, state="terminated")])


@pytest.fixture
def answers(toy, tmp_path) -> Iterator[Any]:
    """The answers of the record as the lake has them, by unit and round."""

    def read(at: datetime) -> dict[tuple[str, int], dict[str, Any]]:
        lake = Lake(Path(tmp_path) / "lake")
        sync.sync(lake, at=at, loaded=toy)
        return {(row["unit"], row["round"]): row for row in rows(lake)["answers"]}

    return read


def photo() -> Attachment:
    return Attachment(name="a.jpg", mime="image/jpeg", size=1, sha256="0" * 64, stage="after")


@pytest.mark.django_db
def test_a_dual_order_that_was_worked_on_twice(toy, answers):
    order = verbs.answered(toy, verbs.lead("mill"), verbs.lead("north-roads"), owner="private")
    reckoning.reclassify(
        [order], cause="看过现场，改为急件", by=verbs.RULE, at=AT + 1.5 * HOUR, loaded=toy, urgency="24h"
    )
    how = {"by": verbs.clerk("mill"), "at": AT + 2 * HOUR, "files": [photo()]}
    handling.complete(verbs.parts(order)[:1], result="done", measures="填坑", reply=verbs.REPLY, **how)
    verbs.finish(verbs.parts(order)[1:], at=AT + 3 * HOUR)
    verbs.callback.open([Order.objects.get(pk=order.pk)], by=verbs.RULE, at=AT + 4 * HOUR, loaded=toy)
    order = Order.objects.get(pk=order.pk)
    verbs.say(toy, order, solved="no", satisfied="no", at=AT + DAY)
    found = answers(AT + 2 * DAY)
    assert {row["dual"] for row in found.values()} == {True}
    assert {row["owner"] for row in found.values()} == {"private"}
    assert {row["regraded"] for row in found.values()} == {True}
    assert {row["urgency"] for row in found.values()} == {"24h"}
    assert {row["done_day"] for row in found.values()} == {date(2026, 3, 2)}
    assert (found["mill", 1]["proof"], found["north-roads", 1]["proof"]) == (True, None)
    assert {row["asked_after"] for row in found.values()} == {23 * 60}


@pytest.mark.django_db
@pytest.mark.parametrize(("category", "proof"), [("0101", None), ("010101", False)])
def test_proof_is_asked_for_by_the_pack_the_order_was_taken_under(toy, answers, category, proof):
    order = factories.an_order(
        state="closed", units=[verbs.unit("mill")], category=category, district_id=toy.unit_ids["north"]
    )
    assert order.pack_id == toy.version_id
    assert answers(AT + DAY)["mill", 1]["proof"] is proof


@pytest.mark.django_db
def test_a_noted_try_is_a_contact_and_a_plain_note_is_none(toy, answers):
    order = verbs.answered(toy, verbs.lead("mill"))
    [part] = verbs.parts(order)
    by = verbs.clerk("mill")
    told = {"way": "phone", "outcome": "no_answer", "note": "没人接"}
    factories.walk(part, "note", by=by, at=AT + 90 * timedelta(minutes=1), records=told)
    handling.note(verbs.parts(order), text="又去看了一遍", by=by, at=AT + 1.8 * HOUR)
    verbs.finish(verbs.parts(order), at=AT + 2 * HOUR)
    verbs.callback.open([Order.objects.get(pk=order.pk)], by=verbs.RULE, at=AT + 3 * HOUR, loaded=toy)
    verbs.say(toy, Order.objects.get(pk=order.pk), at=AT + 4 * HOUR)
    assert answers(AT + DAY)["mill", 1]["asked_after"] == 150


@pytest.mark.django_db
def test_the_ground_of_an_exclusion_is_told(toy, answers):
    order = verbs.asked(toy, Target("mill", LEAD))
    verbs.say(toy, order, at=AT + 5 * HOUR)
    factories.walk(verbs.parts(order)[0], "leave_out", changes={"ground": "storm"})
    row = answers(AT + DAY)["mill", 1]
    assert (row["ground"], row["excluded"]) == ("storm", True)


def test_gathering_names_moves_that_exist():
    from jieban.orders import lifecycle

    known = {*lifecycle.ORDER_MOVES, *lifecycle.ASSIGNMENT_MOVES}
    assert set(gather._TELLING_OF_WORK) <= known
    assert set(gather._TELLING) <= known
