"""A report as a web page: everything inside, nothing from elsewhere, tables beside charts."""

from __future__ import annotations

import re
from dataclasses import replace

from jieban.analytics import web
from tests.analytics.papers import EMPTY, PAPER


def test_the_page_has_contents_text_and_every_table():
    made = web.parts(PAPER)
    assert re.findall(r'<li class="(.*?)"><a href="(.*?)">(.*?)</a>', made.contents) == [
        ("jr-l1", "#part-0", "一、总体情况"), ("jr-l2", "#part-2", "（一）受理总量"),
    ]  # fmt: skip
    assert re.findall(r'<(h\d) id="(.*?)">', made.body) == [("h2", "part-0"), ("h3", "part-2"), ("h4", "part-5")]
    assert re.findall(r"<caption>(.*?)</caption>", made.body) == [
        "每月受理量", *["各类单位 &lt;承办&gt; 占比"] * 2, "每月受理量", "各类单位 &lt;承办&gt; 占比",
    ]  # fmt: skip
    assert re.findall(r'<p class="jr-note">(.*?)</p>', made.body) == [
        "注：截至11月30日", "没有的事：本期无数据。",
    ]  # fmt: skip
    assert '<td class="">12月</td><td class="jr-n">120 万</td><td class="jr-n">—</td>' in made.body


def test_charts_hold_the_values_in_the_unit_of_their_axis():
    charts = web.parts(PAPER).charts
    assert [(chart["shape"], chart["lies"], chart["unit"]) for chart in charts] == [
        ("line", False, "万件"), ("pie", False, "%"), ("bar", True, "%"), ("bars", True, "万件"), ("stack", False, "%"),
    ]  # fmt: skip
    assert charts[0]["series"][1] == {
        "title": "2020年",
        "values": [11, 22, 33, 44, 55, 66, 77, 88, 99, None, None, None],
    }
    assert charts[1]["series"][0]["values"] == [60, 40]


def test_every_chart_is_named_for_who_cannot_see_it():
    body = web.parts(PAPER).body
    assert re.findall(r'role="img" aria-label="(.*?)" data-report-chart="(\d)"', body)[0] == (
        "每月受理量：按月份列出2019年、2020年，共 12 项，数据见同名表格。", "0",
    )  # fmt: skip
    assert body.count('role="img"') == 5


def test_the_exported_file_needs_nothing_else():
    page = web.render(PAPER)
    outside = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert re.findall(r"\b(?:src|href)=[\"'](?!#)(.*?)[\"']", outside) == []
    assert "@import" not in outside
    assert page.count("<h1>数据报告</h1>") == 1


def test_without_the_front_end_files_the_page_says_so(monkeypatch):
    monkeypatch.setattr(web.finders, "find", lambda name: None)
    page = web.render(PAPER)
    assert web._NO_SCRIPT in page
    assert "<script" not in page


def test_a_document_without_charts_needs_no_script():
    assert "<script" not in web.render(replace(PAPER, parts=(EMPTY,)))
