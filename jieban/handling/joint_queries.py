"""Reads of joint work: who was called and has come, what was raised, owned and rated, and the task forces. Constant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.handling import forces, whistle
from jieban.handling.joint_models import Escalation, Force, ForceTask, Rating
from jieban.orders import queries as orders
from jieban.orders.lifecycle import HELD_ASSIGNMENT, LIVE_ORDER
from jieban.orders.models import Assignment, Order

_FETCHED = ("order__contact", "order__street", "order__district", "unit__district", "section", "handler")


@dataclass(frozen=True, slots=True)
class Scores:
    """How a unit was rated: as one that came, and as one that called; averages, None without any rating."""

    unit: int
    name: str
    called: float | None
    called_n: int
    caller: float | None
    caller_n: int


def sent(actor: Actor) -> QuerySet[Assignment]:
    """Called units that are not done yet, of whistles that the actor's unit has blown; the soonest meeting first."""
    mine = orders.assignments_of(actor).filter(order=OuterRef("order"), no=OuterRef("called_by"))
    return _called().filter(Exists(mine))


def received(actor: Actor) -> QuerySet[Assignment]:
    """What the actor's unit was called to and has not finished."""
    return _called().filter(pk__in=orders.assignments_of(actor).filter(came_by=whistle.WHISTLE).values("pk"))


def _called() -> QuerySet[Assignment]:
    open_ = Assignment.objects.filter(came_by=whistle.WHISTLE, state__in=HELD_ASSIGNMENT)
    return open_.select_related(*_FETCHED).order_by("arrive_by", "pk")


def callers(called: list[Assignment]) -> dict[int, Assignment]:
    """Who whistled for each of these, by the primary key of the called."""
    found = Assignment.objects.filter(order__in={a.order_id for a in called}).select_related("unit__district")
    by_no = {(a.order_id, a.no): a for a in found}
    return {a.pk: by_no[a.order_id, a.called_by or 0] for a in called}


def assistants_behind(parts: list[Assignment]) -> dict[int, list[Assignment]]:
    """Assistants still at work on the orders that these assignments lead, by order."""
    led = {part.order_id for part in parts if part.role == "lead"}
    found = Assignment.objects.filter(order__in=led, role="assist", state__in=HELD_ASSIGNMENT)
    out: dict[int, list[Assignment]] = {}
    for part in found.select_related("unit").order_by("handle_due"):
        out.setdefault(part.order_id, []).append(part)
    return out


def raised(actor: Actor) -> QuerySet[Escalation]:
    """The newest step up of each live order that lies before the actor's unit, those not taken up first."""
    later = Escalation.objects.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"))
    found = Escalation.objects.filter(~Exists(later), unit=actor.unit_id, order__state__in=LIVE_ORDER)
    return found.select_related("order__contact", "leader", "taken_by", "unit").order_by(
        F("taken_at").asc(nulls_first=True), "due", "pk"
    )


def owned(actor: Actor) -> QuerySet[Order]:
    """Cases owned by somebody whose citizen has not said that they are solved; the most pressing first."""
    found = orders.visible_to(actor).exclude(case_leader=None).exclude(solved="yes", closed_at__isnull=False)
    return found.select_related("case_leader", "contact").order_by("due_at", "pk")


def my_cases(actor: Actor) -> QuerySet[Assignment]:
    """What the person has to do by name, the least time left first."""
    found = orders.assignments_of(actor).filter(handler=actor.person_id, state__in=HELD_ASSIGNMENT)
    return found.exclude(role="notice").select_related(*_FETCHED).order_by("handle_due", "pk")


def nobodys(actor: Actor) -> QuerySet[Assignment]:
    """Open work of the unit that no person is named for."""
    found = orders.assignments_of(actor).filter(handler=None, state__in=HELD_ASSIGNMENT)
    return found.exclude(role="notice").select_related(*_FETCHED).order_by("handle_due", "pk")


def my_forces(actor: Actor) -> QuerySet[Force]:
    """Open task forces the actor is of, with the number of open and of late tasks."""
    return forces.visible_to(actor).filter(closed_at=None)


def counted(found: QuerySet[Force], *, at: datetime) -> QuerySet[Force]:
    """The task forces with how many tasks are open, how many of them late, and how many orders they work on."""
    today, open_ = timezone.localdate(at), Q(tasks__done_at=None, tasks__isnull=False)
    return found.select_related("unit", "leader").annotate(
        open_tasks=Count("tasks", filter=open_, distinct=True),
        late_tasks=Count("tasks", filter=open_ & Q(tasks__due__lt=today), distinct=True),
        order_count=Count("orders", distinct=True),
    )


def my_tasks(actor: Actor) -> QuerySet[ForceTask]:
    """Open tasks of task forces that are the person's, or the unit's where no person is named."""
    mine = Q(member__person=actor.person_id) | Q(member__person=None, member__unit=actor.unit_id)
    found = ForceTask.objects.filter(mine, done_at=None, force__closed_at=None)
    return found.select_related("force", "member__unit", "member__person").order_by("due", "pk")


def scores(actor: Actor, *, at: datetime, limit: int = 400) -> list[Scores]:
    """How units within the actor's sight were rated, those with most ratings first; only ratings that may be read."""
    readable = whistle.open_ratings(at=at).filter(order__in=orders.visible_to(actor))
    sums = readable.values("unit", "unit__name").annotate(
        called=Avg("score", filter=Q(of="called")), called_n=Count("pk", filter=Q(of="called")),
        caller=Avg("score", filter=Q(of="caller")), caller_n=Count("pk", filter=Q(of="caller")), n=Count("pk"),
    )  # fmt: skip
    rows = sums.order_by("-n", "unit")[:limit]
    return [Scores(r["unit"], r["unit__name"], r["called"], r["called_n"], r["caller"], r["caller_n"]) for r in rows]


def ratings_of(actor: Actor, unit: int, *, at: datetime) -> QuerySet[Rating]:
    """The readable ratings of one unit with their orders, the newest first."""
    readable = whistle.open_ratings(at=at).filter(order__in=orders.visible_to(actor), unit=unit)
    return readable.select_related("order", "by_unit", "unit").order_by("-at")
