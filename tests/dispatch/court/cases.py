"""What the tests of the court share: an order of the toy city with a unit that objects, and who decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jieban.accounts.actor import Actor, Role
from jieban.city.queries import Loaded
from jieban.dispatch.court import actions, passing
from jieban.dispatch.court.models import Objection
from jieban.orders.models import Assignment, Attachment, Order
from tests import factories, verbs
from tests.factories import AT

HOUR = timedelta(hours=1)
FACTS = "现场在界河对岸，界线图上不归我们管。"
BASIS, REASON = "区界线图 2025 版第 3 页", "现场核实，点位在对岸，归对方管。"


def proof() -> Attachment:
    """A map that is stored already."""
    return Attachment(name="map.png", mime="image/png", size=9, sha256="a" * 64, stage="proof")


def chief(code: str) -> Actor:
    """The chief of a unit."""
    return factories.an_actor(Role.CHIEF, verbs.unit(code))


def judge(role: Role = Role.SUPERVISOR) -> Actor:
    """Somebody of the centre who decides."""
    return factories.an_actor(role, verbs.unit("hall"))


def part(order: Order, code: str) -> Assignment:
    """The newest assignment of a unit, with its order."""
    return Assignment.objects.select_related("order").filter(order=order, unit__code=code).latest("no")


def objected(toy: Loaded, row: Assignment, *, to: str = "water", at: datetime = AT + HOUR, **said: Any) -> Objection:
    """The unit's chief has put an objection to the court."""
    values = {"ground": "not_mine", "facts": FACTS, "files": [proof()], **said}
    [case] = actions.draft([row], proposed=to, by=chief(row.unit.code), at=at, loaded=toy, **values)
    return Objection.objects.get(pk=case.pk)


def verdict(toy: Loaded, *, by: Actor | None = None, at: datetime = AT + 2 * HOUR, **said: Any) -> passing.Verdict:
    """A decision with its grounds."""
    return passing.Verdict(said.pop("basis", BASIS), said.pop("reason", REASON), by or judge(), at, toy, **said)


def refused(toy: Loaded, order: Order, code: str, *, to: str = "", at: datetime, **said: Any) -> Objection:
    """The unit objects, and half an hour later is found right; `to` gets the order."""
    case = objected(toy, part(order, code), to=said.pop("proposed", to or "water"), at=at)
    actions.uphold([case], verdict(toy, at=at + HOUR / 2, **said), to=to)
    return Objection.objects.get(pk=case.pk)
