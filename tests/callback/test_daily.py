"""The days that are over: each is drawn once, from the day of the first order on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.callback import daily
from jieban.callback.models import Draw
from tests import factories
from tests.factories import AT

DAY = timedelta(days=1)


def close(toy, days: int) -> int:
    """Close the days, so many days after the first order."""
    return daily.close_days(at=AT + days * DAY, loaded=toy)


def drawn() -> list[int]:
    """The days drawn, counted from the day of the first order."""
    return [(day - AT.date()).days for day in Draw.objects.order_by("day").values_list("day", flat=True)]


def test_installation_without_orders_draws_nothing(toy):
    assert (close(toy, 3), drawn()) == (0, [])


def test_each_day_since_the_first_order_is_drawn_once(toy):
    factories.an_order(state="closed", at=AT)
    assert (close(toy, 0), close(toy, 2), close(toy, 2), close(toy, 3)) == (0, 2, 0, 1)
    assert drawn() == [0, 1, 2]


@pytest.mark.parametrize("away", [8, 30])
def test_worker_that_was_away_for_long_leaves_the_older_days_alone(toy, away: int):
    factories.an_order(state="closed", at=AT)
    assert close(toy, away) == daily.BACK
    assert drawn() == list(range(away - daily.BACK, away))
