"""Pages of forecasts: what is shown, honestly nothing where nothing can be said, and to whom."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from jieban.analytics import lake as lakes
from jieban.analytics.forecasts import making, store
from jieban.core import clock
from jieban.core.deadlines import Calendar
from tests.analytics import ten
from tests.analytics.forecasts import sown
from tests.portal.pages import browser, statements, text

WINTER = (3.0, 2.0, 1.0, 0.3, 0.2, 0.2, 0.2, 0.2, 0.3, 0.8, 3.0, 3.5)
PAGES = ("/forecasts", "/forecasts/calendar")


def grown(folder: Path, out: Path, *, days: int = 1035) -> None:
    """Streets (01) rise in winter in Mill Parish, Hill Parish is flat; forecasts of it. Ends on 2021-10-31."""
    cells = [
        sown.Cell("0101", "north", "mill", 30, WINTER, "mill-road"),
        sown.Cell("0102", "north", "hill", 40),
    ]
    lake = sown.lake(folder, cells, first=date(2019, 1, 1), days=days)
    making.make(lake, out, at=clock.now(), calendar=Calendar())


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The forecasts, made once for all tests here."""
    out = tmp_path_factory.mktemp("made")
    grown(tmp_path_factory.mktemp("lake"), out)
    return out


@pytest.fixture
def made(toy, once: Path) -> None:
    shutil.copytree(once, store.home())


@pytest.fixture
def centre(toy) -> Client:
    return browser("supervisor")


def test_before_anything_was_made_the_pages_say_so(centre) -> None:
    told = [text(centre.get(page)) for page in (*PAGES, "/forecasts/seats")]
    assert ["还没有预测" in told[0], "不作预测" in told[1], "来电记录不够" in told[2]] == [True] * 3
    assert "84" not in text(centre.get("/forecasts/seats.csv"))


def test_ten_contacts_are_too_few_and_the_page_says_so(toy, centre) -> None:
    making.make(ten.lay(lakes.home().folder), store.home(), at=clock.now(), calendar=toy.pack.calendar)
    assert "件数太少，不作预测" in text(centre.get("/forecasts"))
    assert "月份或件数太少，不作预测" in text(centre.get("/forecasts/calendar"))


def test_short_history_tells_how_many_months_are_missing(toy, centre) -> None:
    grown(lakes.home().folder, store.home(), days=120)
    page = text(centre.get("/forecasts"))
    assert ("月份太少，不作预测" in page, "至少要 30 个整月" in page, "现在有 4 个" in page) == (True, True, True)


def test_category_of_a_district_shows_both_forecasts_with_intervals(made, centre) -> None:
    answer = centre.get("/forecasts", {"place": "north", "category": "01"})
    row, lines = answer.context["row"], answer.context["lines"]
    assert ([str(one["month"]) for one in lines], row["better"] in ("model", "naive")) == (
        ["2021-11-01", "2021-12-01", "2022-01-01"],
        True,
    )
    for one in lines:
        assert one["model_low95"] <= one["model_low80"] <= one["model"] <= one["model_high80"] <= one["model_high95"]
    # November of 2020 brought about 30 · 3 · 30 · 0.96 items.
    assert lines[0]["naive"] == row["history"][-12]
    page = text(answer)
    assert ("模型预测" in page, "去年同月" in page, 'id="forecast-data"' in page) == (True, True, True)


def test_sum_of_the_parts_stands_beside_the_whole(made, centre) -> None:
    parts = centre.get("/forecasts").context["parts"]
    assert (parts["count"], parts["left"]) == (1, 0)


def test_calendar_finds_the_planted_season_and_nothing_else(made, centre) -> None:
    answer = centre.get("/forecasts/calendar")
    first = answer.context["ahead"][0]
    assert [(line["due"].category, line["due"].district, line["due"].rise.sure) for line in first["dues"]] == [
        ("01", "north", True)
    ]
    [line] = first["dues"]
    assert (line["due"].by, line["units"]) == (date(2021, 10, 29), ["各街道乡镇", "Littleton Water"])
    assert line["due"].points[0][0] == "mill-road"


def test_street_sees_its_own_area_alone(made) -> None:
    mill = browser("chief", "mill")
    answer = mill.get("/forecasts/calendar", {"place": "north"})
    assert answer.context["said"].place == "mill"
    assert {line["due"].street for one in answer.context["ahead"] for line in one["dues"]} == {"mill"}
    assert [unit.code for unit in mill.get("/forecasts").context["said"].places] == ["mill"]
    hill = browser("chief", "hill").get("/forecasts", {"place": "mill", "category": "01"})
    assert (hill.context["said"].place, hill.context["row"]["street"]) == ("hill", "hill")


def test_district_sees_its_streets_and_not_the_city(made) -> None:
    answer = browser("district", "north").get("/forecasts", {"place": ""})
    assert ([unit.code for unit in answer.context["said"].places], answer.context["said"].place) == (
        ["north", "mill", "hill"],
        "north",
    )


def test_firm_without_an_area_sees_nothing(made) -> None:
    page = browser("clerk", "water").get("/forecasts")
    assert ("您的岗位没有辖区" in text(page), page.context.get("list")) == (True, None)


def test_seats_are_shown_hour_by_hour_and_downloaded(made, centre) -> None:
    answer = centre.get("/forecasts/seats", {"day": "2021-11-03"})
    chosen = answer.context["chosen"]
    assert (chosen["day"], [hour.hour for hour in chosen["hours"]]) == (date(2021, 11, 3), list(range(24)))
    assert all(hour.seats <= hour.seats_high and hour.seats <= hour.rostered for hour in chosen["hours"])
    rows = list(csv.reader(io.StringIO(text(centre.get("/forecasts/seats.csv")).lstrip("\ufeff"))))
    assert (len(rows), rows[1][:2], rows[-1][:2]) == (337, ["2021-11-01", "0"], ["2021-11-14", "23"])
    noon = next(hour for hour in chosen["hours"] if hour.hour == 10)
    assert [row[6] for row in rows if row[:2] == ["2021-11-03", "10"]] == [str(noon.seats)]


@pytest.mark.parametrize(("role", "unit"), [("leader", "north"), ("chief", "mill"), ("agent", "hall")])
def test_seats_are_for_the_hotline_centre(made, role: str, unit: str) -> None:
    who = browser(role, unit)
    assert [who.get(page).status_code for page in ("/forecasts/seats", "/forecasts/seats.csv")] == [403, 403]


def test_pages_take_a_steady_number_of_statements(made, centre) -> None:
    found = [statements(centre, page) for page in (*PAGES, "/forecasts/seats")]
    assert max(found) <= 6


def test_pages_are_there_in_english(made, centre) -> None:
    centre.post("/language", {"language": "en", "next": "/forecasts"})
    assert "Calendar of prevention" in text(centre.get("/forecasts"))
