"""How long a unit may object, who decides, what a refusal brings, which earlier cases are like one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.city import reading
from jieban.core.errors import BadInput, Conflict
from jieban.dispatch.court import rules
from jieban.dispatch.court.rules import Likeness
from tests.city import toy
from tests.factories import AT

TOY = reading.read(toy.files())
WORDS = st.text("路口井盖松动街道水务电力界线图对岸", max_size=30)


@dataclass
class Earlier:
    assignment_id: int = 1
    round: int = 1
    stage: str = "kept"
    outcome: str = ""


def test_hours_are_urgent_and_days_are_not():
    assert {name: rules.urgent(TOY, name) for name in TOY.clocks} == {name: name.endswith("h") for name in TOY.clocks}


def test_time_runs_from_sending_until_it_is_signed():
    sent, signed = AT, AT + timedelta(minutes=10)
    half = timedelta(minutes=30)
    assert rules.until(TOY, "2h", sent_at=sent, signed_at=None) == sent + half
    assert rules.until(TOY, "2h", sent_at=sent, signed_at=signed) == signed + half
    assert rules.review_due(TOY, "2h", at=AT) == AT + timedelta(hours=2)


def test_last_moment_is_still_in_time():
    rules.check_time("JB-1", AT, AT)
    with pytest.raises(Conflict, match="03月02日 09:00 为止"):
        rules.check_time("JB-1", AT, AT + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("unit", "proposed", "court"),
    [
        ("mill", "hill", "north"), ("mill", "north-roads", "north"), ("mill", "water", ""), ("water", "mill", ""),
        ("north", "mill", ""), ("mill", "north", ""),
    ],
)  # fmt: skip
def test_nobody_is_a_judge_in_his_own_case(unit, proposed, court):
    assert rules.court(TOY.units[unit], TOY.units[proposed], TOY) == court


@given(
    refusals=st.integers(1, 9), leads=st.booleans(), named=st.booleans(), at_table=st.booleans(), fallback=st.booleans()
)
def test_what_a_refusal_brings(refusals, leads, named, at_table, fallback):
    said = rules.outcome(
        TOY.settings, leads=leads, refusals=refusals, named=named, at_table=at_table, fallback=fallback
    )
    if not leads:
        assert said == ("passed" if named else "released")
    elif at_table:
        assert said == "table"
    elif refusals >= 3 and fallback:
        assert said == "fallback"
    else:
        assert said == ("passed" if refusals == 1 else "table")


def test_pack_with_other_numbers_brings_other_things():
    loose = replace(TOY.settings, refusals_to_consult=4, refusals_to_fallback=5)
    said = [
        rules.outcome(loose, leads=True, refusals=n, named=True, at_table=False, fallback=True) for n in range(1, 6)
    ]
    assert said == ["passed", "passed", "passed", "table", "fallback"]


def test_one_objection_a_round_and_none_after_the_fallback():
    rules.check_before("JB-1", 1, 2, [Earlier(round=1)], TOY.settings)
    rules.check_before("JB-1", 1, 1, [Earlier(stage="returned")], TOY.settings)
    for others, why in (
        ([Earlier()], "这一轮已经提过"), ([Earlier(stage="draft")], "已经起草过"),
        ([Earlier(assignment_id=7, stage="upheld", outcome="fallback")], "由兜底单位办"),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=why):
            rules.check_before("JB-1", 1, 1, others, TOY.settings)


def test_unit_may_not_propose_itself_or_what_is_below_it():
    for path in ("north/mill/", "north/mill/c1/"):
        with pytest.raises(BadInput):
            rules.check_proposed("mill", path, "Mill")
    rules.check_proposed("mill", "north/milling/", "Milling")


LIKE = Likeness("not_mine", "0101", "street", "street", "路口的井盖松动，汽车压过响")


def test_like_cases_come_first():
    others = [
        (1, replace(LIKE, ground="other", category="0201", text="完全不相干")),
        (2, replace(LIKE, text="井盖松动，汽车压过响个不停")),
        (3, replace(LIKE, text="路灯不亮")),
        (4, replace(LIKE, ground="other")),
    ]
    assert rules.nearest(LIKE, others, most=3) == [2, 3, 4]


@given(a=WORDS, b=WORDS)
def test_nearness_of_texts_is_a_share_and_symmetric(a, b):
    near = rules._near(rules._pairs(a), rules._pairs(b))
    assert 0.0 <= near <= 1.0
    assert near == rules._near(rules._pairs(b), rules._pairs(a))
    if len(a) >= 2:
        assert rules._near(rules._pairs(a), rules._pairs(a)) == 1.0
