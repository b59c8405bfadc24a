"""Residents, zones and bases of a pack."""

from __future__ import annotations

import pytest

from jieban.city import reading
from jieban.city.pack import Area
from tests.city import toy

HEAD = "unit,zone,residents,base,base_of,source"


def with_rows(*rows: str) -> dict[str, str]:
    return toy.files() | {"areas.csv": "\n".join([HEAD, *rows]) + "\n"}


def some_unit() -> str:
    return next(iter(reading.read(toy.files()).units))


def test_a_pack_without_the_file_has_no_areas() -> None:
    assert reading.read(toy.files()).areas == {}


def test_an_area_is_read_with_what_it_gives() -> None:
    unit = some_unit()
    found = reading.read(with_rows(f"{unit},North,1200,300,water meters,census")).areas
    assert found == {unit: Area(unit, "North", 1200, 300, "water meters")}


def test_beijing_has_sixteen_districts_in_three_zones_and_the_census() -> None:
    areas = reading.read(toy.texts(toy.PACKS.parent.parent / "cities" / "beijing")).areas
    assert (len(areas), len({a.zone for a in areas.values()})) == (16, 3)
    assert sum(a.residents or 0 for a in areas.values()) == 21_893_095


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nowhere,North,1,,,census", "areas.csv, line 2: There is no unit “nowhere”. Use a code of units.csv."),
        ("{unit},North,0,,,census", "areas.csv, line 2: residents “0” is not a number from 1 to 2e+09. Correct it."),
        (
            "{unit},North,1,5,,census",
            "areas.csv, line 2: A base is given, but not of what. Write for example 供热用户.",
        ),
        ("{unit},North,1,,,", "areas.csv, line 2: source is empty. Fill it in."),
    ],
)
def test_a_mistake_is_named_with_its_line(row: str, said: str) -> None:
    assert toy.mistakes(with_rows(row.format(unit=some_unit()))) == [said]
