"""Verbs by which another unit takes over: the regulator from a firm, and those to whom a district passes on.

Each is one transaction: the one is let go (`withdraw`), the other comes in (`join`), both and the citizen are told. The
citizen's clock never moves; who comes in later gets what is left of it, half a fresh limit at least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.city.pack import Pack
from jieban.city.queries import Loaded
from jieban.city.ways import FIRM_FIRST
from jieban.core.errors import BadInput
from jieban.dispatch import opening, queries, rules
from jieban.dispatch.opening import Batch
from jieban.dispatch.rules import ASSIST, LEAD, Target
from jieban.orders import actions, holding, outbox
from jieban.orders.actions import Step
from jieban.orders.lifecycle import HELD_ASSIGNMENT, A
from jieban.orders.models import Assignment, Message, Order

GREEN, PASSED_ON = "green", "pass_on"
# Why a firm is let go, and how it is said.
FAILED = {
    "objected": "企业提出异议", "unsolved": "市民回访说没谈成", "unsigned": "企业没有按时签收",
    "unanswered": "企业没有按时答复市民", "unsettled": "企业没有按时给出方案",
}  # fmt: skip


def failed(part: Assignment, *, at: datetime) -> str:
    """Why the regulator takes over from a firm that went first (a key of `FAILED`); empty while it may go on."""
    if part.state == A.OBJECTION:
        return "objected"
    if part.round > 1:
        return "unsolved"
    if part.state == A.SENT and part.sign_due < at:
        return "unsigned"
    if part.responded_at is None and part.respond_due < at:
        return "unanswered"
    return "unsettled" if part.handle_due < at else ""


def take_over(
    parts: Sequence[Assignment], why: Mapping[int, str], *, by: Actor, at: datetime, loaded: Loaded
) -> list[Assignment]:
    """The regulator named on each order takes over from the firm; where nobody is known, the order waits for a person.

    `parts` are firms' assignments with order, contact and unit fetched, `why` the reason of each by its id.
    """
    batch = Batch(at, loaded)
    pairs = [(part, _behind(part.order, loaded)) for part in parts]
    joins = [_in_for_firm(part, code, why[part.pk], batch) for part, code in pairs if code]
    lost = [part for part, code in pairs if not code]
    with actions.together():
        actions.move([_out(part, FAILED[why[part.pk]], at) for part in parts], "withdraw", by=by, at=at)
        actions.move(joins, "join", by=by, at=at)
        recalled = [Step(p.order, records={"reason": f"{FAILED[why[p.pk]]}，不知道由谁接手"}) for p in lost]
        actions.move(recalled, "recall", by=by, at=at)
    return [opened for step in joins for opened in step.opens]


def pass_on(
    part: Assignment, targets: Sequence[Target], reason: str, *, keep: bool, by: Actor, at: datetime, loaded: Loaded
) -> list[Assignment]:
    """A district sends an order that came to it on to units of its area. `keep`: it leads on (首接负责), they assist.

    BadInput: not the district's own, a unit outside its area or already at work on it, no reason.
    """
    holding.must_hold([part], by)
    district = part.unit
    chosen = [Target(t.unit, ASSIST) if keep else t for t in targets]
    _check_on(part, chosen, reason, keep, at, loaded)
    batch = Batch(at, loaded)
    words = f"{district.name}转派：{reason.strip()} → {rules.told(chosen, loaded.pack)}"
    said = {"passed_on": {"from": district.code, "keep": keep, "at": at.isoformat(), "reason": words}}
    with actions.together():
        if not keep:
            actions.move([_out(part, f"已转派给{rules.told(chosen, loaded.pack)}", at)], "withdraw", by=by, at=at)
        step = _join(part.order, tuple(chosen), words, said, came_by=PASSED_ON, due=part.handle_due, batch=batch)
        step.records["first"] = {"unit": district.code, "name": district.name, "keep": keep}
        actions.move([step], "join", by=by, at=at)
    return list(step.opens)


def _behind(order: Order, loaded: Loaded) -> str:
    """Who takes over: named on the order, else the pack's fallback; empty where neither is known or it is at work."""
    named = str(order.dispatch.get("fallback") or "")
    match = None if named in loaded.unit_ids else rules.fallback(queries.facts(order, loaded), loaded.pack)
    return named if match is None and named in loaded.unit_ids else match.targets[0].unit if match else ""


def _in_for_firm(part: Assignment, code: str, why: str, batch: Batch) -> Step:
    order, name = part.order, batch.loaded.pack.units[code].name
    words = f"绿色通道：{FAILED[why]}，由{name}接着办"
    said = {"fell_back": {"why": why, "from": part.unit.code, "to": code, "at": batch.at.isoformat()}}
    step = _join(order, (Target(code, LEAD),), words, said, came_by=GREEN, due=order.due_at, batch=batch)
    step.records["why"] = why
    return step


def _join(
    order: Order, targets: tuple[Target, ...], words: str, said: Mapping[str, Any], *,
    came_by: str, due: datetime | None, batch: Batch,
) -> Step:  # fmt: skip
    urgency = order.urgency or batch.usual()
    own = {target: batch.left(order, target, urgency, due) for target in targets}
    duty = str(order.dispatch.get("duty") or "")
    return Step(
        order,
        changes={"dispatch": {**order.dispatch, **said}},
        records={
            "units": opening.units_told(targets, batch.loaded), "reason": words, "duty": duty,
            "limits": opening.limits_told(urgency, own[targets[0]]), "version": batch.loaded.number,
        },
        opens=[
            opening.assignment(target, clocks, urgency=urgency, duty=duty, came_by=came_by, batch=batch)
            for target, clocks in own.items()
        ],
        messages=[
            *(opening.notice(order, target, clocks, urgency=urgency, batch=batch) for target, clocks in own.items()),
            *_told_citizen(order, targets, own[targets[0]].handle, batch),
        ],
    )  # fmt: skip


def _told_citizen(order: Order, targets: tuple[Target, ...], until: datetime, batch: Batch) -> list[Message]:
    lead = next((target for target in targets if target.role == LEAD), None)
    if lead is None:
        return []
    local = timezone.localtime(until)
    name, moment = batch.loaded.pack.units[lead.unit].name, f"{local.month}月{local.day}日 {local:%H:%M}"
    text = f"您反映的事（{order.number}）改由{name}接着办，{moment} 前答复您。"
    return outbox.to_citizen(order, "taken_over", text, at=batch.at)


def _out(part: Assignment, reason: str, at: datetime) -> Step:
    told = outbox.to_unit(part.unit_id, "withdrawn", at=at, number=part.order.number, no=part.no, reason=reason)
    return Step(part.order, part, changes={"ended_at": at}, records={"reason": reason}, messages=[told])


def _check_on(
    part: Assignment, targets: Sequence[Target], reason: str, keep: bool, at: datetime, loaded: Loaded
) -> None:
    district, pack = part.unit, loaded.pack
    if district.kind not in ("district", "development_zone") or part.role == "notice":
        raise BadInput("只有派给区里的工单可以往下转派。")
    if len(reason.strip()) < 2:
        raise BadInput("请写明为什么转给他们。")
    if not targets:
        raise BadInput("请至少选一个单位。")
    rules.check([*([Target(district.code, LEAD)] if keep else []), *targets], pack, timezone.localdate(at))
    _check_area(district.code, targets, pack)
    held = Assignment.objects.filter(
        order=part.order, state__in=HELD_ASSIGNMENT, unit__code__in=[t.unit for t in targets]
    )
    if (one := held.select_related("unit").first()) is not None:
        raise BadInput(f"{one.unit.name}已经在办这件了，请去掉它。")


def _check_area(district: str, targets: Sequence[Target], pack: Pack) -> None:
    outside = [t.unit for t in targets if t.unit == district or not pack.within(t.unit, district)]
    if outside:
        raise BadInput(f"{pack.units[outside[0]].name}不在本区，或者就是本区。跨区的请交回市级派单。")


def is_green(part: Assignment) -> bool:
    """Whether a firm has it that went first and may still be replaced."""
    return part.came_by == FIRM_FIRST and part.state in HELD_ASSIGNMENT
