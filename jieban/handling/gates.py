"""What stands between a unit and 单位已办结: photos that the city asks for, and readers of the reply.

Each refusal says what is missing, why it is asked for and what to do; nothing typed is lost, since nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from jieban.accounts.actor import Actor
from jieban.city import queries as city
from jieban.city.models import Unit
from jieban.city.replies import Proof, Replies
from jieban.core.errors import BadInput, NotAllowed
from jieban.handling import rules
from jieban.handling.models import CheckChoice
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Attachment

_OVER = (A.COMPLETED, A.REDIRECTED, A.TERMINATED)
# Below a community, who did the work reports to the community; the community or the street reports to the citizen.
_REPORTS_UP = ("grid", "property_firm")


def levels(units: Iterable[Unit], replies: Replies) -> dict[int, tuple[str, ...]]:
    """The levels of checking of those units that have switched them on, by unit; one query."""
    able = {unit.pk: replies.levels.get(unit.kind, ()) for unit in units}
    wanted = [pk for pk, names in able.items() if names]
    if not wanted:
        return {}
    chosen = CheckChoice.objects.filter(unit__in=wanted, on=True).values_list("unit_id", flat=True)
    return {pk: able[pk] for pk in chosen}


def unchecked(assignments: Sequence[Assignment], *, at: datetime) -> None:
    """Refuse a report that must go through the checks of its unit first."""
    asked = levels({part.unit_id: part.unit for part in assignments}.values(), city.current(at=at).pack.replies)
    for part in assignments:
        if part.unit_id in asked:
            names = "、".join(asked[part.unit_id])
            raise BadInput(f"{part.unit.name}的答复要先经{names}看过才能发出。请用“答复送审”，写的内容都还在。")


def nobody_waits(assignments: Sequence[Assignment]) -> None:
    """事不完、人不撤: who has whistled reports last, when everybody called has a result or was let go."""
    wanted = Q(pk__in=[])
    for part in assignments:
        wanted |= Q(order=part.order_id, called_by=part.no)
    waiting = Assignment.objects.filter(wanted, came_by="whistle").exclude(state__in=_OVER)
    names = "、".join(part.unit.name for part in waiting.select_related("unit").order_by("no"))
    if names:
        raise BadInput(f"您吹哨叫来的{names}还没有报办结。等它报完，或让它回去并写明原因，再报单位已办结。")


def proven(
    assignments: Sequence[Assignment], result: str, files: Sequence[Attachment], *, by: Actor, at: datetime
) -> None:
    """Refuse a report of work done without the photos asked for in its category, and one by a grid or property firm."""
    for part in assignments:
        if part.section is not None and part.section_id == by.unit_id and part.section.kind in _REPORTS_UP:
            raise NotAllowed(f"办完了请用“交回上一级”，由{part.unit.name}报单位已办结。")
    if result not in rules.WORKED:
        return
    replies = city.current(at=at).pack.replies
    asked = {part.pk: one for part in assignments if (one := replies.proof(part.order.category)) is not None}
    for part, missing in _missing(assignments, asked, files):
        proof = asked[part.pk]
        raise BadInput(
            f"{part.order.number} 还缺{missing}的照片或视频（{proof.basis}）。"
            "办理前的可以用“写办理记录”补交；办理后的在这里一起交。写的内容都还在。"
        )


def missing(part: Assignment, replies: Replies, files: Sequence[Attachment] = ()) -> str:
    """What proof is still missing for an assignment, in words; "" where nothing is."""
    proof = replies.proof(part.order.category)
    found = _missing([part], {part.pk: proof} if proof else {}, files)
    return found[0][1] if found else ""


def _missing(
    assignments: Sequence[Assignment], asked: dict[int, Proof], files: Sequence[Attachment]
) -> list[tuple[Assignment, str]]:
    """Each assignment that lacks a photo, and of which stage; one query where anything is asked for."""
    concerned = [part for part in assignments if part.pk in asked]
    if not concerned:
        return []
    there = set(
        Attachment.objects.filter(order__in=[part.order_id for part in concerned])
        .filter(stage__in=("before", "after"))
        .values_list("order_id", "stage", "mime")
    )
    now = {(f.stage, f.mime) for f in files}
    out = []
    for part in concerned:
        seen = {stage for stage, mime in now if rules.shows(mime)}
        seen |= {stage for order, stage, mime in there if order == part.order_id and rules.shows(mime)}
        lacking = rules.lacking(asked[part.pk].before, asked[part.pk].after, seen)
        if lacking:
            out.append((part, lacking))
    return out
