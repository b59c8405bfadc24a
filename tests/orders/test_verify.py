"""`verify` finds whatever was changed behind the door: Hypothesis picks the row, the column and the new value."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from jieban.city.models import PackVersion
from jieban.orders import chain, sealing, verify
from jieban.orders.models import Answer, Assignment, Attachment, Contact, Entry, Order, Seal
from tests import factories

pytestmark = pytest.mark.django_db

# Columns that no proof covers, and why.
FREE = {
    Entry: {"id"},  # its place in a seal is checked, the number itself says nothing
    Order: {"id"},
    Assignment: {"id", "warn_at"},  # when the worker looks next follows from the clock
    Answer: {"id"},
    Attachment: {"id"},
    Contact: {
        "id",
        "name",
        "phone",
        "phone_index",
        "credit_code",
        "firm",
        "hide_name",
        "sms",
        "call_window",
        "agent_id",
    },
    Seal: {"id", "made_at"},
}


@pytest.fixture
def record(city):
    """Three orders with everything in them: answers, a second round, files, two assignments; all sealed."""
    first = factories.an_order(state="rework", units=[city.street, city.department], solved="no")
    photo = Attachment(name="照片.jpg", mime="image/jpeg", size=1234, sha256="ab" * 32, stage="before")
    part = factories.parts(first)[0]
    factories.walk(part, "sign")
    factories.walk(part, "note", attachments=[photo])
    factories.an_order(state="closed", at=factories.AT + timedelta(days=1), longitude=116.0, latitude=39.9)
    factories.an_order(state="guided", at=factories.AT + timedelta(days=2), suggested={"kind": {"probability": 1e-7}})
    factories.a_person("另一人")
    PackVersion.objects.create(
        city="riverside", name="望江市", number=2, sha256="1" * 64, valid_from=date(2027, 1, 1), loaded_at=factories.AT
    )
    sealing.seal(until=date(2026, 3, 4), at=factories.AT + timedelta(days=5))


def test_an_untouched_record_is_whole(record):
    report = verify.verify()
    assert (report.orders, report.entries, report.broken) == (3, Entry.objects.count(), [])


def test_progress_reaches_the_number_of_orders(record):
    seen = []
    verify.verify(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 3)]


def test_a_chunk_takes_a_fixed_number_of_queries(record, django_assert_num_queries):
    with django_assert_num_queries(10 + Seal.objects.count()):
        verify.verify()
    for _ in range(20):
        factories.an_order(state="dispatched")
    with django_assert_num_queries(10 + Seal.objects.count()):
        verify.verify()


def other_value(field: models.Field, value):
    """A strategy of other values that the column can hold."""
    empty = [None] if field.null and value is not None else []
    if isinstance(field, models.ForeignKey):
        others = field.related_model.objects.exclude(pk=value).order_by("pk").values_list("pk", flat=True)
        return st.sampled_from([*others, *empty])
    if isinstance(field, models.DateTimeField):
        steps = (timedelta(microseconds=1), timedelta(days=-1), timedelta(hours=8))
        return st.sampled_from([*((value or factories.AT) + step for step in steps), *empty])
    if isinstance(field, models.DateField):
        return st.integers(1000, 2000).map(lambda days: value + timedelta(days=days))
    if isinstance(field, models.BooleanField):
        return st.sampled_from([one for one in (True, False) if one is not value] + empty)
    if isinstance(field, models.JSONField):
        return st.sampled_from([{**value, "又": 1}, {"又": 1}, *([dict(list(value.items())[1:])] if value else [])])
    if isinstance(field, models.FloatField):
        return st.sampled_from([(value or 0.0) + step for step in (1e-7, 1.0, -0.5)] + empty)
    if isinstance(field, models.IntegerField):
        return st.integers(1, 3).map(lambda step: (value or 0) + step)
    place = st.integers(0, max(len(value) - 1, 0))
    return st.tuples(place, st.sampled_from("甲a0")).map(
        lambda put: f"{value[: put[0]]}{put[1] if value[put[0] : put[0] + 1] != put[1] else '乙'}{value[put[0] + 1 :]}"
    )


def found_after(tamper) -> list[verify.Finding] | None:
    """What verify finds after the tampering, which is then undone; None where the database itself refuses it."""
    with transaction.atomic():
        before = transaction.savepoint()
        try:
            with transaction.atomic():
                tamper()
                if connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return verify.verify().broken
        except IntegrityError:
            return None
        finally:
            transaction.savepoint_rollback(before)


@pytest.mark.parametrize("table", [Entry, Order, Assignment, Answer, Attachment, Contact, Seal])
def test_any_column_changed_is_found_and_named(record, table):
    rows = list(table.objects.order_by("pk"))
    fields = [field for field in table._meta.concrete_fields if field.attname not in FREE[table]]

    @settings(max_examples=35)
    @given(st.data())
    def run(data):
        row, field = data.draw(st.sampled_from(rows)), data.draw(st.sampled_from(fields))
        value = data.draw(other_value(field, getattr(row, field.attname)))
        broken = found_after(lambda: table.objects.filter(pk=row.pk).update(**{field.attname: value}))
        if broken is None:
            return
        order = {Order: lambda: row.number, Contact: lambda: row.orders.get().number, Seal: lambda: ""}
        number = order.get(table, lambda: row.order.number)()
        named = {finding.order for finding in broken}
        assert number in named or (table is Order and field.attname == "number" and value in named), (field, broken)

    run()
    assert verify.verify().broken == []


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        (Order, "title", "另一个标题", "order: column title has '另一个标题', the timeline says '楼道灯坏了'."),
        (Order, "solved", "yes", "order: column solved has 'yes', the timeline says ''."),
        (Order, "head", "0" * 64, "order.head is not the hash of the last entry."),
        (Order, "entries_count", 99, "order.entries_count says 99, the timeline has 2."),
        (Entry, "actor", "别人", "its hash is not that of what it says: one of its columns was changed."),
        (Entry, "previous", "f" * 64, "does not follow the entry before it: column previous is not that entry's hash."),
    ],
)
def test_the_finding_says_which_column_and_what_it_should_be(record, table, column, value, words):
    order = Order.objects.get(state="guided")
    row = order if table is Order else order.entries.get(seq=2)
    broken = found_after(lambda: table.objects.filter(pk=row.pk).update(**{column: value}))
    assert broken == [verify.Finding(order.number, 2 if table is Entry else None, words)]


@given(data=st.data())
@settings(max_examples=25)
def test_entries_swapped_deleted_or_inserted_are_found(record, data):
    entries = list(Entry.objects.order_by("order", "seq"))
    one, other = data.draw(st.lists(st.sampled_from(entries), min_size=2, max_size=2, unique_by=lambda e: e.pk))

    def swap() -> None:
        Entry.objects.filter(pk=one.pk).update(seq=9999, order=one.order_id)
        Entry.objects.filter(pk=other.pk).update(seq=one.seq, order=one.order_id)
        Entry.objects.filter(pk=one.pk).update(seq=other.seq, order=other.order_id)

    def delete() -> None:
        Entry.objects.filter(pk=one.pk).delete()

    def insert() -> None:
        copy = Entry.objects.get(pk=one.pk)
        copy.pk, copy.seq = None, other.order.entries_count + 1
        copy.order = other.order
        copy.save()

    for tamper, touched in ((swap, {one.order, other.order}), (delete, {one.order}), (insert, {other.order})):
        named = {finding.order for finding in found_after(tamper) or []}
        assert {order.number for order in touched} <= named


@pytest.mark.parametrize("table", [Assignment, Answer, Attachment])
def test_a_row_deleted_or_added_is_found(record, table):
    order = Order.objects.get(state="rework")
    row = table.objects.filter(order=order).order_by("-pk").first()
    name = table.__name__.lower()

    def add() -> None:
        row.pk = None
        if table is Assignment:
            row.no = 9
        if table is Answer:
            row.round = 9
        row.save(force_insert=True)

    def delete() -> None:
        Answer.objects.filter(order=order, assignment=row if table is Assignment else None).delete()
        table.objects.filter(pk=row.pk).delete()

    [gone] = found_after(delete)
    assert (gone.order, "its row is gone" in gone.what) == (order.number, True)
    [added] = found_after(add)
    assert added.what.startswith(name)
    assert added.what.endswith("has a row, but the timeline does not tell of it.")


def forge(order: Order, **columns) -> None:
    """What somebody with the database and this code can do: change the first entry, hash all again, set the row."""
    entries = list(order.entries.order_by("seq"))
    entries[0].changes["order"] |= columns
    previous = ""
    for entry in entries:
        entry.previous = previous
        previous = entry.hash = chain.hash_of(entry, number=order.number)
        entry.save()
    Order.objects.filter(pk=order.pk).update(head=previous, **columns)


def test_a_forged_chain_is_found_by_the_seal_alone(record):
    order = Order.objects.get(state="guided")
    broken = found_after(lambda: forge(order, title="伪造的标题"))
    day = Seal.objects.order_by("day").last().day
    assert broken == [
        verify.Finding(
            "", None, f"Seal of {day}: its root is not that of the entries it covers: one was changed or moved."
        )
    ]


def test_an_order_removed_with_all_it_has_is_found_by_the_seal(record):
    order = Order.objects.get(state="guided")

    def remove() -> None:
        Entry.objects.filter(order=order).delete()
        Order.objects.filter(pk=order.pk).delete()

    [finding] = found_after(remove)
    assert finding.what == f"Seal of {Seal.objects.order_by('day').last().day}: it covers 2 entries, the record has 0."


def test_a_seal_removed_from_the_middle_is_found(record):
    _, middle, last = Seal.objects.order_by("day")
    broken = found_after(middle.delete)
    what = f"Seal of {last.day}: does not follow the seal before it: column previous is not that seal's hash."
    assert broken == [verify.Finding("", None, what)]


def test_roots_swapped_between_seals_are_found(record):
    first, middle, _ = Seal.objects.order_by("day")

    def swap() -> None:
        Seal.objects.filter(pk=first.pk).update(root=middle.root)
        Seal.objects.filter(pk=middle.pk).update(root=first.root)

    assert [finding.what.split(":")[0] for finding in found_after(swap)] == [
        f"Seal of {first.day}", f"Seal of {middle.day}",
    ]  # fmt: skip


def test_a_move_that_the_table_forbids_is_found_though_its_hash_fits(record):
    order = Order.objects.get(state="guided")

    def invent() -> None:
        entry = order.entries.get(seq=2)
        entry.move, entry.source, entry.target = "archive", "guided", "archived"
        entry.changes = {"order": {"state": "archived"}}
        entry.hash = chain.hash_of(entry, number=order.number)
        entry.save()
        Order.objects.filter(pk=order.pk).update(state="archived", head=entry.hash)

    words = "archive from 'guided' to 'archived' is not allowed where order is 'received'."
    assert [f for f in found_after(invent) if f.order] == [verify.Finding(order.number, 2, words)]


def found_without_foreign_keys(tamper) -> list[verify.Finding]:
    """What verify finds while a foreign key is broken; undone before the database would look."""
    with transaction.atomic():
        before = transaction.savepoint()
        tamper()
        broken = verify.verify().broken
        transaction.savepoint_rollback(before)
    return broken


def test_an_order_whose_contact_is_gone_is_named(record):
    order = Order.objects.get(state="guided")
    rows = Contact.objects.filter(pk=order.contact_id)
    broken = found_without_foreign_keys(lambda: rows._raw_delete(rows.db))
    assert broken == [verify.Finding(order.number, None, "its contact is gone.")]


def test_entries_whose_order_is_gone_are_named(record):
    order = Order.objects.get(state="guided")
    rows = Order.objects.filter(pk=order.pk)
    broken = found_without_foreign_keys(lambda: rows._raw_delete(rows.db))
    entries = order.entries.order_by("seq").values_list("pk", "seq")
    assert broken == [verify.Finding("", seq, f"Entry with id {pk} belongs to no order.") for pk, seq in entries]


def test_a_row_that_cannot_be_read_is_named_and_the_rest_still_checked(record):
    order, other = Order.objects.get(state="guided"), Order.objects.get(state="closed")

    def tamper() -> None:
        order.entries.filter(seq=2).update(records={"number": 10**30})
        Order.objects.filter(pk=other.pk).update(title="改过")

    first, second = found_after(tamper)
    words = "order: column title has '改过', the timeline says '楼道灯坏了'."
    assert first == verify.Finding(other.number, None, words)
    assert (second.order, second.what.startswith("a row of this order cannot be read")) == (order.number, True)
