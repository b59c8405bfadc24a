"""Changing the catalogue: proposed by anybody, decided by somebody else, published as a version with its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jieban.accounts import actor as actors
from jieban.accounts.actor import Role
from jieban.city import queries as city
from jieban.city.models import PackFile, PackVersion
from jieban.city.pack import PackError
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch import actions, changing
from jieban.dispatch.changing import Draft
from jieban.dispatch.models import DutyChange
from tests import factories, verbs
from tests.dispatch.test_actions import a_pending
from tests.factories import AT

TODAY = AT.date()
LEAKS = Draft(kind="change", code="D3", cells={"lead": "street", "way": "direct"}, reason="自来水公司从不上门")


@pytest.fixture
def clerk(toy):
    return verbs.clerk("mill")


@pytest.fixture
def centre(toy):
    return factories.an_actor(Role.SUPERVISOR, verbs.unit("hall"))


def approved(clerk, centre, *drafts: Draft) -> list[DutyChange]:
    """The drafts, proposed by the clerk and approved by the centre."""
    return changing.approve(changing.propose(drafts or [LEAKS], by=clerk, at=AT), by=centre, at=AT)


def test_a_clerk_proposes_what_really_changes(toy, clerk):
    cells = {"lead": "street", "way": "direct", "urgency": "2h"}
    [made] = changing.propose(
        [Draft(kind="change", code="D3", cells=cells, reason="自来水公司从不上门", orders=("JB-1",))], by=clerk, at=AT
    )
    made.refresh_from_db()
    assert (made.state, made.cells, made.orders, made.proposer_id) == (
        "proposed", {"lead": "street"}, ["JB-1"], clerk.person_id,
    )  # fmt: skip
    assert (made.base_id, made.unit_id, made.proposed_at) == (toy.version_id, clerk.unit_id, AT)


NOTHING_NEW = Draft(kind="change", code="D3", cells={"lead": "water"}, reason="没改什么")


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (NOTHING_NEW, "改后和改前一样。请先改一项，再提交。"),
        (Draft(kind="end", code="D3", reason="短"), "请写明为什么要改，审的人要靠它判断。"),
        (Draft(kind="turn", code="D3", reason="说清楚了"), "请选是新增、修改还是停用。"),
        (Draft(kind="end", code="D9", reason="不再适用了"), "职责目录里没有第 D9 条，可能刚刚改过编号。请重新查一遍。"),
    ],
)
def test_a_proposal_that_says_nothing_is_refused(toy, clerk, draft, said):
    with pytest.raises(BadInput) as caught:
        changing.propose([draft], by=clerk, at=AT)
    assert (str(caught.value), DutyChange.objects.count()) == (said, 0)


def test_a_proposal_that_leaves_a_gap_comes_back_with_file_line_and_remedy(toy, clerk):
    with pytest.raises(PackError) as caught:
        changing.propose([Draft(kind="end", code="D3", reason="不再适用了")], by=clerk, at=AT)
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.do) == (
        "categories.csv", 5, "Add a line to duties.csv with owner * and territory *.",
    )  # fmt: skip
    assert not DutyChange.objects.exists()


def test_a_citizen_does_not_propose_and_a_clerk_does_not_decide(toy, clerk):
    with pytest.raises(NotAllowed):
        changing.propose([LEAKS], by=actors.citizen(), at=AT)
    made = changing.propose([LEAKS], by=verbs.clerk("hill"), at=AT)
    with pytest.raises(NotAllowed):
        changing.approve(made, by=clerk, at=AT)


def test_nobody_decides_what_they_proposed_themselves(toy, centre):
    made = changing.propose([LEAKS], by=centre, at=AT)
    with pytest.raises(NotAllowed) as caught:
        changing.approve(made, by=centre, at=AT)
    assert str(caught.value) == "自己提的目录修改要由另一个人来审。请交给别的班长或派单员。"
    other = factories.an_actor(Role.DISPATCHER, verbs.unit("hall"))
    assert [row.state for row in changing.approve(made, by=other, at=AT)] == ["approved"]


def test_the_court_proposes_and_one_person_of_the_centre_decides(toy, centre):
    made = changing.propose(
        [Draft(kind="change", code="D3", cells={"lead": "street"}, reason="异议成立两次", origin="court")],
        by=actors.rule("异议裁定"), at=AT,
    )  # fmt: skip
    [row] = changing.approve(made, by=centre, at=AT)
    assert (row.origin, row.proposer_name, row.proposer_id, row.decider_id) == (
        "court",
        "异议裁定",
        None,
        centre.person_id,
    )


def test_a_refusal_says_why_and_ends_it(toy, clerk, centre):
    made = changing.propose([LEAKS], by=clerk, at=AT)
    with pytest.raises(BadInput):
        changing.refuse(made, reason=" ", by=centre, at=AT)
    [row] = changing.refuse(made, reason="主管部门没有变", by=centre, at=AT)
    assert (row.state, row.decision) == ("refused", "主管部门没有变")
    with pytest.raises(Conflict):
        changing.approve(made, by=centre, at=AT)


def test_only_the_proposer_takes_a_proposal_back(toy, clerk):
    made = changing.propose([LEAKS], by=clerk, at=AT)
    with pytest.raises(NotAllowed):
        changing.withdraw(made, by=verbs.clerk("hill"), at=AT)
    assert [row.state for row in changing.withdraw(made, by=clerk, at=AT)] == ["withdrawn"]


def test_published_changes_are_a_new_version_and_the_old_one_keeps_its_text(toy, clerk, centre):
    before = PackFile.objects.get(version_id=toy.version_id, name="duties.csv").body
    new = Draft(
        kind="add", code="D9", reason="学校门口要更快",
        cells={"category": "010101", "owner": "*", "territory": "*", "way": "direct", "lead": "street",
               "assistants": "", "notice": "", "urgency": "2h", "basis": "Ward rules 9"},
    )  # fmt: skip
    day = TODAY + timedelta(days=3)
    version = changing.publish(approved(clerk, centre, LEAKS, new), day=day, by=centre, at=AT)
    after = PackFile.objects.get(version=version, name="duties.csv").body
    assert (version.number, version.valid_from) == (toy.number + 1, day)
    assert after == before.replace("direct,water,,,2h", "direct,street,,,2h").replace(
        "D2,0102", f"D9,010101,*,*,direct,street,,,2h,Ward rules 9,{day},\nD2,0102"
    )
    assert PackFile.objects.get(version_id=toy.version_id, name="duties.csv").body == before
    assert set(DutyChange.objects.values_list("state", "version", "published_at")) == {("published", version.pk, AT)}


def test_a_new_version_decides_from_its_day_on(toy, clerk, centre):
    changing.publish(approved(clerk, centre), day=TODAY + timedelta(days=1), by=centre, at=AT)
    tomorrow = AT + timedelta(days=1)
    orders = [a_pending(toy) for _ in range(2)]
    [old] = actions.assign(orders[:1], by=verbs.RULE, at=AT, loaded=city.current(at=AT))
    [new] = actions.assign(orders[1:], by=verbs.RULE, at=tomorrow, loaded=city.current(at=tomorrow))
    assert (old.unit.code, new.unit.code) == ("water", "mill")
    assert [order.dispatch["version"] for order in orders] == [toy.number, toy.number + 1]


def test_two_changes_of_one_line_both_hold(toy, clerk, centre):
    faster = Draft(kind="change", code="D3", cells={"urgency": "24h"}, reason="两小时赶不到")
    version = changing.publish(approved(clerk, centre, LEAKS, faster), day=TODAY, by=centre, at=AT)
    [line] = [duty for duty in city.of(version.pk).pack.duties if duty.code == "D3"]
    assert (line.lead, line.urgency) == ("street", "24h")


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), date(1999, 1, 1)])
def test_a_version_never_begins_in_the_past(toy, clerk, centre, day):
    with pytest.raises(BadInput) as caught:
        changing.publish(approved(clerk, centre), day=day, by=centre, at=AT)
    assert str(caught.value) == "生效日不能早于今天：已经派出的工单按当时的目录办。请选今天或以后。"
    assert PackVersion.objects.count() == 1


def test_changes_that_contradict_each_other_are_not_published_and_nothing_is_changed(toy, clerk, centre):
    twice = [
        Draft(
            kind="add", code=code, reason="学校门口要更快",
            cells={"category": "010101", "owner": "*", "territory": "*", "way": "direct", "lead": "street",
                   "urgency": "2h", "basis": "Ward rules 9"},
        )
        for code in ("D8", "D9")
    ]  # fmt: skip
    rows = approved(clerk, centre, *twice)
    with pytest.raises(PackError) as caught:
        changing.publish(rows, day=TODAY, by=centre, at=AT)
    assert [(p.file, p.line) for p in caught.value.problems] == [("duties.csv", 4)]
    assert set(DutyChange.objects.values_list("state", flat=True)) == {"approved"}
    assert PackVersion.objects.count() == 1


def test_only_approved_changes_are_published_and_only_once(toy, clerk, centre):
    with pytest.raises(Conflict):
        changing.publish(changing.propose([LEAKS], by=clerk, at=AT), day=TODAY, by=centre, at=AT)
    rows = approved(clerk, centre)
    with pytest.raises(BadInput):
        changing.publish([], day=TODAY, by=centre, at=AT)
    changing.publish(rows, day=TODAY, by=centre, at=AT)
    with pytest.raises(Conflict):
        changing.publish(rows, day=TODAY, by=centre, at=AT)


def test_a_trial_is_read_and_checked_but_never_stored(toy, clerk):
    made = changing.propose([LEAKS], by=clerk, at=AT)
    trial = changing.trial(made, at=AT)
    assert {d.code: d.lead for d in trial.pack.duties}["D3"] == "street"
    assert (trial.unit_ids["mill"], PackVersion.objects.count()) == (toy.unit_ids["mill"], 1)
