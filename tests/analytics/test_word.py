"""A report in Word: what the reader finds in it, opened again with python-docx."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from jieban.analytics import plots, word
from tests.analytics.papers import PAPER


@pytest.fixture(scope="module")
def paper():
    return docx.Document(BytesIO(word.render(PAPER)))


def test_title_period_headings_text_and_signature_come_in_their_order(paper):
    said = [(p.style.name, p.text) for p in paper.paragraphs if p.text and p.style.name != "Caption"]
    assert said == [
        ("Normal", "数据报告"),
        ("Normal", "（2019年1月1日至2021年11月30日）"),
        *([] if plots.face() else [("Normal", word.NO_FONT)]),
        ("Heading 1", "一、总体情况"),
        ("Normal", "三年来共受理 3134 万件 & 更多。"),
        ("Heading 2", "（一）受理总量"),
        ("Normal", "注：截至11月30日"),
        ("Heading 3", "1. 各区"),
        ("Normal", "本期无数据。"),
        ("Normal", "北京市市民热线服务中心"),
        ("Normal", "2021年12月5日"),
    ]


def test_a_single_day_is_told_once():
    one = replace(PAPER, since=PAPER.until)
    assert [word.days(paper) for paper in (PAPER, one, replace(PAPER, since=None))] == [
        "2019年1月1日至2021年11月30日",
        "2021年11月30日",
        "",
    ]


def test_fonts_are_those_of_chinese_offices(paper):
    east = {
        name: paper.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Heading 1", "Heading 2", "Heading 3")
    }
    assert east == {"Normal": "仿宋", "Heading 1": "黑体", "Heading 2": "楷体", "Heading 3": "仿宋"}


def test_a_table_repeats_its_head_and_sets_numbers_to_the_right(paper):
    table = paper.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["月份", "2019年", "2020年"]
    assert [cell.text for cell in table.rows[12].cells] == ["12月", "120 万", "—"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.paragraphs[0].alignment for cell in table.rows[1].cells] == [0, 2, 2]
    assert len(paper.tables) == 5


def test_charts_are_pictures_with_words_for_who_cannot_see_them(paper):
    if plots.face() is None:
        assert len(paper.inline_shapes) == 0
        return
    told = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert told[0] == "每月受理量：按月份列出2019年、2020年，共 12 项，数据见同名表格。"
    assert len(told) == 5


def test_without_a_chinese_font_the_document_says_so_and_keeps_its_tables(monkeypatch):
    monkeypatch.setattr(plots, "FACES", ())
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    plots.face.cache_clear()
    try:
        bare = docx.Document(BytesIO(word.render(PAPER)))
    finally:
        plots.face.cache_clear()
    assert (len(bare.inline_shapes), len(bare.tables)) == (0, 5)
    assert [p.text for p in bare.paragraphs].count(word.NO_FONT) == 1


def test_pages_are_numbered(paper):
    footer = paper.sections[0].footer.paragraphs[0]
    assert footer.text.replace(" ", "") == "——"
    assert [field.get(qn("w:instr")) for field in footer._p.iter(qn("w:fldSimple"))] == ["PAGE"]
