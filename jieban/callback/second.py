"""The hidden second sampling: a random share of answered orders is asked again by somebody else, some days later.

What is drawn and said lies in tables of its own, never in the order's timeline: no page, interface or file that a unit
may see changes by a byte. The first answer stays what it was. Only the centre and auditors read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.callback import claims, lots, rules, watching
from jieban.callback.models import Draw, Lot, SecondAnswer
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.core.errors import Conflict, NotAllowed
from jieban.orders.lifecycle import S
from jieban.orders.models import Answer, Entry, Order

KIND = "second"
CALLERS = frozenset({Role.CALLBACK, Role.SUPERVISOR})
READERS = CALLERS | {Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class Kept:
    """How the answers of a unit's citizens held when they were asked again."""

    unit: str
    asked: int
    contradicted: int


def draw(day: date, *, at: datetime, loaded: Loaded) -> Draw | None:
    """Draw from the orders closed with an answer on that day; None where it was drawn before.

    The seed is made now, after the answers: nobody could know it while calling.
    """
    terms = loaded.pack.callbacks
    found = {order.number: order for order in answered_on(day)}
    seed = crypto.token()
    chosen = lots.share(seed, sorted(found), terms.sample_share)
    due = limits.run_out(loaded.pack, terms.sample_after, at=at)
    with transaction.atomic():
        if Draw.objects.filter(kind=KIND, day=day).exists():
            return None
        made = Draw.objects.create(
            kind=KIND, day=day, seed=seed, wanted=terms.sample_share, pot=len(found), pot_mark=lots.mark(found), at=at
        )
        Lot.objects.bulk_create(lots_of(made, [found[number] for number in chosen], due))
    return made


def lots_of(made: Draw, orders: Sequence[Order], due: datetime) -> list[Lot]:
    """Unsaved lots of a draw, in the order drawn."""
    return [Lot(draw=made, order=o, round=o.round, no=no, due_at=due) for no, o in enumerate(orders, start=1)]


def answered_on(day: date) -> QuerySet[Order]:
    """The orders that closed with an answer on that day of the city, with their contacts."""
    begin = timezone.make_aware(datetime.combine(day, time(0)))
    closed = Order.objects.filter(state__in=(S.CLOSED, S.ARCHIVED), reached=True).exclude(solved="")
    within = closed.filter(callback_at__gte=begin, callback_at__lt=begin + timedelta(days=1))
    return within.exclude(contact__phone=b"").select_related("contact")


def waiting(by: Actor, *, at: datetime) -> QuerySet[Lot]:
    """The lots this agent may call now: due, not done, and first asked by somebody else."""
    _must(by, CALLERS)
    own = Entry.objects.filter(order=OuterRef("order"), move="ask", person=by.person_id)
    found = Lot.objects.filter(draw__kind=KIND, done_at=None, due_at__lte=at).filter(~Exists(own))
    return found.select_related("order__contact").order_by("due_at", "pk")


def record(lot: Lot, said: rules.Said, *, way: str, by: Actor, at: datetime, loaded: Loaded) -> SecondAnswer:
    """Write down what the citizen says now. Conflict where it was asked already; NotAllowed for the first asker."""
    rules.check(said)
    with transaction.atomic():
        held = _held(lot, by, at)
        first = (
            Answer.objects.filter(order=held.order, round=held.round, reached=True).order_by("assignment__no").first()
        )
        differs = first is not None and rules.contradicts(first, said)
        made = SecondAnswer.objects.create(
            lot=held, at=at, by_id=claims.person(by), way=way, reached=True, contacted=said.contacted,
            solved=said.solved, satisfied=said.satisfied, attitude=said.attitude, words=said.words, contradicts=differs,
        )  # fmt: skip
        _done(held, at)
        if differs:
            watching.add(held.order, held.round, "second_differs", at=at)
    return made


def missed(lot: Lot, *, by: Actor, at: datetime, loaded: Loaded) -> None:
    """Nobody answered: tried again later, and given up after as many tries as a first callback has."""
    with transaction.atomic():
        held = _held(lot, by, at)
        held.tries += 1
        settings = loaded.pack.settings
        if rules.exhausted(held.tries, settings):
            SecondAnswer.objects.create(lot=held, at=at, by_id=claims.person(by), way="phone", reached=False)
            _done(held, at)
            return
        local = timezone.localtime(at)
        gap = limits.run_out(loaded.pack, settings.callback_gap, at=local) - local
        wish = rules.wished(held.order.contact.call_window)
        held.due_at = rules.next_try(local, gap, settings.callback_windows, wish)
        held.save(update_fields=["tries", "due_at"])


def kept(by: Actor, *, since: datetime) -> list[Kept]:
    """By unit: how many were asked again since then, and how many said otherwise; the most contradicted first."""
    _must(by, READERS)
    first = Answer.objects.filter(order=OuterRef("lot__order"), round=OuterRef("lot__round"))
    found = SecondAnswer.objects.filter(Exists(first), reached=True, at__gte=since)
    judged = Q(lot__order__assignments__answers__round=F("lot__round"))
    rows = (
        found.filter(judged)
        .values(name=F("lot__order__assignments__unit__name"))
        .annotate(asked=Count("pk", distinct=True), contradicted=Count("pk", filter=Q(contradicts=True), distinct=True))
        .order_by("-contradicted", "-asked", "name")
    )
    return [Kept(row["name"], row["asked"], row["contradicted"]) for row in rows]


def draws(by: Actor, *, kind: str = KIND) -> QuerySet[Draw]:
    """The draws, the latest first, each with how many were drawn and are done."""
    _must(by, READERS | {Role.LEADER, Role.DISTRICT} if kind != KIND else READERS)
    counted = {"drawn": Count("lots"), "done": Count("lots", filter=~Q(lots__done_at=None))}
    return Draw.objects.filter(kind=kind).annotate(**counted).order_by("-day", "-pk")


def _held(lot: Lot, by: Actor, at: datetime) -> Lot:
    """The lot, locked; refused where it is done, or where the agent asked first."""
    _must(by, CALLERS)
    held = Lot.objects.select_for_update(of=("self",)).select_related("order__contact").get(pk=lot.pk)
    if held.done_at is not None:
        raise Conflict("这一件已经有人复核过了，您写的没有记。请打下一件。")
    if Entry.objects.filter(order=held.order, move="ask", person=by.person_id).exists():
        raise NotAllowed("第一次就是您问的，复核要换一个人问。")
    return held


def _done(lot: Lot, at: datetime) -> None:
    lot.done_at = at
    lot.save(update_fields=["done_at", "tries"])


def _must(by: Actor, roles: frozenset[Role]) -> None:
    if by.role not in roles:
        raise NotAllowed("抽样复核只有热线中心和纪检监察能看。")
