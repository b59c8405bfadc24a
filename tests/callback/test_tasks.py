"""The worker's share: callbacks begin, lost ones close, messages leave once, and none at night unless urgent."""

from __future__ import annotations

import json
import stat
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from jieban.accounts import actor as actors
from jieban.callback import actions, senders, tasks
from jieban.core import crypto
from jieban.orders import outbox
from jieban.orders.models import Message, Order
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
CALL = AT + 4 * HOUR


def lines(settings) -> list[dict[str, str]]:
    files = sorted(settings.JIEBAN_SMS_FILE.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def a_message(
    *, at=AT, text: str = "您好", link: str = "", phone: str = "13800001234", urgent: bool = False
) -> Message:
    contact = factories.a_contact(phone=phone)
    order = factories.a_new_order(contact=contact)
    [row] = outbox.to_citizen(order, "test", text, at=at, link=link, urgent=urgent)
    row.save()
    return row


def test_replied_orders_are_opened_and_lost_ones_closed(toy):
    first, second = verbs.replied(toy), verbs.replied(toy, contact=factories.a_contact(phone=""))
    assert tasks.open_ripe(at=CALL, loaded=toy) == 2
    assert tasks.open_ripe(at=CALL, loaded=toy) == 0
    assert tasks.give_up_lost(at=CALL + timedelta(days=7), loaded=toy) == 1
    assert dict(Order.objects.values_list("pk", "state")) == {first.pk: "callback_pending", second.pk: "closed"}


def test_batch_is_no_larger_than_asked(toy):
    for _ in range(3):
        verbs.replied(toy)
    assert [tasks.open_ripe(at=CALL, loaded=toy, limit=2) for _ in range(3)] == [2, 1, 0]


def test_message_leaves_once_with_its_link_and_then_forgets_it(toy, settings):
    row = a_message(text="请点 {link} 回答", link="http://city.example/survey/abc")
    assert [tasks.deliver(at=AT), tasks.deliver(at=AT)] == [1, 0]
    [line] = lines(settings)
    assert (line["id"], line["to"], line["text"]) == (
        row.pk, "13800001234", "请点 http://city.example/survey/abc 回答",
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.sent_at, row.attempts, row.body["link"]) == (AT, 1, "")
    assert "13800001234" not in str(row.body)


def test_spool_is_one_private_file_a_day(toy, settings):
    a_message()
    tasks.deliver(at=AT)
    [file] = settings.JIEBAN_SMS_FILE.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("2026-03-02.jsonl", 0o600)


def test_nothing_leaves_at_night_but_what_is_urgent(toy, settings):
    night = AT.replace(hour=21)
    quiet, urgent = a_message(at=night), a_message(at=night, urgent=True)
    assert (quiet.after, urgent.after) == (AT.replace(day=3, hour=8), night)
    assert tasks.deliver(at=night + HOUR) == 1
    assert tasks.deliver(at=AT.replace(day=3, hour=8)) == 1
    assert [line["id"] for line in lines(settings)] == [urgent.pk, quiet.pk]


def test_early_message_waits_for_the_morning_of_the_same_day():
    assert outbox.leaves(AT.replace(hour=3), urgent=False) == AT.replace(hour=8)
    assert outbox.leaves(AT.replace(hour=8), urgent=False) == AT.replace(hour=8)
    assert outbox.leaves(AT.replace(hour=20, minute=59), urgent=False) == AT.replace(hour=20, minute=59)


def test_failed_delivery_is_noted_and_tried_again_ever_later(toy, settings, monkeypatch):
    row = a_message(urgent=True)

    def broken(letters, at):
        raise OSError("the gateway's folder is full")

    monkeypatch.setitem(senders.SENDERS, "sms", broken)
    waits, now = [], AT
    for _ in range(tasks.TRIES):
        tasks.deliver(at=now)
        row.refresh_from_db()
        waits.append((row.after - now) // timedelta(minutes=1))
        now = row.after
    assert waits == [1, 4, 16, 64, 256, 1024, 4096]
    assert (row.sent_at, row.attempts, row.error) == (None, 7, "the gateway's folder is full")
    monkeypatch.undo()
    assert tasks.deliver(at=now) == 0


def test_number_that_cannot_be_read_stops_no_other(toy, settings):
    bad, good = a_message(), a_message(phone="13900005678")
    bad.recipient = crypto.seal("13800001234")[:-1] + b"x"
    bad.save()
    assert tasks.deliver(at=AT) == 1
    assert [line["to"] for line in lines(settings)] == ["13900005678"]
    bad.refresh_from_db()
    assert (bad.sent_at, bad.attempts) == (None, 1)
    assert bad.error.startswith("A sealed value cannot be read")
    good.refresh_from_db()
    assert good.sent_at == AT


def test_desk_notices_never_go_out(toy, settings):
    verbs.dispatched(toy)
    assert (tasks.deliver(at=AT + HOUR), lines(settings)) == (0, [])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_order():
    """While one worker holds its batch, another finds nothing to take and does not wait."""
    loaded = factories.a_loaded_city("toy")
    order = verbs.replied(loaded)
    found: list[int] = []

    def other() -> None:
        found.append(tasks.open_ripe(at=CALL, loaded=loaded))
        connection.close()

    with transaction.atomic():
        rows = Order.objects.select_for_update().filter(pk=order.pk)
        assert len(rows) == 1
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
        assert found == [0]
        actions.open(list(rows), by=actors.rule("test"), at=CALL, loaded=loaded)
    assert Order.objects.get(pk=order.pk).state == "callback_pending"
