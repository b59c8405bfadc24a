"""The ten-row lake is what it says: whole, and filed as a real one is."""

from __future__ import annotations

from datetime import date

from jieban.analytics import engines, schema
from tests.analytics import ten as rows


def test_every_column_of_the_schema_is_written_out():
    for name, found in rows.tables().items():
        names = set(schema.TABLES[name].arrow.names)
        assert [set(row) for row in found] == [names] * len(found), name


def test_it_holds_ten_contacts_and_what_follows_from_them(ten):
    state = ten.state()
    assert {name: state.rows(name) for name in schema.TABLES} == {
        "contacts": 10, "orders": 6, "assignments": 9, "answers": 8, "categories": 15, "units": 11, "channels": 4,
        "places": 2,
    }  # fmt: skip
    assert state.months() == [201901, 201902, 201912, 202001, 202002, 202012, 202101, 202102, 202111]


def test_facts_are_filed_under_the_month_of_their_order_and_keep_their_own_day(ten):
    state = ten.state()
    assert [file.rows for file in state.files["answers"]["201912"]] == [2]
    with engines.duckdb(ten) as source:
        answers = source["answers"]
        found = source.rows(answers.filter(answers.order == 4).select("day", "month").order_by("day"))
    assert found == [{"day": date(2020, 1, 5), "month": 202001}, {"day": date(2020, 1, 31), "month": 202001}]


def test_answers_agree_with_the_rest(ten):
    """What is told twice is told the same."""
    said = rows.tables()
    work = {row["id"]: row for row in said["assignments"]}
    orders = {row["id"]: row for row in said["orders"]}
    for row in said["answers"]:
        own, order = work[row["assignment"]], orders[row["order"]]
        assert (row["urgency"], row["section"], row["role"]) == (own["urgency"], own["section"], own["role"])
        assert row["caller"] == order["caller"]
        assert row["excluded"] == (row["ground"] is not None)
        assert (row["owner"] is None) or order["place"]
        leads = [one for one in work.values() if one["order"] == row["order"] and one["role"] == "lead"]
        assert row["dual"] == (sum(one["result"] not in ("redirected", "terminated") for one in leads) > 1)


def test_codes_of_facts_have_names(ten):
    said = rows.tables()
    codes = {name: {row["code"] for row in said[name]} for name in ("categories", "units", "channels", "places")}
    for fact in ("contacts", "orders", "assignments", "answers"):
        for row in said[fact]:
            used = {row[key] for key in ("category1", "category2", "category") if row[key]}
            assert used <= codes["categories"]
            places = {row[key] for key in ("district", "street", "unit", "section") if row.get(key)}
            assert places <= codes["units"]
            assert {row.get("place")} - {None} <= codes["places"]
            assert {row["channel"]} <= codes["channels"] if "channel" in row else True
            assert {row["place"]} - {None} <= codes["places"] if "place" in row else True
