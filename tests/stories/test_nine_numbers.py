"""九个号码 121 次投诉: one tenant with nine numbers; numbers joined by a person, a case on evidence, decided by two,
appealed, and a first appeal of the same man goes its ordinary way all the time.

After the case of 新村街道 (李某, 累计投诉 121 次) in the street's own report.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Actor, Role
from jieban.core.errors import BadInput
from jieban.handling import actions as handling
from jieban.intake import abuse, caller_queries, queries
from jieban.intake.callers import AbuseCase
from jieban.intake.rules import Filing
from jieban.orders.models import Order
from jieban.orders.verify import verify
from jieban.portal import filing, worker
from tests.stories import life
from tests.stories.life import moment

FIRST = moment("2026-01-05 09:00")
STREET = "110106010"
RENT, PLACE = "070103", "110106010-c1e2"
REPLY = "房东按合同已经修过。索赔数额有争议，请向法院起诉或申请调解，街道可以陪您去。"


def phone(n: int) -> str:
    """One of the nine numbers."""
    return f"1380009{n % 9:04}"


def call(n: int, **more: str) -> Filing:
    """The n-th call: again about the same flat and the same claim."""
    return Filing(**{
        "channel": "phone", "source": "seat", "source_id": f"story-nine-{n}", "content":
        "房东不给修东西，按合同要赔我两万多块，你们必须管，不管我天天打。", "phone": phone(n), "category": RENT,
        "kind": "complaint", "place": PLACE, "at": FIRST + timedelta(hours=6 * n), **more,
    })  # fmt: skip


def answered(order: Order, at) -> None:
    """Every unit of the order contacts him and explains; he says no at the callback."""
    for part in life.parts(order):
        if part.role == "notice":
            continue
        clerk = life.somebody(Role.CLERK, part.unit.code)
        life.visit(part, by=clerk, signed=at, met=at + timedelta(hours=1), note="上门，不见面，电话说明")
        handling.complete(
            [part], result="explained", measures="核对合同和维修记录，说明索赔的途径", reply=REPLY, by=clerk,
            at=at + timedelta(hours=3),
        )  # fmt: skip


@pytest.mark.django_db
def test_nine_numbers_and_a_hundred_and_twenty_one_calls(beijing):
    agent = life.somebody(Role.AGENT)
    orders = [
        outcome.taken
        for start in range(0, 121, 40)
        for outcome in filing.file(
            [call(n) for n in range(start, min(start + 40, 121))], by=agent, at=moment("2026-02-05 09:00")
        )
    ]
    assert (len(orders), len({order.pk for order in orders})) == (121, 121)
    for order in orders[:3]:
        answered(order, order.received_at + timedelta(hours=1))

    # The seat sees nine strangers until somebody joins their numbers, with a reason.
    asking = moment("2026-02-10 10:00")
    assert queries.history(phone(0), limit=200).count() == 14
    clerk = life.somebody(Role.CHIEF, STREET)
    evidence = [*orders[:3], *orders[112:]]
    case = abuse.propose(
        evidence, ground="ab_claims", statement="租约纠纷，三次答复过途径，仍用九个号码投诉 121 次，不见面不调解。",
        reason="通话里都自报同一姓名、同一房号，声音相同", by=clerk, at=asking, loaded=beijing,
    )  # fmt: skip
    assert queries.history(phone(0), limit=200).count() == 121
    assert case.caller.numbers.count() == 9

    decide_and_appeal(case, agent, beijing, asking)
    first_appeal_is_never_hidden(case, agent, beijing)
    assert verify().broken == []


def decide_and_appeal(case: AbuseCase, agent: Actor, beijing, asking) -> None:
    """Heard, decided by one, confirmed by another, appealed and decided by a third."""
    one, two, three = life.somebody(Role.SUPERVISOR), life.somebody(Role.SUPERVISOR), life.somebody(Role.LEADER)
    yes = {
        "uphold": True,
        "days": 90,
        "minutes": 5,
        "exclude": True,
        "reason": "证据齐全，途径已告知",
        "loaded": beijing,
    }
    with pytest.raises(BadInput):
        abuse.decide(case, by=one, at=asking + timedelta(hours=1), **yes)
    abuse.hear(case, view="房东就该赔我钱", by=agent, at=asking + timedelta(days=1))
    abuse.decide(case, by=one, at=asking + timedelta(days=2), **yes)
    abuse.confirm(case, agree=True, reason="同意认定", by=two, at=asking + timedelta(days=2, hours=1))
    abuse.appeal(case, words="我没有恶意，要求撤销", by=agent, at=asking + timedelta(days=3))
    abuse.decide_appeal(case, uphold=False, reason="答复过三次，途径清楚", by=three, at=asking + timedelta(days=4))
    held = AbuseCase.objects.get(pk=case.pk)
    assert (held.stage, held.until) == ("in_force", asking + timedelta(days=92, hours=1))
    assert len({held.proposed_by_id, held.decided_by_id, held.confirmed_by_id, held.appeal_by_id}) == 4
    assert held.steps.filter(what="told").count() == 3


def first_appeal_is_never_hidden(case: AbuseCase, agent: Actor, beijing) -> None:
    """The 122nd call gets the old answer; his burst pipe gets a unit; after the end everything is as before."""
    at = moment("2026-02-20 21:00")
    [old] = filing.file([call(122, source_id="n-122")], by=agent, at=at, choices=[filing.Choice(again=True)])
    assert (life.now(old.taken).state, old.told) == ("closed", REPLY)

    pipe = call(123, source_id="n-123", content="我租的房子楼道水管爆了，水漫到电箱了，快来人。", category="060203")
    with pytest.raises(BadInput, match="请照常登记派单"):
        filing.file([pipe], by=agent, at=at, choices=[filing.Choice(again=True)])
    [new] = filing.file([pipe], by=agent, at=at)
    assert (life.now(new.taken).state, bool(new.assignments)) == ("dispatched", True)

    until = AbuseCase.objects.get(pk=case.pk).until
    assert worker.once(at=until)["measures_over"] == 1
    assert caller_queries.measures([old.taken.contact.phone_index], at=until) == {}
    [after] = filing.file([call(124, source_id="n-124")], by=agent, at=until)
    assert life.now(after.taken).state == "dispatched"
