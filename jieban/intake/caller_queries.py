"""Reads of callers: which numbers are one person's, which measures are in force, which cases wait for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from jieban.intake.abuse_rules import APPEALED, IN_FORCE, OPEN, Matter, Measure, answer_to
from jieban.intake.callers import AbuseCase, CallerNumber
from jieban.intake.rules import Reply
from jieban.orders.models import Assignment, Order

_APPLYING = (IN_FORCE, APPEALED)


def linked(indexes: Collection[str]) -> dict[str, frozenset[str]]:
    """For each index all indexes of the same person, itself among them; one query."""
    wanted = {index for index in indexes if index}
    out = {index: frozenset({index}) for index in wanted}
    if not wanted:
        return out
    mine = CallerNumber.objects.filter(phone_index__in=wanted, ended_at=None).values("caller")
    rows = CallerNumber.objects.filter(caller__in=mine, ended_at=None).values_list("caller", "phone_index")
    people: dict[int, set[str]] = {}
    for caller, index in rows:
        people.setdefault(caller, set()).add(index)
    for numbers in people.values():
        for index in numbers & wanted:
            out[index] = frozenset(numbers)
    return out


def measures(indexes: Iterable[str], *, at: datetime) -> dict[str, list[Measure]]:
    """For each number the measures in force at `at` for its person; an appeal does not lengthen them. Two queries."""
    rows = CallerNumber.objects.filter(phone_index__in=[i for i in indexes if i], ended_at=None)
    people = dict(rows.values_list("phone_index", "caller"))
    if not people:
        return {}
    found = AbuseCase.objects.filter(
        caller__in=people.values(), stage__in=_APPLYING, since__lte=at, until__gt=at
    ).order_by("pk")  # fmt: skip
    by_person: dict[int, list[Measure]] = {}
    for case in found:
        by_person.setdefault(case.caller_id, []).append(measure(case))
    return {index: by_person[caller] for index, caller in people.items() if caller in by_person}


def answers(orders: Sequence[Order], *, at: datetime) -> dict[str, Reply]:
    """For orders about a matter that a measure in force names: the reply that was given then, by order number.

    An order about anything else has none, whoever called. The orders need not be saved yet; three queries at most.
    """
    in_force = measures([order.contact.phone_index for order in orders], at=at)
    meant: dict[str, int] = {}
    for order in orders:
        known = in_force.get(order.contact.phone_index, [])
        before = answer_to(known, Matter(order.category, order.place), at=at)
        if before is not None:
            meant[order.number] = before
    replies = replied(set(meant.values()))
    return {number: replies[before] for number, before in meant.items() if before in replies}


def replied(orders: Collection[int]) -> dict[int, Reply]:
    """The last reply of a unit on each of the orders, as something to be given again; one query."""
    if not orders:
        return {}
    found = Assignment.objects.filter(order__in=orders, completed_at__isnull=False).exclude(reply="")
    rows = found.order_by("no").values_list("order", "order__number", "reply")
    return {pk: Reply(number, 0, f"上次的答复（{number}）", text) for pk, number, text in rows}


def measure(case: AbuseCase) -> Measure:
    """A case as the rules see it; one that is not decided holds for no moment at all."""
    answers = tuple((Matter(m["category"], m["place"]), int(m["order"])) for m in case.matters)
    return Measure(case.pk, case.since or case.proposed_at, case.until or case.proposed_at, case.minutes, answers)


def cases(*, only: str = "") -> QuerySet[AbuseCase]:
    """Cases with the people of each step: those open, or `only` of one stage, or `over`; what waits longest first."""
    found = AbuseCase.objects.select_related("proposed_by", "decided_by", "confirmed_by", "appeal_by")
    test = Q(stage__in=OPEN) if not only else Q(ended_at__isnull=False) if only == "over" else Q(stage=only)
    return found.filter(test).order_by("hear_until", "pk")


def waiting(person: int | None) -> QuerySet[AbuseCase]:
    """Cases that wait for a decision which this person may take: no step of the case is theirs."""
    mine = Q(proposed_by=person) | Q(decided_by=person) | Q(confirmed_by=person)
    return cases().exclude(stage=IN_FORCE).exclude(mine)
