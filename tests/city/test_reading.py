"""A pack read from its files has exactly the values that stand in them."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.city import reading
from jieban.city.pack import Channel, Clock, Duty, Ground, PackError, PlaceSpec, Role, Span, UnitSpec
from tests.city import toy


@pytest.fixture(scope="module")
def pack():
    return reading.read(toy.files())


def test_city_is_the_one_in_the_file(pack) -> None:
    assert (pack.city.code, pack.city.name, pack.city.hotline, pack.city.time_zone) == (
        "littleton",
        "Littleton",
        "311",
        "Europe/London",
    )
    assert pack.valid_from == date(2000, 1, 1)


def test_unit_knows_its_district_and_path(pack) -> None:
    assert pack.units["mill"] == UnitSpec(
        code="mill",
        name="Mill Parish",
        short="Mill Parish",
        kind="street",
        form="Parish",
        parent="north",
        district="north",
        aliases=("Old Mill",),
        sample=True,
        source="invented",
        path="north/mill/",
    )


def test_district_has_no_district_above_it(pack) -> None:
    assert (pack.units["north"].district, pack.units["north"].path) == ("", "north/")


def test_pattern_gives_each_district_its_department(pack) -> None:
    roads = pack.units["north-roads"]
    assert (roads.name, roads.short, roads.parent, roads.district) == (
        "North Ward Roads Office",
        "North Roads",
        "north",
        "north",
    )


def test_community_is_a_unit_under_its_street(pack) -> None:
    assert (pack.units["c1"].kind, pack.units["c1"].path) == ("community", "north/mill/c1/")


def test_place_with_everything_filled_in(pack) -> None:
    assert pack.places[1] == PlaceSpec(
        "e1", "Weaver Court", "estate", "mill", "north", ("The Court",), "private", -2.5, 53.1, True
    )


def test_place_known_only_to_its_district_has_no_street(pack) -> None:
    assert (pack.places[2].street, pack.places[2].district) == ("", "north")


def test_category_keeps_its_words_and_level(pack) -> None:
    leak = pack.categories["0102"]
    assert (leak.name, leak.level, leak.parent, leak.keywords, leak.kind_hint) == (
        "Leaks",
        2,
        "01",
        ("leak", "burst pipe"),
        "help",
    )


def test_duty_with_two_units(pack) -> None:
    assert pack.duties[0] == Duty(
        code="D1",
        category="0101",
        owner="*",
        territory="*",
        way="dual",
        lead="street",
        assistants=("district:roads",),
        notice=(),
        urgency="7d",
        basis="Ward rules 1",
        valid_from=date(2000, 1, 1),
    )


def test_clock_says_where_each_limit_comes_from(pack) -> None:
    assert pack.clocks["2h"] == Clock(
        "2h",
        "Urgent",
        "Urgent",
        dispatch=Span("1h", "invented", False),
        sign=Span("30min", "invented", False),
        respond=Span("1h", "invented", False),
        handle=Span("2h", "invented", False),
        warn=Span("30min", "invented", False),
    )


def test_calendar_has_the_holiday_and_the_day_made_up(pack) -> None:
    assert (pack.calendar.holidays, pack.calendar.workdays) == ({date(2026, 12, 25)}, {date(2026, 12, 19)})


def test_channel_ground_and_role_as_written(pack) -> None:
    assert pack.channels["web"] == Channel("web", "Web", "Web", "network", "own", "", ("site",), True)
    assert pack.grounds["storm"] == Ground("storm", "exclusion", "Storm", "Storm", "", True, False, "invented")
    assert pack.roles["auditor"] == Role("auditor", "Auditor", "Auditor", ("party_discipline",))


def test_settings_carry_windows_as_pairs(pack) -> None:
    assert pack.settings.callback_windows == (("09:00", "17:00"),)
    assert (pack.settings.order_prefix, pack.settings.confidence_unit, pack.settings.fallback) == ("L", 0.5, "district")


def test_byte_order_mark_and_blank_lines_are_no_matter(pack) -> None:
    texts = toy.files()
    texts["units.csv"] = "\ufeff" + texts["units.csv"].replace("\nmill,", "\n\n# a remark\nmill,", 1)
    assert reading.read(texts) == pack


def test_every_mistake_is_told_at_once() -> None:
    texts = toy.changed("units.csv", "mill,Mill Parish,,street", "mill,,,street")
    texts["duties.csv"] = texts["duties.csv"].replace(",7d,", ",9d,")
    with pytest.raises(PackError) as caught:
        reading.read(texts)
    assert [(p.file, p.line) for p in caught.value.problems] == [("duties.csv", 2), ("units.csv", 4)]


def test_empty_folder_names_every_missing_file() -> None:
    with pytest.raises(PackError) as caught:
        reading.read({})
    told = {problem.file for problem in caught.value.problems if problem.what == "The file is missing."}
    assert told == set(reading.FILES)
