"""南河槽 32 号地面渗水: one call, five units whistled for the same day, all there the next morning, a pipe laid anew.

After the report on 体育馆路街道: a water main leaked below the house; to mend it, house and road might be opened.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from jieban.accounts.actor import Role
from jieban.callback.rules import Said
from jieban.city import actions as city_actions
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.core.errors import BadInput
from jieban.handling import actions as handling
from jieban.handling import whistle
from jieban.handling.whistle import Call
from jieban.intake.rules import Filing
from jieban.orders.models import Message
from jieban.orders.verify import verify
from tests import factories
from tests.stories import life
from tests.stories.life import moment

STREET = "110101015"
# Bodies of the story that the shipped pack does not list.
MORE = """yutong-ciqikou,禹通磁器口维修所,,state_enterprise,,,,,,,,,true,story
jingcheng-chongdong,京诚集体崇东公司,,state_enterprise,,,,,,,,,true,story
municipal-two,市政二所,,state_enterprise,,,,,,,,,true,story
"""
CALLED = ("110101-cgw", "so-tapwater", "yutong-ciqikou", "jingcheng-chongdong", "municipal-two")
MORNING = moment("2026-01-10 09:12")
SAID = Filing(
    channel="phone",
    source="seat",
    source_id="story-nanhecao",
    at=MORNING,
    content="家里地面一直往外渗水，擦干了又冒出来，墙根都泡了，请派人来看看是哪里漏。",
    name="王林",
    phone="13800003232",
    category="0302",
    kind="help",
    place=STREET,
    address="体育馆路街道南河槽 32 号",
)
DIVISION = {
    "110101-cgw": ("区城管委工程科", "牵头定方案：废除渗漏段，管线重新设置"),
    "so-tapwater": ("自来水集团管网部", "出图，新管由集团供料"),
    "yutong-ciqikou": ("磁器口维修所两人", "关阀，负责开挖和接管"),
    "jingcheng-chongdong": ("崇东公司房管员", "公房地面由公司开挖、恢复"),
    "municipal-two": ("市政二所值班长", "路面破开和回填由二所做"),
}


@pytest.fixture
def beijing(db, tmp_path: Path) -> city.Loaded:
    """The Beijing pack with the bodies of the story."""
    folder = tmp_path / "beijing"
    shutil.copytree(Path(__file__).parents[2] / "cities" / "beijing", folder)
    with (folder / "units.csv").open("a", encoding="utf-8") as file:
        file.write(MORE)
    city_actions.load(folder, at=factories.AT)
    return city.current(at=factories.AT)


def test_five_units_come_to_one_house_and_the_street_answers_for_all(beijing):
    order = life.call(SAID, by=life.somebody(Role.AGENT), at=moment("2026-01-10 09:20")).taken
    street = next(part for part in life.parts(order) if part.unit.code == STREET)
    others = [part for part in life.parts(order) if part.pk != street.pk]
    assert (street.unit.name, street.role) == ("体育馆路街道", "lead")

    chief = life.somebody(Role.CHIEF, STREET)
    office = Unit.objects.get(code=f"{STREET}-cg")
    life.visit(
        street, by=chief, signed=moment("2026-01-10 09:30"), met=moment("2026-01-10 10:10"), note="进屋看了，地面在渗水"
    )
    handling.hand_down([street], to=office, instruction="马上去检修", by=chief, at=moment("2026-01-10 10:15"))
    office_clerk = life.somebody(Role.CLERK, office.code)
    found = "渗漏的是自来水管，给邻近楼栋供水，正好埋在房下"
    handling.note([street], text=found, by=office_clerk, at=moment("2026-01-10 11:30"))

    units = [Unit.objects.get(code=code) for code in CALLED]
    meet, blown = moment("2026-01-11 09:00"), moment("2026-01-10 14:00")
    call = Call(units, "查明是自来水管漏，维修可能要拆房、破路", "南河槽 32 号门口", meet)
    called = whistle.whistle([street], call, by=chief, at=blown, loaded=beijing)
    assert [(part.unit.code, part.arrive_by, part.role) for part in called] == [(c, meet, "assist") for c in CALLED]
    told = Message.objects.filter(order=order, topic="whistled").order_by("pk")
    assert [(message.unit.code, message.sent_at) for message in told] == [(code, blown) for code in CALLED]
    assert not Message.objects.filter(topic="whistle_across").exists()

    clerks = {code: life.somebody(Role.CLERK, code) for code in CALLED}
    for minutes, part in enumerate(called):
        by, at = clerks[part.unit.code], moment("2026-01-11 08:50") + timedelta(minutes=minutes)
        who, duty = DIVISION[part.unit.code]
        handling.sign([part], by=by, at=blown + timedelta(minutes=10))
        whistle.report_in([part], who=who, result=duty, by=by, at=at)
    reports = order.entries.filter(move="report_in").order_by("seq")
    assert [(e.unit.code, e.records["who"], e.records["late"]) for e in reports] == [
        (code, DIVISION[code][0], False) for code in CALLED
    ]

    for part in others:
        by = life.somebody(Role.CLERK, part.unit.code)
        life.visit(part, by=by, signed=moment("2026-01-10 09:40"), met=moment("2026-01-11 09:00"), note="一同到场")
        life.report(
            part,
            by=by,
            at=moment("2026-01-11 16:00"),
            measures="到场会商",
            reply="已到现场参加会商，维修由各单位分头做。",
        )
    reply = "您家地下的渗漏管段已经废除，管线改从别处走，地面和路面都恢复了。再有渗水请打街道值班电话。"
    for part in called[:4]:
        life.report(
            part,
            by=clerks[part.unit.code],
            at=moment("2026-01-12 16:00"),
            measures=DIVISION[part.unit.code][1],
            reply="本单位承担的部分已经做完，由街道答复。",
        )
    with pytest.raises(BadInput) as caught:
        life.report(street, by=chief, at=moment("2026-01-12 16:30"), measures="协调五家单位改管", reply=reply)
    assert str(caught.value).startswith("您吹哨叫来的市政二所还没有报办结。")
    life.report(
        called[4],
        by=clerks["municipal-two"],
        at=moment("2026-01-12 18:00"),
        measures="路面回填",
        reply="路面已经回填压实，由街道答复。",
    )
    life.report(street, by=chief, at=moment("2026-01-12 18:30"), measures="协调五家单位改管", reply=reply)
    done = life.now(order)
    assert (done.state, done.whistled, done.solved) == ("replied", True, "")
    texts = [message.body["text"] for message in Message.objects.filter(order=order, topic="completed")]
    assert [text.split("，")[1] for text in texts if "体育馆路街道" in text] == [
        "体育馆路街道说办完了。是否解决由您来说"
    ]
    assert not any(part.unit.name in text for part in called for text in texts)

    opened = _rate(beijing, called[4], chief, clerks["municipal-two"])
    assert [(row.of, row.score) for row in opened] == [("called", 4), ("caller", 5)]

    yes = Said(contacted=True, solved="yes", satisfied="yes", attitude="good", words="地面干了")
    assert life.ask(order, yes, at=moment("2026-01-13 10:00"), loaded=beijing) == "close"
    assert (life.now(order).state, life.now(order).solved) == ("closed", "yes")
    assert verify().broken == []


def _rate(loaded, part, chief, clerk):
    """Caller and called rate each other; the first is read only when the second is in."""
    part.refresh_from_db()
    at = moment("2026-01-12 19:00")
    whistle.rate(part, of="called", score=4, words="", by=chief, at=at, loaded=loaded)
    assert list(whistle.open_ratings(at=at)) == []
    whistle.rate(part, of="caller", score=5, words="分工清楚", by=clerk, at=at, loaded=loaded)
    return list(whistle.open_ratings(at=at).order_by("of"))
