"""The sheet of a case: whole sentences for every kind of rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from jieban.appraisal import recompute, sheet
from jieban.appraisal.sheet import Counted, Sheet
from jieban.city.schemes import Scheme
from tests.appraisal import small

NAMES = sheet.Names(
    categories={"010101": "个人防护", "020101": "网络交易"}, urgencies={"7d": "一般", "15d": "疑难"},
    grounds={"ex_facts": "反映情况不实"}, units=small.UNITS,
)  # fmt: skip
FILTER = '[{ name = "只计疫情", categories = ["01"], boards = ["streets"], from = 2026-10-19, to = 2026-11-19 }]'
EPIDEMIC = "category1=01 category2=0101 category=010101"


def told(line: str, of: Scheme | None = None) -> Sheet:
    [case] = small.cases(line)
    return sheet.tell(case, small.cycle(of), NAMES)


def board(line: str, name: str = "街道", of: Scheme | None = None) -> Counted:
    [found] = [one for one in told(line, of).boards if one.board == name]
    return found


def test_an_ordinary_case_is_told_whole():
    assert told("u1 yes mostly") == Sheet(
        answer=(
            "11月1日用电话回访第 1 轮，市民说：已解决，基本满意。",
            "记录上，单位在时限内联系了市民，市民也说联系过，所以响应算上。",
        ),
        cycle="回访在 2026-11 考核期内（10月19日至11月18日），计入这一期。",
        left_out="",
        boards=(
            Counted("街道", "u1（示例）", ("承办单位是u1（示例），计给它。", *USUAL), ONES, MOSTLY),
            Counted("区", "d1（示例）", ("承办单位属于d1（示例），计给它。", *USUAL), ONES, MOSTLY),
            Counted(
                "行业", "dep（示例）", ("“网络交易”由dep（示例）主管，不论谁承办都计给它。", *USUAL),
                ONES, MOSTLY,
            ),
        ),
    )  # fmt: skip


ONES = "1.00 × 1.00 × 1.00 × 1.00 = 1.00"
USUAL = (
    "分类权重：方案没有给这一类加权，1.00。",
    "难度权重：一般，1.00。",
    "角色权重：主办，1.00。",
    "特殊规定：没有适用的，1.00。",
)
MOSTLY = (
    "响应：“算上”算 1.00；1.00 里得 1.00。",
    "解决：“已解决”算 1.00；1.00 里得 1.00。",
    "满意：“基本满意”算 0.80；1.00 里得 0.80。",
)


def test_every_factor_stands_in_the_product():
    found = board(f"u1 part no {EPIDEMIC} urgency=15d role=assist owner=unmanaged")
    assert found.because == (
        "承办单位是u1（示例），计给它。",
        "分类权重：“疫情加权”，1.50。",
        "难度权重：疑难，1.20。",
        "角色权重：协办，0.50。",
        "特殊规定：“失管弃管”，0.50。",
        "按这条规定，回答“没解决，但解释清楚了”算 0.50。",
    )
    assert found.weight == "1.50 × 1.20 × 0.50 × 0.50 = 0.45"
    assert found.adds == (
        "响应：“算上”算 1.00；0.45 里得 0.45。",
        "解决：“部分解决”算 0.50；0.45 里得 0.225。",
        "满意：“不满意”算 0.00；0.45 里得 0.00。",
    )


def test_a_special_rule_changes_what_an_answer_is_worth():
    found = board("u1 explained - owner=unmanaged")
    assert found.adds == (
        "响应：“算上”算 1.00；0.50 里得 0.50。",
        "解决：“没解决，但解释清楚了”算 0.50；0.50 里得 0.25。",
        "满意：没有有效回答，这一项不计。",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("u1 yes yes role=lead dual=1", "角色权重：与别的单位一起主办（双派），0.80。"),
        ("u1 yes yes role=assist dual=1", "角色权重：协办，0.50。"),
        ("u1 yes yes urgency=2h", "难度权重：2h，1.00。"),
        ("u1 yes yes urgency=", "难度权重：没有定紧急程度，1.00。"),
    ],
)
def test_roles_and_difficulty_are_named(line, said):
    assert said in board(line).because


def test_a_filter_lets_in_or_keeps_out():
    of = small.scheme(swaps=[("filters = []", f"filters = {FILTER}")])
    kept = board(f"u1 yes yes {EPIDEMIC}", of=of)
    assert (kept.because[1], kept.weight) == ("这一期“只计疫情”：这件属于。", "1.50 × 1.00 × 1.00 × 1.00 = 1.50")
    out = board("u1 yes yes", of=of)
    assert out == Counted(
        "街道", "u1（示例）", ("承办单位是u1（示例），计给它。", "这一期“只计疫情”：这件不属于，所以不计。"), None, ()
    )
    assert board("u1 yes yes", name="区", of=of).weight == ONES


def test_a_weight_of_nothing_says_so():
    of = small.scheme(swaps=[("assist = 0.50", "assist = 0.00")])
    found = board("u1 yes yes role=assist", of=of)
    assert (found.weight, found.adds) == ("1.00 × 1.00 × 0.00 × 1.00 = 0.00", ("权重是 0，这件不计。",))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("u1 yes yes contacted=", "记录上，单位在时限内联系了市民，市民没有说没联系过，所以响应算上。"),
        ("u1 yes yes contacted=0", "市民说单位没有联系过他，所以响应不算，记录上写了联系也一样。"),
        ("u1 yes yes in_time=0", "记录上，单位没有在时限内联系市民，所以响应不算。"),
    ],
)
def test_first_contact_is_told_with_its_reason(line, said):
    found = told(line)
    assert found.answer[1] == said
    first = found.boards[0].adds[0]
    assert first == (
        "响应：“算上”算 1.00；1.00 里得 1.00。" if "算上。" in said else "响应：“不算”算 0.00；1.00 里得 0.00。"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("u1 - - reached=0", "11月1日用电话回访第 1 轮，没有联系上市民。"),
        ("u1 no - way=sms round=2", "11月1日用短信回访第 2 轮，市民说：没解决，没有回答是否满意。"),
        ("u1 - none way=web", "11月1日用网页回访第 1 轮，市民说：没有回答是否解决，不评价。"),
    ],
)
def test_the_answer_is_told(line, said):
    assert told(line).answer[0] == said


def test_who_was_not_reached_counts_for_response_alone():
    assert told("u1 - - reached=0").boards[0].adds == (
        "响应：“算上”算 1.00；1.00 里得 1.00。",
        "解决：没有有效回答，这一项不计。",
        "满意：没有有效回答，这一项不计。",
    )


def test_a_late_callback_tells_to_which_cycle_and_why():
    assert told("u1 yes yes day=2026-11-20 done_day=2026-11-17").cycle == (
        "2026-11 考核期到11月18日结束，回访在11月20日。单位11月17日报的办结在期内，"
        "而期内办结的迟到回访到11月21日都算这一期，所以仍计入这一期。"
    )


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        ("", ""),
        ("ex_facts", "这件已剔除，理由：反映情况不实。剔除后的三率不计它，剔除前的三率照计。"),
        ("untold", "这件已剔除，理由：没有写明。剔除后的三率不计它，剔除前的三率照计。"),
        ("terminated", "这件是终结办理，剔除前、剔除后的三率都不计它，单独列数。"),
    ],
)
def test_leaving_out_is_told_with_its_ground(ground, said):
    assert told(f"u1 no no ground={ground}").left_out == said


def test_what_was_filed_away_adds_nothing():
    assert board("u1 no no ground=terminated").adds == ("终结办理，不计。",)


def test_a_section_has_its_own_board():
    found = board("u1 yes yes section=c1", "社区")
    assert (found.unit, found.because[0]) == ("c1（示例）", "具体由c1（示例）办，计给它。")


def test_what_no_board_compares_is_on_none():
    assert told("nobody yes yes category1=09 category2=0901 category=090101").boards == ()


@given(small.many(least=1, most=1))
def test_the_sheet_says_what_was_counted(found: list[recompute.Case]):
    """The weight in words is the weight that is scored, on each board that the case is scored on."""
    [case] = found
    scheme, told = small.scheme(), sheet.tell(found[0], small.cycle(), NAMES)
    expected = {}
    for one in scheme.values["boards"]:
        held = recompute.plan(scheme.values, one["code"], str(small.FIRST))
        if recompute.subject(held, one, small.UNITS, case):
            expected[one["name"]] = recompute.weigh(held, case)[0]
    weights = {one.board: int(Decimal((one.weight or "= 0").split("= ")[1]) * 10**8) for one in told.boards}
    assert weights == expected


def test_days_may_be_dates():
    [case] = small.cases("u1 yes yes")
    assert sheet.tell({**case, "day": date(2026, 11, 1)}, small.cycle(), NAMES).answer[0][:5] == "11月1日"  # type: ignore[dict-item]
