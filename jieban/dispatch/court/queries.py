"""Reads of the objection court: what waits for whom, what was decided in like cases, and how often who was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from jieban.accounts.actor import Actor, Role, Sight
from jieban.city.pack import Pack
from jieban.dispatch.court import rules
from jieban.dispatch.court.models import Objection
from jieban.orders import queries as orders
from jieban.orders.lifecycle import A
from jieban.orders.models import Assignment, Entry, Order

SHOWN = 5
_COMPARED = 300
_OPENING = ("dispatch", "join")
_OPEN = (A.SENT, A.SIGNED)


def visible_to(actor: Actor) -> QuerySet[Objection]:
    """The cases of the orders that the actor's post may see, with all that a page shows of them fetched along."""
    found = Objection.objects.filter(order__in=orders.visible_to(actor))
    return found.select_related(
        "order__contact", "order__street", "order__district", "assignment__unit", "assignment__section", "unit",
        "proposed", "court", "to", "drafter", "approver", "decider",
    )  # fmt: skip


def to_approve(actor: Actor) -> QuerySet[Objection]:
    """Drafts that wait for the chief of the actor's unit and can still be put, the oldest first."""
    mine = visible_to(actor).filter(unit=actor.unit_id, stage=rules.DRAFT, assignment__state__in=_OPEN)
    return mine.order_by("drafted_at", "pk")


def to_review(actor: Actor) -> QuerySet[Objection]:
    """Cases before the court that this post decides, the least of the reviewer's time left first."""
    found = visible_to(actor).filter(stage=rules.REVIEW, assignment__state=A.OBJECTION)
    if actor.role == Role.DISPATCHER:
        found = found.filter(court=None)
    elif actor.role != Role.SUPERVISOR:
        found = found.filter(court=actor.unit_id)
    return found.order_by("review_due", "pk")


def handing_over(actor: Actor) -> QuerySet[Objection]:
    """Upheld cases whose unit still waits for the next one to sign, the oldest first."""
    found = visible_to(actor).filter(stage=rules.UPHELD, assignment__state=A.HANDOVER).exclude(outcome=rules.BACK)
    return found.order_by("decided_at", "pk")


def overdue(at: datetime) -> QuerySet[Objection]:
    """Cases whose time for a verdict has run out and that nobody has been told of."""
    waiting = Objection.objects.filter(stage=rules.REVIEW, warned_at=None, review_due__lt=at)
    return waiting.filter(assignment__state=A.OBJECTION).select_related("order", "assignment").order_by("pk")


def of(order: Order) -> QuerySet[Objection]:
    """The cases of an order, the first first."""
    found = Objection.objects.filter(order=order)
    return found.select_related("unit", "proposed", "to", "approver", "decider", "court", "assignment").order_by("pk")


def precedents(case: rules.Likeness, pack: Pack, actor: Actor, *, besides: int = 0) -> list[Objection]:
    """The verdicts most like the case, the likest first; at most `SHOWN`, of the newest in its branch of categories.

    Confidential orders are left out; `opens` says whether the actor may open the order behind a verdict. One query.
    """
    found = Objection.objects.filter(stage__in=rules.DECIDED, category__in=_branch(case.category, pack))
    opens = Exists(orders.visible_to(actor).filter(pk=OuterRef("order_id")))
    found = found.exclude(pk=besides).filter(order__confidential=False).annotate(opens=opens)
    rows = list(found.select_related("order", "unit", "proposed", "to").order_by("-decided_at")[:_COMPARED])
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in rules.nearest(case, [(row.pk, likeness(row)) for row in rows], most=SHOWN)]


def likeness(row: Objection) -> rules.Likeness:
    """What of a case is compared; its order and units must have been fetched."""
    text = f"{row.order.title} {row.order.content} {row.facts}"
    return rules.Likeness(row.ground, row.category, row.unit.kind, row.proposed.kind, text)


def _branch(category: str, pack: Pack) -> list[str]:
    """The category, the one above it, and that one's others."""
    if category not in pack.categories:
        return [category]
    parent = pack.categories[category].parent
    return [category, parent, *(c.code for c in pack.children(parent))] if parent else [category]


def changes_wanted() -> QuerySet[Objection]:
    """Verdicts that want the catalogue changed, the newest first."""
    return Objection.objects.filter(stage__in=rules.DECIDED).exclude(change="").order_by("-decided_at")


def corrected(*, since: datetime | None = None) -> QuerySet[Objection]:
    """The last verdict of each order that says which unit is right: the kept one's own, or the one that got it.

    Orders that are confidential, or whose last verdict names no unit, are left out.
    """
    found = Objection.objects.filter(stage__in=rules.DECIDED, order__confidential=False)
    if since is not None:
        found = found.filter(decided_at__gte=since)
    last = found.values("order").annotate(last=Max("pk")).values("last")
    named = Q(stage=rules.KEPT) | Q(to__isnull=False)
    return (
        found.filter(pk__in=last)
        .filter(named)
        .exclude(outcome=rules.BACK)
        .select_related("order__contact", "unit", "to")
    )


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` up to, not including, `end`; both aware."""

    begin: datetime
    end: datetime

    def of(self, column: str) -> Q:
        """Rows whose column lies in the period."""
        return Q(**{f"{column}__gte": self.begin, f"{column}__lt": self.end})


@dataclass(frozen=True, slots=True)
class Tally:
    """`part` of `whole` for somebody: a unit (by code), a person (by id) or a line of the catalogue (by its code)."""

    key: str
    name: str
    part: int
    whole: int


def false_objections(period: Period, actor: Actor) -> list[Tally]:
    """Of each unit's decided objections, how many did not hold; the most first."""
    rows = _decided(period, actor).values_list("unit__code", "unit__name").annotate(
        part=Count("pk", filter=Q(stage=rules.KEPT)), whole=Count("pk")
    )  # fmt: skip
    return _sorted(Tally(*row) for row in rows.order_by())


def wrong_by_person(period: Period, actor: Actor) -> list[Tally]:
    """Of the orders each person sent in the period, how many units were found right to object; the most first."""
    rows = _wrong(period, actor).exclude(sender=None).values_list("sender", "sender__name")
    wrong = {str(pk): (name, n) for pk, name, n in rows.annotate(n=Count("order", distinct=True)).order_by()}
    sent = Entry.objects.filter(
        period.of("at"), move__in=_OPENING, person__isnull=False, order__in=orders.visible_to(actor)
    )
    whole = {str(pk): (name, n) for pk, name, n in _by_person(sent)}
    return _joined(wrong, whole)


def wrong_by_duty(period: Period, actor: Actor) -> list[Tally]:
    """Of the orders sent by each line of the catalogue, how many units were found right to object; the most first.

    Only lines that somebody objected to with success.
    """
    rows = _wrong(period, actor).filter(sender=None).exclude(duty="").values_list("duty")
    wrong = {duty: (duty, n) for duty, n in rows.annotate(n=Count("order", distinct=True)).order_by()}
    sent = Assignment.objects.filter(period.of("sent_at"), duty__in=wrong, order__in=orders.visible_to(actor))
    counted = sent.values_list("duty").annotate(n=Count("order", distinct=True)).order_by()
    return _joined(wrong, {duty: (duty, n) for duty, n in counted})


def orders_behind(what: str, key: str, period: Period, actor: Actor) -> QuerySet[Order]:
    """The orders behind one number of the three tables; `what` is one of `BEHIND`."""
    seen = orders.visible_to(actor)
    decided, wrong = _decided(period, actor), _wrong(period, actor)
    sent, person = Entry.objects.filter(period.of("at"), move__in=_OPENING), _number(key)
    found: dict[str, QuerySet[Any]] = {
        "kept": decided.filter(unit__code=key, stage=rules.KEPT),
        "decided": decided.filter(unit__code=key),
        "wrong": wrong.filter(sender=person),
        "sent": sent.filter(person=person),
        "wrong_duty": wrong.filter(sender=None, duty=key),
        "sent_duty": Assignment.objects.filter(period.of("sent_at"), duty=key),
    }
    if what not in found:
        return seen.none()
    return seen.filter(pk__in=found[what].values("order")).order_by("-received_at", "-pk")


BEHIND = ("kept", "decided", "wrong", "sent", "wrong_duty", "sent_duty")


def _decided(period: Period, actor: Actor) -> QuerySet[Objection]:
    found = Objection.objects.filter(period.of("decided_at"), stage__in=rules.DECIDED)
    if actor.sight == Sight.ALL:
        return found
    return found.filter(unit__path__startswith=actor.unit_path)


def _wrong(period: Period, actor: Actor) -> QuerySet[Objection]:
    return _decided(period, actor).filter(stage=rules.UPHELD)


def _by_person(sent: QuerySet[Entry]) -> Iterable[tuple[int, str, int]]:
    return sent.values_list("person", "person__name").annotate(n=Count("order", distinct=True)).order_by()


def _joined(part: dict[str, tuple[str, int]], whole: dict[str, tuple[str, int]]) -> list[Tally]:
    keys = dict.fromkeys([*part, *whole])
    return _sorted(
        Tally(key, (part.get(key) or whole[key])[0], part.get(key, ("", 0))[1], whole.get(key, ("", 0))[1])
        for key in keys
    )


def _sorted(rows: Iterable[Tally]) -> list[Tally]:
    return sorted(rows, key=lambda row: (-row.part, -row.whole, row.name))


def _number(key: str) -> int:
    """The id that a key of a person is; 0, which is nobody's, for anything else."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
