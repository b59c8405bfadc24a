"""The unit asks the citizen for what is missing and waits; the citizen answers on the own page or by phone.

The clock runs on while it waits: only the centre stops a clock, and a question may be its proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict
from jieban.handling.files import copies
from jieban.handling.models import Question
from jieban.orders import actions, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.models import Assignment, Attachment, Message, Order

TEXT_MIN = 4


def waiting(order: Order) -> QuerySet[Question]:
    """The questions of an order that wait for the citizen, the oldest first."""
    return Question.objects.filter(assignment__order=order, answered_at=None, dropped_at=None).order_by("asked_at")


def ask(
    assignments: Sequence[Assignment], *, text: str, days: int, by: Actor, at: datetime, loaded: Loaded
) -> list[Question]:
    """Ask the citizens of these assignments; returns the questions. Who has no phone for messages is not written to.

    BadInput: nothing asked, or more days than the city allows. Conflict: a question of this assignment is still open.
    """
    holding.must_hold(assignments, by)
    most = loaded.pack.replies.question_days
    if len(text.strip()) < TEXT_MIN:
        raise BadInput("请写清楚要市民补充什么，例如“请拍一张漏水位置的照片”。")
    if not 1 <= days <= most:
        raise BadInput(f"等市民补充可以等 1 到 {most} 天，办理时限照走。")
    _none_open(assignments)
    until = at + timedelta(days=days)
    rows = [Question(assignment=part, text=text.strip(), asked_at=at, until=until) for part in assignments]
    told = {"question": text.strip(), "until": until.isoformat()}
    with actions.together():
        steps = [Step(p.order, p, records=dict(told), messages=_asked(p, until, at)) for p in assignments]
        actions.move(steps, "question", by=by, at=at)
        return Question.objects.bulk_create(rows)


def _none_open(assignments: Sequence[Assignment]) -> None:
    found = Question.objects.filter(assignment__in=assignments, answered_at=None, dropped_at=None)
    first = found.select_related("assignment__order").first()
    if first is not None:
        raise Conflict(f"{first.assignment.order.number} 已经在等市民补充。请等回话，或给市民打电话记下来。")


def answer(
    orders: Sequence[Order], *, words: str, by: Actor, at: datetime, files: Sequence[Attachment] = (), way: str = "web"
) -> None:
    """The citizen has answered what was asked (`way`: web or phone); the units that asked find it on their desks.

    BadInput: nothing said. Conflict: nothing of an order waits for an answer.
    """
    if not words.strip():
        raise BadInput("请写一句要补充的话。")
    open_ones = list(
        Question.objects.filter(assignment__order__in=orders, answered_at=None, dropped_at=None).select_related(
            "assignment"
        )
    )
    asked = {question.assignment.order_id for question in open_ones}
    for order in orders:
        if order.pk not in asked:
            raise Conflict(f"{order.number} 现在没有等您补充的问题。想多说一句，请用“补充”。")
    told = {"words": words.strip(), "way": way, "questions": [question.pk for question in open_ones]}
    with actions.together():
        steps = [
            Step(order, records=dict(told), attachments=copies(files), messages=_answered(order, open_ones, at))
            for order in orders
        ]
        actions.move(steps, "supplement", by=by, at=at)
        Question.objects.filter(pk__in=[question.pk for question in open_ones]).update(answered_at=at)


def _asked(part: Assignment, until: datetime, at: datetime) -> list[Message]:
    local = timezone.localtime(until)
    text = (
        f"{part.unit.name}办您反映的事（{part.order.number}），需要您补充一点情况。{local.month}月{local.day}日前"
        "请打开 {link}，或拨 12345 报编号。"
    )
    link = f"{settings.JIEBAN_PUBLIC_URL.rstrip('/')}/track?number={part.order.number}"
    return outbox.to_citizen(part.order, "question", text, at=at, link=link)


def _answered(order: Order, questions: Sequence[Question], at: datetime) -> list[Message]:
    parts = {q.assignment_id: q.assignment for q in questions if q.assignment.order_id == order.pk}
    return [
        outbox.to_unit(part.unit_id, "supplement", at=at, number=order.number, no=part.no) for part in parts.values()
    ]
