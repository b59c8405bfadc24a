"""A letter tells a unit its own figures, where it is strong and weak, what cost most, and what to do."""

from __future__ import annotations

import pytest

from jieban.analytics.document import Document
from jieban.appraisal.publication import detail, letters
from jieban.core.errors import BadInput
from tests.appraisal import small
from tests.appraisal.publication import made

GOOD, BAD = "u1 yes yes", "u1 no no"
CASES = small.cases(
    *[f"{GOOD} category2=0202"] * 30,
    *[f"{GOOD} category2=0201"] * 6,
    *[f"{BAD} category2=0201"] * 23,
    f"{BAD} category2=0201 urgency=15d day=2026-11-05 in_time=0",
    "u1 - - reached=0",
    "u1 no no ground=ex_facts",
    *["u2 yes yes category2=0201"] * 50,
    *["u2 no yes category2=0202"] * 10,
    *["u2 yes yes category2=0202"] * 40,
    "u3 yes yes",
)
NAMES = {"0201": "供暖", "0202": "停车", "020101": "室温不达标"}


@pytest.fixture(scope="module")
def letter() -> Document:
    now = made.counted(CASES)
    board = now.boards[0]
    with made.engine(CASES) as (source, table):
        found = detail.of(source, table, now, board, "u1", NAMES)
    return letters.document(
        now, None, board, "u1", found, issuer="市民热线中心", numbers={60: "BJ-1"}, categories=NAMES
    )


def test_every_sentence_of_a_letter(letter: Document):
    assert made.texts(letter)[:-1] == [
        "u1（示例）：",
        "2026年11月考核期（2026年10月19日至2026年11月18日）的考评结果已经公布。现将你单位的情况函告如下。",
        "一、得分和名次",
        "你单位得 64.05 分（95% 区间 52.01–74.40），在街道参加排名的 2 个单位里排第 2 名。上期没有排名。"
        "响应率 98.0%（61 件）；街道平均 99.3%。解决率 59.8%（60 件）；街道平均 78.8%。满意率 59.8%（60 件）；"
        "街道平均 85.0%。没联系上市民 1 件（1.6%）。剔除 1 件，终结办理 0 件，不计入得分；不剔除时解决率是 58.8%。",
        "二、办得较好的和较差的",
        "解决得比同组多的是停车（30 件里市民说解决了 30 件，100.0%；同组 80.0%）。",
        "解决得比同组少的是供暖（30 件里市民说解决了 6 件，20.0%；同组 100.0%）。",
        "三、失分最多的工单",
        "三率合计失 35.95 分：响应率失 0.22 分、解决率失 17.87 分、满意率失 17.87 分。失分最多的 10 件见下表。",
        "四、请做好以下工作",
        "1. 供暖：还有 24 件市民没说解决，比同组少解决约 24 件。请逐件弄清卡在哪里，能办的定时间办，"
        "办不了的向市民讲明。",
    ]


def test_the_dearest_assignment_comes_first_with_its_number(letter: Document):
    assert made.table(letter, "costs").rows[0] == {
        "number": "BJ-1", "category": "室温不达标", "solved": "没解决", "satisfied": "不满意", "responded": "否",
        "points": pytest.approx(1.99, abs=0.005),
    }  # fmt: skip


def test_points_lost_add_up_to_what_lacks_from_full_marks():
    now = made.counted(CASES)
    with made.engine(CASES) as (source, table):
        found = detail.of(source, table, now, now.boards[0], "u1", NAMES)
    row = now.boards[0].row("u1")
    assert row is not None
    assert row.score is not None
    assert sum(found.lost.values()) == pytest.approx(100 - row.score, abs=1e-5)
    assert len(found.costs) == detail.COSTLY


def test_a_unit_that_is_not_on_the_board_has_no_letter():
    now = made.counted(CASES)
    nothing = detail.Detail((), (), {}, ())
    with pytest.raises(BadInput, match="没有这个单位"):
        letters.document(now, None, now.boards[0], "nowhere", nothing, issuer="", numbers={}, categories={})


def test_too_few_answers_are_said_without_a_rank():
    now = made.counted(CASES)
    nothing = detail.Detail((), (), {}, ())
    letter = letters.document(now, None, now.boards[0], "u3", nothing, issuer="", numbers={}, categories={})
    said = "你单位有效答复 1 件，不足 2 件，样本不足，本期不排名，也不说明办得好坏。"
    assert made.texts(letter)[3].startswith(said)
