"""The files of an export: what stands in them, that nothing in them runs, and how little memory they take."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.utils import translation

from jieban.accounts.actor import Role
from jieban.accounts.models import Reading
from jieban.analytics.exports import rules
from jieban.core.errors import BadInput
from jieban.portal.desk.exports import columns, files, making
from tests import factories, scale, verbs
from tests.analytics.exports.units import LATER, saved
from tests.factories import AT, ZONE

SAID = "=HYPERLINK(1) 我叫林晓，电话 138 0000 1234，8号楼3单元501室漏水"


@pytest.fixture
def chief(toy):
    return factories.an_actor(Role.CHIEF, verbs.unit("mill"))


@pytest.fixture
def order(toy):
    return verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", content=SAID, title="+1", address="8号楼3单元501")


def taken(toy, by, *codes: str, purpose: str = "逐户通知停水", **wish):
    export = saved(by, *codes, **wish)
    return making.start(export, by=by, at=LATER, loaded=toy, purpose=purpose)


def table(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_csv_opens_in_an_office_program_and_runs_nothing(toy, chief, order):
    head, row = table(
        b"".join(making.stream(taken(toy, chief, "number", "received", "title", "content", "supervised")))
    )
    assert head == ["工单编号", "受理时间", "督办", "标题（遮盖）", "诉求内容（遮盖）"]
    received = AT.strftime("%Y-%m-%d %H:%M:%S")
    told = "'=HYPERLINK(1) 我叫某某，电话 〇，8号楼3单元〇室漏水"
    assert row == [order.number, received, "否", "'+1", told]


def test_the_run_keeps_rows_size_and_the_fingerprint_of_the_file(toy, chief, order):
    take = taken(toy, chief, "number")
    data = b"".join(making.stream(take))
    take.run.refresh_from_db()
    assert (take.run.rows, take.run.size, take.run.sha256) == (1, len(data), sha256(data).hexdigest())
    assert (take.run.finished_at is not None, take.run.failed) == (True, "")


def test_a_reader_who_goes_away_leaves_a_run_that_says_so(toy, chief, order):
    take = taken(toy, chief, "number")
    lines = making.stream(take)
    next(lines)
    lines.close()
    take.run.refresh_from_db()
    assert (take.run.finished_at, take.run.rows, take.run.failed) == (None, 0, "GeneratorExit")


def test_a_workbook_keeps_text_as_text_and_moments_as_moments(toy, chief, order):
    with making.on_disk(taken(toy, chief, "number", "received", "title", "round", format=rules.XLSX)) as out:
        sheet = openpyxl.load_workbook(out).active
    cells = {sheet.cell(1, n).value: sheet.cell(2, n) for n in range(1, 5)}
    assert (cells["标题（遮盖）"].value, cells["标题（遮盖）"].data_type) == ("+1", "s")
    assert cells["受理时间"].value == AT.replace(tzinfo=None)
    assert (cells["第几轮"].value, sheet.freeze_panes) == (1, "A2")


def test_a_cell_that_begins_like_a_formula_is_text_in_a_workbook(tmp_path):
    with (tmp_path / "a.xlsx").open("w+b") as out:
        one = columns.Column("a", "题", lambda one: "")
        files.xlsx([one], [[("=1+1",), ("a\x00b",), ("中" * 40_000,)]], ZONE, out)
        sheet = openpyxl.load_workbook(out).active
    assert [(sheet.cell(n, 1).value, sheet.cell(n, 1).data_type) for n in (2, 3)] == [("=1+1", "s"), ("ab", "s")]
    assert len(sheet.cell(4, 1).value) == 32_767


def test_parquet_has_types_and_titles(toy, chief, order):
    with making.on_disk(
        taken(toy, chief, "number", "received", "round", "late", "closed", format=rules.PARQUET)
    ) as out:
        found = pq.read_table(out)
    assert [str(field.type) for field in found.schema] == [
        "string", "timestamp[us, tz=Asia/Shanghai]", "bool", "timestamp[us, tz=Asia/Shanghai]", "int64",
    ]  # fmt: skip
    assert found.schema.field("received").metadata == {b"title": "受理时间".encode()}
    assert found.to_pylist() == [
        {"number": order.number, "received": AT, "late": None, "closed": None, "round": 1}
    ]  # fmt: skip


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_logged(toy, chief, order, monkeypatch):
    monkeypatch.setattr(files, "XLSX_MOST", 0)
    with pytest.raises(BadInput, match=r"这次有 1 行.*请把格式改成 CSV"):
        taken(toy, chief, "phone", format=rules.XLSX)
    assert Reading.objects.count() == 0


def test_personal_data_goes_out_of_own_orders_only_and_each_is_logged(toy, chief, order):
    told = verbs.dispatched(toy, verbs.lead("hill"), urgency="7d")
    data = table(b"".join(making.stream(taken(toy, chief, "number", "text", "name", "phone", "address"))))
    rows = {row[0]: row[1:] for row in data[1:]}
    words = "楼道灯坏了三天，晚上看不见路。"
    assert rows[order.number] == [words, "不公开姓名", "13800001234", "8号楼3单元501"]
    assert rows[told.number] == ["不是本单位承办，不导出"] * 4
    assert list(Reading.objects.exclude(subject__startswith="导出").values_list("subject", flat=True)) == [order.number]


def test_a_confidential_order_never_gives_personal_data_not_even_to_the_centre(toy):
    secret = verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", confidential=True, address="8号楼", place="P1")
    by = factories.an_actor(Role.SUPERVISOR)
    codes = ("number", "street", "place", "content", "title", "replies", *rules.PERSONAL)
    head, row = table(b"".join(making.stream(taken(toy, by, *codes))))
    told = dict(zip(head, row, strict=True))
    assert (told.pop("工单编号"), told.pop("街道乡镇")) == (secret.number, "Mill Parish")
    assert set(told.values()) == {"保密件，不导出"}
    assert Reading.objects.exclude(subject__startswith="导出").count() == 0


@pytest.mark.parametrize(
    ("columns_of", "role", "told"),
    [
        ({"hide_name": False}, Role.CHIEF, "林晓"),
        ({"hide_name": True}, Role.CHIEF, "不公开姓名"),
        ({"hide_name": True}, Role.SUPERVISOR, "林晓"),
        ({"anonymous": True, "hide_name": False}, Role.SUPERVISOR, "匿名"),
    ],
)
def test_a_name_goes_out_as_the_citizen_wished(toy, columns_of, role, told):
    contact = factories.a_contact(**columns_of)
    verbs.dispatched(toy, verbs.lead("mill"), urgency="7d", contact=contact)
    by = factories.an_actor(role, verbs.unit("mill" if role == Role.CHIEF else "hall"))
    assert table(b"".join(making.stream(taken(toy, by, "name"))))[1:] == [[told]]


def test_the_file_speaks_the_language_of_who_asked(toy, chief, order):
    with translation.override("en"):
        take = taken(toy, chief, "supervised", "number")
    with translation.override("zh-hans"):
        assert table(b"".join(making.stream(take))) == [["Order numbers", "Supervised"], [order.number, "No"]]


def test_every_column_can_be_read_of_every_kind_of_order(toy, chief):
    for number, state in enumerate(("pending_dispatch", "handling", "closed")):
        at = AT + timedelta(minutes=number)
        factories.an_order(state=state, units=[verbs.unit("mill")], at=at, street_id=toy.unit_ids["mill"])
    codes = [one.code for one in columns.COLUMNS]
    with making.on_disk(taken(toy, chief, *codes, format=rules.PARQUET)) as out:
        rows = pq.read_table(out).to_pylist()
    assert len(rows) == 3
    assert [row["state"] for row in rows] == ["待派单", "办理中", "市民确认解决"]
    assert [row["solved"] for row in rows] == [None, None, "已解决"]
    assert [isinstance(row["replied"], datetime) for row in rows] == [False, False, True]


def test_personal_columns_are_in_the_table_and_are_text():
    told = [one for one in columns.COLUMNS if one.personal]
    assert sorted(one.code for one in told) == sorted(rules.PERSONAL)
    assert {one.kind for one in told} == {columns.TEXT}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [rules.CSV, rules.XLSX, rules.PARQUET])
def test_memory_and_statements_do_not_grow_with_the_rows(toy, chief, kind):
    times = 5
    for _n in range(10):
        verbs.dispatched(toy, verbs.lead("mill"), urgency="7d")

    def measured(name: str) -> tuple[int, int, int]:
        """Rows, statements, and bytes at the peak."""
        asked = count()
        take = taken(toy, chief, "number", "units", "content", format=kind, name=name)
        tracemalloc.start()
        with connection.execute_wrapper(lambda run, *args: (next(asked), run(*args))[1]):
            making.on_disk(take).close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return take.rows, next(asked), peak

    scale.multiply(99)
    few = measured("a")
    scale.multiply(times - 1)
    many = measured("b")
    assert (few[0], many[0]) == (1_000, 1_000 * times)
    assert many[1] - few[1] == 2 * (many[0] - few[0]) // 500
    # The peaks of one build differ by a fiftieth; a kept row of 350 bytes would show.
    assert many[2] < few[2] * 1.1
