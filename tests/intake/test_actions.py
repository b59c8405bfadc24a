"""Registering filings and what may become of them, on the toy city."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.accounts import actor as actors
from jieban.core import canon, crypto
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.intake import actions, queries
from jieban.intake.rules import Filing, Kept, Reply
from jieban.orders.models import Attachment, Contact, Entry, Message, Order
from jieban.orders.verify import verify
from tests.factories import AT

CITIZEN = actors.citizen()
SYSTEM = actors.channel("试验系统")


def a_filing(number: int | str = 1, **changed: object) -> Filing:
    values: dict[str, object] = {
        "channel": "web", "source": "test", "source_id": str(number), "title": "路灯不亮",
        "content": f"第 {number} 个路灯不亮，已经一周了。", "phone": "13800001234", "name": "林晓",
    }  # fmt: skip
    return Filing(**{**values, **changed})  # type: ignore[arg-type]


def test_registered_filing_is_a_contact_with_sealed_person_and_an_order(toy) -> None:
    (order,) = actions.register([a_filing(credit_code="")], by=CITIZEN, at=AT, loaded=toy)
    contact = Order.objects.get().contact
    assert (order.state, order.title, order.channel) == ("received", "路灯不亮", "web")
    assert (crypto.unseal(contact.name), crypto.unseal(contact.phone)) == ("林晓", "13800001234")
    assert contact.phone_index == crypto.index("13800001234")
    assert b"13800001234" not in bytes(contact.phone)
    assert verify().broken == []


def test_entry_tells_the_channel_and_proves_the_words(toy) -> None:
    actions.register([a_filing(facts={"reply": "已修好"})], by=CITIZEN, at=AT, loaded=toy)
    records = Entry.objects.get().records
    assert records == {
        "channel": "web", "words": canon.digest(Contact.objects.get().words), "facts": {"reply": "已修好"},
    }  # fmt: skip


def test_same_source_id_again_writes_nothing_and_gives_the_first_order(toy) -> None:
    first = actions.register([a_filing(1)], by=CITIZEN, at=AT, loaded=toy)[0]
    again = actions.register([a_filing(1, content="换了说法"), a_filing(2)], by=CITIZEN, at=AT, loaded=toy)
    assert again[0].pk == first.pk
    assert Order.objects.count() == 2
    assert Contact.objects.get(source_id="1").words == "第 1 个路灯不亮，已经一周了。"


def test_twice_in_one_batch_is_one_order(toy) -> None:
    orders = actions.register([a_filing(1), a_filing(1)], by=CITIZEN, at=AT, loaded=toy)
    assert orders[0].pk == orders[1].pk
    assert Order.objects.count() == 1


def test_filing_without_a_source_id_is_never_a_duplicate(toy) -> None:
    actions.register([a_filing(source_id=""), a_filing(source_id="")], by=CITIZEN, at=AT, loaded=toy)
    assert Order.objects.count() == 2


def test_order_counts_from_when_it_was_said(toy) -> None:
    said = AT - timedelta(days=3)
    (order,) = actions.register([a_filing(at=said)], by=SYSTEM, at=AT, loaded=toy)
    assert (order.received_at, Entry.objects.get().at) == (said, AT)
    assert order.number.startswith(f"L-{said:%Y%m%d}-")


def test_confirmation_goes_only_to_who_left_a_number_and_wants_sms(toy) -> None:
    filings = [a_filing(1), a_filing(2, phone=""), a_filing(3, sms=False)]
    orders = actions.register(filings, by=CITIZEN, at=AT, loaded=toy, confirm=True)
    (message,) = Message.objects.all()
    assert (message.order_id, message.way, message.topic) == (orders[0].pk, "sms", "received")
    assert orders[0].number in message.body["text"]


def test_confidential_words_lie_nowhere_in_clear(toy) -> None:
    secret = a_filing(content="机密级图纸流出", title="图纸", confidential=True)
    (order,) = actions.register([secret], by=CITIZEN, at=AT, loaded=toy)
    contact = Contact.objects.get()
    assert (order.title, order.content) == (actions.UNSAID, actions.UNSAID)
    assert "图纸" not in contact.words + str(Entry.objects.values())
    assert queries.words_of(contact) == "图纸\n机密级图纸流出"


def test_files_come_with_the_order_and_stand_in_the_timeline(toy) -> None:
    kept = Kept("灯.jpg", "image/jpeg", 1234, "ab" * 32)
    (order,) = actions.register([a_filing(files=(kept,))], by=CITIZEN, at=AT, loaded=toy)
    attachment = Attachment.objects.get()
    assert (attachment.order_id, attachment.seq, attachment.sha256) == (order.pk, 1, "ab" * 32)
    assert Entry.objects.get().changes["attachments"][0]["sha256"] == "ab" * 32
    assert verify().broken == []


@pytest.mark.parametrize(("count", "statements"), [(1, 9), (15, 9), (21, 9)])
def test_register_takes_few_statements_whatever_the_count(
    toy, django_assert_max_num_queries, count: int, statements: int
) -> None:
    """Transaction begin and end, known ones, numbers, contacts, orders, entries; on PostgreSQL lock and keys."""
    filings = [a_filing(n) for n in range(count)]
    with django_assert_max_num_queries(statements):
        actions.register(filings, by=CITIZEN, at=AT, loaded=toy)


def test_clerk_cannot_register(toy) -> None:
    clerk = actors.Actor(actors.Role.CLERK, "承办员")
    with pytest.raises(NotAllowed):
        actions.register([a_filing()], by=clerk, at=AT, loaded=toy)
    assert Contact.objects.count() == 0


def test_accept_records_the_limits_of_its_urgency(toy) -> None:
    (order,) = actions.register([a_filing(urgency="24h")], by=CITIZEN, at=AT, loaded=toy, columns=[{"urgency": "24h"}])
    actions.accept([order], by=CITIZEN, at=AT, loaded=toy)
    assert order.state == "pending_dispatch"
    assert Entry.objects.get(move="accept").records == {
        "urgency": "24h", "profile": {"dispatch": "2h", "sign": "1h", "respond": "2h", "handle": "24h"},
    }  # fmt: skip


def test_accept_with_an_unknown_urgency_changes_nothing(toy) -> None:
    (order,) = actions.register([a_filing()], by=CITIZEN, at=AT, loaded=toy, columns=[{"urgency": "3h"}])
    with pytest.raises(BadInput):
        actions.accept([order], by=CITIZEN, at=AT, loaded=toy)
    assert Order.objects.get().state == "received"


def test_answered_consultation_closes_with_article_version_and_text(toy) -> None:
    agent = actors.Actor(actors.Role.AGENT, "坐席")
    (order,) = actions.register([a_filing()], by=agent, at=AT, loaded=toy)
    actions.answer([order], [Reply("lamp", 3, "路灯谁管", "请告诉我们灯杆编号。")], accepted=True, by=agent, at=AT)
    actions.close([order], result="answered", by=agent, at=AT)
    assert Entry.objects.get(move="answer").records == {
        "article": {"code": "lamp", "version": 3, "title": "路灯谁管"},
        "text": "请告诉我们灯杆编号。",
        "accepted": True,
    }
    assert (Order.objects.get().state, Order.objects.get().closed_at) == ("closed", AT)
    assert verify().broken == []


def test_transfer_and_guide_close_with_what_was_told(toy) -> None:
    agent = actors.Actor(actors.Role.AGENT, "坐席")
    urgent, legal = actions.register([a_filing(1), a_filing(2)], by=agent, at=AT, loaded=toy)
    actions.transfer([urgent], line="119", three_way=True, by=agent, at=AT)
    actions.guide([legal], ground="court", told="请向法院查询。", by=agent, at=AT)
    assert (urgent.state, legal.state) == ("transferred", "guided")
    assert Entry.objects.get(move="transfer").records == {"line": "119", "three_way": True}
    with pytest.raises(Conflict):
        actions.guide([urgent], ground="court", told="请向法院查询。", by=agent, at=AT)


def test_guide_without_words_is_refused(toy) -> None:
    (order,) = actions.register([a_filing()], by=CITIZEN, at=AT, loaded=toy)
    with pytest.raises(BadInput):
        actions.guide([order], ground="court", told=" ", by=CITIZEN, at=AT)
