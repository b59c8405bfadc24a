"""Verbs of dispatch: what the catalogue proposes, what it sends by itself, what a dispatcher sends.

Every dispatch leaves on the order who chose, by which line of which version, why in words, how sure, and what else was
possible: `Order.dispatch` = {duty, reason, score, way, version, by, alternatives}, and where there is one {fallback,
transfer, parts}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor, Role
from jieban.city.queries import Loaded
from jieban.city.ways import FIRM_FIRST, SUB_CENTRE
from jieban.core.errors import BadInput
from jieban.dispatch import consulting, opening, queries, rules
from jieban.dispatch.opening import Batch
from jieban.dispatch.talks import Consultation
from jieban.orders import actions, handover
from jieban.orders.actions import Step
from jieban.orders.lifecycle import S
from jieban.orders.models import Assignment, Order

# Ways that an assignment remembers, because something later depends on them.
_NAMED = (FIRM_FIRST, SUB_CENTRE, rules.FALLBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a person sets beside units and reason; empty follows from the units.

    `way` is firm_first (with `fallback`, the unit that takes over) or subcentre (with `transfer`: line, number,
    three_way). `parts` says what each unit takes on, by code.
    """

    urgency: str = ""
    way: str = ""
    fallback: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    transfer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """One order with the units it goes to and why."""

    order: Order
    match: rules.Match
    proposal: rules.Proposal
    by: str
    terms: Terms = field(default_factory=Terms)
    talk: Consultation | None = None


def propose(orders: Sequence[Order], *, loaded: Loaded, at: datetime | None = None) -> list[rules.Proposal]:
    """What the catalogue says about each order, by the lines in force at `at` (else when the order came in).

    Writes nothing and asks the database nothing.
    """
    catalogue = queries.catalogue(loaded)
    day = timezone.localdate(at) if at else None
    return [
        rules.propose(queries.facts(order, loaded), catalogue, day or timezone.localdate(order.received_at))
        for order in orders
    ]


def assign(orders: Sequence[Order], *, by: Actor, at: datetime, loaded: Loaded) -> list[Assignment]:
    """Send each order to the units the catalogue names; those it is not sure enough about stay for a dispatcher.

    Returns the assignments made. A citizen's own filing is dispatched by the rule.
    """
    proposals = propose(orders, loaded=loaded, at=at)
    chosen = [
        _Chosen(order, p.best, p, "rule")
        for order, p in zip(orders, proposals, strict=True)
        if p.best is not None and p.confidence >= loaded.pack.settings.confidence_unit
    ]
    sender = actors.rule("派单目录", client=by.client) if by.role == Role.CITIZEN else by
    return _dispatch(chosen, by=sender, at=at, loaded=loaded)


def accept(orders: Sequence[Order], *, by: Actor, at: datetime, loaded: Loaded) -> list[Assignment]:
    """Send each order where the catalogue would: a person has looked and agrees. BadInput: one has no proposal."""
    proposals = propose(orders, loaded=loaded, at=at)
    chosen = []
    for order, proposal in zip(orders, proposals, strict=True):
        if proposal.best is None:
            raise BadInput(f"{order.number} 目录没有建议，请打开它选单位。")
        chosen.append(_Chosen(order, proposal.best, proposal, "person"))
    return _dispatch(chosen, by=by, at=at, loaded=loaded)


def send(
    orders: Sequence[Order],
    targets: Sequence[rules.Target],
    reason: str,
    *,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    urgency: str = "",
    terms: Terms | None = None,
) -> list[Assignment]:
    """Send the orders to the units a dispatcher chose, and why; the catalogue's own words serve where it was followed.

    BadInput: no lead, a unit twice or unknown, a way that does not fit the units, or a choice against the catalogue or
    after a consultation without a reason.
    """
    terms = replace(terms or Terms(), urgency=urgency or (terms.urgency if terms else ""))
    rules.check(targets, loaded.pack, timezone.localdate(at))
    rules.check_way(terms.way, targets, terms.fallback, loaded.pack)
    proposals = propose(orders, loaded=loaded, at=at)
    chosen = [
        _Chosen(order, _choice(order, tuple(targets), reason.strip(), terms, p, loaded), p, "person", terms)
        for order, p in zip(orders, proposals, strict=True)
    ]
    return _dispatch(chosen, by=by, at=at, loaded=loaded)


def transfer(
    orders: Sequence[Order],
    *,
    line: str,
    three_way: bool,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    note: str = "",
    urgency: str = "",
) -> list[Assignment]:
    """Put the orders through to a sub-centre (`line` is its channel), which answers in the same record.

    `three_way`: citizen, agent and sub-centre were on the line together. BadInput: the line is no sub-centre.
    """
    channel, unit = loaded.pack.channels.get(line), loaded.pack.ways.sub_centres.get(line)
    if channel is None or unit is None:
        raise BadInput("这条线路没有分中心。请从列出的分中心里选一个。")
    how = "三方通话" if three_way else "未三方通话，由分中心回电"
    reason = f"转{channel.name}（{channel.number}），{how}" + (f"：{note.strip()}" if note.strip() else "")
    told = {"line": line, "name": channel.name, "number": channel.number, "three_way": three_way, "at": at.isoformat()}
    terms = Terms(way=SUB_CENTRE, transfer=told, urgency=urgency)
    return send(orders, [rules.Target(unit)], reason, by=by, at=at, loaded=loaded, terms=terms)


def fall_back(orders: Sequence[Order], *, why: str, by: Actor, at: datetime, loaded: Loaded) -> list[Assignment]:
    """兜底派单: send the orders to the pack's fallback unit; those without a known one stay where they are."""
    chosen = []
    for order, proposal in zip(orders, propose(orders, loaded=loaded, at=at), strict=True):
        match = rules.fallback(queries.facts(order, loaded), loaded.pack, why)
        if match is not None:
            chosen.append(_Chosen(order, match, proposal, "rule"))
    return _dispatch(chosen, by=by, at=at, loaded=loaded)


def _choice(
    order: Order, targets: tuple[rules.Target, ...], reason: str, terms: Terms, proposal: rules.Proposal, loaded: Loaded
) -> rules.Match:
    known = [m for m in (proposal.best, *proposal.alternatives) if m is not None]
    sure = (m for m in known if (m is proposal.best or m.score > 0) and terms.way in ("", m.way))
    same = next((m for m in sure if set(m.targets) == set(targets)), None)
    _must_say(order, same, reason)
    usual = proposal.best.urgency if proposal.best else ""
    line = same or rules.Match(targets, terms.way or rules.way_of(targets), usual, "", "", 1.0)
    words = f"派单员选定：{reason}" if reason else line.reason
    tail = f" → {rules.told(targets, loaded.pack)}" if reason else ""
    urgency = terms.urgency or order.urgency or line.urgency
    behind = terms.fallback or line.fallback
    return rules.Match(targets, line.way, urgency, line.duty, f"{words}{tail}", line.score, behind)


def _must_say(order: Order, same: rules.Match | None, reason: str) -> None:
    if len(reason) >= 2:
        return
    if order.state == S.CONSULTING:
        raise BadInput("会商以后定单位，请写明依据：听了谁的意见，为什么这样定。")
    if same is None:
        raise BadInput("这些单位不是目录建议的。请写明为什么派给他们。")


def _dispatch(chosen: Sequence[_Chosen], *, by: Actor, at: datetime, loaded: Loaded) -> list[Assignment]:
    batch = Batch(at, loaded)
    talked = [choice.order for choice in chosen if choice.order.state == S.CONSULTING]
    talks = queries.talks(talked) if talked else {}
    steps = [_step(replace(choice, talk=talks.get(choice.order.pk)), batch) for choice in chosen]
    handing = handover.handing([choice.order for choice in chosen])
    for step in steps:
        _take_over(step, handing.get(step.order.pk))
    with actions.together():
        actions.move(steps, "dispatch", by=by, at=at)
        if talked:
            queries.open_talks(talked).update(ended_at=at, outcome="fallback" if by.role == Role.RULE else "dispatched")
    return [assignment for step in steps for assignment in step.opens]


def _take_over(step: Step, no: int | None) -> None:
    """An order sent again while a unit waits to hand it over: its lead takes over, the citizen's clock stays."""
    if no is None:
        return
    if step.order.due_at is not None:
        step.changes["due_at"] = step.order.due_at
    for part in step.opens:
        if part.role == rules.LEAD:
            handover.taking_over(part, no)


def _step(choice: _Chosen, batch: Batch) -> Step:
    order, match = choice.order, choice.match
    urgency = match.urgency or batch.usual()
    own = {target: batch.clocks(order, target, urgency) for target in match.targets}
    leading = [clocks for target, clocks in own.items() if target.role == rules.LEAD]
    due = max(clocks.promise for clocks in leading if clocks.promise)
    came = match.way if match.way in _NAMED else ""
    return Step(
        order,
        changes={"urgency": urgency, "dispatch": _told(choice, batch.loaded), "dispatched_at": batch.at, "due_at": due},
        records={
            "units": opening.units_told(match.targets, batch.loaded, choice.terms.parts),
            "reason": match.reason,
            "duty": match.duty,
            "limits": opening.limits_told(urgency, leading[0]),
            "by": choice.by,
            "version": batch.loaded.number,
            **_settled(choice, batch.loaded),
        },
        opens=[
            opening.assignment(target, clocks, urgency=urgency, duty=match.duty, came_by=came, batch=batch)
            for target, clocks in own.items()
        ],
        messages=[opening.notice(order, t, clocks, urgency=urgency, batch=batch) for t, clocks in own.items()],
    )


def _settled(choice: _Chosen, loaded: Loaded) -> dict[str, Any]:
    """What else an entry of dispatch tells: who takes over, what was put through, what a consultation settled.

    `hint` is for the catalogue: duty that people had to divide is a line that it lacks.
    """
    terms, order = choice.terms, choice.order
    out: dict[str, Any] = {"way": choice.match.way} if choice.match.way in _NAMED else {}
    if choice.match.fallback:
        out["fallback"] = choice.match.fallback
    if terms.transfer:
        out["transfer"] = dict(terms.transfer)
    if choice.talk is not None:
        codes = loaded.unit_codes
        where = {"street": codes.get(order.street_id or 0, ""), "district": codes.get(order.district_id or 0, "")}
        units = opening.units_told(choice.match.targets, loaded, terms.parts)
        out["consultation"] = consulting.told(choice.talk)
        out["hint"] = {"category": order.category, "owner": order.owner, **where, "units": units}
    return out


def _told(choice: _Chosen, loaded: Loaded) -> dict[str, Any]:
    match = choice.match
    known = [m for m in (choice.proposal.best, *choice.proposal.alternatives) if m and m.targets != match.targets]
    behind = {"fallback": match.fallback} if match.fallback else {}
    put_through = {"transfer": dict(choice.terms.transfer)} if choice.terms.transfer else {}
    divided = {"parts": dict(choice.terms.parts)} if choice.terms.parts else {}
    return {
        "duty": match.duty,
        "reason": match.reason,
        "score": match.score,
        "way": match.way,
        "version": loaded.number,
        "by": choice.by,
        "alternatives": [_other(m) for m in known[: rules.ALTERNATIVES]],
        **behind, **put_through, **divided,
    }  # fmt: skip


def _other(match: rules.Match) -> dict[str, Any]:
    units = [{"unit": target.unit, "role": target.role} for target in match.targets]
    return {"units": units, "duty": match.duty, "reason": match.reason, "score": match.score}
