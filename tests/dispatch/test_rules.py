"""The catalogue's answer to one order: who, why, how sure. On the toy city, with lines of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jieban.city import reading
from jieban.city.pack import Duty, Pack, UnitSpec
from jieban.core.errors import BadInput
from jieban.dispatch import rules
from jieban.dispatch.rules import ASSIST, LEAD, NOTICE, Catalogue, Facts, Target
from tests.city import toy

DAY = date(2026, 3, 2)
LEAK = Facts(category="0102", category_sure=0.9, street="mill", district="north", place_sure=0.8)
POTHOLE = replace(LEAK, category="0101")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return reading.read(toy.files())


def a_duty(code: str, **columns) -> Duty:
    line = Duty(code, "0102", "*", "*", "direct", "water", (), (), "24h", "own", date(2000, 1, 1))
    return replace(line, **columns)


def catalogue(pack: Pack, *duties: Duty) -> Catalogue:
    return Catalogue(replace(pack, duties=duties))


def best(facts: Facts, pack: Pack, *duties: Duty) -> rules.Match:
    found = rules.propose(facts, catalogue(pack, *duties), DAY).best
    assert found is not None
    return found


def test_line_of_the_day_is_taken_when_an_older_one_has_ended(pack):
    found = rules.propose(LEAK, Catalogue(pack), DAY)
    assert found.best is not None
    assert (found.best.duty, found.best.urgency, found.best.targets) == ("D3", "2h", (Target("water", LEAD),))
    older = rules.propose(LEAK, Catalogue(pack), date(2015, 1, 1)).best
    assert older is not None
    assert (older.duty, older.urgency) == ("D2", "24h")


def test_dual_dispatch_makes_both_lead(pack):
    found = rules.propose(POTHOLE, Catalogue(pack), DAY).best
    assert found is not None
    assert found.targets == (Target("mill", LEAD), Target("north-roads", LEAD))
    assert found.way == "dual"


def test_multi_dispatch_has_one_lead_and_assistants(pack):
    found = best(LEAK, pack, a_duty("M", way="multi", assistants=("street", "district:roads"), notice=("district",)))
    assert found.targets == (
        Target("water", LEAD), Target("mill", ASSIST), Target("north-roads", ASSIST), Target("north", NOTICE),
    )  # fmt: skip


def test_unit_named_twice_in_a_line_is_sent_once_with_its_stronger_role(pack):
    found = best(LEAK, pack, a_duty("M", way="notice", assistants=("street",), notice=("street", "water")))
    assert found.targets == (Target("water", LEAD), Target("mill", ASSIST))


def test_more_exact_line_wins_by_category_then_territory_then_owner(pack):
    facts = replace(LEAK, category="010101", owner="private")
    lines = [
        a_duty("A", category="01"),
        a_duty("B", category="0101"),
        a_duty("C", category="0101", owner="private"),
        a_duty("D", category="0101", territory="north"),
        a_duty("E", category="0101", territory="mill"),
        a_duty("F", category="010101"),
    ]
    order = []
    while lines:
        order.append(best(facts, pack, *lines).duty)
        lines = [line for line in lines if line.code != order[-1]]
    assert order == ["F", "E", "D", "C", "B", "A"]


def test_line_of_another_owner_or_territory_does_not_fit(pack):
    found = rules.propose(
        LEAK, catalogue(pack, a_duty("O", owner="private"), a_duty("T", territory="hill", lead="hill")), DAY
    )
    assert found.best is not None
    assert (found.best.duty, found.best.targets) == ("", (Target("north", LEAD),))
    assert found.best.reason == "目录没有对应条目，兜底派给North Ward"


def test_confidence_is_the_weakest_thing_it_rests_on(pack):
    citywide = best(LEAK, pack, a_duty("W"))
    local = best(LEAK, pack, a_duty("W", lead="street"))
    tied = best(LEAK, pack, a_duty("V"), a_duty("W"))
    assert (citywide.score, local.score, tied.score) == (0.9, 0.8, 0.5)


def test_confidence_needs_no_place_when_the_unit_does_not_depend_on_it(pack):
    nowhere = replace(LEAK, street="", district="", place_sure=0.0)
    assert best(nowhere, pack, a_duty("W")).score == 0.9


def test_nobody_is_proposed_when_neither_line_nor_district_is_known(pack):
    found = rules.propose(Facts(category="0101", category_sure=1.0), Catalogue(pack), DAY)
    assert (found.best, found.confidence) == (None, 0.0)
    assert found.doubt == "目录没有对应条目，也不知道在哪个区。"


def test_nobody_is_sent_to_while_the_category_is_unknown(pack):
    found = rules.propose(replace(LEAK, category="", category_sure=0.0), Catalogue(pack), DAY)
    assert found.best is not None
    assert (found.best.targets, found.confidence, found.doubt) == ((Target("north"),), 0.0, "类别拿不准")


def test_other_streets_the_place_may_lie_in_come_first_among_the_alternatives(pack):
    found = rules.propose(replace(LEAK, elsewhere=(("hill", 0.4),)), Catalogue(pack), DAY)
    assert [(m.targets, m.reason, m.score) for m in found.alternatives] == [
        ((Target("hill"),), "地点也可能在：Hill Parish", 0.4),
        ((Target("mill"),), "属地街道：Mill Parish", 0.8),
        ((Target("north"),), "所在区：North Ward", 0.8),
    ]


def test_first_assistant_leads_when_the_firm_is_not_named(pack):
    line = a_duty("F", way="multi", lead="firm", assistants=("district:roads", "street"))
    found = best(LEAK, pack, line)
    assert found.targets == (Target("north-roads", LEAD), Target("mill", ASSIST))
    assert "平台企业不明，由下一家主办" in found.reason


def test_firm_named_in_the_text_leads(pack):
    firm = UnitSpec("rides", "Littleton Rides", "Rides", "platform_firm", aliases=("RideNow",), path="rides/")
    wider = replace(pack, units={**pack.units, "rides": firm})
    own = catalogue(wider, a_duty("F", lead="firm"))
    named = replace(LEAK, firm=own.firm_in("The RideNow app kept my deposit."))
    found = rules.propose(named, own, DAY).best
    assert found is not None
    assert (named.firm, found.targets) == ("rides", (Target("rides", LEAD),))
    assert own.firm_in("Somebody kept my deposit.") == ""


def test_agreeing_guess_lifts_and_contradicting_guess_lowers_the_confidence(pack):
    agrees = best(replace(LEAK, guess="water", guess_sure=0.6), pack, a_duty("W"))
    differs = rules.propose(
        replace(LEAK, guess="hill", guess_sure=0.6, guess_words=("tap",)), catalogue(pack, a_duty("W")), DAY
    )
    assert agrees.score == pytest.approx(0.96)
    assert differs.best is not None
    assert differs.best.targets == (Target("water"),)
    assert differs.confidence == pytest.approx(0.63)
    assert differs.alternatives[0].targets == (Target("hill"),)
    assert differs.alternatives[0].reason == "以往相似来信由Hill Parish答复，把握 60%，依据“tap”"


def test_alternatives_are_distinct_and_at_most_three(pack):
    lines = [a_duty("A", lead="water"), *(a_duty(c, category="01", lead=u) for c, u in (("B", "hill"), ("C", "water")))]
    found = rules.propose(replace(LEAK, guess="hill", guess_sure=0.4), catalogue(pack, *lines), DAY)
    assert [m.targets for m in found.alternatives] == [(Target("hill"),), (Target("mill"),), (Target("north"),)]


def test_reason_names_line_path_place_owner_and_units(pack):
    line = a_duty("0102-7", owner="private", territory="mill", way="multi", assistants=("street",))
    found = best(replace(LEAK, owner="private"), pack, line)
    assert found.reason == (
        "目录第 0102-7 条：Streets › Leaks，属地North WardMill Parish，产权Private"
        " → Littleton Water主办，Mill Parish协办（一单多派）"
    )


def test_doubt_says_what_is_weak(pack):
    shaky = rules.propose(replace(LEAK, category_sure=0.3), Catalogue(pack), DAY)
    lost = rules.propose(replace(POTHOLE, place_sure=0.2), Catalogue(pack), DAY)
    assert (shaky.doubt, lost.doubt) == ("类别拿不准", "地点拿不准")


def test_choice_of_units_is_checked(pack):
    for targets, words in (
        ((Target("mill", ASSIST),), "请至少选一个主办单位。"),
        ((Target("mill"), Target("mill", ASSIST)), "同一个单位选了两次，请去掉一个。"),
        ((Target("moon"),), "单位 moon 不在现行单位表里，请重新选择。"),
        ((Target("mill"), Target("hill", "boss")), "“boss”不是承办角色，请用 lead、assist 或 notice。"),
    ):
        with pytest.raises(BadInput) as caught:
            rules.check(targets, pack, DAY)
        assert str(caught.value) == words


def test_way_follows_from_the_roles_chosen():
    lead, other = Target("mill"), "hill"
    assert rules.way_of([lead]) == "direct"
    assert rules.way_of([lead, Target(other)]) == "dual"
    assert rules.way_of([lead, Target(other, ASSIST)]) == "multi"
    assert rules.way_of([lead, Target(other, NOTICE)]) == "notice"
