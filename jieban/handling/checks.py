"""Three-level check (三级把关): a reply goes up the levels of its unit before it leaves, each read by somebody else.

A draft is on the assignment: who wrote it, how far it has come, until when the next level should have read it. Where a
unit has switched no levels on, replies leave at once, as ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from jieban.accounts.actor import Actor, Role
from jieban.city import limits
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import actions as work
from jieban.handling import gates, rules
from jieban.handling.files import copies
from jieban.handling.models import CheckChoice
from jieban.orders import actions, holding, outbox
from jieban.orders import queries as orders
from jieban.orders.actions import Step
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Attachment, Message

WAITING, RETURNED = "waiting", "returned"
READERS = (Role.CHIEF, Role.DISTRICT)


def switch(unit: Unit, *, on: bool, by: Actor, at: datetime) -> None:
    """The unit's chief has replies checked from now on, or no longer. Drafts on their way go on as they are."""
    if by.role not in READERS or by.unit_id != unit.pk:
        raise NotAllowed("要不要三级把关由本单位负责人定。")
    CheckChoice.objects.update_or_create(unit=unit, defaults={"on": on, "by_id": by.person_id, "at": at})


def draft_of(part: Assignment) -> Mapping[str, Any]:
    """The draft of this round; empty where there is none."""
    return part.draft if part.draft and part.draft.get("round") == part.round else {}


def submit(
    assignments: Sequence[Assignment],
    *,
    result: str,
    measures: str,
    reply: str,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    files: Sequence[Attachment] = (),
) -> None:
    """Put a reply on its way up. BadInput: it is incomplete, photos are missing, or the unit has no checks.

    Conflict: one is on its way already.
    """
    rules.check_result(result, measures, reply)
    holding.must_hold(assignments, by)
    gates.proven(assignments, result, files, by=by, at=at)
    asked = gates.levels({part.unit_id: part.unit for part in assignments}.values(), loaded.pack.replies)
    due = limits.run_out(loaded.pack, loaded.pack.replies.check, at=at)
    steps = []
    for part in assignments:
        if part.unit_id not in asked:
            raise BadInput(f"{part.unit.name}没有开三级把关，直接报单位已办结就行。")
        if draft_of(part).get("state") == WAITING:
            raise Conflict(f"{part.order.number} 的答复已经送审，正等着看。要改请先请审核人退回。")
        names = asked[part.unit_id]
        draft = {
            "state": WAITING, "round": part.round, "result": result, "measures": measures.strip(),
            "reply": reply.strip(), "by": by.person_id, "name": by.name, "at": at.isoformat(), "due": due.isoformat(),
            "levels": list(names), "checked": [],
        }  # fmt: skip
        told = {"level": names[0], "reply": reply.strip(), "measures": measures.strip(), "result": result}
        steps.append(
            Step(
                part.order, part, changes={"draft": draft}, records=told, attachments=copies(files),
                messages=[_to_read(part, names[0], at)],
            )
        )  # fmt: skip
    actions.move(steps, "submit", by=by, at=at)


def check(part: Assignment, *, passed: bool, words: str, by: Actor, at: datetime, loaded: Loaded) -> bool:
    """The next level has read it: it goes on, or back with words. True when it has left, 单位已办结.

    NotAllowed: not a chief, the writer, or somebody who has checked it at another level. BadInput: sent back without a
    word. Conflict: nothing waits.
    """
    holding.must_hold([part], by)
    with actions.together() as book:
        book.lock([part.order], [part])
        draft = dict(draft_of(part))
        _may(draft, by, part)
        if not passed and not words.strip():
            raise BadInput("退回请写一句哪里要改，承办人才好改。")
        level = draft["levels"][len(draft["checked"])]
        late = at > datetime.fromisoformat(draft["due"])
        seen = {"level": level, "name": by.name, "by": by.person_id, "at": at.isoformat(), "late": late}
        told = {"level": level, "verdict": "passed" if passed else "returned", "words": words.strip(), "late": late}
        draft["checked"] = [*draft["checked"], seen] if passed else []
        left = passed and len(draft["checked"]) == len(draft["levels"])
        draft |= _next(draft, passed, words, at, loaded)
        step = Step(part.order, part, changes={"draft": draft}, records=told, messages=_told(part, draft, left, at))
        actions.move([step], "check", by=by, at=at)
        if left:
            readers = [{"level": one["level"], "name": one["name"], "at": one["at"]} for one in draft["checked"]]
            said = {key: draft[key] for key in ("result", "measures", "reply")}
            work.finish([part], **said, by=by, at=at, checked=[{"level": "", "name": draft["name"]}, *readers])
    return left


def _may(draft: Mapping[str, Any], by: Actor, part: Assignment) -> None:
    if draft.get("state") != WAITING:
        raise Conflict(f"{part.order.number} 没有等着看的答复，可能别人先看了。请刷新页面。")
    if by.role not in READERS:
        raise NotAllowed("答复由负责人岗位的人看。")
    if by.person_id == draft["by"]:
        raise NotAllowed("自己写的答复不能自己看，请换一位负责人。")
    if by.person_id in {one["by"] for one in draft["checked"]}:
        raise NotAllowed("您在前一级已经看过这份答复，下一级要换一位负责人。")


def _next(draft: Mapping[str, Any], passed: bool, words: str, at: datetime, loaded: Loaded) -> dict[str, Any]:
    due = limits.run_out(loaded.pack, loaded.pack.replies.check, at=at).isoformat()
    return {"state": WAITING if passed else RETURNED, "due": due, "words": words.strip()}


def waiting_for(actor: Actor) -> QuerySet[Assignment]:
    """The assignments in the actor's sight whose reply waits to be read, the longest waiting first."""
    found = orders.assignments_of(actor).filter(state__in=(A.RESPONDED, A.HANDLING), draft__state=WAITING)
    return found.select_related("order", "unit", "section", "handler").order_by("handle_due", "pk")


def _to_read(part: Assignment, level: str, at: datetime) -> Message:
    return outbox.to_unit(part.unit_id, "to_check", at=at, number=part.order.number, no=part.no, level=level)


def _told(part: Assignment, draft: Mapping[str, Any], left: bool, at: datetime) -> list[Message]:
    if left:
        return []
    if draft["state"] == WAITING:
        return [_to_read(part, draft["levels"][len(draft["checked"])], at)]
    return [
        outbox.to_unit(part.section_id or part.unit_id, "check_returned", at=at, number=part.order.number, no=part.no)
    ]
