"""Mapping files, and rows into filings, on the toy pack."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from jieban.core.errors import BadInput
from jieban.intake import mapping, tables
from jieban.intake.tables import Row
from tests.intake.test_rules import PACK

WHOLE = """
source = "letters"
channel = "web"
[columns]
source_id = "no"
content = "text"
address = ["district", "lane"]
at = "day"
anonymous = "anon"
kind = "type"
[values.kind]
"moan" = "complaint"
[blank]
address = ["none"]
[dates]
formats = ["%d.%m.%Y"]
time_zone = "Europe/London"
[facts]
reply = "reply"
[defaults]
sms = false
"""
ROW = {
    "no": "7", "text": "A lamp is out.", "district": "North", "lane": "none", "day": "21.11.2026", "anon": "1",
    "type": "moan", "reply": "Mended.",
}  # fmt: skip
MAPPING = mapping.read(WHOLE, name="letters.toml")


def filing_of(**changed: str):
    return mapping.filing(Row(2, {**ROW, **changed}), MAPPING, pack=PACK)


def test_row_becomes_a_filing_with_words_and_dates_put_into_ours() -> None:
    found = filing_of()
    assert (found.source, found.source_id, found.channel, found.content) == ("letters", "7", "web", "A lamp is out.")
    assert (found.kind, found.address, found.anonymous, found.sms) == ("complaint", "North", True, False)
    assert found.at == datetime(2026, 11, 21, tzinfo=ZoneInfo("Europe/London"))
    assert found.facts == {"reply": "Mended."}


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"no": ""}, "没有编号"), ({"day": "tomorrow"}, "日期“tomorrow”读不懂"), ({"anon": "maybe"}, "只认是或否")],
)
def test_row_that_cannot_be_understood_gives_the_reason(changed: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        filing_of(**changed)


def test_channel_is_known_by_its_name_or_an_alias() -> None:
    assert mapping.filing(Row(2, ROW), MAPPING, pack=PACK, channel="site").channel == "web"
    with pytest.raises(BadInput, match="pigeon"):
        mapping.filing(Row(2, ROW), MAPPING, pack=PACK, channel="pigeon")


def test_title_stands_for_missing_content_and_a_row_without_number_column_is_known_by_its_words() -> None:
    bare = mapping.read('source = "s"\nchannel = "web"\n[columns]\ntitle = "t"\n', name="m.toml")
    one, two = (mapping.filing(Row(n, {"t": "A lamp"}), bare, pack=PACK) for n in (2, 3))
    assert one.content == "A lamp"
    assert one.key == two.key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("source = ", "not TOML"),
        ('source = "s"\n', "needs `source`"), ('[columns]\ncontent = "c"\n', "needs `source`"),
        ('source = "s"\n[columns]\nwords = "c"\n', "unknown field.*words"), ('origin = "s"\n', "unknown key.*origin"),
    ],
)  # fmt: skip
def test_mapping_with_a_mistake_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=f"m.toml.*{words}"):
        mapping.read(text, name="m.toml")


def test_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(BadInput, match=r"no column anon, day.*no, text"):
        mapping.check_columns(MAPPING, ["no", "text", "district", "lane", "type", "reply"], name="f.csv")


@pytest.mark.parametrize("name", [p.name for p in sorted((Path(__file__).parents[2] / "mappings").glob("*.toml"))])
def test_ready_mapping_reads_and_is_named_after_its_source(name: str) -> None:
    path = Path(__file__).parents[2] / "mappings" / name
    assert mapping.read(path.read_text(encoding="utf-8"), name=name).source == path.stem


def read_all(path: Path, encoding: str = "utf-8-sig") -> list[tuple[int, dict[str, str], bool]]:
    return [(row.number, dict(row.values), bool(row.problem)) for row in tables.rows(path, encoding=encoding)]


def test_csv_rows_carry_the_number_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"two\nlines"\n\n3,4,5\n6\n', encoding="utf-8-sig")
    assert tables.columns(path, encoding="utf-8-sig") == ["a", "b"]
    assert read_all(path) == [
        (2, {"a": "1", "b": "two\nlines"}, False), (4, {"a": "3", "b": "4", "": "5"}, True), (5, {"a": "6"}, True),
    ]  # fmt: skip


def test_xlsx_rows_are_text_with_dates_and_whole_numbers(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["a", "day", "ok"])
    book.active.append([7.0, datetime(2026, 11, 21, 9, 30), True])  # noqa: DTZ001 a spreadsheet has no time zone
    book.active.append([None, None, None])
    book.active.append(["x", None, None])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert read_all(path) == [
        (2, {"a": "7", "day": "2026-11-21T09:30:00", "ok": "1"}, False), (4, {"a": "x", "day": "", "ok": ""}, False),
    ]  # fmt: skip


def test_jsonl_lines_that_are_no_objects_come_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"a": 1, "b": None}) + "\n\nnot json\n[1]\n", encoding="utf-8")
    assert read_all(path) == [
        (1, {"a": "1", "b": ""}, False), (3, {"line": "not json"}, True), (4, {"line": "[1]"}, True),
    ]  # fmt: skip
    assert tables.columns(path, encoding="utf-8") == ["a", "b"]


def test_wrong_encoding_is_told_with_what_to_set(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,内容\n1,路灯不亮\n", encoding="gb18030")
    with pytest.raises(BadInput, match='encoding = "gb18030"'):
        read_all(path)
    assert read_all(path, "gb18030") == [(2, {"编号": "1", "内容": "路灯不亮"}, False)]


def test_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(BadInput, match="Excel"):
        read_all(path)
