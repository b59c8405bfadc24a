"""A party outside helps (外单位帮办): entrusted by a one-time link without an account, reports in words and photos.

The link says nothing of the citizen but what the unit writes, and the place where the unit shows it. It ends with its
last day, with the report that says the work is done, with the reports used up, or when the unit takes it back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.core.errors import BadInput, Conflict
from jieban.handling.files import copies
from jieban.handling.models import Entrusting
from jieban.orders import actions, holding, links, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.orders.models import Assignment, Attachment, Message

PATH = "/outside/{token}"
_PHONE = re.compile(r"^\+?\d[\d -]{5,18}\d$")
_LATE = "这个链接已经到期。还要报情况，请给交给您的单位打电话，请他们再发一个。"


def entrust(
    part: Assignment,
    *,
    to: str,
    purpose: str,
    phone: str,
    instruction: str,
    until: datetime,
    show_address: bool,
    by: Actor,
    at: datetime,
    loaded: Loaded,
) -> tuple[Entrusting, str]:
    """Ask somebody outside for help; returns the row and the whole address, which nobody can find out later.

    BadInput: nothing said, a number that cannot be a phone, a last day out of bounds, or the citizen's own phone or
    name in the instruction.
    """
    holding.must_hold([part], by)
    _check(part, to, phone, instruction)
    last = at + timedelta(days=loaded.pack.replies.outside_days)
    if not at < until <= last:
        raise BadInput(f"链接最多用 {loaded.pack.replies.outside_days} 天。请选今天以后、{_day(last)}以前的一天。")
    fingerprint, address = links.fresh(PATH)
    row = Entrusting(
        assignment=part, name=to.strip(), purpose=purpose.strip(), phone=crypto.seal(phone.strip()), by_id=by.person_id,
        instruction=instruction.strip(), show_address=show_address, fingerprint=fingerprint, made_at=at, until=until,
    )  # fmt: skip
    told = {"to": row.name, "purpose": row.purpose, "instruction": row.instruction, "until": until.isoformat()}
    with actions.together():
        actions.move(
            [Step(part.order, part, records=told, messages=_asked(part, row, address, at))], "entrust", by=by, at=at
        )
        row.save()
    return row, address


def _check(part: Assignment, to: str, phone: str, instruction: str) -> None:
    if not to.strip() or not instruction.strip():
        raise BadInput("请写明请谁帮办、要做什么。")
    if phone.strip() and not _PHONE.match(phone.strip()):
        raise BadInput("对方的电话看着不对。请写 11 位手机号或带区号的座机。")
    contact = part.order.contact
    private = {crypto.unseal(contact.phone): "电话", crypto.unseal(contact.name): "姓名"}
    plain = re.sub(r"[\s-]", "", instruction)
    for value, word in private.items():
        if len(value) > 1 and value in plain:
            raise BadInput(f"说明里有市民的{word}。外单位只看得到您写的这些，请把{word}去掉；要联系市民由本单位来。")


def revoke(row: Entrusting, *, reason: str, by: Actor, at: datetime) -> None:
    """Take the link back; what was reported stays. Conflict: it is closed already."""
    part = row.assignment
    holding.must_hold([part], by)
    if not reason.strip():
        raise BadInput("请写一句为什么收回链接。")
    with actions.together():
        if not Entrusting.objects.filter(pk=row.pk, used_at=None, revoked_at=None).update(revoked_at=at):
            raise Conflict("这个链接已经用完或收回了，不用再收。")
        told = {"note": f"收回给{row.name}的链接：{reason.strip()}"}
        actions.move([Step(part.order, part, records=told)], "note", by=by, at=at)


def read(token: str, *, at: datetime) -> Entrusting:
    """The open link of a token, with assignment, order and unit. Conflict says why it no longer works."""
    row = links.find(Entrusting, token, "assignment__order", "assignment__unit")
    if row is None:
        raise Conflict("这个链接不对。请点短信里的完整链接，或给交给您的单位打电话。")
    if row.revoked_at is not None:
        raise Conflict("交给您的单位把这个链接收回了。有疑问请给他们打电话。")
    if row.used_at is not None:
        raise Conflict("您已经报过办完了，链接用完了，谢谢。要补充请给交给您的单位打电话。")
    if at >= row.until:
        raise Conflict(_LATE)
    if row.assignment.state not in HELD_ASSIGNMENT:
        raise Conflict("这件事单位已经收尾，不用再报了，谢谢。")
    return row


def report(
    token: str, *, text: str, done: bool, files: Sequence[Attachment], at: datetime, loaded: Loaded
) -> Entrusting:
    """What the party outside did; `done` closes the link, and so does the last report that the city allows.

    Of two reports at the same moment that would both be the last, the second gets a Conflict and nothing is written.
    """
    row = read(token, at=at)
    if not text.strip():
        raise BadInput("请写一句做了什么，再提交。")
    part = row.assignment
    with actions.together():
        count = row.reports + 1
        last = done or count >= loaded.pack.replies.outside_reports
        taken = Entrusting.objects.filter(pk=row.pk, reports=row.reports, used_at=None, revoked_at=None)
        if not taken.update(reports=count, reported_at=at, used_at=at if last else None):
            raise Conflict("刚刚已经收到一份回报。请刷新这一页看看，没有收到您的再提交一次。")
        told: dict[str, Any] = {"by": row.name, "report": text.strip(), "done": done, "link": row.pk}
        step = Step(part.order, part, records=told, attachments=copies(files), messages=[_reported(part, at)])
        actions.move([step], "outside_report", by=actors.channel(row.name, client="link"), at=at)
    row.reports, row.reported_at, row.used_at = count, at, at if last else None
    return row


def _asked(part: Assignment, row: Entrusting, address: str, at: datetime) -> list[Message]:
    text = (
        f"{part.unit.name}请您帮忙办一件事，{_day(row.until)}前请打开 {{link}} 看说明、回报结果。"
        "链接只给您用，请不要转发。"
    )
    return outbox.to_outside(bytes(row.phone), "entrusted", text, at=at, number=part.order.number, link=address)


def _reported(part: Assignment, at: datetime) -> Message:
    return outbox.to_unit(
        part.section_id or part.unit_id, "outside_report", at=at, number=part.order.number, no=part.no
    )


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日"
