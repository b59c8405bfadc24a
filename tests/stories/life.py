"""How a story is told: people by their posts, moments by the clock, and what the record says at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.callback import actions as callback
from jieban.callback.rules import Said
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.handling import actions as handling
from jieban.handling import rework
from jieban.intake.rules import Filing
from jieban.orders.models import Assignment, Order
from jieban.orders.progress import Progress, progress
from jieban.portal import filing, worker
from tests import factories
from tests.factories import ZONE

CENTRE = "bj-centre"


def moment(text: str) -> datetime:
    """A moment of Beijing time, as 2026-03-02 11:07."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def somebody(role: Role, code: str = CENTRE) -> Actor:
    """A person in that role at the unit."""
    return factories.an_actor(role, Unit.objects.get(code=code))


def call(said: Filing, *, by: Actor, at: datetime) -> filing.Outcome:
    """An agent files what a caller said."""
    [outcome] = filing.file([said], by=by, at=at)
    assert outcome.problems == ()
    return outcome


def parts(order: Order) -> list[Assignment]:
    """The order's assignments by number, with their units."""
    return list(order.assignments.select_related("unit", "section", "order").order_by("no"))


def now(order: Order) -> Order:
    """The order as the database has it."""
    return Order.objects.get(pk=order.pk)


def visit(part: Assignment, *, by: Actor, signed: datetime, met: datetime, note: str) -> None:
    """The unit signs, then meets the citizen on the spot."""
    handling.sign([part], by=by, at=signed)
    handling.respond([part], way="visit", outcome="reached", note=note, by=by, at=met)


def report(part: Assignment, *, by: Actor, at: datetime, measures: str, reply: str) -> None:
    """The unit says that it is done; in a later round also what it did differently."""
    if part.round > 1:
        rework.plan([part], differently=f"这次：{measures}，办完请市民看", by=by, at=at)
    handling.complete([part], result="done", measures=measures, reply=reply, by=by, at=at)


def ask(order: Order, said: Said, *, at: datetime, loaded: Loaded) -> str:
    """The worker has opened the callback; somebody of the centre calls. Returns what follows."""
    worker.once(at=at - timedelta(minutes=5), sealing_too=False)
    caller = somebody(Role.CALLBACK)
    return callback.record(now(order), said, way="phone", by=caller, at=at, loaded=loaded)


def moves(order: Order) -> list[tuple[str, str]]:
    """The timeline as (time, move), Beijing time."""
    return [(f"{timezone.localtime(e.at, ZONE):%m-%d %H:%M}", e.move) for e in order.entries.order_by("seq")]


def seen(order: Order) -> Progress:
    """What the citizen sees of it."""
    return progress(now(order), parts(order), list(order.entries.order_by("seq")))


def told(view: Progress) -> Sequence[tuple[str, str]]:
    """The steps as (words, state)."""
    return [(step.words, step.state) for step in view.steps]
