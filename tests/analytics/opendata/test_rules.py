"""The rules of release: a month waits, few answers give no rate, a rate tells no small count."""

from __future__ import annotations

from datetime import date

import pytest

from jieban.analytics.opendata.rules import Rules, released, share

RULES = Rules()


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2021, 12, 30), [202110]),
        (date(2021, 12, 31), [202110, 202111]),
        (date(2022, 1, 30), [202110, 202111]),
        (date(2022, 1, 31), [202110, 202111, 202112]),
        (date(2021, 1, 1), []),
    ],
)
def test_a_month_is_released_so_many_days_after_its_end(today, months):
    assert released([202112, 202110, 202111], today, Rules(lag=30)) == months


@pytest.mark.parametrize(
    ("top", "bottom", "told"),
    [
        (20, 30, 0.667),
        (20, 29, None),  # too few
        (9, 100, None),  # nine people said so
        (91, 100, None),  # nine people did not
        (0, 100, 0.0),
        (100, 100, 1.0),
        (90, 100, 0.9),
        (0, 0, None),
    ],
)
def test_a_rate_tells_neither_a_small_count_nor_its_small_rest(top, bottom, told):
    assert share(top, bottom, RULES) == told
