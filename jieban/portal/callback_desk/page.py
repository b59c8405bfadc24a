"""What stands on the callback console: the queue, the call in hand, and what deserves a second look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jieban.accounts.actor import Actor, Role
from jieban.callback import claims, leaders, queries, rules
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.city.terms import Script
from jieban.core import crypto
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A, S
from jieban.orders.models import Answer, Assignment, Attachment, Order
from jieban.portal import words

SHOWN = 60
# A first contact this shortly before the report is worth a question.
_AT_THE_LAST_MINUTE = timedelta(minutes=15)
_HISTORY = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    order: Order
    units: str
    try_no: int
    note: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth noticing; it decides nothing."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Try:
    """One try of this round, its outcome in words."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Call:
    """The order in hand and all that is shown beside the questions."""

    order: Order
    parts: list[Assignment]
    files: list[Attachment]
    tries: list[Try]
    history: list[Order]
    hints: list[Hint]
    name: str
    phone: str
    try_no: int
    last_try: bool
    units: str
    rework_due: datetime
    rework_pairs: str
    script: Script | None
    busy: str


def rows(actor: Actor, *, at: datetime, part: str) -> list[Row]:
    """The first lines of one part of the queue that nobody else has in hand; a leader's are those drawn today."""
    found = queries.queue(actor, at=at, part=part).filter(~Exists(claims.others(actor, at)))
    if actor.role == Role.LEADER:
        found = found.filter(pk__in=leaders.mine(actor, at=at).values("order"))
    return [_row(order, at) for order in found[:SHOWN]]


def held(actor: Actor, *, at: datetime) -> str:
    """The number of the order that the actor has in hand; empty where there is none."""
    mine = claims.mine(actor, at=at).filter(order__state=S.CALLBACK).first()
    return mine.order.number if mine else ""


def find(actor: Actor, number: str, *, at: datetime) -> QuerySet[Order]:
    """The order of that number if the actor may call about it, with what the console shows of it."""
    found = orders.visible_to(actor).filter(number=number)
    if actor.role == Role.LEADER:
        found = found.filter(pk__in=leaders.mine(actor, at=at).values("order"))
    return found.select_related("contact", "street", "district", "repeat_of")


def units(order: Order) -> list[tuple[int, str]]:
    """The units the citizen is asked about, by the number of their part: those not judged in this round before."""
    judged = Answer.objects.filter(assignment=OuterRef("pk"), round=OuterRef("round"))
    done = order.assignments.filter(~Exists(judged), state=A.COMPLETED).exclude(role="notice")
    return list(done.order_by("no").values_list("no", "unit__short"))


def call(order: Order, actor: Actor, *, at: datetime, loaded: Loaded) -> Call:
    """Everything about the order in hand."""
    parts = list(
        order.assignments.filter(state=A.COMPLETED).exclude(role="notice").select_related("unit").order_by("no")
    )
    files = list(order.attachments.exclude(stage="intake").order_by("seq", "pk"))
    history = _history(order, actor)
    contact = order.contact
    other = claims.holder(order, by=actor, at=at)
    return Call(
        order=order,
        parts=parts,
        files=files,
        tries=[Try(row.at, _(rules.OUTCOMES.get(row.outcome, row.outcome))) for row in queries.attempts(order)],
        history=history,
        hints=list(_hints(order, parts, files, history)),
        name=_called(crypto.unseal(contact.name), hidden=contact.anonymous),
        phone=words.masked(crypto.unseal(contact.phone)),
        try_no=order.attempts + 1,
        last_try=rules.exhausted(order.attempts + 1, loaded.pack.settings),
        units="、".join(part.unit.short for part in parts),
        rework_due=limits.again(loaded.pack, order.urgency, at=at).handle,
        rework_pairs=" ".join("-".join(pair) for pair in rules.again_after(order.round, loaded.pack.callbacks)),
        script=loaded.pack.callbacks.script(order.category),
        busy=other.person.name if other else "",
    )


def _row(order: Order, at: datetime) -> Row:
    done = [part for part in order.assignments.all() if part.state == A.COMPLETED and part.role != "notice"]
    return Row(order, "、".join(part.unit.short for part in done), order.attempts + 1, _note(order, at))


def _note(order: Order, at: datetime) -> str:
    again: datetime | None = order.again_at  # type: ignore[attr-defined]
    if again is not None and again > at:
        return _("约在 %s") % words.moment(timezone.localtime(again), timezone.localtime(at))
    if order.contact.call_window:
        return _("愿意 %s 接听") % order.contact.call_window
    return _("等了 %s") % words.span(at - (order.replied_at or order.moved_at))


def _called(name: str, *, hidden: bool) -> str:
    return name if name and not hidden else _("市民（没有留姓名）")


def _history(order: Order, actor: Actor) -> list[Order]:
    """Other orders of the same number that the actor may see, newest first."""
    index = order.contact.phone_index
    if not index:
        return []
    found = orders.visible_to(actor).filter(contact__phone_index=index).exclude(pk=order.pk)
    return list(found.order_by("-received_at")[:_HISTORY])


def _hints(
    order: Order, parts: Sequence[Assignment], files: Sequence[Attachment], history: Sequence[Order]
) -> Iterator[Hint]:
    if order.round > 1:
        yield Hint("refresh", _("第 %d 轮：上一轮市民说没解决或不满意") % order.round)
    if order.repeat_of_id:
        yield Hint("refresh", _("同一位市民 60 天内为同一处的同类事情来过，上次的编号是 %s") % order.repeat_of.number)  # type: ignore[union-attr]
    if not any(file.mime.startswith(("image/", "video/")) for file in files):
        yield Hint("photo", _("单位没有交现场照片"))
    yield from (hint for part in parts for hint in _of_part(part))
    open_now = sum(1 for other in history if not other.closed_at)
    if open_now:
        text = ngettext("这位市民还有 %d 件在办", "这位市民还有 %d 件在办", open_now)
        yield Hint("list-details", text % open_now)


def _of_part(part: Assignment) -> Iterator[Hint]:
    done, met = part.completed_at, part.responded_at
    if done and done > part.handle_due:
        yield Hint(
            "clock",
            _("%(unit)s超期 %(time)s才办结") % {"unit": part.unit.short, "time": words.span(done - part.handle_due)},
        )
    if done and met and done - met < _AT_THE_LAST_MINUTE:
        told = {"unit": part.unit.short, "time": words.span(done - met)}
        yield Hint("phone", _("%(unit)s在办结前 %(time)s才第一次联系市民") % told)
