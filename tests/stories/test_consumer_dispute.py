"""消费纠纷: the firm is asked first; one settles it within its hours, one lets them pass and the regulator takes over.

After the reform report of 2021: 60 firms (京东, 美团, 去哪儿, 小米 …) get consumer disputes directly; one of them ends
such orders some ten hours earlier than they end by the way over the market regulator.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.handling import actions as handling
from jieban.intake.rules import Filing
from jieban.orders.models import Order
from jieban.orders.verify import verify
from jieban.portal import worker
from tests.stories import life
from tests.stories.life import moment

BOUGHT = moment("2026-03-02 09:30")
HOUR = timedelta(hours=1)


def dispute(firm: str, number: int) -> Filing:
    """A citizen whose money a shop on that platform keeps."""
    return Filing(
        channel="phone", source="seat", source_id=f"story-refund-{number}", at=BOUGHT,
        content=f"在{firm}上买的家庭套餐，商家关门了用不了，申请退款 268 元，平台客服说要等商家同意，一直不退。",
        name="苗青", phone=f"1380000{number:04d}", category="020101", kind="complaint", place="110105026",
    )  # fmt: skip


def sent_to_the_firm(firm: str, number: int) -> Order:
    """The order as an agent filed it: with the firm, and nobody else yet."""
    order = life.call(dispute(firm, number), by=life.somebody(Role.AGENT), at=BOUGHT + HOUR / 10).taken
    assert (order.dispatch["way"], order.dispatch["duty"]) == ("firm_first", "D0201")
    assert Unit.objects.get(code=order.dispatch["fallback"]).name.endswith("市场监督管理局")
    return order


def settled(code: str, order: Order, *, hours: float) -> None:
    """The unit signs, talks to the citizen and pays back, `hours` after the call."""
    part = next(p for p in life.parts(order) if p.unit.code == code and p.state == "sent")
    clerk = life.somebody(Role.CLERK, code)
    handling.sign([part], by=clerk, at=BOUGHT + (hours - 2) * HOUR)
    handling.respond([part], way="phone", outcome="reached", by=clerk, at=BOUGHT + (hours - 1) * HOUR)
    life.report(
        part, by=clerk, at=BOUGHT + hours * HOUR, measures="核对订单，先行赔付 268 元",
        reply="退款 268 元今天已经原路退回，最迟明天到账；商家的店铺已经下架。没收到请打平台专线。",
    )  # fmt: skip


@pytest.mark.django_db
def test_firm_settles_it_within_its_own_hours_and_nobody_else_is_troubled(beijing):
    order = sent_to_the_firm("美团", 1)
    [part] = life.parts(order)
    assert (part.unit.name, part.role, part.came_by) == ("美团", "lead", "firm_first")
    assert part.respond_due - part.sent_at == 24 * HOUR
    assert part.handle_due - part.sent_at == 48 * HOUR
    settled("pf-meituan", order, hours=5)
    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good")
    assert life.ask(order, yes, at=BOUGHT + 8 * HOUR, loaded=beijing) == "close"
    assert [p.unit.name for p in life.parts(order)] == ["美团"]
    assert verify().broken == []


@pytest.mark.django_db
def test_firm_that_lets_its_hours_pass_is_taken_out_and_the_regulator_ends_it_in_the_citizens_time(beijing):
    order = sent_to_the_firm("去哪儿", 2)
    until = order.due_at
    worker.once(at=BOUGHT + 47 * HOUR, sealing_too=False)
    firm, regulator = life.parts(order)
    assert (firm.unit.name, firm.state) == ("去哪儿", "terminated")
    assert (regulator.unit.name, regulator.role, regulator.state) == ("朝阳区市场监督管理局", "lead", "sent")
    now = life.now(order)
    assert now.dispatch["fell_back"]["why"] == "unsigned"
    assert now.due_at == until, "the citizen's clock did not move"
    assert life.seen(order).holder == "朝阳区市场监督管理局"

    settled(regulator.unit.code, order, hours=72)
    yes = Said(contacted=True, solved="yes", satisfied="mostly", attitude="good")
    assert life.ask(order, yes, at=BOUGHT + 75 * HOUR, loaded=beijing) == "close"
    assert life.now(order).replied_at <= until
    assert verify().broken == []
