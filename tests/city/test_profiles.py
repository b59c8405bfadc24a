"""Which profile applies to a unit and a matter, and when its clocks run out: each variant by a table worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.city import limits, profiles, reading
from tests.city import toy
from tests.factories import ZONE

BEIJING = reading.read(toy.texts(toy.PACKS.parent.parent / "cities" / "beijing"))
SLT, PG, WATER, TAP = "110105004", "110117001", "bj-water", "dx-tapwater"


def at(text: str) -> datetime:
    """A moment of 2026 in the city's zone, as 02-12 16:00."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def counted(unit: str, category: str, urgency: str, start: str, **more: Any) -> limits.Counted:
    """The clocks of a unit in Beijing."""
    return limits.of(BEIJING, unit, category, urgency, at=at(start), version=1, **more)


@pytest.mark.parametrize(
    ("unit", "category", "urgency", "codes", "handle", "inner"),
    [
        # Monday the 2nd of March, 09:00. Where no profile sets it, the inner clock is four fifths of the limit.
        ("110101001", "0302", "7d", [], "03-09 09:00", "03-07 23:24"),
        ("110101001", "0302", "24h", [], "03-03 09:00", "03-03 04:12"),
        (WATER, "190401", "2h", ["P-WATER-1"], "03-02 10:00", "03-02 09:48"),
        (WATER, "060201", "24h", ["P-WATER-12A"], "03-02 21:00", "03-02 18:36"),
        (WATER, "160201", "24h", ["P-WATER-12B"], "03-02 21:00", "03-02 18:36"),
        (WATER, "1303", "24h", [], "03-03 09:00", "03-03 04:12"),
        (SLT, "0302", "2h", ["P-SLT-1"], "03-02 11:00", "03-02 10:00"),
        (SLT, "0302", "24h", ["P-SLT-20"], "03-03 09:00", "03-03 05:00"),
        (SLT, "0302", "7d", ["P-SLT-6"], "03-09 09:00", "03-08 09:00"),
        (SLT, "0302", "15d", [], "03-17 09:00", "03-14 09:00"),
        (TAP, "060204", "24h", ["P-DX-TAP"], "03-02 11:00", "03-02 10:36"),
        (TAP, "060201", "24h", [], "03-03 09:00", "03-03 04:12"),
        ("so-jinyu", "1101", "24h", ["P-JINYU-24"], "03-03 09:00", "03-03 05:00"),
        (PG, "0302", "7d", ["P-PG-7"], "03-09 09:00", "03-07 09:00"),
        (PG, "0302", "15d", ["P-PG-15"], "03-17 09:00", "03-09 09:00"),
        ("pf-sample", "020101", "7d", ["P-GREEN"], "03-04 09:00", "03-03 23:24"),
        ("bj-fund", "030601", "7d", ["P-LAW-FUND"], "03-05 09:00", "03-04 18:36"),
        ("110101-rsj", "100501", "15d", ["P-LAW-INJURY"], "05-01 09:00", "04-19 09:00"),
    ],
)
def test_each_variant_is_that_worked_out_by_hand(unit, category, urgency, codes, handle, inner) -> None:
    found = counted(unit, category, urgency, "03-02 09:00")
    assert (found.clock["profiles"], found.handle, found.inner) == (codes, at(handle), at(inner))


@pytest.mark.parametrize(
    ("start", "sign"),
    [
        # A general order is to be signed within two working hours. Spring Festival: the 15th to the 23rd off,
        # Saturday the 14th and Saturday the 28th worked.
        ("02-13 16:30", "02-14 10:00"),
        # Handling of this one ends within the holiday, and nobody signs later than that.
        ("02-14 16:30", "02-21 16:30"),
        ("02-18 12:00", "02-24 11:00"),
        ("02-27 17:30", "02-28 11:00"),
        ("02-28 11:30", "02-28 15:00"),
        ("03-07 10:00", "03-09 11:00"),
    ],
)
def test_working_hours_run_on_make_up_saturdays_and_rest_over_spring_festival(start, sign) -> None:
    assert counted("110101001", "0302", "7d", start).sign == at(sign)


def test_real_limits_run_through_spring_festival() -> None:
    found = counted(SLT, "0302", "7d", "02-14 16:30")
    assert (found.handle, found.inner) == (at("02-21 16:30"), at("02-20 16:30"))


def test_milestones_of_pinggu_lie_before_the_limit() -> None:
    seven, fifteen = (counted(PG, "0302", urgency, "03-02 09:00").clock["steps"] for urgency in ("7d", "15d"))
    days = [at(f"03-{day} 09:00").isoformat() for day in ("03", "05", "07", "09")]
    assert (seven, fifteen) == (days[:3], days)


def test_a_trade_tightens_the_unit_and_leaves_the_citizens_promise() -> None:
    found = counted(WATER, "060201", "24h", "03-02 09:00", asked=at("03-02 08:30"))
    assert (found.handle, found.promise) == (at("03-02 21:00"), at("03-03 08:30"))


def test_a_law_moves_the_citizens_promise_too() -> None:
    found = counted("110101-rsj", "100501", "15d", "03-02 09:00", asked=at("03-02 08:30"))
    assert found.promise == at("05-01 08:30")


def test_the_citizens_clock_hangs_on_the_lead_only() -> None:
    found = counted(WATER, "060201", "24h", "03-02 09:00")
    assert (found.promise, "asked" in found.clock) == (None, False)


def test_a_later_round_is_half_the_first_or_the_rework_limit() -> None:
    whole = [
        counted(SLT, "0302", urgency, "03-02 09:00", round_no=2, asked=at("03-02 09:00")) for urgency in ("24h", "15d")
    ]
    assert [(one.handle, one.promise) for one in whole] == [
        (at("03-02 21:00"), at("03-02 21:00")),
        (at("03-05 09:00"), at("03-05 09:00")),
    ]


def test_an_inner_clock_that_would_not_be_shorter_gives_way_to_the_share() -> None:
    found = counted(SLT, "0302", "24h", "03-02 09:00", round_no=2)
    assert (found.handle, found.inner) == (at("03-02 21:00"), at("03-02 18:36"))


def with_rows(*rows: str, city: str = "toy") -> Any:
    """The toy pack with these profiles, columns as in the file but for the last seven."""
    head = "code,kind,unit,category,urgency,sign,respond,handle,steps,name,basis,official,source,valid_from,valid_to"
    tail = "n,b,false,invented,2000-01-01,"
    return toy.files(city) | {"profiles.csv": "\n".join([head, *(f"{row},{tail}" for row in rows)]) + "\n"}


def chosen(*rows: str, unit: str = "mill", category: str = "010101", urgency: str = "7d") -> list[str]:
    """Codes of the rows that apply in the toy pack."""
    pack = reading.read(with_rows(*rows))
    return profiles.choose(pack, unit=unit, category=category, urgency=urgency, day=date(2026, 3, 2)).codes


ANY = "A,inner,*,*,*,,,6d,"
KIND = "K,inner,street,*,*,,,5d,"
DISTRICT = "D,inner,north,*,*,,,4d,"
UNIT = "U,inner,mill,*,*,,,3d,"
LONG = "L,inner,*,010101,*,,,2d,"
SHORT = "S,inner,*,01,*,,,1d,"
NAMED = "N,inner,*,*,7d,,,20h,"


@pytest.mark.parametrize(
    ("rows", "winner"),
    [
        ([ANY, KIND, DISTRICT, UNIT, LONG], "U"),
        ([ANY, KIND, DISTRICT, LONG], "D"),
        ([ANY, KIND, LONG], "K"),
        ([ANY, LONG, SHORT, NAMED], "L"),
        ([ANY, SHORT, NAMED], "S"),
        ([ANY, NAMED], "N"),
        ([ANY], "A"),
    ],
)
def test_the_most_exact_row_applies(rows, winner) -> None:
    assert chosen(*rows) == chosen(*reversed(rows)) == [winner]


def test_each_kind_is_chosen_by_itself() -> None:
    rows = ["O,outer,*,*,*,,,30d,", "T,trade,*,01,*,,,3d,", UNIT]
    assert chosen(*rows) == ["O", "T", "U"]


def test_an_offices_order_goes_by_the_profile_of_its_district() -> None:
    assert chosen(DISTRICT, KIND, unit="north-roads") == ["D"]


def test_an_unknown_unit_is_met_by_star_alone() -> None:
    assert chosen(ANY, KIND, DISTRICT, unit="nobody") == ["A"]


def test_a_row_counts_from_its_first_day_up_to_its_last() -> None:
    row = reading.read(with_rows(ANY)).profiles[0]
    until = replace(row, valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 4))
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(4)]
    assert [until.valid(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("A,inner,nowhere,*,*,,,6d,", "There is no unit “nowhere”. Use *, a code of units.csv or a kind of unit."),
        ("A,inner,*,99,*,,,6d,", "There is no category “99”. Use * or a code of categories.csv."),
        ("A,inner,*,*,9d,,,6d,", "The urgency “9d” has no clock. Use * or one of: 2h, 24h, 7d."),
        ("A,inner,*,*,*,,,6,", "handle “6” is not a limit. Write 30min, 2h, 7d, 5wd or 4wh."),
        ("A,inner,*,*,*,,,,1|3d", "steps “1” is not a limit. Write them as 1d|3d|5d."),
        ("A,trade,*,*,*,,,,1d|3d", "A is no inner clock but has steps. Make it inner or empty the cell."),
        ("A,inner,*,*,*,1h,,6d,", "A is an inner clock: it has handle and steps only. Empty sign and respond."),
        ("A,trade,*,*,*,,,,", "A sets no limit. Fill in sign, respond, handle or steps."),
        ("A,law,*,*,*,,,6d,", "kind “law” is unknown. Use one of: outer, trade, inner."),
    ],
)
def test_a_mistake_is_told_with_file_line_and_remedy(row, what) -> None:
    told = [line for line in toy.mistakes(with_rows(row)) if line == f"profiles.csv, line 2: {what}"]
    assert told == [f"profiles.csv, line 2: {what}"]


def test_two_rows_for_the_same_matter_on_the_same_day_are_refused() -> None:
    assert toy.mistakes(with_rows(ANY, ANY.replace("A,", "B,", 1))) == [
        "profiles.csv, line 3: B and A are both valid on 2000-01-01 for the same matter. "
        "Let the earlier one end on that day (valid_to) or make them differ."
    ]


def test_a_pack_without_the_file_has_no_profiles() -> None:
    assert reading.read(toy.files()).profiles == ()


starts = st.integers(0, 300 * 24 * 60).map(lambda n: at("01-01 00:00") + timedelta(minutes=n))
lengths = st.integers(1, 9 * 24 * 60).map(lambda n: timedelta(minutes=n))
matters = st.tuples(
    st.sampled_from(["110101001", SLT, PG, WATER, TAP, "pf-sample", "110101-rsj", "bj-fund"]),
    st.sampled_from(["0302", "060204", "060201", "100501", "030601", "020101"]),
    st.sampled_from(list(BEIJING.clocks)),
    st.integers(1, 3),
)
stops = st.lists(
    st.tuples(starts, lengths, st.sampled_from(["suspended", "objection"])).map(
        lambda p: [p[0].isoformat(), (p[0] + p[1]).isoformat(), p[2]]
    ),
    max_size=3,
)


def moments(found: limits.Counted) -> list[datetime]:
    """Everything that was counted."""
    steps = [datetime.fromisoformat(text) for text in found.clock["steps"]]
    return [found.sign, found.respond, found.inner, found.handle, found.promise or found.handle, *steps]


@given(starts, matters, stops)
def test_the_inner_clock_is_always_shorter_and_counting_again_gives_the_same(start, matter, pauses) -> None:
    unit, category, urgency, round_no = matter
    plain = limits.of(BEIJING, unit, category, urgency, at=start, version=1, asked=start, round_no=round_no)
    found = limits.recount(BEIJING, {**plain.clock, "pauses": pauses})
    assert found.inner < found.handle
    assert limits.recount(BEIJING, found.clock) == found


@given(starts, matters, stops, st.tuples(starts, lengths))
def test_nothing_gets_earlier_by_a_pause_or_an_extension(start, matter, pauses, grant) -> None:
    unit, category, urgency, round_no = matter
    plain = limits.of(BEIJING, unit, category, urgency, at=start, version=1, asked=start, round_no=round_no)
    rested = limits.recount(BEIJING, {**plain.clock, "pauses": pauses})
    granted = [grant[0].isoformat(), (grant[0] + grant[1]).isoformat()]
    longer = limits.recount(BEIJING, {**rested.clock, "extension": granted})
    named = [(found.sign, found.respond, found.inner, found.handle, found.promise) for found in (plain, rested, longer)]
    assert all(a <= b for a, b in zip(named[0], named[1], strict=True))
    assert all(a <= b for a, b in zip(named[1], named[2], strict=True))
    assert longer.inner < longer.handle
