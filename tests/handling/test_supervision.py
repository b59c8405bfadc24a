"""Letters through the door: issued, answered, judged; never two open ones; and what the record says of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.city.oversight import HAND, NOTE
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.handling import supervision, supervision_queries
from jieban.handling.letters import Addressee, Letter
from jieban.handling.supervision import Demand
from jieban.orders.models import Attachment, Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
SAID = "已派两人到场，今晚修好，明早打电话告诉市民。"


@pytest.fixture
def boss(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


def letter_on(toy, order: Order, by, **more) -> Letter:
    [made] = supervision.issue([Demand(order, HAND, **more)], by=by, at=AT + HOUR, loaded=toy)
    return made


def answer(letter: Letter, code: str, *, at=AT + 2 * HOUR) -> None:
    [mine] = Addressee.objects.filter(letter=letter, unit__code=code)
    supervision.report([mine], text=SAID, by=verbs.clerk(code), at=at)


def test_letter_goes_to_the_units_that_work_and_marks_the_order(toy, boss):
    order = verbs.dispatched(toy, Target("mill", LEAD), Target("north-roads", ASSIST), Target("water", NOTICE))
    letter = letter_on(toy, order, boss, text="今天修好")
    fresh = Order.objects.get(pk=order.pk)
    assert (letter.number, letter.due_at, letter.issuers) == (
        f"{order.number}-D1", AT + 25 * HOUR, ["Littleton Call Centre"],
    )  # fmt: skip
    assert sorted(a.unit.code for a in letter.addressees.all()) == ["mill", "north-roads"]
    assert (fresh.supervised, fresh.state) == (True, "dispatched")
    entry = order.entries.order_by("-seq")[0]
    assert (entry.move, entry.records["letter"], entry.records["text"]) == ("supervise", letter.number, "今天修好")
    told = Message.objects.filter(topic="supervised").order_by("unit__code")
    assert [(m.unit.code, m.body["letter"]) for m in told] == [
        ("mill", letter.number), ("north-roads", letter.number),
    ]  # fmt: skip
    assert verify().broken == []


def test_order_without_a_unit_goes_to_its_street_and_without_a_place_is_refused(toy, boss):
    waiting = factories.an_order(state="pending_dispatch", street_id=toy.unit_ids["mill"])
    assert [a.unit.code for a in letter_on(toy, waiting, boss).addressees.all()] == ["mill"]
    nowhere = factories.an_order(state="pending_dispatch")
    with pytest.raises(BadInput, match="还没有单位在办"):
        letter_on(toy, nowhere, boss)
    assert Letter.objects.filter(order=nowhere).count() == 0


def test_never_two_open_letters_for_the_same_reason(toy, boss):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    letter_on(toy, order, boss)
    with pytest.raises(Conflict, match="还没有销号"):
        letter_on(toy, order, boss)
    [note] = supervision.issue([Demand(order, NOTE, text="区长批示：查清")], by=boss, at=AT + HOUR, loaded=toy)
    assert (note.number, Letter.objects.filter(order=order).count()) == (f"{order.number}-D2", 2)


def test_who_may_not_issue_writes_nothing(toy):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    with pytest.raises(NotAllowed):
        letter_on(toy, order, verbs.clerk("mill"))
    elsewhere = factories.an_actor(Role.LEADER, verbs.unit("north"))
    far = factories.an_order(state="pending_dispatch")
    with pytest.raises(NotAllowed, match="不在North Ward的范围里"):
        letter_on(toy, far, elsewhere)
    assert (Letter.objects.count(), Order.objects.filter(supervised=True).count()) == (0, 0)


def test_unit_answers_its_own_letter_once_with_a_file(toy, boss):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    letter = letter_on(toy, order, boss)
    [mine] = letter.addressees.all()
    with pytest.raises(NotAllowed):
        supervision.report([mine], text=SAID, by=verbs.clerk("hill"), at=AT + HOUR)
    photo = Attachment(name="after.jpg", mime="image/jpeg", size=7, sha256="b" * 64, stage="letter")
    supervision.report([mine], text=SAID, files=[photo], by=verbs.clerk("mill"), at=AT + 2 * HOUR)
    kept = Addressee.objects.get(pk=mine.pk)
    assert (kept.reply, kept.replied_at) == (SAID, AT + 2 * HOUR)
    assert [a.name for a in order.attachments.all()] == ["after.jpg"]
    assert Message.objects.filter(topic="supervision_answered").get().unit.code == "hall"
    with pytest.raises(Conflict):
        supervision.report([kept], text=SAID, by=verbs.clerk("mill"), at=AT + 3 * HOUR)
    assert order.entries.order_by("-seq")[0].move == "report_supervised"


def test_letter_that_helped_is_lifted_and_the_mark_goes_with_the_last_one(toy, boss):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    first = letter_on(toy, order, boss)
    [second] = supervision.issue([Demand(order, NOTE, text="查清")], by=boss, at=AT + HOUR, loaded=toy)
    answer(first, "mill")
    judged = {"effect": "helped", "opinion": "当晚修好", "by": boss, "loaded": toy}
    assert supervision.judge([first], at=AT + 3 * HOUR, **judged) == []
    assert Order.objects.get(pk=order.pk).supervised is True
    supervision.judge([second], at=AT + 4 * HOUR, **judged)
    assert Order.objects.get(pk=order.pk).supervised is False
    with pytest.raises(Conflict):
        supervision.judge([second], at=AT + 4 * HOUR, **judged)
    assert verify().broken == []


def test_letter_that_failed_is_followed_by_joint_supervision(beijing):
    order = factories.an_order(
        state="pending_dispatch", street_id=beijing.unit_ids["110101011"], district_id=beijing.unit_ids["110101"]
    )
    centre = factories.an_actor(Role.SUPERVISOR, verbs.unit("bj-centre"))
    letter = letter_on(beijing, order, centre)
    [after] = supervision.judge(
        [letter], effect="failed", opinion="没人到场", by=centre, at=AT + 30 * HOUR, loaded=beijing
    )
    assert (after.level, after.follows_id, after.issuers) == (2, letter.pk, ["市政务服务管理局", "市委市政府督查室"])
    assert sorted(a.unit.code for a in after.addressees.all()) == ["110101", "110101011"]
    assert Order.objects.get(pk=order.pk).supervised is True
    assert [e.move for e in order.entries.order_by("seq")][-3:] == ["supervise", "lift_supervision", "supervise"]


def test_district_judges_its_own_letters_only(toy, boss):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    ward = factories.an_actor(Role.DISTRICT, verbs.unit("north"))
    theirs = letter_on(toy, order, boss)
    own = supervision.issue([Demand(order, NOTE, text="查清")], by=ward, at=AT + HOUR, loaded=toy)
    with pytest.raises(NotAllowed):
        supervision.judge([theirs], effect="helped", opinion="好了", by=ward, at=AT + 2 * HOUR, loaded=toy)
    supervision.judge(own, effect="overtaken", opinion="市民撤了", by=ward, at=AT + 2 * HOUR, loaded=toy)
    assert Letter.objects.get(pk=own[0].pk).effect == "overtaken"


def test_letters_are_issued_in_a_batch_with_the_same_statements(toy, boss, django_assert_max_num_queries):
    orders = [verbs.dispatched(toy, verbs.lead("mill")) for _ in range(20)]
    with django_assert_max_num_queries(22):
        made = supervision.issue([Demand(o, HAND) for o in orders], by=boss, at=AT + HOUR, loaded=toy)
    assert len(made) == Order.objects.filter(supervised=True).count() == 20


def test_lists_are_narrowed_and_seen_by_sight(toy, boss):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    letter = letter_on(toy, order, boss)
    seen = {
        only: [x.pk for x in supervision_queries.letters(boss, at=AT + 30 * HOUR, only=only)]
        for only in ("", "open", "late", "answered", "lifted")
    }
    assert seen == {"": [letter.pk], "open": [letter.pk], "late": [letter.pk], "answered": [], "lifted": []}
    answer(letter, "mill")
    assert [x.pk for x in supervision_queries.letters(boss, at=AT, only="answered")] == [letter.pk]
    hill = factories.an_actor(Role.LEADER, verbs.unit("hill"))
    assert list(supervision_queries.letters(hill, at=AT)) == []


@pytest.fixture
def beijing(db):
    return factories.a_loaded_city("beijing")
