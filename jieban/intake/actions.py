"""Verbs of intake: take a matter into the record, and what may become of it before it is dispatched.

All go through `orders.actions.move`, in batches. Who may do what is in `orders/lifecycle.py`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.city.queries import Loaded
from jieban.core import canon, crypto
from jieban.core.errors import BadInput
from jieban.intake import queries
from jieban.intake.rules import Filing, Reply
from jieban.orders import actions as orders_door
from jieban.orders import numbering, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import HELD_ASSIGNMENT
from jieban.orders.models import Assignment, Attachment, Contact, Message, Order

RECEIPT = "您反映的事已受理，编号 {number}。用编号和手机号后四位可以随时查到谁在办、办到哪一步。"
UNSAID = "（内容涉及秘密或隐私，没有以明文保存）"
Columns = Mapping[str, Any]


def register(
    filings: Sequence[Filing], *, by: Actor, at: datetime, loaded: Loaded,
    columns: Sequence[Columns] = (), known: Mapping[queries.Key, Order] | None = None, confirm: bool = False,
) -> list[Order]:  # fmt: skip
    """Take filings (cleaned and checked) into the record: one order each, in their sequence.

    A filing that came before under the same source and source id gives its existing order, and nothing is written.
    `columns` are first values of order columns, one mapping a filing (what was suggested or chosen). `known` is the
    answer of `queries.known` where the caller has asked already. `at` is now; the filing's own moment may lie before.
    `confirm`: who left a number and wants SMS is told the order's number.
    """
    before = dict(queries.known(f.key for f in filings) if known is None else known)
    given = columns or [{}] * len(filings)
    new: dict[queries.Key, tuple[Filing, Columns]] = {}
    keys = [f.key if f.source_id else (f.source, crypto.token()) for f in filings]
    for key, filing, values in zip(keys, filings, given, strict=True):
        if key not in before:
            new.setdefault(key, (filing, values))
    days = [timezone.localdate(filing.at or at) for filing, _ in new.values()]
    numbers = numbering.take(days, prefix=loaded.pack.settings.order_prefix) if days else []
    steps = [
        _step(key, filing, values, number, by=by, at=at, pack=loaded.version_id)
        for (key, (filing, values)), number in zip(new.items(), numbers, strict=True)
    ]
    for step in steps if confirm else ():
        step.messages = outbox.to_citizen(step.order, "received", RECEIPT.format(number=step.order.number), at=at)
    orders_door.move(steps, "register", by=by, at=at)
    before |= {key: step.order for key, step in zip(new, steps, strict=True)}
    return [before[key] for key in keys]


def _step(
    key: queries.Key, filing: Filing, values: Columns, number: str, *, by: Actor, at: datetime, pack: int
) -> Step:
    contact = _contact(key, filing, by, at)
    secret = filing.confidential
    order = Order(
        number=number, contact=contact, received_at=contact.at, channel=filing.channel, pack_id=pack, moved_at=at,
        title=UNSAID if secret else filing.title, content=UNSAID if secret else filing.content,
        address=filing.address, confidential=secret, **values,
    )  # fmt: skip
    records: dict[str, Any] = {"channel": filing.channel, "words": canon.digest(contact.words)}
    if filing.facts:
        records["facts"] = dict(filing.facts)
    return Step(order, records=records, attachments=attachments(filing.files, stage="intake"))


def _contact(key: queries.Key, filing: Filing, by: Actor, at: datetime) -> Contact:
    return Contact(
        source=key[0], source_id=key[1], channel=filing.channel, at=filing.at or at, appellant=filing.appellant,
        name=crypto.seal(filing.name), phone=crypto.seal(filing.phone), phone_index=crypto.index(filing.phone),
        credit_code=crypto.seal(filing.credit_code), firm=crypto.seal(filing.firm), anonymous=filing.anonymous,
        hide_name=filing.hide_name,
        sms=filing.sms, call_window=filing.call_window, words=_words(filing), recording=filing.recording,
        agent_id=by.person_id,
    )  # fmt: skip


def _words(filing: Filing) -> str:
    """The citizen's own words; what must not lie in clear is sealed."""
    if not filing.confidential:
        return filing.content
    sealed = crypto.seal(f"{filing.title}\n{filing.content}")
    return queries.SEALED + base64.b64encode(sealed).decode()


def attachments(files: Sequence[Any], *, stage: str) -> list[Attachment]:
    """Rows for stored files (`rules.Kept`), not yet saved; the step that carries them saves them."""
    return [Attachment(name=f.name, mime=f.mime, size=f.size, sha256=f.sha256, stage=stage) for f in files]


def accept(
    orders: Sequence[Order], *, by: Actor, at: datetime, loaded: Loaded, columns: Sequence[Columns] = ()
) -> None:
    """The matter needs a unit: it waits for dispatch, with its urgency and the limits that follow from it.

    `columns` are order columns to set with it, one mapping an order. An order without an urgency is recorded with the
    middle clock of the pack, until the catalogue says which one it is. BadInput for an unknown urgency.
    """
    given = columns or [{}] * len(orders)
    named = [values.get("urgency") or order.urgency for order, values in zip(orders, given, strict=True)]
    profiles = {urgency: _profile(urgency, loaded) for urgency in set(named)}
    steps = [
        Step(order, changes=dict(values), records=profiles[urgency])
        for order, values, urgency in zip(orders, given, named, strict=True)
    ]
    orders_door.move(steps, "accept", by=by, at=at)


def _profile(urgency: str, loaded: Loaded) -> dict[str, Any]:
    names = list(loaded.pack.clocks)
    clock = loaded.pack.clocks.get(urgency or names[len(names) // 2])
    if clock is None:
        raise BadInput(f"没有“{urgency}”这一级时限，请先选紧急程度：{'、'.join(loaded.pack.clocks)}。")
    limits = {"dispatch": clock.dispatch, "sign": clock.sign, "respond": clock.respond, "handle": clock.handle}
    return {"urgency": urgency, "profile": {name: span.limit for name, span in limits.items()}}


def answer(orders: Sequence[Order], replies: Sequence[Reply], *, accepted: bool, by: Actor, at: datetime) -> None:
    """A consultation is answered at once: the article, its version and the text given are kept. One reply an order."""
    steps = [
        Step(order, records={"article": reply.article(), "text": reply.text, "accepted": accepted})
        for order, reply in zip(orders, replies, strict=True)
    ]
    orders_door.move(steps, "answer", by=by, at=at)


def transfer(orders: Sequence[Order], *, line: str, three_way: bool, by: Actor, at: datetime) -> None:
    """An emergency line acts first: `line` is its number, `three_way` whether all three were on the line."""
    records = {"line": line, "three_way": three_way}
    orders_door.move([Step(order, records=dict(records)) for order in orders], "transfer", by=by, at=at)


def guide(orders: Sequence[Order], *, ground: str, told: str, by: Actor, at: datetime) -> None:
    """The right way was told, which is the handling: the code of the ground and the very words."""
    if not told.strip():
        raise BadInput("请写明告诉了市民什么：找哪个机构，电话或网址是什么。")
    records = {"ground": ground, "told": told.strip()}
    orders_door.move([Step(order, records=dict(records)) for order in orders], "guide", by=by, at=at)


def close(orders: Sequence[Order], *, result: str, by: Actor, at: datetime) -> None:
    """The life of an answered, transferred or guided matter ends: `result` is answered, transferred or guided."""
    steps = [Step(order, changes={"closed_at": at}, records={"result": result}) for order in orders]
    orders_door.move(steps, "close", by=by, at=at)


def remark(orders: Sequence[Order], *, note: str, files: Sequence[Any] = (), by: Actor, at: datetime) -> None:
    """Somebody adds a word to open orders, with stored files; the units at work find it on their desks."""
    if not note.strip():
        raise BadInput("请写一句要补充的话。")
    told = _notices(orders, at)
    steps = [
        Step(
            order,
            records={"note": note.strip()},
            attachments=attachments(files, stage="remark"),
            messages=told.get(order.pk, []),
        )
        for order in orders
    ]
    orders_door.move(steps, "remark", by=by, at=at)


def _notices(orders: Sequence[Order], at: datetime) -> dict[int, list[Message]]:
    out: dict[int, list[Message]] = {}
    numbers = {order.pk: order.number for order in orders}
    for part in Assignment.objects.filter(order__in=orders, state__in=HELD_ASSIGNMENT):
        notice = outbox.to_unit(part.unit_id, "remark", at=at, number=numbers[part.order_id], no=part.no)
        out.setdefault(part.order_id, []).append(notice)
    return out
