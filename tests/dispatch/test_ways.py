"""Whatever the catalogue says: every way has a lead, no unit comes twice, and other choices stand beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from jieban.city import reading
from jieban.city.pack import WAYS, Duty, Pack
from jieban.city.ways import FIRM_FIRST
from jieban.dispatch import rules
from jieban.dispatch.rules import LEAD, NOTICE, Catalogue, Facts
from tests.city import toy
from tests.dispatch import market_town

DAY = date(2026, 3, 2)
UNITS = ["mill", "hill", "water", "market", "crown", "street", "district", "district:roads", "district:market"]


@cache
def pack() -> Pack:
    with TemporaryDirectory() as folder:
        return reading.read(toy.texts(market_town.write(Path(folder))))


units = st.lists(st.sampled_from(UNITS), max_size=3).map(tuple)
duties = st.builds(
    Duty, code=st.sampled_from(["A", "B", "C"]), category=st.sampled_from(["0101", "0102", "0201", "01"]),
    owner=st.sampled_from(["*", "crown"]), territory=st.sampled_from(["*", "mill", "north"]),
    way=st.sampled_from(WAYS), lead=st.sampled_from([*UNITS, "firm", "taxline"]), assistants=units, notice=units,
    urgency=st.sampled_from(["2h", "24h", "7d"]), basis=st.just("own"), valid_from=st.just(date(2000, 1, 1)),
)  # fmt: skip
chances = st.floats(0, 1)
facts = st.builds(
    Facts, category=st.sampled_from(["0101", "0102", "0201", "010101", ""]), category_sure=chances,
    street=st.sampled_from(["mill", ""]), district=st.just("north"), place_sure=chances,
    owner=st.sampled_from(["", "crown"]), firm=st.sampled_from(["", "shoply"]), urgency=st.sampled_from(["", "24h"]),
    guess=st.sampled_from(["", "water", "mill"]), guess_sure=chances,
)  # fmt: skip


@given(facts, st.lists(duties, max_size=4, unique_by=lambda duty: duty.code))
def test_every_way_has_a_lead_and_no_unit_twice(said: Facts, lines: list[Duty]) -> None:
    town = replace(pack(), duties=tuple(lines))
    found = rules.propose(said, Catalogue(town), DAY)
    for match in (found.best, *found.alternatives):
        assert match is not None
        codes = [target.unit for target in match.targets]
        leads = [target for target in match.targets if target.role == LEAD]
        assert len(codes) == len(set(codes))
        assert (len(leads) == 1) if match.way != "dual" else leads
        assert match.way in rules.WAY_NAMES
        assert match.fallback not in codes


@given(facts, st.lists(duties, max_size=4, unique_by=lambda duty: duty.code))
def test_firm_goes_first_alone_with_somebody_behind_it_or_not_at_all(said: Facts, lines: list[Duty]) -> None:
    town = replace(pack(), duties=tuple(replace(d, way=FIRM_FIRST, lead="firm") for d in lines))
    found = rules.propose(said, Catalogue(town), DAY)
    for match in (found.best, *found.alternatives):
        assert match is not None
        acting = [target.unit for target in match.targets if target.role != NOTICE]
        assert (match.way == FIRM_FIRST) == (acting == ["shoply"])


def test_three_other_choices_stand_beside_a_direct_dispatch() -> None:
    said = Facts(category="0102", category_sure=1.0, street="mill", district="north", place_sure=1.0)
    found = rules.propose(said, Catalogue(pack()), DAY)
    assert found.best is not None
    assert (found.best.duty, len(found.alternatives)) == ("D3", 3)
    assert found.alternatives[2].reason == "相近的目录条目 D1（Potholes）"
