"""The check digit finds what goes wrong on a telephone line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jieban.core import numbers
from jieban.core.errors import BadInput

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
running = st.integers(0, 10**7)


def digits_of(number: str) -> str:
    """The fifteen digits that are said aloud."""
    return number.replace("-", "").removeprefix("JB")


@given(days, running)
def test_a_number_is_read_back_however_it_is_written(day, count):
    number = numbers.number(day, count)
    bare = digits_of(number)
    for text in (number, number.lower(), bare, f" {number} ", number.replace("-", " "), number.replace("-", "—")):
        assert numbers.read(text) == number


@given(days, running, st.integers(0, 14), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(day, count, place, step):
    digits = digits_of(numbers.number(day, count))
    wrong = f"{digits[:place]}{(int(digits[place]) + step) % 10}{digits[place + 1 :]}"
    with pytest.raises(BadInput, match="有一位数字不对"):
        numbers.read(f"JB{wrong}")


@given(days, running, st.integers(0, 13))
def test_any_swap_of_neighbours_is_found(day, count, place):
    digits = digits_of(numbers.number(day, count))
    swapped = f"{digits[:place]}{digits[place + 1]}{digits[place]}{digits[place + 2 :]}"
    if swapped == digits:
        assert numbers.read(swapped) == numbers.number(day, count)
    else:
        with pytest.raises(BadInput, match="有一位数字不对"):
            numbers.read(swapped)


@given(days, running, running)
def test_two_numbers_of_a_day_are_equal_only_a_million_apart(day, one, other):
    same = numbers.number(day, one) == numbers.number(day, other)
    assert same == (one % numbers.SPAN == other % numbers.SPAN)


@pytest.mark.parametrize(
    "text", ["", "JB", "JB-2026", "hello", "JB-20260302-00001-1", "JB-20260302-0000011-11", "１２３"]
)
def test_what_is_no_number_is_told_the_form(text):
    with pytest.raises(BadInput, match="不是工单编号"):
        numbers.read(text)


def test_another_citys_prefix_is_kept():
    number = numbers.number(date(2026, 3, 2), 7, prefix="FZ")
    assert numbers.read(number) == number
    assert numbers.read(number.removeprefix("FZ-"), prefix="FZ") == number
