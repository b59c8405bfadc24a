"""The lake follows the record: what is synced step by step is what a sync from nothing makes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jieban.accounts.actor import Role
from jieban.analytics import engines, measures, repeats, schema, sight, spans, sync
from jieban.analytics.lake import Lake
from jieban.appraisal import queries as appraisal
from jieban.callback import tasks
from jieban.city import queries as city
from jieban.core import crypto
from jieban.core.errors import BadInput
from jieban.dispatch import accuracy
from jieban.orders import queries
from jieban.orders.lifecycle import A
from jieban.orders.models import Answer, Assignment, Order
from tests import factories, verbs
from tests.analytics import ten
from tests.appraisal import record
from tests.factories import AT

pytestmark = pytest.mark.django_db
WHOLE = appraisal.Period(AT - timedelta(days=400), AT + timedelta(days=400))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def brought(lake: Lake, toy: city.Loaded, at: datetime, **how: Any) -> sync.Report:
    return sync.sync(lake, at=at, loaded=toy, **how)


def rows(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the sequence of the keys."""
    out = {}
    for name, table in schema.TABLES.items():
        key = "id" if table.facts else "code"
        found = [row for path in lake.paths(name) for row in pq.ParquetFile(path).read().to_pylist()]
        out[name] = sorted(found, key=lambda row: row[key])
    return out


def anew(toy: city.Loaded, at: datetime, folder: Path) -> dict[str, list[dict[str, Any]]]:
    lake = Lake(folder)
    brought(lake, toy, at, fresh=True)
    return rows(lake)


def only(lake: Lake, table: str) -> dict[str, Any]:
    [row] = rows(lake)[table]
    return row


def test_a_life_is_told_in_the_lake(toy, lake):
    order = verbs.asked(toy, verbs.lead("mill"), place="e1", owner="private")
    verbs.say(toy, order, solved="yes", satisfied="mostly", at=AT + timedelta(hours=26))
    brought(lake, toy, AT + timedelta(days=2))

    order.refresh_from_db()
    caller = crypto.pseudonym(order.contact.phone_index)
    asked = {
        "id": order.pk, "day": date(2026, 3, 2), "month": 202603, "hour": 9, "channel": "phone", "kind": "help",
        "firm": False, "caller": caller, "category1": "01", "category2": "0101", "category": "0101",
        "district": "north", "street": "mill",
    }  # fmt: skip
    assert only(lake, "contacts") == {**asked, "outcome": "dispatched"}
    assert only(lake, "orders") == {
        **asked, "place": "e1", "urgency": order.urgency, "state": "closed", "rounds": 1, "sendings": 1,
        "right_first": True, "dispatch_minutes": 1, "close_minutes": 26 * 60, "closed_day": date(2026, 3, 3),
        "came_back": False, "excluded": False,
    }  # fmt: skip
    matter = {k: asked[k] for k in ("day", "month", "category1", "category2", "category", "district", "street")}
    [part] = verbs.parts(order)
    assert only(lake, "assignments") == {
        **matter, "id": part.pk, "order": order.pk, "unit": "mill", "section": None, "role": "lead", "round": 1,
        "urgency": part.urgency, "result": "completed", "sign_minutes": 60, "respond_minutes": 60,
        "complete_minutes": 120, "sign_on_time": True, "respond_on_time": True, "complete_on_time": True,
    }  # fmt: skip
    assert only(lake, "answers") == {
        **matter, "id": Answer.objects.get().pk, "order": order.pk, "assignment": part.pk, "day": date(2026, 3, 3),
        "unit": "mill", "role": "lead", "round": 1, "last": True, "way": "phone", "reached": True, "contacted": True,
        "in_time": True, "solved": "yes", "satisfied": "mostly", "urgency": part.urgency, "section": None,
        "owner": "private", "dual": False, "done_day": date(2026, 3, 2), "caller": caller, "asked_after": 25 * 60,
        "proof": None, "regraded": False, "ground": None, "excluded": False,
    }  # fmt: skip


def test_a_lake_of_an_earlier_version_is_built_anew(toy, lake, tmp_path):
    verbs.say(toy, verbs.asked(toy), at=AT + timedelta(hours=26))
    at = AT + timedelta(days=2)
    brought(lake, toy, at)
    manifest = lake.folder / "lake.json"
    manifest.write_text(manifest.read_text("utf-8").replace(f'"version": {schema.VERSION}', '"version": 1'), "utf-8")
    assert lake.outdated()
    assert sync.until(lake) is None
    assert brought(lake, toy, at).whole is True
    assert rows(lake) == anew(toy, at, tmp_path / "fresh")


def test_an_invented_lake_of_an_earlier_version_is_left_alone(toy, lake):
    brought(lake, toy, AT)
    manifest = lake.folder / "lake.json"
    with lake.change() as change:
        change.state.marks.clear()
        change.state.files["orders"] = {"202603": []}
        change.write("orders", 202603, ten.arrow("orders", ten.tables()["orders"]))
    before = manifest.read_text("utf-8").replace(f'"version": {schema.VERSION}', '"version": 1')
    manifest.write_text(before, "utf-8")
    with pytest.raises(BadInput, match="made up"):
        brought(lake, toy, AT, fresh=True)
    assert manifest.read_text("utf-8") == before


def test_what_is_left_out_follows_the_assignment_and_the_order_when_all_of_it_is(toy, lake):
    order = verbs.asked(toy, verbs.lead("mill"), verbs.lead("hill"))
    verbs.say(toy, order, at=AT + timedelta(hours=26))
    said = []
    for n, part in enumerate(verbs.parts(order)):
        factories.walk(part, "leave_out", changes={"ground": "storm"})
        brought(lake, toy, AT + timedelta(days=2 + n))
        answers = sorted((row["unit"], row["excluded"]) for row in rows(lake)["answers"])
        said.append((only(lake, "orders")["excluded"], answers))
    assert said == [(False, [("hill", False), ("mill", True)]), (True, [("hill", True), ("mill", True)])]
    factories.walk(verbs.parts(order)[0], "take_in", changes={"ground": ""})
    brought(lake, toy, AT + timedelta(days=4))
    assert only(lake, "orders")["excluded"] is False


def test_nobody_can_be_found_by_what_is_in_the_lake(toy, lake):
    verbs.asked(toy, verbs.lead("mill"))
    brought(lake, toy, AT + timedelta(days=1))
    contact = Order.objects.get().contact
    bytes_of_lake = b"".join(path.read_bytes() for path in lake.folder.rglob("*") if path.is_file())
    for secret in (contact.phone_index.encode(), "林晓".encode(), b"13800001234", "楼道灯".encode()):
        assert secret not in bytes_of_lake
    assert crypto.pseudonym(contact.phone_index) != int(contact.phone_index[:16], 16) >> 1
    assert crypto.pseudonym("") is None


def test_one_that_no_unit_had_is_told_by_how_it_ended(toy, lake):
    ends = {"answered": "answered", "transferred": "transferred", "guided": "guided"}
    orders = {factories.an_order(state=state).pk: said for state, said in ends.items()}
    orders[factories.an_order(state="pending_dispatch").pk] = "open"
    shut = factories.an_order(state="guided")
    factories.walk(shut, "close", changes={"closed_at": AT + timedelta(hours=1)})
    orders[shut.pk] = "guided"
    brought(lake, toy, AT + timedelta(days=1))
    assert {row["id"]: row["outcome"] for row in rows(lake)["contacts"]} == orders
    assert rows(lake)["orders"] == []


def test_a_second_sync_right_away_writes_no_row(toy, lake):
    verbs.asked(toy)
    at = AT + timedelta(days=1)
    assert brought(lake, toy, at).orders == 1
    before = {path: path.stat().st_mtime_ns for path in lake.folder.rglob("*.parquet")}
    again = brought(lake, toy, at)
    assert (again.orders, again.months, again.whole) == (0, set(), False)
    assert {path: path.stat().st_mtime_ns for path in lake.folder.rglob("*.parquet")} == before


def test_a_late_change_rewrites_only_the_month_it_belongs_to(toy, lake, tmp_path):
    order = verbs.asked(toy)
    later = AT + timedelta(days=40)
    verbs.dispatched(toy, at=later)
    brought(lake, toy, later)
    april = lake.state().files["orders"]["202604"]
    verbs.say(toy, order, at=later + timedelta(hours=1))
    report = brought(lake, toy, later + timedelta(hours=2))
    assert (report.orders, report.months) == (1, {202603})
    assert lake.state().files["orders"]["202604"] == april
    assert rows(lake) == anew(toy, later + timedelta(hours=2), tmp_path / "fresh")


def test_a_limit_that_passes_by_itself_is_told(toy, lake, tmp_path):
    verbs.dispatched(toy, verbs.lead("mill"))
    [part] = Assignment.objects.all()
    brought(lake, toy, part.sign_due)
    assert only(lake, "assignments")["sign_on_time"] is None
    for due, column in (
        ("sign_due", "sign_on_time"),
        ("respond_due", "respond_on_time"),
        ("handle_due", "complete_on_time"),
    ):
        late = getattr(part, due) + timedelta(seconds=1)
        assert brought(lake, toy, late).orders == 1
        assert only(lake, "assignments")[column] is False
        assert rows(lake) == anew(toy, late, tmp_path / due)


def test_a_clock_at_rest_says_neither(toy, lake):
    order = verbs.dispatched(toy, verbs.lead("mill"))
    [part] = factories.parts(order)
    factories.walk(part, "sign", changes={"signed_at": AT})
    factories.walk(part, "object")
    brought(lake, toy, part.handle_due + timedelta(days=30))
    row = only(lake, "assignments")
    assert (row["sign_on_time"], row["respond_on_time"], row["complete_on_time"]) == (True, None, None)


def closed(toy: city.Loaded, *, at: datetime, phone: str, category: str = "0101", place: str = "") -> Order:
    contact = factories.a_contact(phone=phone, at=at)
    order = verbs.asked(toy, verbs.lead("mill"), at=at, contact=contact, category=category, place=place)
    verbs.say(toy, order, at=at + timedelta(days=1))
    return Order.objects.get(pk=order.pk)


def back(lake: Lake) -> dict[int, bool | None]:
    return {row["id"]: row["came_back"] for row in rows(lake)["orders"]}


def test_a_new_order_makes_old_ones_come_back(toy, lake, tmp_path):
    by_caller = closed(toy, at=AT, phone="13900000001")
    by_place = closed(toy, at=AT, phone="13900000002", place="e1")
    other = closed(toy, at=AT, phone="13900000003")
    brought(lake, toy, AT + timedelta(days=2))
    assert set(back(lake).values()) == {False}
    again = AT + timedelta(days=60)
    contact = factories.a_contact(phone="13900000001", at=again)
    fresh = verbs.dispatched(toy, at=again, contact=contact, place="e1")
    assert brought(lake, toy, again).orders == 3
    assert back(lake) == {by_caller.pk: True, by_place.pk: True, other.pk: False, fresh.pk: None}
    assert rows(lake) == anew(toy, again, tmp_path / "fresh")

    factories.walk(fresh, "reclassify", changes={"category": "0102"})
    brought(lake, toy, again)
    assert back(lake) == {by_caller.pk: False, by_place.pk: False, other.pk: False, fresh.pk: None}
    assert rows(lake) == anew(toy, again, tmp_path / "corrected")


def test_after_ninety_days_it_is_another_matter(toy, lake):
    old = closed(toy, at=AT, phone="13900000001")
    brought(lake, toy, AT + timedelta(days=2))
    late = old.closed_at + sync.gather.BACK + timedelta(minutes=1)
    verbs.dispatched(toy, at=late, contact=factories.a_contact(phone="13900000001", at=late))
    brought(lake, toy, late)
    assert back(lake)[old.pk] is False


def some_months(toy: city.Loaded) -> datetime:
    """Orders of three months in many states, of two callers, some of them bad ends; returns the moment after."""
    for n in range(6):
        at, phone = AT + timedelta(days=17 * n), f"1390000000{n % 2}"
        order = verbs.asked(toy, verbs.lead("mill"), verbs.lead("north-roads"), at=at,
                            contact=factories.a_contact(phone=phone, at=at), place="e1")  # fmt: skip
        said = ("yes", "no", "yes", "no", "explained", "yes")[n]
        verbs.say(toy, order, solved=said, satisfied="yes" if said == "yes" else "no", at=at + timedelta(days=1))
    verbs.replied(toy, at=AT + timedelta(days=9))
    gone = verbs.asked(toy, at=AT + timedelta(days=10))
    verbs.say(toy, gone, at=AT + timedelta(days=11))
    factories.walk(verbs.parts(gone)[0], "leave_out", changes={"ground": "storm"})
    tasks.open_ripe(at=AT + timedelta(days=100), loaded=toy)
    factories.an_order(state="answered", at=AT + timedelta(days=12))
    return AT + timedelta(days=101)


def test_the_three_rates_of_the_lake_are_those_of_the_record(toy, lake):
    brought(lake, toy, some_months(toy))
    found = record.rates(WHOLE)
    with engines.duckdb(lake) as source:
        sums = [sum_ for ratio in measures.THREE_RATES for sum_ in (ratio.top, ratio.bottom)]
        sums += [measures.UNREACHED, measures.EXPLAINED, measures.SOLVED_PART, measures.SATISFIED_MOSTLY]
        counted = source.rows(measures.cube(source["answers"], ["unit"], list(dict.fromkeys(sums))))
    assert len(found) == 2
    assert {row.pop("unit"): row for row in counted if row["scored"]} == {
        unit: {
            "responded": one["response_full"], "scored": one["response_out_of"],
            "solved": one["resolution_full"], "said_solved": one["resolution_out_of"],
            "satisfied": one["satisfaction_full"], "said_satisfied": one["satisfaction_out_of"],
            "unreached": one["unreached"], "explained": one["resolution_explained"],
            "solved_part": one["resolution_part"], "satisfied_mostly": one["satisfaction_part"],
        }
        for unit, one in found.items()
    }  # fmt: skip


def test_the_rates_of_some_days_are_those_of_the_record_for_them(toy, lake):
    """Between two rounds the first one counts, as `appraisal.queries.scored` has it."""
    brought(lake, toy, some_months(toy))
    for days in (10, 25, 40, 60):
        end = AT.replace(hour=0) + timedelta(days=days)
        period = appraisal.Period(AT.replace(hour=0), end)
        found = record.rates(period)
        with engines.duckdb(lake) as source:
            given = spans.asked(source["answers"], period.begin.date(), end.date())
            counted = source.rows(measures.cube(given, ["unit"], [measures.SOLVED, measures.SAID_SOLVED]))
        assert {row["unit"]: (row["solved"], row["said_solved"]) for row in counted} == {
            unit: (one["resolution_full"], one["resolution_out_of"]) for unit, one in found.items()
        }


def test_what_came_back_and_what_was_right_at_first_are_those_of_the_record(toy, lake):
    at = some_months(toy)
    wrong = verbs.dispatched(toy, verbs.lead("mill"), at=AT + timedelta(days=3))
    [part] = factories.parts(wrong)
    factories.walk(part, "sign", "object", "uphold", "redirect")
    brought(lake, toy, at)
    whole = factories.an_actor(Role.SUPERVISOR)
    period = {"since": WHOLE.begin, "until": WHOLE.end}
    returned = repeats.returned(whole, **period, within=timedelta(days=90))
    units = [one.unit for one in returned]
    came = {
        row.order_id
        for unit in units
        for row in repeats.returned_orders(whole, unit=unit, **period, within=timedelta(days=90))
    }
    assert came == {pk for pk, said in back(lake).items() if said}
    solved = Assignment.objects.filter(role="lead", state=A.COMPLETED, order__solved="yes", order__closed_at__gt=AT)
    assert {pk for pk, said in back(lake).items() if said is not None} == set(solved.values_list("order_id", flat=True))
    first = accuracy.count(whole, begin=WHOLE.begin, end=WHOLE.end).whole
    known = [row["right_first"] for row in rows(lake)["orders"]]
    assert (first.out_of, first.missed) == (len(known), known.count(False))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER, Role.CLERK, Role.ADMIN])
@pytest.mark.parametrize("code", ["north", "mill", "north-roads", "hall"])
def test_a_post_sees_as_many_as_on_the_record(toy, lake, role, code):
    brought(lake, toy, some_months(toy))
    who = factories.an_actor(role, verbs.unit(code))
    with engines.duckdb(lake) as source:
        cut = sight.through(source, who)
        seen = {
            table: cut.run(cut[table].count().as_table())[0][0].as_py()
            for table in ("contacts", "assignments", "answers")
        }
    assert seen == {
        "contacts": queries.visible_to(who).count(),
        "assignments": queries.assignments_of(who).exclude(role="notice").count(),
        "answers": Answer.objects.filter(appraisal.seen(who)).count(),
    }


def test_a_unit_that_left_the_pack_keeps_its_name(toy, lake):
    old = factories.a_unit("old-roads", kind="district_department", name="老公路处", parent=verbs.unit("north"))
    brought(lake, toy, AT)
    [row] = [row for row in rows(lake)["units"] if row["code"] == "old-roads"]
    assert (row["name"], row["path"], row["district"]) == (old.short, old.path, "north")


def test_another_record_is_noticed_and_synced_from_the_start(toy, lake, tmp_path):
    verbs.asked(toy)
    brought(lake, toy, AT + timedelta(days=1))
    with lake.change() as change:
        change.state.marks["hash"] = "0" * 64
    assert brought(lake, toy, AT + timedelta(days=1)).whole is True
    assert rows(lake) == anew(toy, AT + timedelta(days=1), tmp_path / "fresh")


def test_a_month_that_the_record_does_not_have_goes(toy, lake):
    verbs.asked(toy)
    brought(lake, toy, AT + timedelta(days=1))
    with lake.change() as change:
        for table in schema.FACTS:
            change.state.files[table.name]["201901"] = change.state.files[table.name]["202603"]
    brought(lake, toy, AT + timedelta(days=1), fresh=True)
    assert lake.state().months() == [202603]


def test_a_lake_of_invented_facts_is_left_alone(toy, lake):
    verbs.asked(toy)
    brought(lake, toy, AT + timedelta(days=1))
    with lake.change() as change:
        change.state.marks.clear()
    with pytest.raises(BadInput):
        brought(lake, toy, AT + timedelta(days=1))


def test_an_empty_record_makes_an_empty_lake(toy, lake, tmp_path):
    brought(lake, toy, AT)
    assert (lake.state().months(), sync.until(lake)) == ([], AT)
    assert sync.until(Lake(tmp_path / "nowhere")) is None
    verbs.asked(toy)
    assert brought(lake, toy, AT + timedelta(days=1)).orders == 1


def test_the_timeline_is_followed_in_pieces(toy, lake, tmp_path, monkeypatch):
    monkeypatch.setattr(sync.changes.slices, "__kwdefaults__", {"size": 3})
    monkeypatch.setattr(sync, "CHUNK", 2)
    brought(lake, toy, AT)
    at = some_months(toy)
    brought(lake, toy, at)
    assert rows(lake) == anew(toy, at, tmp_path / "fresh")
