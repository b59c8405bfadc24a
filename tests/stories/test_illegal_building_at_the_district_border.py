"""广外/太平桥违建: two floors astride the border of two districts, each side sent away, taken down together.

After the case of 广安门外街道 (西城区) and 太平桥街道 (丰台区): 跨区吹哨, both streets' people there at once.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.handling import actions as handling
from jieban.handling import whistle
from jieban.handling.whistle import Call
from jieban.intake.rules import Filing
from jieban.orders import queries as orders
from jieban.orders.models import Message
from jieban.orders.verify import verify
from tests import factories
from tests.stories import life
from tests.stories.life import moment

GUANGWAI, TAIPINGQIAO = "110102020", "110106002"
ACROSS = (TAIPINGQIAO, "110106-zfj")
CALLED = ("110102-zfj", *ACROSS)
TEN = moment("2026-03-09 10:05")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-border",
    at=TEN,
    content="路口那栋二层违建开着饭馆，油烟和污水都往外排，一问就说不归这边管，两个区都拆不了。",
    name="常青",
    phone="13800001020",
    category="0401",
    kind="report",
    place=GUANGWAI,
    address="广安门外街道与太平桥街道交界处",
)


@pytest.mark.django_db
def test_building_astride_the_border_comes_down_when_both_districts_are_called_to_the_spot(beijing, client: Client):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=moment("2026-03-09 10:12")).taken
    parts = life.parts(order)
    street = next(part for part in parts if part.unit.code == GUANGWAI)
    beside = [part for part in parts if part.pk != street.pk]
    assert (street.role, street.unit.district.name) == ("lead", "西城区")

    chief = life.somebody(Role.CHIEF, GUANGWAI)
    life.visit(
        street, by=chief, signed=moment("2026-03-09 10:40"), met=moment("2026-03-09 15:00"), note="执法队找了经营者"
    )
    handling.note([street], text="经营者说违建属于丰台，不归西城管", by=chief, at=moment("2026-03-10 10:00"))
    other_side = life.somebody(Role.DISTRICT, "110106")
    assert list(orders.visible_to(other_side)) == []

    blown, meet = moment("2026-03-12 09:30"), moment("2026-03-13 09:00")
    units = [Unit.objects.get(code=code) for code in CALLED]
    call = Call(units, "楼骑在两区交界上，哪一边单拆都越界，请一起来", "楼前路口", meet)
    called = whistle.whistle([street], call, by=chief, at=blown, loaded=beijing)
    entry = order.entries.get(move="whistle")
    assert {one["unit"]: one["across"] for one in entry.records["to"]} == {c: c in ACROSS for c in CALLED}
    told = Message.objects.filter(order=order, topic="whistle_across")
    assert {(m.unit.name, m.sent_at) for m in told} == {("西城区", blown), ("丰台区", blown)}
    assert list(orders.visible_to(other_side)) == [order]

    clerks = {code: life.somebody(Role.CLERK, code) for code in CALLED}
    for part, hour in zip(called, ("08:50", "08:55", "09:20"), strict=True):
        by = clerks[part.unit.code]
        handling.sign([part], by=by, at=blown + timedelta(hours=1))
        whistle.report_in(
            [part], who="执法队四人", result="两区一起认定，整体拆除", by=by, at=moment(f"2026-03-13 {hour}")
        )
    late = order.entries.filter(move="report_in").order_by("seq")
    assert [e.records["late"] for e in late] == [False, False, True]

    post = factories.a_post(Role.CLERK, Unit.objects.get(code=TAIPINGQIAO))
    client.force_login(post.person, backend="django.contrib.auth.backends.ModelBackend")
    board = client.get("/boards/joint/whistles").content.decode()
    assert ("广安门外街道" in board, "跨区" in board) == (True, True)

    for part in beside:
        by = life.somebody(Role.CLERK, part.unit.code)
        life.visit(part, by=by, signed=moment("2026-03-09 11:00"), met=moment("2026-03-09 16:00"), note="查了规划")
        life.report(
            part,
            by=by,
            at=moment("2026-03-12 17:00"),
            measures="出具认定意见",
            reply="经核查，该建筑没有规划许可，认定为违法建设。",
        )
    for part in called:
        life.report(
            part,
            by=clerks[part.unit.code],
            at=moment("2026-03-16 17:00"),
            measures="联合拆除本区一侧",
            reply="本区一侧已拆除并清运，由广安门外街道答复。",
        )
    reply = "两区联合拆除，二层违建已经整体拆掉，渣土清走了，路口恢复通行。再有反复请打街道值班电话。"
    life.report(street, by=chief, at=moment("2026-03-16 18:00"), measures="两区联合整体拆除", reply=reply)
    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="终于拆了")
    assert life.ask(order, yes, at=moment("2026-03-18 10:00"), loaded=beijing) == "close"
    done = life.now(order)
    assert (done.solved, done.whistled) == ("yes", True)
    assert [p.unit.code for p in life.parts(order) if p.came_by == "whistle"] == list(CALLED)
    assert verify().broken == []
