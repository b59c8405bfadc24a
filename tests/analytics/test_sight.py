"""What a post sees of the lake, on a lake small enough to be counted by eye."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jieban.accounts.actor import Actor, Role, Sight
from jieban.analytics import engines, schema, sight
from jieban.analytics.lake import Lake

MONTH = 202603
WHEN = {"day": date(2026, 3, 2), "month": MONTH}
MATTER = {"category1": "01", "category2": "0101", "category": "0101"}
ASKED = {**WHEN, "hour": 9, "channel": "phone", "kind": "help", "firm": False}
# Order → district, street.
PLACES = {1: ("north", "mill"), 2: ("north", "ford"), 3: ("south", "quay"), 4: ("north", None), 5: (None, None)}
# Assignment → order, unit, section.
WORK = {
    1: (1, "mill", "mill-1"),
    2: (1, "roads", None),
    3: (2, "ford", None),
    4: (3, "quay", None),
    5: (3, "mill", None),
    6: (4, "water", None),
    7: (5, "water", None),
}
UNITS = {
    "north": "north/", "south": "south/", "mill": "north/mill/", "mill-1": "north/mill/mill-1/", "ford": "north/ford/",
    "quay": "south/quay/", "roads": "north/roads/", "water": "water/", "millers": "millers/",
}  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    with lake.change() as change:
        for name, rows in _rows().items():
            month = MONTH if schema.TABLES[name].facts else None
            change.write(name, month, pa.Table.from_pylist(rows))
    return lake


def _rows() -> dict[str, list[dict[str, Any]]]:
    placed = {pk: {**MATTER, "district": d, "street": s} for pk, (d, s) in PLACES.items()}
    contacts = [{"id": pk, **ASKED, **at, "outcome": "dispatched"} for pk, at in placed.items()]
    contacts.append({"id": 6, **ASKED, **MATTER, "district": "north", "street": "ford", "outcome": "answered"})
    state = {"state": "closed", "rounds": 1, "sendings": 1, "excluded": False}
    work = {
        pk: {"order": o, **WHEN, **placed[o], "unit": u, "role": "lead", "round": 1, "result": "completed"}
        for pk, (o, u, _) in WORK.items()
    }
    said = {
        "last": True,
        "way": "phone",
        "reached": True,
        "in_time": True,
        "dual": False,
        "regraded": False,
        "excluded": False,
    }
    return {
        "contacts": contacts,
        "orders": [{"id": pk, **ASKED, **at, **state} for pk, at in placed.items()],
        "assignments": [{"id": pk, **row, "section": WORK[pk][2]} for pk, row in work.items()],
        "answers": [
            {"id": pk, "assignment": pk, **{k: v for k, v in row.items() if k != "result"}, **said}
            for pk, row in work.items()
        ],
        "units": [{"code": code, "name": code, "kind": "street", "path": path} for code, path in UNITS.items()],
    }


def actor(code: str, *, sees: Sight = Sight.TREE) -> Actor:
    return Actor(Role.LEADER, "周静", unit_id=1, unit_code=code, unit_path=UNITS.get(code, ""), sight=sees)


def counted(lake: Lake, who: Actor) -> dict[str, list[int]]:
    with engines.duckdb(lake) as whole:
        cut = sight.through(whole, who)
        return {
            table.name: sorted(row["id"] for row in cut.rows(cut[table.name].select("id"))) for table in schema.FACTS
        }


SEEN = {
    "north": ([1, 2, 3, 4, 6], [1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 5]),
    "mill": ([1, 3], [1, 3], [1, 5], [1, 5]),
    "mill-1": ([1], [1], [1], []),
    "ford": ([2, 6], [2], [3], [3]),
    "water": ([4, 5], [4, 5], [6, 7], [6, 7]),
    "millers": ([], [], [], []),
}


@pytest.mark.parametrize("code", SEEN)
def test_a_tree_sees_its_area_and_what_its_units_handled(lake: Lake, code: str) -> None:
    contacts, orders, assignments, answers = SEEN[code]
    assert counted(lake, actor(code)) == {
        "contacts": contacts,
        "orders": orders,
        "assignments": assignments,
        "answers": answers,
    }


def test_who_sees_all_and_who_sees_nothing(lake: Lake) -> None:
    everything, each = [1, 2, 3, 4, 5], list(WORK)
    assert counted(lake, actor("north", sees=Sight.ALL)) == {
        "contacts": [*everything, 6],
        "orders": everything,
        "assignments": each,
        "answers": each,
    }
    assert {tuple(ids) for ids in counted(lake, actor("north", sees=Sight.NONE)).values()} == {()}
    assert {tuple(ids) for ids in counted(lake, actor("", sees=Sight.TREE)).values()} == {()}


def test_a_single_unit_sees_only_what_it_handled(lake: Lake) -> None:
    assert counted(lake, actor("mill", sees=Sight.UNIT))["orders"] == [1, 3]
    assert counted(lake, actor("north", sees=Sight.UNIT))["orders"] == []


def test_an_empty_lake_shows_nothing_to_anybody(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "empty")
    with lake.change():
        pass
    assert {tuple(ids) for ids in counted(lake, actor("north")).values()} == {()}
