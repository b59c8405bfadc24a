"""Every measure against an answer worked out by hand on the ten-row lake (tests/analytics/ten.py)."""

from __future__ import annotations

import inspect
from datetime import date
from fractions import Fraction

import ibis
import pytest

from jieban.analytics import engines
from jieban.analytics import measures as m
from tests.analytics import questions
from tests.analytics.questions import ratios, sums

FACTS = ("contacts", "orders", "assignments", "answers")

# name: over the whole lake, in 2019, in 2020, in 2021 (by the fact's own day)
SUMS = {
    "accepted": (10, 4, 3, 3),
    "phone": (7, 3, 2, 2),
    "network": (3, 1, 1, 1),
    "dispatched": (6, 3, 1, 2),
    "answered": (3, 1, 2, 0),
    "consultations": (2, 1, 1, 0),
    "praise": (1, 0, 1, 0),
    "firms": (1, 0, 1, 0),
    "orders": (6, 3, 1, 2),
    "sendings": (9, 5, 2, 2),
    "first_known": (5, 3, 1, 1),  # all but 8
    "right_first": (3, 2, 1, 0),  # 1, 4, 5
    "solved_orders": (3, 2, 1, 0),  # 1, 3, 5
    "came_back": (1, 1, 0, 0),  # 1
    "closed": (5, 3, 1, 1),
    "urgent": (1, 0, 0, 1),  # 8
    "handled": (9, 4, 3, 2),
    "led": (7, 2, 3, 2),  # not 102, 103
    "late": (0, 0, 0, 0),  # 108 is open and not judged
    "sign_judged": (9, 4, 3, 2),
    "sign_on_time": (7, 3, 3, 1),  # not 104, 108
    "respond_judged": (7, 3, 3, 1),  # not 103, 109
    "respond_on_time": (4, 1, 3, 0),  # 101, 105, 106, 107
    "complete_judged": (6, 3, 3, 0),
    "complete_on_time": (5, 3, 2, 0),  # not 105
    "scored": (6, 3, 3, 0),  # not 204, which is not the last, nor 208, which is excluded
    "unreached": (1, 1, 0, 0),  # 202
    "responded": (3, 1, 2, 0),  # 201, 206, 207; 205 is denied
    "said_solved": (5, 2, 3, 0),
    "solved": (3, 2, 1, 0),  # 201, 203, 206
    "solved_part": (1, 0, 1, 0),  # 205
    "explained": (1, 0, 1, 0),  # 207
    "said_satisfied": (4, 2, 2, 0),  # 201, 203, 206, 207
    "satisfied": (2, 1, 1, 0),  # 201, 206
    "satisfied_mostly": (1, 1, 0, 0),  # 203
}

# name: over the whole lake, in 2019, in 2020, in 2021
RATIOS = {
    "response": (Fraction(3, 6), Fraction(1, 3), Fraction(2, 3), None),
    "resolution": (Fraction(3, 5), Fraction(2, 2), Fraction(1, 3), None),
    "satisfaction": (Fraction(2, 4), Fraction(1, 2), Fraction(1, 2), None),
    "unreachable": (Fraction(1, 6), Fraction(1, 3), Fraction(0), None),
    "signed_in_time": (Fraction(7, 9), Fraction(3, 4), Fraction(1), Fraction(1, 2)),
    "responded_in_time": (Fraction(4, 7), Fraction(1, 3), Fraction(1), Fraction(0)),
    "completed_in_time": (Fraction(5, 6), Fraction(1), Fraction(2, 3), None),
    "first_time_right": (Fraction(3, 5), Fraction(2, 3), Fraction(1), Fraction(0)),
    "back": (Fraction(1, 3), Fraction(1, 2), Fraction(0), None),
    "assignments_per_order": (Fraction(9, 6), Fraction(5, 3), Fraction(2), Fraction(1)),
}


@pytest.fixture
def source(ten):
    """The ten-row lake, open in DuckDB."""
    with engines.duckdb(ten) as found:
        yield found


def by(source, expression, *keys):
    """Rows as {keys: the other values}; a single key or value stands alone, numbers as they are."""
    out = {}
    for row in source.rows(expression):
        rest = tuple(value for name, value in row.items() if name not in keys)
        key = tuple(row[name] for name in keys)
        out[key[0] if len(key) == 1 else key] = rest[0] if len(rest) == 1 else rest
    return out


def test_every_measure_has_an_answer_worked_out_by_hand():
    assert (set(SUMS), set(RATIOS)) == (set(m.SUMS), set(m.RATIOS))


def test_every_function_is_asked_of_both_engines():
    public = {name for name, each in inspect.getmembers(m, inspect.isfunction) if each.__module__ == m.__name__}
    asked = inspect.getsource(questions)
    # `ratio` is asked through `rated`.
    assert {name for name in public if name[0] != "_" and f"m.{name}(" not in asked} == {"ratio"}


@pytest.mark.parametrize("fact", FACTS)
def test_sums_over_the_whole_lake(source, fact):
    found = source.rows(m.cube(m.placed(source, fact), [], sums(fact)))
    assert found == [{one.name: SUMS[one.name][0] for one in sums(fact)}]


@pytest.mark.parametrize("fact", FACTS)
def test_sums_by_year(source, fact):
    found = source.rows(m.cube(m.placed(source, fact), ["year"], sums(fact)).order_by("year"))
    years = {1: 2019, 2: 2020, 3: 2021}
    expected = [{"year": year} | {one.name: SUMS[one.name][n] for one in sums(fact)} for n, year in years.items()]
    assert found == expected


@pytest.mark.parametrize("fact", FACTS)
def test_ratios(source, fact):
    for n, where in enumerate((None, 2019, 2020, 2021)):
        facts = m.placed(source, fact)
        counted = m.cube(facts.filter(facts.year == where) if where else facts, [], sums(fact))
        [row] = source.rows(m.rated(counted, ratios(fact)))
        for one in ratios(fact):
            expected = RATIOS[one.name][n]
            assert row[one.name] == (None if expected is None else pytest.approx(float(expected), abs=1e-12)), one.name


def test_channels_are_phone_or_network(source):
    found = by(source, m.cube(m.placed(source, "contacts"), ["channel_kind"], [m.ACCEPTED]), "channel_kind")
    assert found == {"phone": 7, "network": 3}


def test_units_have_a_group_a_district_and_a_zone(source):
    handled = m.cube(m.placed(source, "assignments"), ["group", "unit_district", "zone"], [m.HANDLED])
    inner, new, green = "中心城区及副中心", "平原新城", "生态涵养区"
    assert by(source, handled, "group", "unit_district", "zone") == {
        ("streets", "110105", inner): 1,
        ("streets", "110111", new): 1,
        ("streets", "110118", green): 1,
        ("district_departments", "110105", inner): 2,
        ("district_departments", "110118", green): 1,
        ("municipal", None, None): 1,
        ("soe", None, None): 1,
        ("platform", None, None): 1,
    }


def test_an_unknown_code_still_counts(source):
    # A unit that a pack no longer names is not lost from the whole.
    source.tables["units"] = source["units"].filter(lambda t: t.code != "so-heat")
    found = by(source, m.cube(m.placed(source, "assignments"), ["group"], [m.HANDLED]), "group")
    assert found == {"streets": 3, "district_departments": 3, "municipal": 1, None: 1, "platform": 1}


def test_a_cube_is_rolled_up(source):
    cube = m.cube(m.placed(source, "contacts"), ["month", "category1"], [m.ACCEPTED, m.PHONE])
    found = by(source, m.roll(cube, ["category1"], [m.ACCEPTED, m.PHONE]), "category1")
    assert found == {
        "01": (3, 2), "03": (2, 2), "05": (1, 1), "02": (1, 0), "14": (1, 0), "08": (1, 1), None: (1, 1),
    }  # fmt: skip
    assert source.rows(m.roll(cube, [], [m.ACCEPTED, m.PHONE])) == [{"accepted": 10, "phone": 7}]


def test_nothing_rolled_up_is_nought(source):
    cube = m.cube(m.placed(source, "orders").filter(ibis.literal(False)), ["month"], sums("orders"))
    assert source.rows(m.roll(cube, [], sums("orders"))) == [dict.fromkeys((one.name for one in sums("orders")), 0)]


def test_shares_of_the_whole(source):
    found = m.shared(m.cube(m.placed(source, "contacts"), ["category1"], [m.ACCEPTED]), m.ACCEPTED)
    assert by(source, found, "category1") == {
        "01": (3, 0.3), "03": (2, 0.2), "05": (1, 0.1), "02": (1, 0.1), "14": (1, 0.1), "08": (1, 0.1), None: (1, 0.1),
    }  # fmt: skip


def test_shares_within_a_year(source):
    counted = m.cube(m.placed(source, "contacts"), ["year", "channel_kind"], [m.ACCEPTED])
    assert by(source, m.shared(counted, m.ACCEPTED, ["year"], "part"), "year", "channel_kind") == {
        (2019, "phone"): (3, 3 / 4), (2019, "network"): (1, 1 / 4),
        (2020, "phone"): (2, 2 / 3), (2020, "network"): (1, 1 / 3),
        (2021, "phone"): (2, 2 / 3), (2021, "network"): (1, 1 / 3),
    }  # fmt: skip


def test_growth_over_the_year_before(source):
    counted = m.cube(m.placed(source, "contacts"), ["year"], [m.ACCEPTED])
    found = by(source, m.grown(counted, m.ACCEPTED, "year"), "year")
    assert found == {2019: (4, None), 2020: (3, -0.25), 2021: (3, 0.0)}
    assert by(source, m.grown(counted, m.ACCEPTED, "year", back=2), "year")[2021] == (3, -0.25)


def test_growth_over_a_year_never_passes_over_a_missing_month(source):
    counted = m.cube(m.placed(source, "contacts"), ["month"], [m.ACCEPTED])
    assert by(source, m.grown(counted, m.ACCEPTED, "month", back=12), "month") == {
        201901: (2, None), 201902: (1, None), 201912: (1, None),
        202001: (1, -0.5), 202002: (1, 0.0), 202012: (1, 0.0),
        202101: (1, 0.0), 202102: (1, 0.0), 202111: (1, None),
    }  # fmt: skip


def test_growth_over_the_month_before_crosses_the_year(source):
    counted = m.cube(m.placed(source, "contacts"), ["month"], [m.ACCEPTED])
    found = by(source, m.grown(counted, m.ACCEPTED, "month"), "month")
    assert {month: growth for month, (_, growth) in found.items() if growth is not None} == {
        201902: -0.5, 202001: 0.0, 202002: 0.0, 202101: 0.0, 202102: 0.0,
    }  # fmt: skip


def test_growth_within_groups_also_where_the_group_is_empty(source):
    counted = m.cube(m.placed(source, "contacts"), ["year", "caller"], [m.ACCEPTED])
    found = by(source, m.grown(counted, m.ACCEPTED, "year", ["caller"]), "caller", "year")
    assert found == {
        (11, 2019): (1, None), (11, 2020): (1, 0.0), (11, 2021): (1, 0.0),
        (12, 2019): (2, None), (12, 2020): (1, -0.5),
        (13, 2020): (1, None), (14, 2021): (2, None), (None, 2019): (1, None),
    }  # fmt: skip


def test_growth_by_day(source):
    counted = m.cube(m.placed(source, "contacts"), ["day"], [m.ACCEPTED])
    found = by(source, m.grown(counted, m.ACCEPTED, "day", back=15), "day")
    assert {day: growth for day, (_, growth) in found.items() if growth is not None} == {date(2019, 1, 25): 0.0}


def test_per_residents_and_per_users(source):
    orders = m.cube(m.placed(source, "orders"), ["district"], [m.ORDERS])
    found = m.per(m.peopled(source, orders, "district"), m.ORDERS, "residents", 10_000, "per")
    assert by(source, found, "district") == {
        "110105": (3, 40_000, None, 0.75), "110111": (2, 20_000, None, 1.0), "110118": (1, 10_000, None, 1.0),
    }  # fmt: skip
    handled = m.cube(m.placed(source, "assignments"), ["unit"], [m.HANDLED])
    found = by(source, m.per(m.peopled(source, handled, "unit"), m.HANDLED, "base", 1000, "per"), "unit")
    assert {unit: per for unit, (_, _, _, per) in found.items()} == {
        "so-heat": 0.5, "110105002": None, "110105-hc": None, "110111103": None, "pf-jd": None, "110118": None,
        "110118001": None, "bj-traffic": None,
    }  # fmt: skip


def test_numbers_new_and_returning(source):
    found = by(source, m.numbers(source["contacts"], "year"), "year")
    assert found == {2019: (2, 2, 0), 2020: (3, 1, 2), 2021: (2, 1, 1)}
    found = by(source, m.numbers(source["contacts"], "month"), "month")
    assert found == {
        201901: (2, 2, 0), 201912: (1, 0, 1), 202001: (1, 0, 1), 202002: (1, 1, 0), 202012: (1, 0, 1),
        202101: (1, 0, 1), 202102: (1, 1, 0), 202111: (1, 0, 1),
    }  # fmt: skip


def test_calls_from_new_and_returning_numbers(source):
    found = by(source, m.calls(source["contacts"], "year"), "year")
    assert found == {2019: (3, 3, 0), 2020: (3, 1, 2), 2021: (3, 2, 1)}


def test_numbers_heard_every_year(source):
    assert [source.rows(m.always(source["contacts"], years)) for years in (1, 2, 3)] == [
        [{"numbers": 4}], [{"numbers": 2}], [{"numbers": 1}],
    ]  # fmt: skip


def test_numbers_heard_again_and_again(source):
    assert source.rows(m.repeated(source["contacts"], 3)) == [{"numbers": 2, "contacts": 6}]  # 11 and 12
    assert source.rows(m.repeated(source["contacts"], 4)) == [{"numbers": 0, "contacts": 0}]


def test_a_place_with_its_orders_and_the_numbers_they_came_from(source):
    found = by(source, m.callers(source["orders"], ["place"]), "place")
    assert found == {"estate1": (2, 2), "estate2": (1, 1), None: (3, 2)}  # 3 has no number


def test_months_in_which_numbers_were_heard(source):
    """11 in January of each year; 12 in two Decembers too; 13 in February 2020; 14 twice in 2021."""
    found = by(source, m.heard(source["contacts"], questions.MONTHS), "heard")
    assert found == {
        1 | 1 << 12 | 1 << 24: 1, 1 | 1 << 11 | 1 << 23: 1, 1 << 13: 1, 1 << 25 | 1 << 34: 1,
    }  # fmt: skip


def test_numbers_heard_outside_the_months_are_left_out(source):
    assert by(source, m.heard(source["contacts"], [201912, 202001]), "heard") == {1: 1, 2: 1}
    with pytest.raises(ValueError, match="63 months do not fit"):
        m.heard(source["contacts"], range(63))


def test_durations_fall_into_classes_with_their_upper_end(source):
    """Closed after 2880, 10080, 43200, 1440 and 2880 minutes; the end of a class belongs to it."""
    found = by(source, m.durations(source["orders"], "close_minutes"), "class")
    assert found == {1: (1440, 1), 2: (4320, 2), 3: (10080, 1), 5: (43200, 1)}
    found = by(source, m.durations(m.placed(source, "assignments"), "sign_minutes", ["role"]), "role", "class")
    assert found == {("lead", 0): (120, 6), ("lead", 1): (1440, 1), ("lead", 2): (4320, 1), ("assist", 0): (120, 1)}


def test_the_last_class_is_open(source):
    late = source["orders"].mutate(close_minutes=lambda t: t.close_minutes + 1)
    assert by(source, m.durations(late, "close_minutes"), "class")[6] == (None, 1)


def test_middle_and_slowest_tenth_of_a_duration(source):
    """Of 1440, 2880, 2880, 10080, 43200; the tenth lies six tenths of the way from the fourth to the fifth."""
    [row] = source.rows(m.spread(source["orders"], "close_minutes"))
    assert row == {"n": 5, "mean": 12096.0, "median": 2880.0, "p90": pytest.approx(29952.0, abs=1e-9)}
    found = by(source, m.spread(m.dated(source["orders"]), "close_minutes", ["year"]), "year")
    assert found[2020] == (1, 1440.0, 1440.0, 1440.0)
