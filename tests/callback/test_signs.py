"""Signs of coaching: each by its own fact, none without, and a human's finding changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback import daily, signs, watching
from jieban.callback.models import Sign
from jieban.callback.signs import Bounds, Facts
from jieban.core.errors import BadInput, NotAllowed
from jieban.dispatch.rules import LEAD, Target
from jieban.orders.models import Order
from tests import factories, verbs
from tests.factories import AT

BOUNDS = Bounds(timedelta(minutes=30), 5, ("让我说满意", "没来人"))
PLAIN = Facts(AT, True, "yes", "yes", "good", "修好了", (), proof_needed=False, proof=False, same_number=1)
MILL = Target("mill", LEAD)


def ago(minutes: int) -> list[tuple[str, object]]:
    return [("石桥", AT - timedelta(minutes=minutes))]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"contacts": ago(6)}, ["just_before:石桥 6"]),
        ({"contacts": ago(30)}, ["just_before:石桥 30"]),
        ({"contacts": ago(31)}, []),
        ({"contacts": ago(-5)}, []),
        ({"proof_needed": True}, ["no_proof"]),
        ({"proof_needed": True, "proof": True}, []),
        ({"proof_needed": True, "solved": "explained"}, []),
        ({"same_number": 5}, ["same_number:5"]),
        ({"contacted": False}, ["against_itself"]),
        ({"attitude": "bad"}, ["against_itself"]),
        ({"solved": "no"}, ["against_itself"]),
        ({"solved": "explained"}, []),
        ({"words": "他们让我说满意"}, ["bad_words:让我说满意"]),
        ({"words": "没来人", "satisfied": "no", "solved": "no"}, []),
    ],
)
def test_each_sign_has_its_fact(changed, found):
    assert signs.find(replace(PLAIN, **changed), BOUNDS) == found


def test_day_is_looked_at_and_the_sign_waits_for_a_human(toy):
    order = verbs.asked(toy, MILL)
    part = verbs.parts(order)[0]
    call = AT + timedelta(hours=3, minutes=10)
    factories.walk(part, "note", at=AT + timedelta(hours=3, minutes=4), records={"note": "打过电话", "way": "phone"})
    verbs.say(toy, Order.objects.get(pk=order.pk), at=call, contacted=False)
    verbs.say(toy, verbs.asked(toy, MILL), at=call)
    daily.close_day(AT.date(), at=AT + timedelta(days=1), loaded=toy)
    sign = Sign.objects.get()
    assert sign.order == order
    assert [reason.partition(":")[0] for reason in sign.reasons] == ["just_before", "against_itself"]
    auditor = factories.an_actor(Role.AUDITOR, verbs.unit("hall"))
    with pytest.raises(BadInput, match="写一句"):
        watching.find(sign, finding="coached", words="", by=auditor, at=call)
    before = Order.objects.values().get(pk=order.pk)
    watching.find(sign, finding="coached", words="录音里有人在教", by=auditor, at=call)
    assert list(watching.open_ones(auditor)) == []
    assert watching.looked_at(auditor).get().finding == "coached"
    assert Order.objects.values().get(pk=order.pk) == before


def test_new_reason_is_looked_at_again(toy):
    order = verbs.asked(toy, MILL)
    auditor = factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))
    sign = watching.add(order, 1, "no_proof", at=AT)
    watching.find(sign, finding="natural", words="", by=auditor, at=AT)
    watching.add(order, 1, "second_differs", at=AT)
    assert watching.open_ones(auditor).get().reasons == ["no_proof", "second_differs"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.CHIEF, Role.DISTRICT, Role.CALLBACK, Role.LEADER])
def test_signs_are_for_supervisors_and_auditors(toy, role):
    with pytest.raises(NotAllowed):
        watching.open_ones(factories.an_actor(role, verbs.unit("hall")))
