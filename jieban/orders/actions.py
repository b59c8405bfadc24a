"""The only door to the record: `move` changes rows and writes the timeline in one transaction, or does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from jieban.accounts.actor import Actor
from jieban.core import canon
from jieban.core.errors import Conflict, JiebanError, NotAllowed
from jieban.orders import chain, lifecycle
from jieban.orders.book import Book
from jieban.orders.models import Answer, Assignment, Attachment, Entry, Message, Order

_open_book: ContextVar[Book | None] = ContextVar("book", default=None)


@dataclass(slots=True)
class Step:
    """One order (or one assignment of it) that is to move, with all that goes with the move.

    `changes` are columns of the row that moves (of the assignment where one is given), `order_changes` columns of the
    order beside it; keys are column names as the database has them (`unit_id`, not `unit`).
    """

    order: Order
    assignment: Assignment | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    order_changes: dict[str, Any] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    opens: Sequence[Assignment] = ()
    answers: Sequence[Answer] = ()
    attachments: Sequence[Attachment] = ()
    messages: Sequence[Message] = ()


@contextmanager
def together() -> Iterator[Book]:
    """One transaction for several moves: rows are written once, at the end, in a fixed number of statements.

    Moves inside see each other's changes on the instances. An error anywhere leaves nothing written. Nests: the
    outermost `together` writes. An inner error that somebody catches still spoils the whole: half a batch is never
    written. After an error the instances handed in may be ahead of the database: read them again (orders not yet
    saved: make them again).
    """
    outer = _open_book.get()
    if outer is not None:
        with _spoiling(outer):
            yield outer
        return
    book = Book()
    handle = _open_book.set(book)
    try:
        with transaction.atomic():
            yield book
            book.write()
    finally:
        _open_book.reset(handle)


@contextmanager
def gathered() -> Iterator[Book]:
    """Like `together`, but nothing is written yet: `write` does it later, also in another thread.

    For orders that are all new. A step on an order of the record fails here, since nothing is locked.
    """
    if _open_book.get() is not None:
        raise JiebanError("Moves are gathered outside any other transaction of moves.")
    handle = _open_book.set(book := Book())
    try:
        yield book
    finally:
        _open_book.reset(handle)


def write(book: Book) -> None:
    """Write what was gathered, in the caller's transaction or one of its own."""
    with transaction.atomic():
        book.write()


@contextmanager
def _spoiling(book: Book) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        book.spoiled = error
        raise


def move(steps: Sequence[Step], name: str, *, by: Actor, at: datetime) -> list[Entry]:
    """Move every step along `name`: lock, check the table, change the rows, append the entries, queue the messages.

    Returns one entry a step. NotAllowed: the actor's role does not carry this move. Conflict: an order (or assignment)
    is not in a state from which the move leads on; then nothing of the whole batch is written. `at` is aware; an entry
    never lies before the one it follows.
    """
    rule = lifecycle.find(name)
    if by.role not in rule.by:
        raise NotAllowed(f"{by.name}（{by.role}）不能做“{name}”。可以做的岗位：{', '.join(sorted(rule.by))}。")
    with together() as book:
        book.lock((s.order for s in steps), (s.assignment for s in steps if s.assignment is not None))
        book.count_assignments(s.order for s in steps if s.opens)
        return [_take(book, step, rule, by, at) for step in steps]


def _take(book: Book, step: Step, rule: lifecycle.Move, by: Actor, at: datetime) -> Entry:
    order = book.order(step.order)
    part = book.assignment(step.assignment) if step.assignment is not None else None
    _check(order, part, step, rule)
    moving: Order | Assignment = part if part is not None else order
    for attachment in step.attachments:
        attachment.seq = order.entries_count + 1
    entry = Entry(
        order=order, at=max(at, order.moved_at or at), move=rule.name, role=str(by.role), person_id=by.person_id,
        unit_id=by.unit_id, actor=by.name, client=by.client, assignment_no=part.no if part else None,
        source=moving.state, target=moving.state if rule.to is None else rule.to,
        records=canon.plain(step.records), pack_id=order.pack_id,
    )  # fmt: skip
    entry.changes = _apply(book, step, order, part, str(entry.target))
    book.append(entry)
    for message in step.messages:
        message.order = order
    _file(step.attachments, order, entry.seq)
    book.attachments += step.attachments
    book.messages += step.messages
    return entry


def _file(attachments: Sequence[Attachment], order: Order, seq: int) -> None:
    for attachment in attachments:
        attachment.order, attachment.seq = order, seq


def _check(order: Order, part: Assignment | None, step: Step, rule: lifecycle.Move) -> None:
    if (rule.name in lifecycle.ASSIGNMENT_MOVES) != (part is not None):
        raise JiebanError(f"The move {rule.name} needs {'an' if part is None else 'no'} assignment.")
    if part is not None and (part.order is not order if part.pk is None else part.order_id != order.pk):
        raise JiebanError(f"Assignment {part} is not one of order {order.number}.")
    state = part.state if part is not None else order.state
    if state not in rule.from_:
        labels: dict[Any, str] = {**lifecycle.ORDER_LABELS, **lifecycle.ASSIGNMENT_LABELS}
        raise Conflict(f"{order.number} 现在是“{labels[state]}”，不能做“{rule.name}”。请刷新页面看看谁先办了。")
    if part is not None and order.state == lifecycle.S.ARCHIVED:
        raise Conflict(f"{order.number} 已经归档，不能再动。要改请先找热线中心。")
    missing = [key for key in rule.records if key not in step.records]
    if missing:
        raise JiebanError(f"The move {rule.name} must record {', '.join(missing)}.")
    _check_columns(step, rule, part)


def _check_columns(step: Step, rule: lifecycle.Move, part: Assignment | None) -> None:
    """Steps change told columns only; never the state, and 解决 or 满意 only where the citizen has said so."""
    own = fields(Order if part is None else Assignment)
    strange = (step.changes.keys() - own) | (step.order_changes.keys() - fields(Order))
    if strange:
        raise JiebanError(f"The move {rule.name} cannot change {', '.join(sorted(strange))}.")
    said = {**step.order_changes, **({} if part is not None else step.changes)}
    if rule.name != "ask" and any(said.get(column) for column in lifecycle.SAID_BY_CITIZENS):
        raise JiebanError(f"The move {rule.name} cannot set 解决 or 满意: only the citizen's answer does.")


def _apply(book: Book, step: Step, order: Order, part: Assignment | None, target: str) -> dict[str, Any]:
    """Change the rows in memory; return what the entry tells of it."""
    out: dict[str, Any] = {"order": {}, "assignments": {}}
    if not order.entries_count:
        out["contact"] = chain.mark_of(order.contact)
    if part is None:
        out["order"] = _set(book, order, {**step.order_changes, **step.changes, "state": target})
    else:
        out["order"] = _set(book, order, step.order_changes)
        out["assignments"][str(part.no)] = _set(book, part, {**step.changes, "state": target})
    for opened in step.opens:
        no = _open(book, order, opened)
        out["assignments"][str(no)] = chain.first(opened)
    for answer in step.answers:
        answer.order = order
        answer.assignment = book.assignment(answer.assignment)
        out.setdefault("answers", {})[f"{answer.assignment.no}/{answer.round}"] = chain.first(answer)
    book.answers += step.answers
    if step.attachments:
        out["attachments"] = [chain.first(a) for a in step.attachments]
    return {key: said for key, said in out.items() if said}


def _open(book: Book, order: Order, opened: Assignment) -> int:
    opened.order, opened.no, opened.state = order, book.next_no(order), lifecycle.A.SENT.value
    book.new_assignments.append(opened)
    return opened.no


def _set(book: Book, row: Order | Assignment, values: dict[str, Any]) -> dict[str, Any]:
    """Write values to the instance and return those that changed; of a row not yet saved, everything it says."""
    new = row.pk is None
    if new and isinstance(row, Order) and not row.entries_count:
        for name, value in values.items():
            setattr(row, name, value)
        book.new_orders.append(row)
        return chain.first(row)
    changed = {n: v for n, v in values.items() if getattr(row, n) != v}
    for name, value in changed.items():
        setattr(row, name, value)
    if not new:
        book.touched[type(row)] |= set(changed)
    told = chain.columns(type(row))
    return chain.fitting(type(row), {name: canon.plain(value) for name, value in changed.items() if name in told})


def fields(table: type[models.Model]) -> frozenset[str]:
    """The column names a step may change."""
    return chain.changeable(table)
