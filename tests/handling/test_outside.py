"""A party outside helps by a one-time link: what it may see, when the link ends, and what cannot be guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jieban.core import crypto
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import outside
from jieban.handling.models import Entrusting
from jieban.orders.models import Attachment, Message
from jieban.orders.verify import verify
from tests import verbs
from tests.factories import AT
from tests.verbs import clerk, lead, parts

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHOTO = Attachment(name="after.jpg", mime="image/jpeg", size=7, sha256="c" * 64, stage="after")


@pytest.fixture
def order(toy):
    return verbs.answered(toy, lead("mill"))


def entrust(order, toy, **given):
    """Ask a lift firm for help; returns the row and the token."""
    values = {
        "to": "安达电梯公司", "purpose": "修电梯", "phone": "13900002222", "instruction": "请修 3 号楼电梯",
        "until": AT + 3 * DAY, "show_address": False, "by": clerk("mill"), "at": AT + 2 * HOUR, "loaded": toy,
    }  # fmt: skip
    row, address = outside.entrust(parts(order)[0], **{**values, **given})
    return row, address.rsplit("/", 1)[1]


def report(token, toy, hours=3.0, **given):
    """The firm reports."""
    return outside.report(
        token, **{"text": "换了钢丝绳", "done": False, "files": [], **given}, at=AT + HOUR * hours, loaded=toy
    )


def test_firm_is_asked_by_sms_and_only_a_fingerprint_is_kept(order, toy):
    _, token = entrust(order, toy)
    kept = Entrusting.objects.get()
    assert (kept.fingerprint, crypto.unseal(kept.phone)) == (crypto.fingerprint(token), "13900002222")
    sms = Message.objects.get(topic="entrusted")
    assert crypto.unseal(sms.recipient) == "13900002222"
    assert sms.body["text"] == (
        "Mill Parish请您帮忙办一件事，3月5日前请打开 {link} 看说明、回报结果。链接只给您用，请不要转发。"
    )
    assert token not in str(sms.body)
    entry = order.entries.order_by("-seq")[0]
    assert (entry.move, entry.records["to"], "13900002222" in str(entry.records)) == ("entrust", "安达电梯公司", False)


def test_report_reaches_the_timeline_with_its_photo_and_the_unit_is_told(order, toy):
    _, token = entrust(order, toy)
    report(token, toy, done=True, files=[PHOTO])
    entry = order.entries.order_by("-seq")[0]
    assert (entry.move, entry.role, entry.actor) == ("outside_report", "channel", "安达电梯公司")
    assert [a.seq for a in order.attachments.all()] == [entry.seq]
    assert Message.objects.get(topic="outside_report").unit.code == "mill"
    assert verify().broken == []


def test_link_is_used_up_by_the_report_that_says_done(order, toy):
    _, token = entrust(order, toy)
    report(token, toy, done=True)
    with pytest.raises(Conflict) as caught:
        report(token, toy, hours=4)
    assert str(caught.value).startswith("您已经报过办完了")


def test_link_takes_as_many_reports_as_the_city_allows(order, toy):
    _, token = entrust(order, toy)
    for n in range(3):
        row = report(token, toy, hours=3 + n)
    assert (row.reports, row.used_at) == (3, AT + 5 * HOUR)
    with pytest.raises(Conflict):
        report(token, toy, hours=7)


def test_link_ends_at_its_last_moment(order, toy):
    _, token = entrust(order, toy, until=AT + DAY)
    assert outside.read(token, at=AT + DAY - timedelta(seconds=1)).name == "安达电梯公司"
    with pytest.raises(Conflict) as caught:
        outside.read(token, at=AT + DAY)
    assert str(caught.value).startswith("这个链接已经到期")


def test_link_taken_back_no_longer_works_and_the_timeline_says_why(order, toy):
    row, token = entrust(order, toy)
    outside.revoke(Entrusting.objects.get(pk=row.pk), reason="换了一家", by=clerk("mill"), at=AT + 3 * HOUR)
    with pytest.raises(Conflict) as caught:
        outside.read(token, at=AT + 4 * HOUR)
    assert str(caught.value).startswith("交给您的单位把这个链接收回了")
    assert order.entries.order_by("-seq")[0].records["note"] == "收回给安达电梯公司的链接：换了一家"
    with pytest.raises(Conflict):
        outside.revoke(Entrusting.objects.get(pk=row.pk), reason="再收", by=clerk("mill"), at=AT + 5 * HOUR)


def test_link_is_over_when_the_unit_has_reported(order, toy):
    _, token = entrust(order, toy)
    verbs.finish(parts(order), at=AT + 3 * HOUR)
    with pytest.raises(Conflict) as caught:
        report(token, toy, hours=4)
    assert str(caught.value) == "这件事单位已经收尾，不用再报了，谢谢。"


@pytest.mark.parametrize("token", ["", "x", "a" * 43])
def test_guessed_token_opens_nothing(order, toy, token):
    entrust(order, toy)
    with pytest.raises(Conflict) as caught:
        outside.read(token, at=AT + 3 * HOUR)
    assert str(caught.value).startswith("这个链接不对")


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"until": AT + 30 * DAY}, "链接最多用 7 天"), ({"until": AT}, "链接最多用 7 天"),
        ({"to": " "}, "请写明请谁帮办"),
        ({"phone": "12"}, "对方的电话看着不对"), ({"instruction": "打 138 0000 1234 找她"}, "说明里有市民的电话"),
        ({"instruction": "去找林晓"}, "说明里有市民的姓名"),
    ],
)  # fmt: skip
def test_what_would_give_the_citizen_away_or_last_too_long_is_refused(order, toy, given, start):
    with pytest.raises(BadInput) as caught:
        entrust(order, toy, **given)
    assert str(caught.value).startswith(start)
    assert not Entrusting.objects.exists()


def test_other_unit_cannot_entrust(order, toy):
    with pytest.raises(NotAllowed):
        entrust(order, toy, by=clerk("hill"))


def test_without_a_phone_no_message_leaves(order, toy):
    entrust(order, toy, phone="")
    assert not Message.objects.filter(topic="entrusted").exists()
