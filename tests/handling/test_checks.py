"""Three-level check: nobody reads their own reply, each level is somebody else, and nothing leaves before the last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jieban.accounts.actor import Role
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import actions, checks
from jieban.orders.models import Message, Order
from jieban.orders.verify import verify
from tests import factories, verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR = timedelta(hours=1)
SAID = {"result": "done", "measures": "填坑", "reply": verbs.REPLY}


def chief():
    """A chief of the parish."""
    return factories.an_actor(Role.CHIEF, verbs.unit("mill"))


@pytest.fixture
def order(toy):
    checks.switch(verbs.unit("mill"), on=True, by=chief(), at=AT)
    return verbs.answered(toy, lead("mill"))


def submit(order, toy, by=None, hours=2.0):
    """The clerk sends a reply up."""
    checks.submit(parts(order), **SAID, by=by or clerk("mill"), at=AT + HOUR * hours, loaded=toy)


def check(order, toy, *, by=None, passed=True, words="", hours=3.0):
    """A chief reads it."""
    [part] = parts(order)
    return checks.check(part, passed=passed, words=words, by=by or chief(), at=AT + HOUR * hours, loaded=toy)


def state(order) -> tuple[str, str]:
    """The part's state and the draft's."""
    [part] = parts(order)
    return part.state, part.draft.get("state", "")


def test_reply_cannot_leave_unchecked(order):
    with pytest.raises(BadInput) as caught:
        actions.complete(parts(order), **SAID, by=clerk("mill"), at=AT + 2 * HOUR)
    assert str(caught.value) == "Mill Parish的答复要先经section、parish看过才能发出。请用“答复送审”，写的内容都还在。"


def test_reply_leaves_after_the_last_level_and_names_its_readers(order, toy):
    writer, first, second = clerk("mill"), chief(), chief()
    submit(order, toy, by=writer)
    assert state(order) == ("responded", "waiting")
    assert check(order, toy, by=first) is False
    assert check(order, toy, by=second, hours=4) is True
    [part] = parts(order)
    assert (part.state, part.reply, part.draft) == ("completed", verbs.REPLY, {})
    done = order.entries.get(move="complete")
    assert [(one["level"], one["name"]) for one in done.records["checked"]] == [
        ("", writer.name), ("section", first.name), ("parish", second.name),
    ]  # fmt: skip
    assert Order.objects.get(pk=order.pk).state == "replied"
    assert Message.objects.filter(topic="completed").count() == 1
    assert verify().broken == []


def test_nobody_reads_their_own_reply(order, toy):
    writer = chief()
    submit(order, toy, by=writer)
    with pytest.raises(NotAllowed) as caught:
        check(order, toy, by=writer)
    assert str(caught.value) == "自己写的答复不能自己看，请换一位负责人。"


def test_nobody_reads_at_two_levels(order, toy):
    reader = chief()
    submit(order, toy)
    check(order, toy, by=reader)
    with pytest.raises(NotAllowed) as caught:
        check(order, toy, by=reader, hours=4)
    assert str(caught.value) == "您在前一级已经看过这份答复，下一级要换一位负责人。"


def test_clerk_is_no_reader(order, toy):
    submit(order, toy)
    with pytest.raises(NotAllowed):
        check(order, toy, by=clerk("mill"))


def test_sent_back_with_words_it_begins_again_at_the_first_level(order, toy):
    submit(order, toy)
    check(order, toy)
    with pytest.raises(BadInput):
        check(order, toy, passed=False, hours=4)
    check(order, toy, passed=False, words="写清谁来看过", hours=4)
    [part] = parts(order)
    assert (part.draft["state"], part.draft["words"], part.draft["reply"]) == ("returned", "写清谁来看过", verbs.REPLY)
    submit(order, toy, hours=5)
    assert parts(order)[0].draft["checked"] == []


def test_sent_up_twice_is_a_conflict(order, toy):
    submit(order, toy)
    with pytest.raises(Conflict):
        submit(order, toy, hours=3)
    with pytest.raises(Conflict):
        check(verbs.answered(toy, lead("mill")), toy)


def test_late_check_is_said_in_the_timeline(order, toy):
    submit(order, toy, hours=2)
    check(order, toy, hours=6.5)
    assert order.entries.get(move="check").records["late"] is True


def test_unit_without_checks_reports_as_ever(toy):
    order = verbs.answered(toy, lead("hill"))
    with pytest.raises(BadInput):
        checks.submit(parts(order), **SAID, by=clerk("hill"), at=AT + 2 * HOUR, loaded=toy)
    actions.complete(parts(order), **SAID, by=clerk("hill"), at=AT + 2 * HOUR)
    assert parts(order)[0].state == "completed"


def test_switch_belongs_to_the_own_chief(toy):
    with pytest.raises(NotAllowed):
        checks.switch(verbs.unit("mill"), on=True, by=clerk("mill"), at=AT)
    with pytest.raises(NotAllowed):
        checks.switch(verbs.unit("hill"), on=True, by=chief(), at=AT)


def test_board_lists_what_waits_in_the_own_unit_only(order, toy):
    submit(order, toy)
    assert [part.order_id for part in checks.waiting_for(chief())] == [order.pk]
    assert list(checks.waiting_for(factories.an_actor(Role.CHIEF, verbs.unit("hill")))) == []


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "w"]), st.booleans()), max_size=7))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_readers_do_it_leaves_only_after_two_different_ones(toy, deeds):
    """a and b are chiefs, w wrote the reply and is a chief too; False sends it back."""
    checks.switch(verbs.unit("mill"), on=True, by=chief(), at=AT)
    people, order = {name: chief() for name in "abw"}, verbs.answered(toy, lead("mill"))
    submit(order, toy, by=people["w"])
    row: list[str] = []
    for n, (who, passed) in enumerate(deeds):
        if state(order) == ("responded", "returned"):
            submit(order, toy, by=people["w"], hours=3 + n)
            row = []
        try:
            check(order, toy, by=people[who], passed=passed, words="改一改", hours=3 + n)
        except (NotAllowed, Conflict):
            continue
        row = [*row, who] if passed else []
        if state(order)[0] == "completed":
            break
    assert (state(order)[0] == "completed") == (sorted(row) == ["a", "b"])
