"""Plain functions that make what a test needs. Orders come about through the door, never beside it.

    order = factories.an_order(state="handling")       walked there move by move
    clerk = factories.an_actor(Role.CLERK, unit)       a person, a post, an actor
    factories.walk(order, "close", at=later)           one more move, by somebody who may

The small city: one centre, one district with two streets, one department, and a community under the first street.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jieban.accounts import queries as accounts
from jieban.accounts.actor import Actor, Role
from jieban.accounts.models import Person, Post
from jieban.city import actions as city_actions
from jieban.city import queries as city_queries
from jieban.city.models import PackVersion, Unit
from jieban.core import crypto
from jieban.orders import actions, lifecycle, numbering
from jieban.orders.lifecycle import S
from jieban.orders.models import Answer, Assignment, Contact, Entry, Order

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
SINCE = date(2020, 1, 1)
PASSWORD = "an-invented-password"
_counter = count(1)


@dataclass(frozen=True)
class City:
    """The small city's units."""

    centre: Unit
    district: Unit
    street: Unit
    other_street: Unit
    department: Unit
    community: Unit


def a_pack() -> PackVersion:
    """The newest pack version; where there is none, an empty one (it has no files and cannot be parsed)."""
    newest = PackVersion.objects.order_by("-number").first()
    return newest or PackVersion.objects.create(
        city="riverside", name="望江市", number=1, sha256="0" * 64, valid_from=SINCE, loaded_at=AT
    )


def a_unit(code: str = "", *, kind: str = "street", name: str = "", parent: Unit | None = None, **columns: Any) -> Unit:
    """A unit under `parent`; its district is the nearest district above it."""
    code = code or f"U{next(_counter)}"
    district = None
    if parent is not None:
        district = parent if parent.kind == "district" else parent.district
    return Unit.objects.create(
        code=code, name=name or f"单位{code}", short=name or code, kind=kind, parent=parent, district=district,
        path=f"{parent.path if parent else ''}{code}/", valid_from=SINCE, **columns,
    )  # fmt: skip


def a_city() -> City:
    """The small city, made once."""
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=("RC", "RD", "RS1", "RS2", "RM", "RS1C"))}
    if found:
        return City(*(found[code] for code in ("RC", "RD", "RS1", "RS2", "RM", "RS1C")))
    centre = a_unit("RC", kind="city_centre", name="望江市市民热线服务中心")
    district = a_unit("RD", kind="district", name="柳湾区")
    street = a_unit("RS1", kind="street", name="石桥街道", parent=district)
    other = a_unit("RS2", kind="street", name="枫林街道", parent=district)
    department = a_unit("RM", kind="district_department", name="柳湾区城市管理委", parent=district)
    return City(
        centre, district, street, other, department, a_unit("RS1C", kind="community", name="桥东社区", parent=street)
    )


def a_loaded_city(name: str = "toy") -> city_queries.Loaded:
    """A city pack of tests/packs (or of cities/), loaded."""
    here = Path(__file__).parent
    folder = here / "packs" / name
    city_actions.load(folder if folder.is_dir() else here.parent / "cities" / name, at=AT)
    return city_queries.current(at=AT)


def a_person(name: str = "周静", *, username: str = "", password: str | None = None) -> Person:
    """Somebody; with a password (`factories.PASSWORD`) they may log in."""
    return Person.objects.create_user(username or f"person{next(_counter)}", password, name=name)


def a_post(
    role: Role | str, unit: Unit | None = None, *, person: Person | None = None, password: str | None = None
) -> Post:
    """A post at the unit (the centre when none is given), held since long ago."""
    person = person or a_person(password=password)
    return Post.objects.create(person=person, unit=unit or a_city().centre, role=str(role), since=SINCE)


def an_actor(role: Role | str, unit: Unit | None = None) -> Actor:
    """A person at a post, as an actor; citizen, channel and rule need no post."""
    if role in {Role.CITIZEN, Role.CHANNEL, Role.RULE}:
        return Actor(Role(role), str(role), client="test")
    return accounts.at_post(a_post(role, unit), client="test")


def anyone(move: str) -> Actor:
    """An actor without a post whose role may make this move."""
    return Actor(min(lifecycle.find(move).by), "试办员", client="test")


def records(move: str, **given: Any) -> dict[str, Any]:
    """Something said for everything that the move must record."""
    return {**{key: f"{key} 的记录" for key in lifecycle.find(move).records}, **given}


def a_contact(*, phone: str = "13800001234", name: str = "林晓", at: datetime = AT, **columns: Any) -> Contact:
    """A contact not yet saved, personal data sealed."""
    values: dict[str, Any] = {
        "source": "test", "source_id": f"c{next(_counter)}", "channel": "phone", "at": at,
        "words": "楼道灯坏了三天，晚上看不见路。",
        "name": crypto.seal(name), "phone": crypto.seal(phone), "phone_index": crypto.index(phone),
    }  # fmt: skip
    return Contact(**{**values, **columns})


def a_new_order(*, at: datetime = AT, contact: Contact | None = None, **columns: Any) -> Order:
    """An order not yet saved, ready for the move `register`."""
    values: dict[str, Any] = {
        "contact": contact or a_contact(at=at), "received_at": at, "channel": "phone", "title": "楼道灯坏了",
        "content": "楼道灯坏了三天，晚上看不见路，希望尽快修好。", "kind": "help", "urgency": "7d",
    }  # fmt: skip
    if not {"pack", "pack_id"} & set(columns):
        values["pack"] = a_pack()
    return Order(number=columns.pop("number", None) or numbering.take([at.date()])[0], **{**values, **columns})


def an_assignment(unit: Unit, *, at: datetime = AT, role: str = "lead", **columns: Any) -> Assignment:
    """An assignment not yet saved, ready to be opened by a step; a general order's clocks."""
    values: dict[str, Any] = {
        "unit": unit, "role": role, "urgency": "7d", "sent_at": at, "sign_due": at + timedelta(hours=2),
        "respond_due": at + timedelta(days=1), "handle_due": at + timedelta(days=7),
    }  # fmt: skip
    return Assignment(**{**values, **columns})


def an_answer(assignment: Assignment, *, solved: str = "yes", satisfied: str = "yes", at: datetime = AT) -> Answer:
    """What a reached citizen says about an assignment, not yet saved."""
    return Answer(
        assignment=assignment, round=assignment.round, at=at, way="phone", reached=True, contacted=True,
        solved=solved, satisfied=satisfied, attitude="good",
    )  # fmt: skip


def walk(
    row: Order | Assignment, *moves: str, by: Actor | None = None, at: datetime | None = None, **step: Any
) -> Entry:
    """Take an order (or an assignment) through moves, each a minute after the last; returns the last entry.

    `step` goes to every Step; what a move must record is filled in where it is not given.
    """
    part = row if isinstance(row, Assignment) else None
    order = part.order if part is not None else row
    assert isinstance(order, Order)
    said = step.pop("records", {})
    entry = Entry()
    for move in moves:
        moment = at or (order.moved_at or AT) + timedelta(minutes=1)
        one = actions.Step(order, part, records=records(move, **said), **step)
        [entry] = actions.move([one], move, by=by or anyone(move), at=moment)
    return entry


# How an order comes to each state: the state before it, and the move that leads on.
_BEFORE: dict[str, tuple[str, str]] = {
    S.ANSWERED: (S.RECEIVED, "answer"), S.TRANSFERRED: (S.RECEIVED, "transfer"), S.GUIDED: (S.RECEIVED, "guide"),
    S.PENDING: (S.RECEIVED, "accept"), S.CONSULTING: (S.PENDING, "consult"), S.DISPATCHED: (S.PENDING, "dispatch"),
    S.HANDLING: (S.DISPATCHED, "begin"), S.REPLIED: (S.HANDLING, "conclude"), S.CALLBACK: (S.REPLIED, "await_callback"),
    S.ASKED: (S.CALLBACK, "ask"), S.REWORK: (S.ASKED, "rework"), S.CLOSED: (S.ASKED, "close"),
    S.TERMINATED: (S.PENDING, "terminate"), S.ARCHIVED: (S.CLOSED, "archive"),
}  # fmt: skip


def an_order(
    *, state: str = "received", units: Sequence[Unit] = (), at: datetime = AT, solved: str = "yes", **columns: Any
) -> Order:
    """An order walked through the door to `state`, its assignments (one for each unit, the first leads) with it.

    `columns` are those of the order as registered. Where no unit is given, the small city's street acts.
    """
    if state == S.RECEIVED:
        order = a_new_order(at=at, **columns)
        walk(order, "register", at=at)
        return order
    before, move = _BEFORE[state]
    order = an_order(state=before, units=units, at=at, solved=solved, **columns)
    _PREPARE.get(move, lambda order, units, solved: walk(order, move))(order, units, solved)
    return order


def parts(order: Order) -> list[Assignment]:
    """The order's assignments by number, each pointing to this very instance of the order."""
    found = list(order.assignments.order_by("no"))
    for part in found:
        part.order = order
    return found


def _dispatch(order: Order, units: Sequence[Unit], solved: str) -> None:
    chosen = list(units) or [a_city().street]
    opened = [an_assignment(u, at=order.moved_at, role="assist" if i else "lead") for i, u in enumerate(chosen)]
    walk(order, "dispatch", opens=opened, changes={"dispatched_at": order.moved_at + timedelta(minutes=1)})


def _begin(order: Order, units: Sequence[Unit], solved: str) -> None:
    for part in parts(order):
        walk(part, "sign", "respond", "start")
    walk(order, "begin")


def _conclude(order: Order, units: Sequence[Unit], solved: str) -> None:
    for part in parts(order):
        done = order.moved_at + timedelta(minutes=1)
        walk(part, "complete", changes={"completed_at": done, "result": "solved", "reply": "灯已换好，请您看一看。"})
    walk(order, "conclude", changes={"replied_at": order.moved_at + timedelta(minutes=1)})


def _ask(order: Order, units: Sequence[Unit], solved: str) -> None:
    said = [an_answer(part, solved=solved, satisfied=solved, at=order.moved_at) for part in parts(order)]
    walk(
        order, "ask", answers=said, changes={"reached": True, "contacted": True, "solved": solved, "satisfied": solved}
    )


def _rework(order: Order, units: Sequence[Unit], solved: str) -> None:
    for part in parts(order):
        walk(part, "redo", changes={"round": part.round + 1})
    walk(order, "rework", changes={"round": order.round + 1})


_PREPARE: dict[str, Any] = {
    "dispatch": _dispatch, "begin": _begin, "conclude": _conclude, "ask": _ask, "rework": _rework,
}  # fmt: skip
