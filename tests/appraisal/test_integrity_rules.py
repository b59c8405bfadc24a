"""Signs as statistics: right where it can be worked out, silent where units merely differ, awake where one plays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from jieban.appraisal import integrity_rules as rules
from jieban.appraisal.integrity_rules import Bounds, Counts, Group, Trial
from tests.appraisal import cities


def even(units: int, of: int, got: int) -> Counts:
    """Units that are all alike, in one stratum."""
    return Counts(np.full((units, 1), float(of)), np.full((units, 1), float(got)))


def only(counts: Counts, code: str = "soon") -> Group:
    """A board that shows one sign alone."""
    none = Counts(np.zeros_like(counts.of), np.zeros_like(counts.got))
    return Group("b", [f"u{n}" for n in range(len(counts.of))], {s.code: none for s in rules.SIGNS} | {code: counts})


def test_what_is_expected_comes_from_the_others_rates_for_the_units_own_mix():
    of = np.array([[10.0, 90.0], [5000.0, 5000.0], [5000.0, 5000.0]])
    got = np.array([[10.0, 90.0], [500.0, 50.0], [500.0, 50.0]])
    found = rules.expected(Counts(of, got))
    assert found[0] == pytest.approx(10 * 0.1 + 90 * 0.01, rel=0.02)  # its own hundred of hundred is not in it
    assert rules.expected(Counts(of[1:], got[1:]))[0] == pytest.approx(550, rel=0.01)


def test_a_stratum_nobody_else_has_borrows_the_rate_of_the_group():
    of, got = np.array([[0.0, 40.0], [1000.0, 0.0], [1000.0, 0.0]]), np.array([[0.0, 9.0], [50.0, 0.0], [50.0, 0.0]])
    assert rules.expected(Counts(of, got))[0] == pytest.approx(2.0, rel=0.02)


def test_among_many_units_that_are_all_alike_the_chance_is_nearly_a_binomials_and_never_smaller():
    counts = even(400, 200, 4)
    counts.got[0] = 14
    found = rules.chances(counts, [], [0])[0]
    plain = float(binom.sf(13, 200, 0.02))
    assert plain < found < 6 * plain


def test_where_units_differ_the_same_count_is_far_likelier():
    rng = np.random.default_rng(1)
    alike, apart = even(300, 200, 4), even(300, 200, 4)
    apart.got[:, 0] = rng.binomial(200, np.clip(0.02 * rng.gamma(2, 0.5, 300), 0, 1))
    for counts in (alike, apart):
        counts.got[0] = 18
    assert rules.chances(apart, [], [0])[0] > 1000 * rules.chances(alike, [], [0])[0]


def test_few_peers_are_less_sure_than_many():
    few, many = even(7, 200, 4), even(300, 200, 4)
    few.got[0] = many.got[0] = 18
    assert rules.chances(few, [], [0])[0] > 10 * rules.chances(many, [], [0])[0]


def test_earlier_cycles_teach_how_far_units_of_a_small_group_lie_apart():
    now, calm = even(7, 200, 4), even(7, 200, 4)
    now.got[0] = 18
    assert rules.chances(now, [calm, calm, calm], [0])[0] < rules.chances(now, [], [0])[0]


def test_the_units_own_past_does_not_hide_it():
    now, before = even(40, 200, 4), even(40, 200, 4)
    now.got[0] = before.got[0] = 60
    clean = even(40, 200, 4)
    assert rules.chances(now, [before], [0])[0] == pytest.approx(rules.chances(now, [clean], [0])[0], rel=0.5)


@pytest.mark.parametrize("got", [0, 1])
def test_chances_stay_between_nothing_and_one(got):
    counts = even(8, 1, 0)
    counts.got[0] = got
    assert 0 < rules.chances(counts, [], [0])[0] <= 1


def test_the_order_of_units_and_strata_does_not_matter():
    rng = np.random.default_rng(3)
    counts = cities.sign(rng, 30, 0.03, size=80, spread=0.3, cycles=1)[0]
    mixed, turned = rng.permutation(30), rng.permutation(5)
    found = rules.chances(counts, [], list(range(30)))
    again = rules.chances(Counts(counts.of[mixed][:, turned], counts.got[mixed][:, turned]), [], list(range(30)))
    assert [again[n] for n in range(30)] == pytest.approx([found[int(was)] for was in mixed], rel=1e-9)


def test_holm_lets_pass_what_is_small_enough_for_what_is_left():
    trials = [Trial("b", f"u{n}", "soon", 9, 9, 1.0, chance) for n, chance in enumerate((0.0009, 0.004, 0.0011, 0.2))]
    assert [one.unit for one in rules.holm(trials, 10, 0.01)] == ["u0", "u2"]
    assert rules.holm(trials, 1000, 0.01) == []


def test_small_excess_and_small_ratio_are_not_told_however_sure():
    large = even(300, 20_000, 400)
    large.got[0] = 700  # far beyond chance, and not twice what is expected
    assert cities.alarms(only(large)) == []
    few = even(300, 40, 0)
    few.got[0] = 4  # four answers are nobody's morning
    assert cities.alarms(only(few)) == []
    assert cities.alarms(only(few), bounds=Bounds(excess=1, alpha=0.5)) == [("u0", "soon")]


def test_too_few_peers_are_no_group():
    counts = even(5, 200, 0)
    counts.got[0] = 200
    assert (cities.alarms(only(counts)), rules.tests([only(counts)], Bounds())) == ([], 0)


@pytest.mark.parametrize(("units", "players"), [(120, 3), (330, 8)])
def test_several_that_do_the_same_do_not_hide_one_another(units, players):
    """Up to one in forty; where more do it the group itself lies apart, and nobody stands out."""
    rng = np.random.default_rng(5)
    held = cities.group(rng, "s", units, size=120, spread=0.2)
    for unit in range(players):
        cities.coach(rng, held, unit, "soon", 0.5)
    assert {unit for unit, code in cities.alarms(held) if code == "soon"} == {f"s{n}" for n in range(players)}


@pytest.mark.parametrize(("how", "spread"), [("logit", 0.3), ("gamma", 0.5)])
def test_twenty_clean_cycles_of_a_city_where_units_differ_give_at_most_one_alarm(how, spread):
    """Streets, districts and two small groups by six signs: some 2,200 tests a cycle, units up to four times apart."""
    rng = np.random.default_rng([7, int(spread * 10)])
    found = []
    for _ in range(20):
        boards = (("s", 330), ("d", 16), ("e", 9), ("f", 7))
        groups = [cities.group(rng, name, units, size=100, spread=spread, how=how) for name, units in boards]
        found += cities.alarms(*groups)
    assert len(found) <= 1


@pytest.mark.parametrize(
    ("code", "share", "least"), [("soon", 0.15, 3), ("soon", 0.4, 5), ("number", 0.2, 4), ("unreached", 0.5, 4)]
)
def test_a_unit_that_plays_is_found_the_more_it_does(code, share, least):
    """Five cities, a street of a hundred answers or so that shows a sign in so many answers more: found in how many."""
    found = 0
    for seed in range(5):
        rng = np.random.default_rng([11, seed])
        held = cities.group(rng, "s", 330, size=100, spread=0.25)
        unit = int(np.argsort(held.counts[code].of.sum(axis=1))[200])
        cities.coach(rng, held, unit, code, share)
        found += (f"s{unit}", code) in cities.alarms(held)
    assert found >= least
