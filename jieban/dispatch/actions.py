"""Verbs of dispatch: what the catalogue proposes, what it sends by itself, what a dispatcher sends.

Every dispatch leaves on the order who chose, by which line of which version, why in words, how sure, and what else was
possible: `Order.dispatch` = {duty, reason, score, way, version, by, alternatives}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from jieban.accounts import actor as actors
from jieban.accounts.actor import Actor, Role
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.dispatch import queries, rules
from jieban.orders import actions, outbox
from jieban.orders.actions import Step
from jieban.orders.models import Assignment, Message, Order


@dataclass(frozen=True, slots=True)
class _Chosen:
    """One order with the units it goes to and why."""

    order: Order
    match: rules.Match
    proposal: rules.Proposal
    by: str


@dataclass(slots=True)
class _Batch:
    """What all orders of one dispatch share: the moment, the pack, and the clocks that begin at that moment."""

    at: datetime
    loaded: Loaded
    _clocks: dict[tuple[str, str, str, datetime | None], limits.Counted] = field(default_factory=dict)

    def clocks(self, order: Order, target: rules.Target, urgency: str) -> limits.Counted:
        """The clocks of a first round that begins now for this unit, worked out once where they are the same.

        With the lead goes the citizen's clock, which began when they called.
        """
        asked = order.received_at if target.role == rules.LEAD else None
        key = (target.unit, order.category, urgency, asked)
        if key not in self._clocks:
            self._clocks[key] = limits.of(
                self.loaded.pack, *key[:3], at=self.at, asked=asked, version=self.loaded.number
            )
        return self._clocks[key]


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


def send(
    orders: Sequence[Order],
    targets: Sequence[rules.Target],
    reason: str,
    *,
    by: Actor,
    at: datetime,
    loaded: Loaded,
    urgency: str = "",
) -> list[Assignment]:
    """Send the orders to the units a dispatcher chose, and why; the catalogue's own words serve where it was followed.

    BadInput: no lead, a unit twice or unknown, or a choice against the catalogue without a reason.
    """
    rules.check(targets, loaded.pack, timezone.localdate(at))
    proposals = propose(orders, loaded=loaded, at=at)
    chosen = [
        _Chosen(order, _choice(tuple(targets), reason.strip(), urgency or order.urgency, p, loaded), p, "person")
        for order, p in zip(orders, proposals, strict=True)
    ]
    return _dispatch(chosen, by=by, at=at, loaded=loaded)


def _choice(
    targets: tuple[rules.Target, ...], reason: str, urgency: str, proposal: rules.Proposal, loaded: Loaded
) -> rules.Match:
    known = [m for m in (proposal.best, *proposal.alternatives) if m is not None]
    same = next((m for m in known if set(m.targets) == set(targets)), None)
    if same is None and len(reason) < 2:
        raise BadInput("这些单位不是目录建议的。请写明为什么派给他们。")
    usual = proposal.best.urgency if proposal.best else ""
    line = same or rules.Match(targets, rules.way_of(targets), usual, "", "", 1.0)
    words = f"派单员选定：{reason}" if reason else line.reason
    tail = f" → {rules.told(targets, loaded.pack)}" if reason else ""
    return rules.Match(targets, line.way, urgency or line.urgency, line.duty, f"{words}{tail}", line.score)


def _dispatch(chosen: Sequence[_Chosen], *, by: Actor, at: datetime, loaded: Loaded) -> list[Assignment]:
    batch = _Batch(at, loaded)
    steps = [_step(choice, batch) for choice in chosen]
    actions.move(steps, "dispatch", by=by, at=at)
    return [assignment for step in steps for assignment in step.opens]


def _step(choice: _Chosen, batch: _Batch) -> Step:
    order, match, pack = choice.order, choice.match, batch.loaded.pack
    urgency = match.urgency or _usual(batch.loaded)
    leading = [batch.clocks(order, target, urgency) for target in match.targets if target.role == rules.LEAD]
    clocks = leading[0]
    told = _told(choice, batch.loaded)
    return Step(
        order,
        changes={
            "urgency": urgency,
            "dispatch": told,
            "dispatched_at": batch.at,
            "due_at": max(c.promise for c in leading if c.promise),
        },
        records={
            "units": [{"unit": t.unit, "name": pack.units[t.unit].name, "role": t.role} for t in match.targets],
            "reason": match.reason,
            "duty": match.duty,
            "limits": {"urgency": urgency, "sign": clocks.sign, "respond": clocks.respond, "handle": clocks.handle},
            "by": choice.by,
            "version": batch.loaded.number,
        },
        opens=[_assignment(order, target, match, urgency, batch) for target in match.targets],
        messages=[_notice(order, target, urgency, batch) for target in match.targets],
    )


def _told(choice: _Chosen, loaded: Loaded) -> dict[str, Any]:
    match = choice.match
    known = [m for m in (choice.proposal.best, *choice.proposal.alternatives) if m and m.targets != match.targets]
    return {
        "duty": match.duty,
        "reason": match.reason,
        "score": match.score,
        "way": match.way,
        "version": loaded.number,
        "by": choice.by,
        "alternatives": [_other(m) for m in known[: rules.ALTERNATIVES]],
    }


def _other(match: rules.Match) -> dict[str, Any]:
    units = [{"unit": target.unit, "role": target.role} for target in match.targets]
    return {"units": units, "duty": match.duty, "reason": match.reason, "score": match.score}


def _assignment(order: Order, target: rules.Target, match: rules.Match, urgency: str, batch: _Batch) -> Assignment:
    return Assignment(
        unit_id=batch.loaded.unit_ids[target.unit],
        role=target.role,
        urgency=urgency,
        duty=match.duty,
        sent_at=batch.at,
        **batch.clocks(order, target, urgency).columns,
    )


def _notice(order: Order, target: rules.Target, urgency: str, batch: _Batch) -> Message:
    due = batch.clocks(order, target, urgency).sign.isoformat()
    body = {"number": order.number, "role": target.role, "urgency": urgency, "sign_due": due}
    return outbox.to_unit(batch.loaded.unit_ids[target.unit], "assigned", at=batch.at, **body)


def _usual(loaded: Loaded) -> str:
    """The clock for an order whose urgency nobody has named: the middle one of the pack."""
    names = list(loaded.pack.clocks)
    return names[len(names) // 2]
