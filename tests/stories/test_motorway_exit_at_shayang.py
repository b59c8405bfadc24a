"""京新高速沙阳路出入口: seven years unopened, land of one district, complaints from another, six bodies to move.

After the reform report of 2021: the town cannot do it alone, so the matter goes on the ledger with a plan, a leader and
a monthly review that the citizen can read, until the exit opens in September 2021. Who is asked stands in the report;
the dates between are invented.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.core.errors import NotAllowed
from jieban.dispatch import actions as dispatch
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Target
from jieban.handling import actions as handling
from jieban.handling import hanging
from jieban.handling.models import Hanging
from jieban.intake.rules import Filing
from jieban.orders.models import Attachment, Message
from jieban.orders.verify import verify
from jieban.portal import worker
from jieban.portal.citizen import view
from tests.stories import life
from tests.stories.life import moment

TOWN, LAND = "110114004", "110108030"
CALL = moment("2021-01-11 09:20")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-exit",
    at=CALL,
    content="京新高速上到沙阳路的那个口子修了七年还没开通，四万多人上下班都要绕一大圈，到底归谁办、什么时候能通？",
    name="田野",
    phone="13800009900",
    category="050303",
    kind="complaint",
)
PLAN = hanging.Plan(
    ground="hang_project",
    plan="占地在海淀上庄，要先腾退拆迁，再迁管线、排水、运走渣土，最后建路开通，由市级统一协调各家分头做。",
    milestones=(("2021-03-31", "腾退拆迁"), ("2021-06-30", "管线迁移"), ("2021-09-30", "建成通车")),
    leader="韩卓", title="沙河镇镇长", told="1月12日上门说明为什么要等，市民愿意等，要求按月告诉进展",
)  # fmt: skip


def unit_code(beijing, name: str) -> str:
    """The code of the one unit that goes by that name."""
    [code] = beijing.pack.named(name)
    return code


@pytest.mark.django_db
def test_exit_that_needs_many_is_hung_with_a_plan_and_opens_in_the_end(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=CALL + timedelta(minutes=6)).taken
    traffic, projects = unit_code(beijing, "市交通委"), unit_code(beijing, "市发展改革委")
    sent = moment("2021-01-11 10:00")
    assert order.state == "pending_dispatch"
    targets = [Target(TOWN, LEAD), Target(LAND, ASSIST), Target(traffic, ASSIST), Target(projects, NOTICE)]
    dispatch.send(
        [order], targets, "出入口占地在海淀，涉及多家", by=life.somebody(Role.DISPATCHER), at=sent, loaded=beijing
    )
    town, land, road, _ = life.parts(order)
    clerks = {part.unit.code: life.somebody(Role.CLERK, part.unit.code) for part in (town, land, road)}
    for part in (town, land, road):
        life.visit(part, by=clerks[part.unit.code], signed=sent + timedelta(hours=1), met=moment("2021-01-12 15:00"),
                   note="三家到现场看过")  # fmt: skip
    handling.note([town], text="七年未通，镇里协调不动，报区里", by=clerks[TOWN], at=moment("2021-01-13 09:00"))

    minutes = Attachment(name="协调会纪要.pdf", mime="application/pdf", size=9, sha256="f" * 64, stage="work")
    hanging.request(town, PLAN, by=clerks[TOWN], at=moment("2021-01-15 10:00"), loaded=beijing, files=[minutes])
    with pytest.raises(NotAllowed):
        hanging.hang(town, by=clerks[TOWN], at=moment("2021-01-15 11:00"), loaded=beijing)
    district = life.somebody(Role.DISTRICT, "110114")
    assert [part.pk for part in hanging.requests_of(district)] == [town.pk]
    hung = moment("2021-01-16 10:00")
    left = life.parts(order)[0].handle_due - hung
    hanging.hang(town, by=district, at=hung, loaded=beijing)

    seen = view.of(life.now(order), now=hung + timedelta(days=1))
    assert (seen.hung.reason, seen.hung.title, seen.hung.milestones[-1]) == (
        "等工程实施", "沙河镇镇长", ("2021-09-30", "建成通车"),
    )  # fmt: skip
    for month, said, late in ((2, "腾退谈成", False), (3, "腾退完成", False), (5, "管线迁完一半", True)):
        hanging.review(
            town, progress=said, next_step="按节点往下做", by=clerks[TOWN], at=moment(f"2021-{month:02}-16 10:00"),
            loaded=beijing,
        )  # fmt: skip
        assert order.entries.filter(move="review").order_by("-seq")[0].records["late"] is late
    worker.once(at=moment("2021-07-20 09:00"), sealing_too=False)
    assert Message.objects.filter(topic="review_late", unit__code=TOWN).count() == 1
    hanging.review(town, progress="管线迁完，开始铺路", next_step="九月通车", by=clerks[TOWN],
                   at=moment("2021-07-21 10:00"), loaded=beijing)  # fmt: skip
    assert [at.month for at, _, _ in view.of(life.now(order), now=moment("2021-08-01 09:00")).hung.reviews] == [
        7,
        5,
        3,
        2,
    ]
    row = Hanging.objects.get()
    assert (row.reviews, row.late_reviews) == (4, 2)
    assert [(one["unit__code"], one["n"]) for one in hanging.counts(district)] == [(TOWN, 1)]

    opened = moment("2021-09-16 09:00")
    hanging.take_down(town, reason="出入口今天通车", by=district, at=opened, loaded=beijing)
    assert life.parts(order)[0].handle_due - opened == left
    reply = "京新高速沙阳路出入口 9月16日双向开通，上下高速不用再绕行，有问题请打镇里值班电话。"
    for part in (land, road, town):
        life.report(part, by=clerks[part.unit.code], at=opened + timedelta(hours=2), measures="建成通车", reply=reply)
    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="七年了，终于通了")
    assert life.ask(order, yes, at=moment("2021-09-18 10:00"), loaded=beijing) == "close"
    assert life.now(order).solved == "yes"
    assert verify().broken == []
