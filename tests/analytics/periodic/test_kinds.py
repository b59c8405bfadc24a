"""Each kind of report on a small town: whole sentences, each of which can be worked out on paper."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from jieban.analytics import engines, periodic
from jieban.analytics.document import Document
from jieban.analytics.lake import Lake
from jieban.analytics.periodic import scopes, spans
from jieban.core.errors import BadInput
from tests.analytics.periodic.town import Town, headings, table, texts

TUESDAY = date(2021, 11, 30)
LATE = (
    "超期未办结：请市热力集团（2 件）、朝阳区住建委（1 件）逐件说明原因，报出办结日期；"
    "确有困难的按规定申请延期或提请协调，不再拖。"
)
HOUSES = "一号小区的集中供热{} 6 件，来自 3 个号码：请朝外街道当作一件事来办，先查共同原因，再逐户回复。"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Eight quiet Tuesdays of 30 contacts and a quiet Monday; then the heating fails at one estate."""

    def day(back: int) -> str:
        return str(TUESDAY - timedelta(days=back))

    made = Town()
    for week in range(1, 9):
        made.asked(day(7 * week), 10, "heat").asked(day(7 * week), 20, "trade", street="changyang", sent=False)
    made.asked(day(1), 10, "heat").asked(day(1), 20, "trade", street="changyang")
    made.asked(day(0), 34, "heat").asked(day(0), 6, "heat", place="estate1", callers=3)
    made.asked(day(0), 18, "trade", street="changyang", sent=False).asked(day(0), 2, "rooms", urgency="2h")
    made.worked(day(3), 30, "heat", "so-heat", late=2).worked(day(0), 40, "heat", "so-heat")
    made.worked(day(4), 5, "rooms", "110105-hc", late=1)
    made.said(day(7), 40, "heat", "so-heat", solved=36).said(day(7), 40, "trade", "pf-jd", solved=35)
    made.said(day(0), 40, "heat", "so-heat", solved=10).said(day(0), 40, "trade", "pf-jd", solved=36)
    return made.lay(tmp_path_factory.mktemp("town"))


def made(lake: Lake, kind: str, rhythm: str, on: date = TUESDAY, *, unit: str = "", category: str = "") -> Document:
    with engines.duckdb(lake) as source:
        scope = scopes.OF_FIRMS if kind == "enterprise" else scopes.WHOLE
        scope = scopes.of_unit(source, unit) if unit else scope
        scope = scopes.of_category(source, category) if category else scope
        return periodic.make(kind, source, scope, spans.ending(rhythm, on, cycle_start_day=19), issuer="市热线中心")


def test_the_day_is_told_in_full(town):
    found = made(town, "daily", "day")
    assert (found.title, found.issuer) == ("接诉即办日通报", "市热线中心")
    titles = ["总体情况", "反映集中的问题", "各地情况", "集中点位和反复来电", "突发和超期", "提请注意"]
    assert headings(found) == [f"{number}、{title}" for number, title in zip("一二三四五六", titles, strict=True)]
    assert texts(found) == [
        "11月30日（星期二），全市受理 60 件，都来自电话；派单 42 件、当场解答 18 件。"
        "受理量比前一日（30 件）多 30 件，比上周同日（30 件）多 30 件。",
        "比前一日多 30 件，主要是供暖多 30 件（都是集中供热）。分地区看，朝阳多 32 件。",
        "和平常比，受理总量 60 件，明显偏多（以往 8 个星期二平均 30 件、最多 30 件）；"
        "集中供热 40 件，明显偏多（以往 8 个星期二平均 10 件、最多 10 件）。",
        "反映最多的是供暖 40 件、市场管理 18 件、住房 2 件。",
        "受理最多的是朝阳 42 件、房山 18 件。",
        "同一地点、同一问题达到 3 件的点位有 1 处：一号小区的集中供热 6 件（前一日没有，来自 3 个号码）。",
        "当日没有反映 3 次以上的号码。",
        "当日突发（2 小时）工单 2 件，都是房屋修缮。",
        "到数据更新时，近 90 天派出的承办中还有 3 件超期没有办结，较多的是市热力集团 2 件、朝阳区住建委 1 件。",
        f"1. {LATE}",
        f"2. {HOUSES.format('当日')}",
        "3. 集中供热 40 件，平常 10 件左右：请承办最多的市热力集团查明原因，把答复口径及时给到坐席。",
    ]


def test_a_table_holds_what_its_sentence_says(town):
    assert table(made(town, "daily", "day"), "matters") == [
        {"name": "供暖", "now": 40, "before": 10, "step": 30},
        {"name": "市场管理", "now": 18, "before": 20, "step": -2},
        {"name": "住房", "now": 2, "before": 0, "step": 2},
    ]
    assert table(made(town, "daily", "day"), "points") == [
        {"place": "一号小区", "matter": "集中供热", "street": "朝外街道", "now": 6, "before": 0, "numbers": 3}
    ]


def test_a_quiet_day_says_that_there_is_nothing_to_do(town):
    found = texts(made(town, "daily", "day", date(2021, 11, 23)))
    assert found[0] == (
        "11月23日（星期二），全市受理 30 件，都来自电话；派单 10 件、当场解答 20 件。"
        "受理量前一日没有，与上周同日（30 件）相同。"
    )
    assert found[1:3] == [
        "比前一日多 30 件，主要是市场管理多 20 件（都是网络交易）、供暖多 10 件（都是集中供热）。"
        "分地区看，房山多 20 件、朝阳多 10 件。",
        "和平常比，各类问题和各地都在以往 7 个星期二的范围之内，没有明显异常。",
    ]
    assert found[-1] == "没有需要特别调度的事项，按日常节奏办理。"


def test_the_week_tells_who_moved_the_rates(town):
    found = texts(made(town, "weekly", "week", date(2021, 12, 5)))
    assert found[1] == "注意：数据里最后一件是2021年11月30日的，这一期可能还不完整。"
    assert found[-8:-5] == [
        "本周回访得到 80 件结果。响应率 100.0%（80 / 80 件），与前一周（100.0%）持平。"
        "解决率 57.5%（46 / 80 件），比前一周（88.8%）下降 31.3 个百分点。"
        "满意率 50.0%（40 / 80 件），与前一周（50.0%）持平。",
        "解决率下降，影响最大的是市热力集团（40 件中解决 10 件，拉低 32.5 个百分点）。",
        "到数据更新时，近 90 天派出的承办中还有 3 件超期没有办结，较多的是市热力集团 2 件、朝阳区住建委 1 件。",
    ]
    assert found[-1] == (
        "5. 解决得少：请市热力集团（40 件中没解决 30 件）把市民说没解决的逐件复核，能办的接着办，不能办的当面讲清楚。"
    )


def test_a_month_without_an_earlier_one_says_so(town):
    found = texts(made(town, "monthly", "month"))
    assert found[0] == (
        "11月，全市受理 210 件，都来自电话；派单 112 件、当场解答 98 件。数据里没有更早的时期，暂时没有可比的。"
    )
    assert found[4] == (
        "本月派出的承办中，按时签收 100.0%（75 / 75 件）；按时联系市民 100.0%（75 / 75 件）；"
        "按时办结 96.0%（72 / 75 件）。"
    )
    assert found[-2:] == [f"1. {LATE}", f"2. {HOUSES.format('本月')}"]


def test_a_trade_names_who_handles_it(town):
    found = made(town, "trade", "month", category="14")
    assert found.title == "供暖行业专报"
    assert "承办最多的是市热力集团 70 件。" in texts(found)
    assert table(found, "handlers") == [{"name": "市热力集团", "now": 70}]


def test_a_street_is_not_judged_on_too_few(town):
    found = made(town, "street", "month", unit="110105002")
    assert found.title == "朝外街道接诉即办体检报告"
    assert texts(found)[:2] == [
        "本月可评的件数少，6 项都不作评价，只列件数。",
        "11月，朝外街道辖区受理 92 件，都来自电话；派单 92 件。数据里没有更早的时期，暂时没有可比的。",
    ]
    assert {row["verdict"] for row in table(found, "signs")} == {"件数少，不评"}


def test_firms_are_set_beside_everybody(tmp_path):
    days = [str(TUESDAY - timedelta(days=n)) for n in (0, 1)]
    lake = (
        Town().asked(days[0], 40, "trade", firm=True).asked(days[0], 60, "heat").asked(days[1], 1, "heat").lay(tmp_path)
    )
    found = texts(made(lake, "enterprise", "week", date(2021, 12, 5)))
    assert found[2:4] == [
        "企业诉求占全市受理量的 39.6%（40 / 101 件）。",
        "反映最多的是网络交易 40 件。",
    ]


def test_the_meeting_gets_its_agenda(town):
    found = made(town, "meeting", "day")
    assert headings(found) == ["一、运行情况", "二、提请会议研究", "三、附：集中点位", "四、附：超期未办结"]
    assert texts(found)[4] == f"议题1　{LATE}"
    assert table(found, "late") == [{"unit": "市热力集团", "n": 2}, {"unit": "朝阳区住建委", "n": 1}]
    calm = texts(made(town, "meeting", "day", date(2021, 11, 23)))
    assert calm[-1] == "本次没有需要提请会议研究的事项，可以不开会，材料送阅。"


def test_points_of_last_week_are_followed_up(tmp_path):
    lake = (
        Town().asked("2021-11-08", 1, "trade")
        .asked("2021-11-16", 5, "heat", place="estate1").asked("2021-11-16", 4, "rooms", place="estate2")
        .asked("2021-11-23", 7, "heat", place="estate1", callers=1)
    ).lay(tmp_path)  # fmt: skip
    found = texts(made(lake, "weekly", "week", date(2021, 11, 28)))
    assert (
        "前一周的 2 处集中点位，本周 1 处没有再出现、1 处没有减少。"
        "没有减少的是一号小区的集中供热（前一周 5 件，本周 7 件）。"
    ) in found
    assert "本周反映 3 次以上的号码有 1 个，共 7 件。" in found
    assert (
        "一号小区的集中供热本周 7 件，都来自同一个号码：请朝外街道指定专人上门沟通，一包到底，不按多户问题铺开。"
        in [text.split(". ", 1)[-1] for text in found]
    )


def test_an_empty_period_and_one_before_the_lake_are_readable(town):
    assert texts(made(town, "daily", "day", date(2021, 11, 28))) == [
        "11月28日（星期日），全市没有诉求。受理量前一日也没有，上周同日也没有。",
        "到数据更新时，近 90 天派出的承办中还有 3 件超期没有办结，较多的是市热力集团 2 件、朝阳区住建委 1 件。",
    ]
    assert texts(made(town, "daily", "day", date(2020, 1, 1))) == ["数据从2021年10月5日开始，不够这一期用，不作分析。"]


def test_a_lake_without_facts_says_what_to_do(tmp_path):
    assert texts(made(Town().lay(tmp_path), "daily", "day")) == [
        "分析库里还没有数据。请先同步（jieban lake sync），再生成报告。"
    ]


def test_a_report_has_only_its_own_scopes_and_rhythms(town):
    with pytest.raises(BadInput, match="about street, by month or cycle; not about city by day"):
        made(town, "street", "day")
    with pytest.raises(BadInput, match="no report hourly"):
        made(town, "hourly", "day")
    with pytest.raises(BadInput, match="no unit nobody"):
        made(town, "daily", "day", unit="nobody")


def test_the_document_tells_what_it_was_made_of(town):
    assert made(town, "daily", "day").about == {
        "kind": "daily",
        "scope": {"kind": "city", "code": "", "name": "全市"},
        "rhythm": "day",
        "lake": {"first": "2021-10-05", "last": "2021-11-30"},
    }


def test_it_can_be_laid_anywhere(tmp_path: Path):
    lake = Town().asked("2021-11-30", 1, "heat").lay(tmp_path)
    assert texts(made(lake, "daily", "day"))[:2] == [
        "11月30日（星期二），全市受理 1 件，都来自电话；派单 1 件。数据里没有更早的时期，暂时没有可比的。",
        "反映的是供暖。",
    ]
