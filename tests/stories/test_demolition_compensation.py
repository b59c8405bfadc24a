"""拆迁补偿: the law leaves the sum as it is, the village explains it at the door. Not solved, yet content.

The report has 17.6 % solved and 60 % satisfied for such matters: 解释 must not pass for 解决, nor be lost beside it.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from jieban.accounts.actor import Role
from jieban.appraisal import queries as appraisal
from jieban.callback.rules import Said
from jieban.handling import actions as handling
from jieban.intake.rules import Filing
from jieban.orders.verify import verify
from tests.appraisal import record
from tests.stories import life
from tests.stories.life import moment

NOON = moment("2026-04-07 11:40")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-demolition",
    at=NOON,
    content="我家 2012 年拆迁，按当时的标准补偿，现在邻村补得比我们高，要求按新标准把差的补给我们。",
    name="赵国强",
    phone="13800005566",
    category="040301",
    kind="help",
    place="110115009",
    address="大兴区某村",
)
EXPLAINED = Said(True, "explained", "yes", "good", "道理讲清楚了，文件也给我看了，钱还是没补")
REPLY = "您家 2012 年按当时公布的标准签约，邻村是另一个项目。政策文件已送您一份，有疑问可找村里陈书记。"


@pytest.mark.django_db
def test_explained_and_content_is_counted_as_neither_solved_nor_failed(beijing, client: Client):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=moment("2026-04-07 11:46")).taken
    lead = life.parts(order)[0]
    clerk = life.somebody(Role.CLERK, lead.unit.code)
    for part in life.parts(order):
        by = life.somebody(Role.CLERK, part.unit.code)
        life.visit(part, by=by, signed=moment("2026-04-07 12:10"), met=moment("2026-04-07 12:40"), note="约好上门")
    handling.note([lead], text="村书记带着两份文件上门，逐条说明", by=clerk, at=moment("2026-04-08 15:00"))
    for part in life.parts(order):
        by = life.somebody(Role.CLERK, part.unit.code)
        handling.complete(
            [part], result="explained", measures="上门解释补偿政策", reply=REPLY, by=by, at=moment("2026-04-08 16:20")
        )
    assert (life.now(order).state, life.now(order).solved) == ("replied", "")

    asked = moment("2026-04-09 10:00")
    assert life.ask(order, EXPLAINED, at=asked, loaded=beijing) == "close"
    done = life.now(order)
    assert (done.state, done.solved, done.satisfied, done.round) == ("closed", "explained", "yes", 1)

    week = appraisal.Period(NOON, asked + timedelta(days=1))
    found = record.rates(week)[lead.unit.code]
    assert [found[f"resolution_{which}"] for which in appraisal.WHICH] == [1, 0, 0, 1, 0]
    assert [found[f"satisfaction_{which}"] for which in appraisal.WHICH] == [1, 1, 0, 0, 0]

    page = tracked(client, done.number)
    unit, citizen = re.findall(r'<span class="jb-mk jb-mk-([uc]) [^"]*"><svg.*?</svg>([^<]+)</span>', page)[:2]
    assert (unit, citizen) == (("u", "单位已办结"), ("c", "您说没解决，但说明了原因"))
    assert page.count("您确认已解决") == 0
    assert verify().broken == []


def tracked(client: Client, number: str) -> str:
    """The citizen's own page of the order."""
    client.post("/track", {"number": number, "digits": "5566"})
    return client.get(f"/track/{number}").content.decode()
