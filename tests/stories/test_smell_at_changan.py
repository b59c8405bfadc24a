"""长安新城楼道异味: the property firm finds a flat full of waste and does more than its duty asks.

After the case of July 2021 in the reform report: knocking on doors, an old man living alone, community and police asked
along, eleven and a half hours of carrying, and a neighbour who says three times that she is very content. The hours are
the report's; the people, the street and the lift of the names are invented.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.core.errors import BadInput, NotAllowed
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import LEAD, Target
from jieban.handling import actions as handling
from jieban.handling import asking, outside, tree
from jieban.intake.rules import Filing
from jieban.orders.models import Attachment
from jieban.orders.verify import verify
from jieban.portal.citizen import view
from tests.stories import life
from tests.stories.life import moment

STREET, COMMUNITY = "110106025", "110106025-cax"
GRID, FIRM = "110106025-cax-g1", "110106025-cax-p1"
MORNING = moment("2026-07-08 07:40")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-smell",
    at=MORNING,
    content="长安新城小区我们楼道里有股臭味，好几天了，越来越重，也找不到是哪儿来的，家里有孩子受不了。",
    name="沈岚",
    phone="13800003311",
    category="110103",
    kind="complaint",
)
YES = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="非常满意，非常满意，非常满意")


def photo(name: str, stage: str) -> Attachment:
    """A photo as it was stored."""
    return Attachment(name=name, mime="image/jpeg", size=9, sha256=stage[0] * 64, stage=stage)


@pytest.mark.django_db
def test_property_firm_beyond_its_duty_clears_a_flat_of_waste(beijing):
    agent = life.somebody(Role.AGENT)
    order = life.call(SAID, by=agent, at=MORNING + timedelta(minutes=7)).taken
    assert (order.place, Unit.objects.get(pk=order.street_id).code) == ("110106025-caxe1", STREET)
    if order.state == "pending_dispatch":
        sent = moment("2026-07-08 07:55")
        dispatch.send([order], [Target(STREET, LEAD)], "楼道异味，属地先查", by=life.somebody(Role.DISPATCHER), at=sent,
                      loaded=beijing)  # fmt: skip
    street = next(part for part in life.parts(order) if part.unit.code == STREET)

    clerk, community = life.somebody(Role.CLERK, STREET), life.somebody(Role.CLERK, COMMUNITY)
    firm, grid = life.somebody(Role.CLERK, FIRM), life.somebody(Role.CLERK, GRID)
    handling.sign([street], by=clerk, at=moment("2026-07-08 08:05"))
    handling.respond([street], way="phone", outcome="reached", by=clerk, at=moment("2026-07-08 08:10"))
    below = Unit.objects.in_bulk([COMMUNITY, FIRM, GRID], field_name="code")
    handling.hand_down(
        [street], to=below[COMMUNITY], instruction="找到是哪一户", by=clerk, at=moment("2026-07-08 08:12")
    )
    handling.hand_down(
        [street], to=below[GRID], instruction="网格先上楼看", by=community, at=moment("2026-07-08 08:15")
    )
    tree.hand_up(
        [street], outcome="cannot", text="楼道里闻不出是哪户，要物业挨家敲门", by=grid, at=moment("2026-07-08 08:40")
    )
    handling.hand_down(
        [street], to=below[FIRM], instruction="请带人敲门找点位", by=community, at=moment("2026-07-08 08:45")
    )

    asking.ask([street], text="请说清是几单元几层最重", days=1, by=firm, at=moment("2026-07-08 08:50"), loaded=beijing)
    asking.answer([order], words="三单元五层", way="phone", by=agent, at=moment("2026-07-08 09:00"))
    handling.note(
        [street], text="味道来自五层一户，独居老人捡的废品堆满一屋。请社区和民警一起做工作。",
        files=[photo("屋里.jpg", "before")], by=firm, at=moment("2026-07-08 09:20"),
    )  # fmt: skip
    _, address = outside.entrust(
        street, to="佳洁清运队", purpose="消毒清运", phone="13900004455", instruction="三单元五层清运废品，带消毒设备",
        until=moment("2026-07-09 23:59"), show_address=False, by=firm, at=moment("2026-07-08 09:30"), loaded=beijing,
    )  # fmt: skip
    token = address.rsplit("/", 1)[1]
    begun, ended = moment("2026-07-08 10:00"), moment("2026-07-08 21:30")
    assert ended - begun == timedelta(hours=11, minutes=30)
    outside.report(token, text="开始清运，老人同意了", done=False, files=[], at=begun, loaded=beijing)
    outside.report(
        token, text="清完了，消毒两遍", done=True, files=[photo("清空.jpg", "after")], at=ended, loaded=beijing
    )

    with pytest.raises(NotAllowed):
        life.report(street, by=firm, at=ended, measures="清运", reply="楼道异味已经清除，请您放心。")
    tree.hand_up([street], outcome="done", text="清空、消毒，楼道没有味了", by=firm, at=moment("2026-07-08 21:40"))
    tree.hand_up([street], outcome="done", text="社区会常去看老人", by=community, at=moment("2026-07-08 21:50"))
    assert [(n.to, n.depth, n.back) for n in tree.trail(order.entries.order_by("seq"))[street.no]] == [
        ("长安新城社区", 1, ""), ("长安新城第一网格", 2, ""), ("长安新城社区", 1, "cannot"),
        ("金隅物业长安新城项目部", 2, ""), ("长安新城社区", 1, "done"), ("青塔街道", 0, "done"),
    ]  # fmt: skip

    reply = "您楼里的异味来自一户堆放的废品，已经全部清走消毒，社区会常去看望，再有味道请打街道值班电话。"
    for part in life.parts(order):
        if part.unit.code != STREET:
            other = life.somebody(Role.CLERK, part.unit.code)
            life.visit(part, by=other, signed=ended, met=ended, note="与街道同去")
            life.report(part, by=other, at=moment("2026-07-08 22:00"), measures="协同清运", reply=reply)
    life.report(street, by=clerk, at=moment("2026-07-08 22:05"), measures="敲门找点位，清运消毒", reply=reply)
    seen = view.of(life.now(order), now=moment("2026-07-08 22:10"))
    assert [(word, [file.name for file in files]) for word, files in seen.proofs] == [
        ("办理前", ["屋里.jpg"]), ("办理后", ["清空.jpg"]),
    ]  # fmt: skip

    assert life.ask(order, YES, at=moment("2026-07-10 10:00"), loaded=beijing) == "close"
    assert life.now(order).satisfied == "yes"
    assert verify().broken == []


@pytest.mark.django_db
def test_without_photos_the_street_cannot_say_the_hall_is_clear(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=MORNING).taken
    if order.state == "pending_dispatch":
        dispatch.send([order], [Target(STREET, LEAD)], "楼道异味，属地先查", by=life.somebody(Role.DISPATCHER),
                      at=MORNING, loaded=beijing)  # fmt: skip
    street = next(part for part in life.parts(order) if part.unit.code == STREET)
    clerk = life.somebody(Role.CLERK, STREET)
    life.visit(street, by=clerk, signed=MORNING, met=MORNING, note="到楼里看过")
    with pytest.raises(BadInput) as caught:
        life.report(street, by=clerk, at=MORNING + timedelta(hours=3), measures="清了", reply="楼道的废品已经清走了。")
    assert "还缺办理前和办理后的照片或视频（示例：楼道堆物要有清理前后照片）" in str(caught.value)
