"""A release: a valid Data Package whose numbers are those of the lake, and from which no small count can be had."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from frictionless import Package
from scipy.optimize import linprog

from jieban.analytics.lake import Lake
from jieban.analytics.opendata import release
from jieban.analytics.opendata.datasets import DATASETS
from jieban.analytics.opendata.rules import Rules
from jieban.core.errors import BadInput
from tests.analytics import chance

AT = datetime(2022, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
RULES, CONTACTS, SEED = Rules(), 6_000, 7
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """Thirty-six months in which many cells are small and many are not."""
    return chance.lay(tmp_path_factory.mktemp("lake"), SEED, CONTACTS)


@pytest.fixture(scope="module")
def open_data(lake, tmp_path_factory) -> Path:
    """Its release."""
    folder = tmp_path_factory.mktemp("open") / "release"
    release.build(lake, folder, at=AT, by=RULES, publisher="Littleton")
    return folder


@pytest.fixture(scope="module")
def contacts() -> Rows:
    """The contacts behind it."""
    return chance.tables(SEED, CONTACTS)["contacts"]


def read(folder: Path, name: str) -> Rows:
    text = (folder / f"{name}.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_package_is_valid(open_data):
    report = Package(str(open_data / "datapackage.json")).validate()
    assert report.flatten(["type", "message"]) == []
    assert report.stats["tasks"] == len(DATASETS) == 10


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (lambda data: data.replace(b"2021-11", b"2021-1x", 1), "type-error"),
        (lambda data: data + data.splitlines()[-1] + b"\r\n", "primary-key"),
        (lambda data: data.replace(b"accepted", b"taken", 1), "incorrect-label"),
        (lambda data: data.replace(b"2021-11", b"2021-10", 1), "hash-count"),
    ],
)
def test_a_package_whose_file_was_changed_is_not(open_data, tmp_path, broken, error):
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in open_data.iterdir():
        data = file.read_bytes()
        (folder / file.name).write_bytes(broken(data) if file.stem == "accepted_by_month" else data)
    report = Package(str(folder / "datapackage.json")).validate()
    assert not report.valid
    assert error in {row[0] for row in report.flatten(["type"])}


def test_what_is_published_is_what_the_lake_counts(open_data, contacts):
    by = {"accepted_by_category": "category1", "accepted_by_district": "district", "accepted_by_channel": "channel"}
    for name, column in by.items():
        truth = Counter((f"{r['month'] // 100}-{r['month'] % 100:02d}", r[column] or "unknown") for r in contacts)
        key = {"accepted_by_category": "category"}.get(name, column)
        told = {(row["month"], row[key]): row["accepted"] for row in read(open_data, name)}
        assert {key: int(n) for key, n in told.items() if n} == {k: truth[k] for k, n in told.items() if n}
    assert sum(int(row["accepted"]) for row in read(open_data, "accepted_by_month")) == CONTACTS


class Reader:
    """Somebody with all files of a release and a solver, who wants to know what is withheld of one month."""

    def __init__(self, folder: Path, month: str) -> None:
        self.cells: dict[tuple[str, ...], int | None] = {}
        self.lowest: dict[tuple[str, ...], int] = {}
        self.sums: list[tuple[tuple[str, ...], list[tuple[str, ...]]]] = []
        inside: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for name, keys in KEYS.items():
            rows = [row for row in read(folder, name) if row["month"] == month]
            told = {(name, *(row[key] for key in keys)): row["accepted"] for row in rows}
            self.cells |= {key: int(n) if n else None for key, n in told.items()}
            inside[name] = list(told)
        total = ("accepted_by_month",)
        for name in ("accepted_by_category", "accepted_by_district", "accepted_by_channel", "accepted_by_kind"):
            self.sums.append((total, inside[name]))
        both, streets = inside["accepted_by_category_and_district"], inside["accepted_by_street"]
        for category in inside["accepted_by_category"]:
            self.sums.append((category, [cell for cell in both if cell[1] == category[1]]))
        for district in inside["accepted_by_district"]:
            self.sums.append((district, [cell for cell in both if cell[2] == district[1]]))
            self.sums.append((district, [cell for cell in streets if cell[1] == district[1]]))
        self._zeros()

    def _zeros(self) -> None:
        """Where any number of a line is told, its zeros are, and what is withheld is at least one."""
        groups: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for cell in self.cells:
            groups[cell[:2] if cell[0] == "accepted_by_street" else cell[:1]].append(cell)
        for cells in groups.values():
            told = any(self.cells[cell] is not None for cell in cells)
            self.lowest |= dict.fromkeys(cells, 1 if told else 0)

    def highest(self, cell: tuple[str, ...]) -> float:
        """The most that a cell may be."""
        unknown = {one: n for n, one in enumerate(one for one, value in self.cells.items() if value is None)}
        left, right = np.zeros((len(self.sums), len(unknown))), np.zeros(len(self.sums))
        for number, (whole, parts) in enumerate(self.sums):
            for sign, one in [(1, whole), *((-1, part) for part in parts)]:
                value = self.cells[one]
                if value is None:
                    left[number, unknown[one]] += sign
                else:
                    right[number] -= sign * value
        goal = np.zeros(len(unknown))
        goal[unknown[cell]] = -1
        found = linprog(goal, A_eq=left, b_eq=right, bounds=[(self.lowest[one], None) for one in unknown])
        assert found.status in (0, 3)
        return float("inf") if found.status == 3 else -found.fun


KEYS = {
    "accepted_by_month": (), "accepted_by_category": ("category",), "accepted_by_district": ("district",),
    "accepted_by_category_and_district": ("category", "district"), "accepted_by_street": ("district", "street"),
    "accepted_by_channel": ("channel",), "accepted_by_kind": ("kind",),
}  # fmt: skip


@pytest.mark.parametrize("month", [201901, 201907, 202002, 202012, 202111])
def test_whoever_has_all_files_and_a_solver_finds_no_small_count(open_data, contacts, month):
    columns = {
        "category": "category1",
        "district": "district",
        "street": "street",
        "channel": "channel",
        "kind": "kind",
    }
    reader = Reader(open_data, f"{month // 100}-{month % 100:02d}")
    seen = 0
    for name, keys in KEYS.items():
        truth = Counter(
            (name, *(row[columns[key]] or "unknown" for key in keys)) for row in contacts if row["month"] == month
        )
        small = [cell for cell, count in truth.items() if count < RULES.cell]
        assert [cell for cell in small if reader.cells[cell] is not None] == []
        assert [cell for cell in small if reader.highest(cell) < RULES.cell - 1e-6] == []
        seen += len(small)
    assert seen > 20


def test_a_city_of_ten_calls_tells_next_to_nothing(ten, tmp_path):
    done = release.build(ten, tmp_path / "open", at=AT, by=RULES)
    told = [row[name] for name in KEYS for row in read(tmp_path / "open", name) for name in ("accepted",)]
    assert set(told) <= {"", "0"}
    assert (done.months, done.withheld > 0) == (
        [201901, 201902, 201912, 202001, 202002, 202012, 202101, 202102, 202111],
        True,
    )
    assert Package(str(tmp_path / "open" / "datapackage.json")).validate().valid


def test_rates_of_few_answers_are_not_told(open_data):
    rows = read(open_data, "rates_by_district")
    few = [row for row in rows if not row["asked"] or int(row["asked"]) < RULES.sample]
    assert {row[name] for row in few for name in ("response", "resolution", "satisfaction")} == {""}


def test_rates_are_those_of_the_answers_counted_by_hand(lake, tmp_path):
    easy = Rules(cell=1, sample=3)
    release.build(lake, tmp_path / "open", at=AT, by=easy)
    said: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in chance.tables(SEED, CONTACTS)["answers"]:
        if row["last"] and not row["excluded"] and row["reached"] and row["solved"]:
            key = f"{row['month'] // 100}-{row['month'] % 100:02d}", row["district"] or "unknown"
            said[key].append(row["solved"] == "yes")
    rows = read(tmp_path / "open", "rates_by_district")
    told = {(row["month"], row["district"]): row["resolution"] for row in rows if row["resolution"]}
    assert len(told) > 20
    assert told == {key: str(round(sum(said[key]) / len(said[key]), 3)) for key in told}
    assert min(len(said[key]) for key in told) >= easy.sample


def test_nobody_below_a_street_and_no_firm_is_named(open_data):
    streets = {row["street"] for row in read(open_data, "accepted_by_street")}
    assert streets == {"110105002", "110111103", "110118001", "unknown"}
    files = "".join(file.read_text("utf-8") for file in open_data.iterdir())
    assert [name for name in ("京东", "物业科", "一号小区", "estate1", "caller") if name in files] == []


def test_titles_are_there_in_both_languages(open_data):
    said = json.loads((open_data / "datapackage.json").read_text("utf-8"))
    told = [said, *said["resources"], *(field for one in said["resources"] for field in one["schema"]["fields"])]
    assert [one["name"] for one in told if not re.search(r"[\u4e00-\u9fff]", one["title"])] == []
    assert [one["name"] for one in told if re.search(r"[\u4e00-\u9fff]", one["titleEn"])] == []
    assert (said["licenses"][0]["name"], said["version"], said["created"][:10]) == (
        "CC-BY-4.0",
        "2021.12",
        "2022-03-01",
    )


def test_a_release_takes_the_place_of_the_one_before(lake, tmp_path):
    folder = tmp_path / "here" / "open"
    release.build(lake, folder, at=datetime(2020, 3, 1, tzinfo=AT.tzinfo), by=RULES)
    assert release.last(folder) == 201912
    release.build(lake, folder, at=AT, by=RULES)
    assert release.last(folder) == 202112
    assert [file.name for file in folder.parent.iterdir()] == ["open"]
    assert len(list(folder.iterdir())) == len(DATASETS) + 1


def test_nothing_to_release_and_a_folder_of_something_else_are_refused(lake, tmp_path):
    with pytest.raises(BadInput, match="nothing to release yet"):
        release.build(lake, tmp_path / "open", at=datetime(2019, 1, 20, tzinfo=AT.tzinfo), by=RULES)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(BadInput, match="something else"):
        release.build(lake, tmp_path / "mine", at=AT, by=RULES)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
    assert release.last(tmp_path / "mine") == 0
