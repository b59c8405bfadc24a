"""Erlang C against worked examples that others have published, and the seats that follow from it."""

from __future__ import annotations

import math

import pytest

from jieban.analytics.forecasts import erlang
from jieban.analytics.forecasts.erlang import Aim


def test_example_of_call_centre_helper() -> None:
    """200 calls an hour of 180 s: 10 erlangs; 14 agents: 17.4 % wait, 88.8 % within 20 s; 30 % away: 20 on the roster.

    "Erlang C Formula – Made Simple With an Easy Worked Example", callcentrehelper.com.
    """
    assert erlang.load(200, 3) == 10
    assert round(erlang.waits(10, 14), 3) == 0.174
    assert round(erlang.answered(200, 14, minutes=3, within=20), 3) == 0.888
    aim = Aim(3, 20, 0.8, 0.3)
    assert (erlang.seats(200, aim), erlang.rostered(14, aim)) == (14, 20)


def test_example_of_mitan() -> None:
    """360 calls in half an hour of 4 minutes, 55 agents: 48 erlangs, 23.9 % wait, 84.6 % within 15 s.

    "The Erlang-C Formula", mitan.co.uk.
    """
    assert round(erlang.waits(48, 55), 3) == 0.239
    assert round(erlang.answered(720, 55, minutes=4, within=15), 3) == 0.846


def test_example_of_jones_the_net() -> None:
    """250 calls an hour of 330 s, 80 % within 30 s: 28 advisors. jonesthenet.com, "Erlang uplift"."""
    assert erlang.seats(250, Aim(5.5, 30, 0.8, 0.0)) == 28


def test_waiting_by_the_sum_of_the_formula_itself() -> None:
    load, seats = 3.0, 5
    top = load**seats / math.factorial(seats) * seats / (seats - load)
    below = sum(load**n / math.factorial(n) for n in range(seats))
    assert erlang.waits(load, seats) == pytest.approx(top / (below + top))


def test_one_seat_less_misses_the_aim() -> None:
    aim = Aim(6, 15, 0.8, 0.3)
    for calls in (0.5, 7, 60, 900):
        found = erlang.seats(calls, aim)
        assert erlang.answered(calls, found, minutes=6, within=15) >= 0.8
        assert found == 1 or erlang.answered(calls, found - 1, minutes=6, within=15) < 0.8


def test_seats_that_cannot_keep_up_answer_nobody_in_time() -> None:
    assert (erlang.waits(10, 10), erlang.answered(200, 10, minutes=3, within=20)) == (1.0, 0.0)


def test_quiet_hour_still_has_a_seat_and_an_impossible_one_is_refused() -> None:
    assert erlang.seats(0, Aim(6, 15, 0.8, 0.3)) == 1
    with pytest.raises(ValueError, match="too many to seat"):
        erlang.seats(1e6, Aim(6, 15, 0.8, 0.3))
