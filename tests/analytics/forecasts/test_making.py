"""Forecasts of a whole lake: read by measures, made once a month and once a day, kept in one step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jieban.analytics import engines
from jieban.analytics.forecasts import making, reading, store
from jieban.analytics.lake import Lake
from jieban.core.deadlines import Calendar
from jieban.core.errors import BadInput
from tests.analytics import ten
from tests.analytics.forecasts import sown
from tests.analytics.forecasts.sown import Cell

AT = datetime(2021, 12, 1, 3, tzinfo=UTC)
HEAT = (3.0, 2.0, 1.0, 0.3, 0.2, 0.2, 0.2, 0.2, 0.3, 0.8, 3.0, 3.5)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Heating in one street rises in winter; in the other street and category nothing ever happens; one is tiny."""
    cells = [
        Cell("1401", "110105", "110105002", 6, HEAT, "estate1"),
        Cell("0302", "110111", "110111103", 30),
        Cell("0502", "110111", "110111103", 0.05),
    ]
    return sown.lake(tmp_path_factory.mktemp("sown"), cells, first=date(2019, 1, 1), days=1050)


def test_months_and_days_that_are_not_whole_are_left_out(lake: Lake) -> None:
    with engines.duckdb(lake) as source:
        span = reading.span(source, lake.state())
    # 1050 days from 2019-01-01 end on 2021-11-15.
    assert span == reading.Span(date(2019, 1, 1), date(2021, 11, 15))
    assert (span.months()[0], span.months()[-1], len(span.months())) == (201901, 202110, 34)
    assert reading.Span(date(2021, 1, 2), date(2021, 3, 31)).months() == [202102, 202103]


def test_counts_of_the_ten_row_lake_by_hand(tmp_path: Path) -> None:
    with engines.duckdb(ten.lay(tmp_path)) as source:
        counts = reading.monthly(source, [201901, 201902, 202101])
    told = {key: values.tolist() for key, values in counts.by.items()}
    assert told["", "", ""] == [2, 1, 1]
    # Contact 2 has a category and no place, contact 1 a place; 8 is heating in the same street.
    assert (told["05", "", ""], told["", "110105", ""]) == ([1, 0, 0], [1, 0, 1])
    assert told["14", "110105", "110105002"] == [0, 0, 1]
    assert ("05", "", "110105002") not in told


def test_ten_row_lake_says_too_short(tmp_path: Path) -> None:
    made = making.make(ten.lay(tmp_path / "lake"), tmp_path / "out", at=AT, calendar=Calendar())
    series = store.rows(tmp_path / "out", made, "series")
    # 35 months are long enough, ten contacts are not.
    assert {row["status"] for row in series} == {"few"}
    assert store.rows(tmp_path / "out", made, "hours") == []


def test_made_forecasts_find_the_planted_season(lake: Lake, tmp_path: Path) -> None:
    made = making.make(lake, tmp_path, at=AT, calendar=Calendar())
    assert (made.months[-1], made.ahead, made.until) == (202110, [202111, 202112, 202201], "2021-11-15")
    heat = store.rows(tmp_path, made, "series", category="14", district="110105", street="")[0]
    assert (heat["status"], heat["model_low95"][0] > 2 * heat["history"][-1]) == ("ok", True)
    # November: 6 a day, 30 days, three times as many: 540, weekdays on average 0.96.
    assert 400 < heat["model"][0] < 650
    tiny = store.rows(tmp_path, made, "series", category="05", district="110111", street="")[0]
    assert (tiny["status"], tiny["model"]) == ("few", [])
    street = store.rows(tmp_path, made, "series", street="110105002", category="14")
    assert [row["status"] for row in street] == ["ok"]
    points = store.rows(tmp_path, made, "points", month=202011, category="14", district="110105", street="")
    assert [(row["place"], row["orders"] > 400) for row in points] == [("estate1", True)]
    hours = store.rows(tmp_path, made, "hours", day=date(2021, 11, 16))
    assert [row["hour"] for row in hours] == list(range(24))
    assert made.about["months"]["districts"]["few"] == 2


def test_nothing_is_made_twice_and_a_new_day_makes_hours_alone(lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert making.renew(lake, out, at=AT, calendar=Calendar()) is True
    first = store.made(out)
    assert making.renew(lake, out, at=AT.replace(hour=5), calendar=Calendar()) is False
    assert store.made(out) == first
    stale = store.made(out)
    stale.until = "2021-11-14"
    store.keep(out, stale, {})
    assert making.renew(lake, out, at=AT.replace(hour=6), calendar=Calendar()) is True
    second = store.made(out)
    assert (second.files["series"], second.files["hours"] == first.files["hours"]) == (first.files["series"], False)
    assert sorted(path.name for path in out.glob("*.parquet")) == sorted(second.files.values())


def test_files_of_another_version_are_made_anew(lake: Lake, tmp_path: Path) -> None:
    tmp_path.joinpath(store.MADE).write_text('{"version": 0, "made": {"at": "x"}}', "utf-8")
    assert store.made(tmp_path) == store.Made()


def test_without_a_lake_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no lake"):
        making.make(Lake(tmp_path), tmp_path / "out", at=AT, calendar=Calendar())


def test_empty_lake_gives_no_forecast(tmp_path: Path) -> None:
    lake = ten.put(
        Lake(tmp_path / "lake"), ten.tables() | {name: [] for name in ("contacts", "orders", "assignments", "answers")}
    )
    made = making.make(lake, tmp_path / "out", at=AT, calendar=Calendar())
    assert (made.months, made.ahead, store.rows(tmp_path / "out", made, "series")) == ([], [], [])
