"""Several connections at once: what is sealed, verified or moved stays right while others write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction

from jieban.core.errors import Conflict
from jieban.orders import actions, sealing, verify
from jieban.orders.models import Assignment, Order, Seal
from tests import factories

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TOMORROW = factories.AT + timedelta(days=1)


def in_thread(work: Callable[[], object], failed: list[BaseException]) -> threading.Thread:
    """Work on a connection of its own; what goes wrong is kept."""

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("filings", [1, 40])
def test_a_seal_waits_for_entries_that_are_written_but_not_committed(filings):
    factories.a_city()
    factories.a_pack()
    failed: list[BaseException] = []
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            orders = [factories.a_new_order() for _ in range(filings)]
            steps = [actions.Step(order, records=factories.records("register")) for order in orders]
            actions.move(steps, "register", by=factories.anyone("register"), at=factories.AT)
            written.set()
            assert go_on.wait(30)

    slow_one = in_thread(slow, failed)
    assert written.wait(30)
    factories.an_order()
    sealer = in_thread(lambda: sealing.seal(until=factories.AT.date(), at=TOMORROW), failed)
    sealer.join(1)
    assert sealer.is_alive()
    go_on.set()
    slow_one.join()
    sealer.join()
    assert failed == []
    assert [seal.entries for seal in Seal.objects.all()] == [filings + 1]
    assert verify.verify().broken == []


def test_two_sealers_at_once_make_one_seal():
    factories.a_city()
    factories.an_order()
    failed: list[BaseException] = []
    sealers = [in_thread(lambda: sealing.seal(until=factories.AT.date(), at=TOMORROW), failed) for _ in range(4)]
    for sealer in sealers:
        sealer.join()
    assert failed == []
    assert Seal.objects.count() == 1


def test_verify_finds_nothing_broken_while_orders_are_being_moved():
    factories.a_city()
    orders = [factories.an_order(state="pending_dispatch") for _ in range(5)]
    failed: list[BaseException] = []
    stop = threading.Event()

    def write() -> None:
        turn = 0
        while not stop.is_set():
            order = Order.objects.get(pk=orders[turn % 5].pk)
            factories.walk(order, "remark", changes={"title": f"第 {turn} 次"})
            turn += 1

    writers = [in_thread(write, failed) for _ in range(2)]
    broken = [finding for _ in range(12) for finding in verify.verify().broken]
    stop.set()
    for writer in writers:
        writer.join()
    assert failed == []
    assert broken == []


def test_of_two_who_sign_at_once_one_is_told_who_was_first():
    factories.a_city()
    order = factories.an_order(state="dispatched")
    part = order.assignments.get()
    outcomes: list[BaseException] = []
    threads = [
        in_thread(lambda: factories.walk(Assignment.objects.get(pk=part.pk), "sign"), outcomes) for _ in range(4)
    ]
    for thread in threads:
        thread.join()
    assert [type(error) for error in outcomes] == [Conflict] * 3
    assert Order.objects.get(pk=order.pk).entries_count == 4
    assert verify.verify().broken == []
