"""What a sync costs: as many statements for many orders as for few, by an index, and nobody is kept waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from jieban.analytics import changes, gather, sync
from jieban.analytics.lake import Lake
from jieban.core.errors import Conflict
from jieban.orders.models import Entry, Order
from tests import factories, scale, verbs
from tests.analytics.test_sync import anew, rows
from tests.factories import AT

DAY = timedelta(days=1)
# The copies have no timelines.
SMALL = ("Seq Scan on jieban_entry", "->  Seq Scan on jieban_entry")


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        work()
    return len(caught)


@pytest.mark.django_db
def test_more_orders_take_no_more_statements(toy, tmp_path):
    def whole() -> None:
        sync.sync(Lake(tmp_path / "lake"), at=AT + DAY, loaded=toy, fresh=True)

    verbs.say(toy, verbs.asked(toy), at=AT + timedelta(hours=9))
    one = statements(whole)
    for _ in range(5):
        order = verbs.asked(toy)
        verbs.say(toy, order, at=AT + timedelta(hours=9))
    assert statements(whole) == one


@pytest.mark.django_db
def test_following_takes_no_more_statements_either(toy, tmp_path):
    lake = Lake(tmp_path / "lake")

    def after(count: int) -> int:
        for _ in range(count):
            verbs.asked(toy)
        return statements(lambda: sync.sync(lake, at=AT + DAY, loaded=toy))

    after(1)
    assert after(1) == after(6)


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """Work on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


class Slow:
    """An order whose transaction has its entries and stays open until it is let go."""

    def __init__(self) -> None:
        self.written, self.go_on = threading.Event(), threading.Event()
        self.thread = in_thread(self._file)
        assert self.written.wait(30)

    def _file(self) -> None:
        with transaction.atomic():
            factories.an_order(state="pending_dispatch")
            self.written.set()
            assert self.go_on.wait(60)

    def finish(self) -> None:
        self.go_on.set()
        self.thread.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_order_that_was_still_being_written_is_not_missed(tmp_path, monkeypatch):
    monkeypatch.setattr(changes.mark, "__defaults__", (0.2,))
    toy, lake = factories.a_loaded_city("toy"), Lake(tmp_path / "lake")
    factories.a_city()
    verbs.asked(toy)
    sync.sync(lake, at=AT + DAY, loaded=toy)
    before = lake.state().marks["entry"]

    slow = Slow()
    verbs.dispatched(toy)
    assert sync.sync(lake, at=AT + DAY, loaded=toy).orders == 1
    assert lake.state().marks["entry"] == before
    assert len(rows(lake)["contacts"]) == 2
    slow.finish()
    sync.sync(lake, at=AT + DAY, loaded=toy)
    assert lake.state().marks["entry"] == Entry.objects.latest("pk").pk
    assert rows(lake) == anew(toy, AT + DAY, tmp_path / "fresh")
    assert len(rows(lake)["contacts"]) == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_first_sync_waits_until_nobody_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(sync, "PATIENCE", 0.2)
    toy, lake = factories.a_loaded_city("toy"), Lake(tmp_path / "lake")
    factories.a_city()
    slow = Slow()
    with pytest.raises(Conflict):
        sync.sync(lake, at=AT + DAY, loaded=toy)
    assert not lake.exists()
    monkeypatch.setattr(sync, "PATIENCE", 30.0)
    threading.Timer(0.3, slow.finish).start()
    sync.sync(lake, at=AT + DAY, loaded=toy)
    assert len(rows(lake)["contacts"]) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_read_together_is_of_one_moment(tmp_path):
    toy = factories.a_loaded_city("toy")
    order = verbs.dispatched(toy)
    changed = threading.Event()

    def sign() -> None:
        factories.walk(factories.parts(Order.objects.get(pk=order.pk))[0], "sign", changes={"signed_at": AT})
        changed.set()

    with gather.snapshot():
        first = gather.of(Order.objects.all())
        thread = in_thread(sign)
        wrote = changed.wait(20)
        again = gather.of(Order.objects.all())
    thread.join()
    assert wrote
    assert again == first
    assert gather.of(Order.objects.all()) != first


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_read_goes_by_an_index(toy):
    """At fifty thousand orders PostgreSQL walks no big table from end to end."""
    for n in range(10):
        order = verbs.asked(toy, verbs.lead("mill"), at=AT + n * DAY, place="e1")
        verbs.say(toy, order, at=AT + n * DAY + timedelta(hours=9))
    scale.multiply(5_000)
    _spread()
    ids = list(Order.objects.order_by("pk").values_list("pk", flat=True)[:200])
    begin = AT - DAY
    with CaptureQueriesContext(connection) as caught:
        gather.of(Order.objects.filter(pk__in=ids).order_by("received_at", "pk"))
        next(sync._of_month(begin, AT + DAY))
        changes.brought_back(ids[:10])
        changes.ran_out(AT - DAY, AT)
    reads = [query["sql"] for query in caught if query["sql"].startswith("SELECT")]
    # Five to gather, twice; two that find who came back and two that look for it; one for what ran out.
    assert len(reads) == 15
    walked = [line.strip() for sql in reads for line in _plan(sql) if "Seq Scan on" in line]
    assert [line for line in walked if not line.startswith(SMALL)] == []


def _spread() -> None:
    """The copies lie over three years, at a thousand places."""
    back = "id % 50000 * interval '30 minutes'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jieban_order SET received_at = received_at - {back}, closed_at = closed_at - {back}, "  # noqa: S608
            "place = 'p' || id % 1000"
        )
        cursor.execute("ANALYZE")


def _plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return [row[0] for row in cursor.fetchall()]
