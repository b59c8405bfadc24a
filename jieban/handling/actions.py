"""Verbs of the handling unit: sign, contact the citizen, note, hand down, complete. One is a batch of one.

单位已办结 is all a unit can say. Whether the matter is solved is asked of the citizen afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Sight
from jieban.accounts.models import Person
from jieban.city.models import Unit
from jieban.core.errors import BadInput
from jieban.handling import gates, rules
from jieban.handling.files import copies
from jieban.orders import actions, handover, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.book import Book
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Attachment, Message, Order

_ENDED = (A.REDIRECTED, A.TERMINATED)
_AT_WORK = (S.DISPATCHED, S.HANDLING, S.REWORK)


def sign(assignments: Sequence[Assignment], *, by: Actor, at: datetime) -> None:
    """The unit has received them. Conflict, and nothing signed, where one is no longer waiting to be signed.

    A unit that was handing one of them over is let go.
    """
    holding.must_hold(assignments, by)
    steps = [Step(a.order, a, changes={"signed_at": at}) for a in assignments]
    with actions.together():
        actions.move(steps, "sign", by=by, at=at)
        handover.settle(assignments, at=at, client=by.client)


def acknowledge(assignments: Sequence[Assignment], *, by: Actor, at: datetime) -> None:
    """A unit that was only told about an order (央产, 知会) has read it; it need do no more.

    BadInput: one that the unit has to work on.
    """
    holding.must_hold(assignments, by, told=True)
    for part in assignments:
        if part.role != "notice":
            raise BadInput(f"{part.order.number} 要由{part.unit.name}办，请签收。")
    steps = [Step(a.order, a, changes={"signed_at": at}, records={"told": True}) for a in assignments]
    actions.move(steps, "sign", by=by, at=at)


def respond(
    assignments: Sequence[Assignment], *, way: str, outcome: str, by: Actor, at: datetime, note: str = ""
) -> None:
    """The first contact with the citizen. One that reached nobody is noted and the response clock runs on.

    `way` and `outcome` are of `rules.WAYS` and `rules.OUTCOMES`.
    """
    rules.check_contact(way, outcome)
    holding.must_hold(assignments, by)
    told = {"way": way, "outcome": outcome, "note": note.strip()}
    if outcome != rules.REACHED:
        told["note"] = note.strip() or f"{rules.WAYS[way]}联系：{rules.OUTCOMES[outcome]}"
        actions.move([Step(a.order, a, records=told) for a in assignments], "note", by=by, at=at)
        return
    steps = [
        Step(a.order, a, changes={"responded_at": at}, records=told, messages=_contacted(a, at)) for a in assignments
    ]
    with actions.together() as book:
        actions.move(steps, "respond", by=by, at=at)
        begin(steps, book, by=by, at=at)


def begin(steps: Sequence[Step], book: Book, *, by: Actor, at: datetime) -> None:
    """Set those orders of the steps going at which nobody was at work yet."""
    waiting = [o for o in _orders(steps, book) if o.state in (S.DISPATCHED, S.REWORK)]
    actions.move([Step(o) for o in waiting], "begin", by=by, at=at)


def start(assignments: Sequence[Assignment], *, route: str, by: Actor, at: datetime) -> None:
    """Somebody inside is at work; `route` says who, in words."""
    holding.must_hold(assignments, by)
    actions.move([Step(a.order, a, records={"route": route}) for a in assignments], "start", by=by, at=at)


def note(
    assignments: Sequence[Assignment], *, text: str, by: Actor, at: datetime, files: Sequence[Attachment] = ()
) -> None:
    """Write down what was done, with files (unsaved rows whose bytes are stored already)."""
    if not text.strip():
        raise BadInput("请写明做了什么，再保存。")
    holding.must_hold(assignments, by)
    steps = [Step(a.order, a, records={"note": text.strip()}, attachments=copies(files)) for a in assignments]
    actions.move(steps, "note", by=by, at=at)


def hand_down(
    assignments: Sequence[Assignment],
    *,
    to: Unit,
    instruction: str,
    by: Actor,
    at: datetime,
    handler: Person | None = None,
) -> None:
    """Give the work to a section, community, grid or property firm of the unit, or to a person there.

    The unit stays responsible, and a community may hand on to its own grids: `section` is the deepest, the entries are
    the trail (`tree.trail`).

    An assignment whose citizen has been contacted goes on to 办理中. BadInput: `to` is not of the unit, or `handler`
    holds no post there.
    """
    holding.must_hold(assignments, by)
    _check_below(assignments, to, handler, by, at)
    told = {"to": to.name, "unit": to.code, "handler": handler.name if handler else "", "instruction": instruction}
    changes = {"section_id": to.pk, "handler_id": handler.pk if handler else None}
    with actions.together() as book:
        steps = [Step(a.order, a, changes=changes, records=told, messages=[_handed(a, to, at)]) for a in assignments]
        actions.move(steps, "hand_down", by=by, at=at)
        parts = [book.assignment(a) for a in assignments]
        begun = [Step(a.order, a, records={"route": to.name}) for a in parts if a.state == A.RESPONDED]
        actions.move(begun, "start", by=by, at=at)


def complete(
    assignments: Sequence[Assignment],
    *,
    result: str,
    measures: str,
    reply: str,
    by: Actor,
    at: datetime,
    files: Sequence[Attachment] = (),
) -> None:
    """单位已办结: what came of it (`rules.RESULTS`), what was done, and the answer to the citizen.

    BadInput where photos are asked for and missing, or where the reply must be checked first (`gates`). When every
    lead and assistant of an order has reported, the order is replied; units that were only told are let go.
    """
    rules.check_result(result, measures, reply)
    holding.must_hold(assignments, by)
    gates.unchecked(assignments, at=at)
    finish(assignments, result=result, measures=measures, reply=reply, by=by, at=at, files=files)


def finish(
    assignments: Sequence[Assignment],
    *,
    result: str,
    measures: str,
    reply: str,
    by: Actor,
    at: datetime,
    files: Sequence[Attachment] = (),
    checked: Sequence[Mapping[str, str]] = (),
) -> None:
    """Let a reply leave that has passed the checks of its unit, or needs none; `checked` says who has read it."""
    gates.nobody_waits(assignments)
    gates.proven(assignments, result, files, by=by, at=at)
    told: dict[str, Any] = {"result": result, "measures": measures.strip(), "reply": reply.strip()}
    told |= {"checked": list(checked)} if checked else {}
    changes = {"result": result, "reply": reply.strip(), "completed_at": at, "draft": {}, "warn_at": None}
    steps = [
        Step(a.order, a, changes=changes, records=told, attachments=copies(files), messages=_completed(a, at))
        for a in assignments
    ]
    with actions.together() as book:
        book.lock([a.order for a in assignments], assignments)
        for part in map(book.assignment, assignments):
            rules.check_round(part.round, part.differently)
        actions.move(steps, "complete", by=by, at=at)
        conclude(steps, book, at=at, client=by.client)


def conclude(steps: Sequence[Step], book: Book, *, at: datetime, client: str) -> None:
    """Close the unit's side of those orders of the steps whose every lead and assistant has reported."""
    orders = _orders(steps, book)
    rule = actors.rule("各单位均已办结", client=client)
    found = Assignment.objects.filter(order__in=orders).select_related("unit").order_by("no")
    parts: dict[int, list[Assignment]] = {}
    for row in found:
        parts.setdefault(row.order_id, []).append(book.assignment(row))
    done = [o for o in orders if o.state in _AT_WORK and all(map(_reported, parts[o.pk]))]
    told = [
        Step(a.order, a, changes={"ended_at": at}, records={"reason": "知会单位无须办理，随工单办结"})
        for order in done
        for a in parts[order.pk]
        if a.role == "notice" and a.state in (A.SENT, A.SIGNED)
    ]
    actions.move(told, "withdraw", by=rule, at=at)
    steps = [
        Step(order, changes={"replied_at": at}, records={"units": [_who(a) for a in parts[order.pk] if _worked(a)]})
        for order in done
    ]
    actions.move(steps, "conclude", by=rule, at=at)


def _reported(part: Assignment) -> bool:
    return part.role == "notice" or part.state in (A.COMPLETED, *_ENDED)


def _worked(part: Assignment) -> bool:
    return part.role != "notice" and part.state == A.COMPLETED


def _who(part: Assignment) -> dict[str, str]:
    return {"unit": part.unit.code, "name": part.unit.name, "role": part.role, "result": part.result}


def _check_below(assignments: Sequence[Assignment], to: Unit, handler: Person | None, by: Actor, at: datetime) -> None:
    for part in assignments:
        if not to.path.startswith(part.unit.path) or (to.pk == part.unit_id and handler is None):
            raise BadInput(f"{to.name} 不是{part.unit.name}的科室或社区，请重新选择。")
    if by.sight == Sight.TREE and not to.path.startswith(by.unit_path):
        raise BadInput(f"{to.name} 不在{by.unit_name}下面。只能交给自己下面的科室、社区、网格或物业。")
    if handler is not None and not accounts.sits(handler.pk, to.path, at=at):
        raise BadInput(f"{handler.name} 在{to.name}没有岗位，请换一位，或先给他加上岗位。")


def _orders(steps: Iterable[Step], book: Book) -> list[Order]:
    """The orders of the steps, each once, as the open book has them."""
    return list({order.pk: order for order in (book.order(step.order) for step in steps)}.values())


def _contacted(part: Assignment, at: datetime) -> list[Message]:
    text = (
        f"您反映的事（{part.order.number}）由{part.unit.name}办理，已经联系过您，{_moment(part.handle_due)} 前答复您。"
    )
    return outbox.to_citizen(part.order, "contacted", text, at=at, urgent=rules.urgent(part.handle_due, at))


def _completed(part: Assignment, at: datetime) -> list[Message]:
    text = f"您反映的事（{part.order.number}），{part.unit.name}说办完了。是否解决由您来说，我们会问您。"
    urgent = rules.urgent(part.handle_due, at)
    return outbox.to_citizen(part.order, "completed", text, at=at, urgent=urgent) if part.role == "lead" else []


def _handed(part: Assignment, to: Unit, at: datetime) -> Message:
    pressing = rules.urgent(part.handle_due, at)
    return outbox.to_unit(to.pk, "handed_down", at=at, urgent=pressing, number=part.order.number, no=part.no)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
