"""A district disputes a frozen month: what it may say, who answers, and the correction that comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.accounts.actor import Actor, Role
from jieban.analytics import engines
from jieban.appraisal import disputes, freezing, proof, result_steps, results
from jieban.appraisal.freezing import Lake
from jieban.appraisal.result_models import CycleResult, Dispute
from jieban.city.models import Unit
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.orders.models import Message
from tests import factories
from tests.appraisal import small, small_lake
from tests.appraisal.test_freezing import AT

LINES = ("u1 yes yes", "u1 no no", "u2 yes yes", "u2 no no", "u3 yes yes", "u3 yes yes")
WHY = "第 2 件不是我们管的，已经改派给 u2。"


class Town:
    """The units of the small city as rows, a published result, and those who deal with it."""

    def __init__(self, folder: Path) -> None:
        district = factories.a_unit("d1", kind="district")
        self.u1 = factories.a_unit("u1", kind="street", parent=district)
        factories.a_unit("u3", kind="street", parent=factories.a_unit("d2", kind="district"))
        self.auditor, self.supervisor = factories.an_actor(Role.AUDITOR), factories.an_actor(Role.SUPERVISOR)
        self.district, self.chief = self.at(Role.DISTRICT, "d1"), self.at(Role.CHIEF, "u1")
        self.result = self.frozen(folder, *LINES)
        freezing.publish(self.result, by=self.supervisor, at=AT)

    def at(self, role: Role, unit: str) -> Actor:
        return factories.an_actor(role, Unit.objects.get(code=unit))

    def frozen(self, folder: Path, *lines: str, **said: object) -> CycleResult:
        with engines.duckdb(small_lake.lay(folder, small.cases(*lines))) as source:
            lake = Lake(source, AT)
            if said:
                return freezing.correct(lake, small.cycle(), by=self.auditor, at=AT, **said)  # type: ignore[arg-type]
            return freezing.freeze(lake, small.cycle(), by=self.auditor, at=AT)

    def dispute(self, **changed: object) -> Dispute:
        said = {
            "board": "streets",
            "unit": self.u1,
            "statement": WHY,
            "assignments": [2],
            "by": self.district,
            "at": AT,
        }
        return disputes.file(self.result, **(said | changed))  # type: ignore[arg-type]


@pytest.fixture
def town(city, tmp_path: Path) -> Town:
    return Town(tmp_path / "first")


def test_a_dispute_that_is_upheld_leads_to_a_version_of_its_own(town, tmp_path):
    filed = town.dispute()
    assert Message.objects.filter(topic="dispute_filed", unit__kind="city_centre").count() == 1
    disputes.decide(filed, upheld=True, words="核对了改派记录，第 2 件应算 u2。", by=town.supervisor, at=AT)
    assert (filed.stage, filed.decided_by_id) == ("upheld", town.supervisor.person_id)
    assert set(Message.objects.filter(topic="dispute_decided").values_list("unit__code", flat=True)) == {"d1", "u1"}
    assert disputes.unsettled("2026-11") == [filed]
    lines = (LINES[0], "u2 no no", *LINES[2:])
    note = {"note": "异议成立：第 2 件改算 u2。", "disputes": disputes.unsettled("2026-11")}
    second = town.frozen(tmp_path / "second", *lines, **note)
    filed.refresh_from_db()
    assert filed.led_to == second
    assert disputes.unsettled("2026-11") == []
    assert results.versions("2026-11") == [town.result, second]
    steps = [(one.what, one.version) for one in result_steps.of("2026-11")]
    assert steps == [("freeze", 1), ("publish", 1), ("dispute", 1), ("uphold", 1), ("correct", 2)]
    assert proof.flaws() == []


def test_a_dispute_that_is_rejected_leaves_the_version(town):
    filed = town.dispute(by=town.chief, assignments=[])
    disputes.decide(filed, upheld=False, words="派单时 u1 已签收，没有退回。", by=town.supervisor, at=AT)
    assert (filed.stage, disputes.unsettled("2026-11")) == ("rejected", [])
    with pytest.raises(Conflict, match="已经有结论了：不成立"):
        disputes.decide(filed, upheld=True, words="又想了想，还是算成立吧。", by=town.supervisor, at=AT)


def test_who_froze_or_filed_does_not_answer(town):
    filed = town.dispute()
    for by, why in ((town.auditor, "您冻结的"), (town.district, "不能冻结或公布")):
        with pytest.raises(NotAllowed, match=why):
            disputes.decide(filed, upheld=False, words="我们自己看没有问题的。", by=by, at=AT)


def test_a_dispute_is_about_the_posts_own_units_and_what_the_version_counts(town):
    refused = [
        ({"by": town.at(Role.DISTRICT, "d2")}, NotAllowed, "本单位负责人或所在区"),
        ({"by": town.at(Role.CLERK, "u1")}, NotAllowed, "本单位负责人或所在区"),
        ({"board": "communities"}, BadInput, "这个榜上没有"),
        ({"assignments": [2, 77]}, BadInput, "没有这些承办件：77"),
        ({"statement": "不服"}, BadInput, "10 到 2000 个字"),
    ]
    for changed, kind, why in refused:
        with pytest.raises(kind, match=why):
            town.dispute(**changed)
    assert Dispute.objects.count() == 0


def test_only_a_published_result_is_disputed_and_each_row_once_at_a_time(town, tmp_path):
    filed = town.dispute()
    with pytest.raises(Conflict, match="已经提过异议"):
        town.dispute()
    disputes.withdraw(filed, by=town.district, at=AT)
    assert town.dispute().pk != filed.pk
    town.result = town.frozen(tmp_path / "second", *LINES[:-1], note="第 6 件重复了，去掉一件")
    with pytest.raises(BadInput, match="已公布"):
        town.dispute()


def test_disputes_are_seen_by_the_city_and_the_units_they_are_about(town):
    filed = town.dispute()
    assert [list(disputes.visible_to(actor)) for actor in (town.supervisor, town.district, town.chief)] == [[filed]] * 3
    assert list(disputes.visible_to(town.at(Role.DISTRICT, "d2"))) == []
