"""Verbs of time: more of it (延期), and a clock that rests (暂停).

The unit asks, the centre decides, the citizen is told in plain words. Every change counts the clocks anew from what
they were counted from (`reckoning`). Source: domain.md §2.2 T14 and T15.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.db.models import prefetch_related_objects
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.city import limits
from jieban.city.pack import Pack
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling.actions import _moment
from jieban.handling.files import copies
from jieban.handling.reckoning import Moved, Promises, count_anew
from jieban.orders import actions, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.models import Assignment, Attachment, Message

EXTENSION, SUSPENSION = "extension", "suspension"
REASON_MIN = 5


def ask_extension(
    assignments: Sequence[Assignment],
    *,
    until: datetime,
    reason: str,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment] = (),
) -> None:
    """The unit asks for time until `until`, before its limit has passed.

    BadInput: too late, too long, asked too often in this round, no reason, or no later than the limit it has.
    """
    _reason(reason, "为什么来不及，还差哪一步")
    holding.must_hold(assignments, by)
    for part in assignments:
        _may_ask(part, until, at, loaded.pack)
    asked = {
        "what": "extension",
        "until": until.isoformat(),
        "reason": reason.strip(),
        "at": at.isoformat(),
        "by": by.name,
        "by_id": by.person_id,
    }
    told = {"reason": reason.strip(), "until": until}
    steps = [
        Step(a.order, a, changes={"requested": asked}, records=told, attachments=copies(files)) for a in assignments
    ]
    actions.move(steps, "ask_extension", by=by, at=at)


def extend(
    assignments: Sequence[Assignment], *, until: datetime, reason: str, by: Actor, at: datetime, loaded: Loaded
) -> None:
    """The centre grants time until `until`, which may be sooner than asked; the citizen is told the new promise."""
    _reason(reason, "为什么同意")
    with _opened(assignments, by):
        promises = Promises(assignments)
        steps = []
        for part in assignments:
            _not_own(part, by)
            _within(part, until, at, loaded.pack)
            change = partial(limits.extended, at=at, until=until, asked=part.order.received_at)
            moved = count_anew(part, loaded, "extension", change)
            steps.append(_extended(part, moved, promises, until, reason, at))
        actions.move(steps, "extend", by=by, at=at)


def refuse_extension(assignments: Sequence[Assignment], *, reason: str, by: Actor, at: datetime) -> None:
    """The centre refuses: the limit stands, and the unit reads why."""
    _reason(reason, "为什么不同意")
    holding.must_hold(assignments, by)
    steps = [
        Step(
            a.order, a, changes={"requested": {}}, records={"reason": reason.strip()},
            messages=[_to_unit(a, "extension_refused", at)],
        )
        for a in assignments
    ]  # fmt: skip
    actions.move(steps, "refuse_extension", by=by, at=at)


def ask_suspension(
    assignments: Sequence[Assignment],
    *,
    cause: str,
    until: datetime,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment],
) -> None:
    """The unit asks the centre to let the clock rest until `until`, with proof. Conflict: it asks already."""
    _reason(cause, "为什么现在办不下去")
    _proven(files)
    holding.must_hold(assignments, by)
    for part in assignments:
        _rests_until(until, at, loaded.pack)
        if part.requested:
            raise Conflict(f"{part.order.number} 已经有一个申请在等中心答复，等答复了再提。")
    asked = {
        "what": SUSPENSION,
        "until": until.isoformat(),
        "reason": cause.strip(),
        "at": at.isoformat(),
        "by": by.name,
        "by_id": by.person_id,
    }
    told = {"what": SUSPENSION, "reason": cause.strip(), "until": until}
    steps = [
        Step(a.order, a, changes={"requested": asked}, records=told, attachments=copies(files)) for a in assignments
    ]
    actions.move(steps, "request", by=by, at=at)


def decline_suspension(assignments: Sequence[Assignment], *, reason: str, by: Actor, at: datetime) -> None:
    """The centre does not let the clock rest. Conflict: nobody asked for it."""
    _reason(reason, "为什么不同意")
    with _opened(assignments, by):
        for part in assignments:
            if part.requested.get("what") != SUSPENSION:
                raise Conflict(f"{part.order.number} 没有暂停申请在等答复，可能已经有人办了，请刷新页面。")
        steps = [
            Step(
                a.order, a, changes={"requested": {}}, records={"what": SUSPENSION, "reason": reason.strip()},
                messages=[_to_unit(a, "suspension_declined", at)],
            )
            for a in assignments
        ]  # fmt: skip
        actions.move(steps, "decline", by=by, at=at)


def suspend(
    assignments: Sequence[Assignment],
    *,
    cause: str,
    until: datetime,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment] = (),
) -> None:
    """The clock stops from `at`, at the longest until `until`: that long everything is due later.

    The proof is `files`, or those of the unit's request.
    """
    _reason(cause, "为什么暂停")
    _rests_until(until, at, loaded.pack)
    with _opened(assignments, by):
        asked = [part for part in assignments if part.requested.get("what") == SUSPENSION]
        if len(asked) < len(assignments):
            _proven(files)
        for part in asked:
            _not_own(part, by)
        promises = Promises(assignments)
        steps = [_suspended(part, cause.strip(), until, at, loaded, files, promises) for part in assignments]
        actions.move(steps, "suspend", by=by, at=at)


def resume(assignments: Sequence[Assignment], *, cause: str, by: Actor, at: datetime, loaded: Loaded) -> None:
    """The clock runs again; the rest is left out of every limit. It never counts longer than was said."""
    _reason(cause, "为什么恢复")
    with _opened(assignments, by):
        promises = Promises(assignments)
        steps = []
        for part in assignments:
            end = min(at, part.rest_until or at)
            moved = count_anew(part, loaded, "resume", partial(limits.resumed, at=timezone.localtime(end)))
            steps.append(_resumed(part, moved, promises, cause.strip(), at))
        actions.move(steps, "resume", by=by, at=at)


def _reason(text: str, what: str) -> None:
    if len(text.strip()) < REASON_MIN:
        raise BadInput(f"请写明{what}，至少 {REASON_MIN} 个字。")


def _proven(files: Sequence[Attachment]) -> None:
    if not files:
        raise BadInput("暂停计时要有凭据，请附上文件或照片，例如施工许可、停工通知、检测排期。")


def _may_ask(part: Assignment, until: datetime, at: datetime, pack: Pack) -> None:
    number = part.order.number
    if at >= part.handle_due:
        raise BadInput(f"{number} 已经过了办理时限，不能再申请延期。请尽快办结，或请中心督办协调。")
    if int(part.clock.get("extensions", 0)) >= pack.settings.extensions:
        raise BadInput(f"{number} 这一轮已经延过 {pack.settings.extensions} 次，不能再延。")
    _within(part, until, at, pack)


def _within(part: Assignment, until: datetime, at: datetime, pack: Pack) -> None:
    number, longest = part.order.number, limits.run_out(pack, pack.settings.extension_longest, at=part.handle_due)
    if until <= max(part.handle_due, at):
        raise BadInput(f"{number} 现在的时限是 {_moment(part.handle_due)}，新的时间要比它晚，也要在现在以后。")
    if until > longest:
        raise BadInput(f"{number} 最多延到 {_moment(longest)}，请选早一点的时间。")


def _not_own(part: Assignment, by: Actor) -> None:
    if by.person_id is not None and by.person_id == part.requested.get("by_id"):
        raise NotAllowed("自己提的申请不能自己批，请换一位。")


def _rests_until(until: datetime, at: datetime, pack: Pack) -> None:
    longest = limits.run_out(pack, pack.settings.suspension_longest, at=at)
    if until <= at:
        raise BadInput("暂停到的时间已经过了，请选以后的时间。")
    if until > longest:
        raise BadInput(f"一次最多暂停到 {_moment(longest)}，到时还办不下去再申请。")


@contextmanager
def _opened(assignments: Sequence[Assignment], by: Actor) -> Iterator[None]:
    """One transaction in which the assignments, which are the actor's or a rule's to act on, are locked."""
    if by.role == Role.RULE:
        prefetch_related_objects(assignments, "unit", "section", "order__contact")
    else:
        holding.must_hold(assignments, by)
    with actions.together() as book:
        book.lock([part.order for part in assignments], assignments)
        yield


def _extended(part: Assignment, moved: Moved, promises: Promises, until: datetime, reason: str, at: datetime) -> Step:
    order, due = part.order, promises.due(part, moved)
    text = f"您反映的事（{order.number}），{part.unit.name}需要多一些时间，热线中心同意了，{_moment(due)} 前答复您。"
    told = {"reason": reason.strip(), "until": until, "told": text, "clock": moved.told}
    messages = [*outbox.to_citizen(order, "extended", text, at=at), _to_unit(part, "extended", at)]
    return Step(
        order, part, changes={"requested": {}, **moved.columns}, order_changes={"due_at": due}, records=told,
        messages=messages,
    )  # fmt: skip


def _suspended(
    part: Assignment,
    cause: str,
    until: datetime,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment],
    promises: Promises,
) -> Step:
    rest = partial(limits.paused, at=timezone.localtime(at), until=timezone.localtime(until), cause="suspended")
    moved = count_anew(part, loaded, "suspended", rest)
    asked = part.requested.get("what") == SUSPENSION
    changes = {**moved.columns, "rest_until": until, "requested": {}, "warn_at": None}
    text = (
        f"您反映的事（{part.order.number}），{part.unit.name}现在办不下去：{cause.rstrip('。')}。"
        f"计时先停到 {_moment(until)}，到时接着办，我们会再告诉您。"
    )
    proof = [*(file.sha256 for file in files), *(["随申请提交"] if asked else [])]
    told = {"cause": cause, "until": until, "proof": proof, "told": text, "clock": moved.told}
    messages = [*outbox.to_citizen(part.order, "suspended", text, at=at), _to_unit(part, "suspended", at)]
    return Step(
        part.order, part, changes=changes, order_changes={"due_at": promises.due(part, moved)}, records=told,
        attachments=copies(files), messages=messages,
    )  # fmt: skip


def _resumed(part: Assignment, moved: Moved, promises: Promises, cause: str, at: datetime) -> Step:
    order, due = part.order, promises.due(part, moved)
    text = f"您反映的事（{order.number}），{part.unit.name}接着办了，{_moment(due)} 前答复您。"
    changes = {"rest_until": None, **moved.columns}
    told = {"cause": cause, "told": text, "clock": moved.told}
    messages = [*outbox.to_citizen(order, "resumed", text, at=at), _to_unit(part, "resumed", at)]
    return Step(order, part, changes=changes, order_changes={"due_at": due}, records=told, messages=messages)


def _to_unit(part: Assignment, topic: str, at: datetime) -> Message:
    to = part.section_id or part.unit_id
    return outbox.to_unit(to, topic, at=at, number=part.order.number, no=part.no)
