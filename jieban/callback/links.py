"""One-time links for answering in the browser: made with the callback, good for one round, one use and some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from jieban.callback.models import Invite
from jieban.core.errors import Conflict
from jieban.orders import links
from jieban.orders.lifecycle import S
from jieban.orders.models import Order

PATH = "/survey/{token}"


def make(order: Order, *, days: int, at: datetime) -> tuple[Invite, str]:
    """An unsaved invite and the whole address to send; only the token's fingerprint is kept."""
    fingerprint, address = links.fresh(PATH)
    invite = Invite(
        order=order,
        round=order.round,
        fingerprint=fingerprint,
        made_at=at,
        until=at + timedelta(days=days),
    )
    return invite, address


def read(token: str, *, at: datetime) -> Invite:
    """The open invite of a token, with its order. Conflict says why a link no longer works and what to do."""
    found = links.find(Invite, token, "order")
    if found is None:
        raise Conflict("这个链接不对。请点短信里的完整链接，或用编号和电话后四位查进展。")
    if found.used_at is not None:
        raise Conflict("您已经评价过了，谢谢。想补充请拨 12345，或用编号和电话后四位查进展。")
    if at >= found.until:
        raise Conflict("这个链接过期了。请用编号和电话后四位查进展，在那里也能评价。")
    if found.order.state != S.CALLBACK or found.order.round != found.round:
        raise Conflict("这件事现在不在等您评价。请用编号和电话后四位看看办到哪一步了。")
    return found


def use(invite: Invite, *, at: datetime) -> None:
    """Take the invite, once: of two answers at the same moment the second gets a Conflict."""
    if not links.use(invite, at=at):
        raise Conflict("您已经评价过了。想补充请用编号和电话后四位查进展。")
