"""Forecasts are kept beside the lake of the installation, and a failure is told once."""

from __future__ import annotations

from datetime import timedelta

from jieban.analytics import lake as lakes
from jieban.analytics.forecasts import store
from jieban.core import clock
from jieban.portal import forecasting
from tests.analytics.forecasts import sown


def sow() -> None:
    cells = [sown.Cell("1401", "110105", "110105002", 40)]
    sown.lake(lakes.home().folder, cells, first=clock.now().date() - timedelta(days=100), days=100)


def test_without_a_lake_there_is_nothing_to_do(home) -> None:
    assert forecasting.safely("") == ""
    assert not store.home().exists()


def test_forecasts_are_made_once_for_a_day(toy) -> None:
    sow()
    assert (forecasting.once(at=clock.now()), forecasting.once(at=clock.now())) == (True, False)
    made = store.made(store.home())
    yesterday = clock.now().date() - timedelta(days=1)
    assert (made.last_day, len(store.rows(store.home(), made, "hours"))) == (yesterday, 336)


def test_why_it_failed_is_told_once(db, caplog) -> None:
    sow()
    told = forecasting.safely("")
    assert forecasting.safely(told) == told
    [record] = caplog.records
    assert record.getMessage().startswith("The forecasts could not be made and are tried again: No city pack is in")
    assert not store.home().exists()
