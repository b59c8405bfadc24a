"""The sentences of the report say what its tables hold, and follow the period."""

from __future__ import annotations

from datetime import date

from jieban.analytics import data_report
from jieban.analytics.document import Heading, Paragraph
from tests.analytics.data_report.conftest import MADE


def said(made) -> list[str]:
    return [part.text for part in made.parts if isinstance(part, Paragraph)]


def test_the_report_says_its_numbers_in_sentences(made):
    texts = said(made)
    assert texts[0] == (
        "三年来，热线共受理群众反映10件，其中，电话反映7件，占比70.0%，网络反映3件，占比30.0%。诉求派单6件，占比60.0%，解答咨询3件，占比30.0%。"
    )
    assert texts[1] == "热线受理总量从2019年的4件到2021年的3件，下降25.0%。"
    assert texts[2] == "注：2021年数据截至2021年11月30日"
    assert (
        "从来电号码看，热线来电号码量2019年2个，2020年3个，2021年2个，持平。其中，1个来电号码每年都拨打热线，2020年新增号码比例为33.3%，"
        "2021年新增号码比例为50.0%。"
    ) in texts
    assert (
        "从近三年群众反映问题占比变化来看，住房(小区配套、房屋修缮)、市场管理(网络交易)、交通管理(交通设施)等问题的反映占比呈下降趋势；"
        "供暖(集中供热)、卫生健康、疫情防控(进出京政策)等问题的反映占比呈上升趋势。"
    ) in texts
    assert texts[-1] == "平原新城（房山）诉求量1件，占全市各区总量的16.7%。前十类问题分别是市场管理（1件）。"


def test_the_headings_are_those_of_the_printed_report(made):
    heads = [part.text for part in made.parts if isinstance(part, Heading) and part.level == 1]
    assert heads == ["一、总体情况", "二、群众反映前十类问题情况", "三、群众诉求办理情况"]
    places = [part.text for part in made.parts if isinstance(part, Heading) and part.level == 3][4:]
    assert places == ["1. 朝阳", "2. 密云", "3. 房山", "1. 中心城区及副中心", "2. 生态涵养区", "3. 平原新城"]


def test_a_few_weeks_give_a_sensible_report_without_years_to_compare(source):
    counts = data_report.count(source, date(2019, 1, 1), date(2019, 2, 28))
    texts = said(data_report.document(counts, about={}, made_at=MADE))
    assert texts[0].startswith("本期，热线共受理群众反映3件")
    assert [text for text in texts if "上升趋势" in text or "从2019年的" in text] == []


def test_a_made_up_city_is_named_as_such_on_the_first_page(counts):
    made = data_report.document(counts, about={"invented": True}, made_at=MADE)
    assert made.parts[0] == Paragraph("本报告由合成数据生成，不是任何城市的真实情况。", note=True)
