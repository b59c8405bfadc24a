"""The scorecard says in whole sentences what the result holds, what is within the error and what was left out."""

from __future__ import annotations

import io

import docx
import pytest

from jieban.analytics import web, word
from jieban.analytics.document import Document, Table
from jieban.appraisal.publication import correcting, scorecard
from tests.appraisal.publication import made

STREETS = [
    "甲街道 1 98.10 97.80 98.40 n=400 unreached=40",
    "乙街道 2 97.90 97.60 98.20 n=300 resolution=0.93 raw=0.90 excluded=20 filed=5",
    "丙镇 3 95.00 94.50 95.50 n=200 resolution=0.91",
    "丁乡 - 90.00 80.00 99.00 n=1 answers=1 unreached=0",
]
BEFORE = [
    "甲街道 2 96.00 95.70 96.30 n=400 resolution=0.90",
    "乙街道 1 98.00 97.70 98.30 n=300 resolution=0.93",
    "丙镇 3 95.20 94.70 95.70 n=200 resolution=0.92",
]
DISTRICTS = [f"{name}区 {n} {98 - n} {97.5 - n} {98.5 - n}" for n, name in enumerate("东西南北中", 1)]


@pytest.fixture(scope="module")
def document() -> Document:
    now = made.published(streets=STREETS, districts=DISTRICTS)
    return scorecard.document(now, made.published("2026-10", streets=BEFORE), None, issuer="市民热线中心")


def test_every_sentence_of_a_cycle(document: Document):
    scheme = made.published().scheme.sha256
    assert made.texts(document) == [
        "示例，非官方。2026年11月考核期从2026年10月19日到2026年11月18日，按考评方案“小城方案”计算，这是第 1 版。"
        "区间是 95% 的误差范围；两家区间重叠的，名次先后不说明问题。",
        "一、全市情况",
        "本期计入考评的回访 961 件，其中没联系上市民 60 件（6.2%）。响应率 99.0%，与上期（99.0%）持平。"
        "解决率 93.4%，比上期（91.4%）高 2.0 个百分点，属正常波动。满意率 96.0%，与上期（96.0%）持平。"
        "以上各率按各单位的答复件数平均。",
        "二、街道乡镇",
        "参加排名的 3 个，平均 97.00 分。名次是甲街道（98.10 分）、乙街道（97.90 分）、丙镇（95.00 分）。"
        "甲街道和乙街道的得分区间重叠，名次先后在误差范围内。",
        "三、各区",
        "参加排名的 5 个，平均 95.00 分。前三名是东区（97.00 分）、西区（96.00 分）、南区（95.00 分）。"
        "前三名相邻两名的得分区间都有重叠，名次先后在误差范围内。靠后的两个是北区（94.00 分）、中区（93.00 分）。"
        "靠后的两个相邻两名的得分区间都有重叠，名次先后在误差范围内。",
        "四、进步和退步",
        "街道里，进步最大的是甲街道（第 2 名到第 1 名，96.00 分到 98.10 分）。退步最大的是乙街道（第 1 名到第 2 名，"
        "98.00 分到 97.90 分）。其中乙街道两期的得分区间重叠，升降可能只是波动。",
        "五、样本不足",
        "街道有效答复不足 2 件的：丁乡（1 件）。不排名，不说明好坏。",
        "六、不计入考评的",
        "街道回访 986 件，剔除 20 件（2.0%），终结办理 5 件（0.5%），都不计入得分。解决率剔除前 92.4%，剔除后 93.4%。"
        "满意率剔除前 96.0%，剔除后 96.0%。",
        "怎样核对",
        f"本期按考评方案“小城方案”（small，示例，非官方）计算，方案校验值 {scheme}。结果校验值 {made.SHA}。"
        "审计包里有全部计分事实、方案、结果和一个只用 Python 标准库的 recompute.py；"
        "运行 python3 recompute.py，每一位数字都应相同。",
        "附件：全部名次",
        "其余各组的全部名次见同一页的 JSON 文件。",
    ]


def test_rows_have_rank_possible_ranks_interval_and_step(document: Document):
    assert made.table(document, "streets").rows[0] == {
        "rank": 1, "ranks": "1–2", "unit": "甲街道", "score": 98.1, "interval": "97.80–98.40", "step": "进 1 名",
        "response": 0.99, "resolution": 0.95, "satisfaction": 0.96, "n": 400,
    }  # fmt: skip
    assert [row["ranks"] for row in made.table(document, "streets").rows] == ["1–2", "1–2", "3"]


def test_a_unit_with_too_few_answers_is_in_no_table(document: Document):
    tables = [part for part in document.parts if isinstance(part, Table)]
    assert [part.key for part in tables for row in part.rows if row["unit"] == "丁乡"] == []


def test_long_boards_show_ten_at_both_ends_and_a_short_one_nobody_twice():
    rows = [f"街{n} {n} {99 - n} {98.9 - n} {99.1 - n}" for n in range(1, 26)]
    found = scorecard.ends(made.published(streets=rows).boards[0])
    assert ([row.rank for row in found.top], [row.rank for row in found.bottom]) == (
        [*range(1, 11)],
        [*range(16, 26)],
    )
    short = scorecard.ends(made.published(streets=rows[:13]).boards[0])
    assert ([row.rank for row in short.top], [row.rank for row in short.bottom]) == ([*range(1, 11)], [11, 12, 13])
    assert (found.first, found.last, short.last) == ("前十名", "后十名", "后三名")


def test_property_firms_stand_on_the_red_and_the_black_list():
    rows = [f"物业{n} {n} {99 - n} {98.9 - n} {99.1 - n}" for n in range(1, 13)]
    document = scorecard.document(made.published(property=rows), None, None, issuer="")
    titles = [part.title for part in document.parts if isinstance(part, Table)]
    assert titles == ["物业服务企业红榜", "物业服务企业黑榜", "物业服务企业"]


def test_a_correction_says_why_and_what_changed():
    old = made.published(streets=STREETS)
    rows = ["乙街道 1 98.20 97.90 98.50 n=300", *STREETS[2:], "甲街道 2 98.10 97.80 98.40 n=400"]
    now = made.published(streets=rows, version=2, why="补录了 3 件漏掉的回访。")
    document = scorecard.document(now, None, old, issuer="")
    assert made.texts(document)[1:3] == [
        "一、更正说明",
        "这是第 2 版，代替第 1 版；两版都保留。更正原因：补录了 3 件漏掉的回访。"
        "2 个单位的得分有变化，其中 2 个名次变了。",
    ]
    assert made.table(document, "changes").rows == [
        {"board": "街道", "unit": "乙街道", "was": "第 2 名，97.90 分", "now": "第 1 名，98.20 分"},
        {"board": "街道", "unit": "甲街道", "was": "第 1 名，98.10 分", "now": "第 2 名，98.10 分"},
    ]


def test_a_correction_that_moves_no_score_says_so():
    now = made.published(streets=STREETS, version=2, why="更换了一件的证据材料")
    [said] = correcting.said(now, made.published(streets=STREETS))
    assert said == correcting.Paragraph(
        "这是第 2 版，代替第 1 版；两版都保留。更正原因：更换了一件的证据材料。各单位的得分和名次都没有变。"
    )


def test_a_cycle_without_cases_says_so():
    document = scorecard.document(made.published(), None, None, issuer="")
    assert made.texts(document)[1:5] == [
        "一、全市情况", "本期没有回访结果，不排名。", "二、进步和退步", "上期没有冻结的结果，不比较。",
    ]  # fmt: skip


def test_word_has_the_note_on_every_page_and_every_sentence(document: Document):
    made_file = docx.Document(io.BytesIO(word.render(document)))
    assert [[p.text for p in section.header.paragraphs] for section in made_file.sections] == [["示例，非官方"]]
    written = [paragraph.text for paragraph in made_file.paragraphs]
    assert [text for text in made.texts(document) if text not in written] == []
    assert [row.cells[2].text for row in made_file.tables[0].rows] == ["单位", "甲街道", "乙街道", "丙镇"]


def test_web_page_says_the_same(document: Document):
    body = web.parts(document).body
    assert [text for text in made.texts(document) if text not in body] == []
