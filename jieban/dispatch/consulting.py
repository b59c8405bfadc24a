"""Verbs of the study before dispatch: call units together, at a table or on the spot, and take down what each says.

The decision is an ordinary dispatch with its reason (`actions.send`); it closes the consultation and records its views.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jieban.accounts.actor import Actor, Sight
from jieban.city import limits
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.dispatch.talks import Consultation, View
from jieban.orders import actions, outbox
from jieban.orders.actions import Step
from jieban.orders.models import Message, Order

MEETING, ON_SITE = "meeting", "on_site"
WAYS = {MEETING: "会商", ON_SITE: "现场划责"}
# Why units are called together; the first five are those for which the standard knows the spot.
GROUNDS = {
    "hard": "疑难", "key": "重点", "repeat": "重复投诉", "border": "区域交叉", "ownership": "权属不清",
    "duty": "职责不清", "refused": "多家退单",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is put to which units (codes). `until`: views are due, or all are to be at the `spot`.

    `brief` is all that the units get to read; empty leaves them title and words of the order.
    """

    way: str
    ground: str
    units: Sequence[str]
    question: str
    until: datetime
    spot: str = ""
    brief: str = ""


def consult(orders: Sequence[Order], call: Call, *, by: Actor, at: datetime, loaded: Loaded) -> list[Consultation]:
    """Put the orders to the units, which find it on their desks. A consultation still open is closed by the new one.

    BadInput: nobody asked, a unit twice or unknown, no question, a time that has passed, no spot where one is needed.
    """
    _check(call, at, loaded)
    decide_by = limits.run_out(loaded.pack, loaded.pack.ways.decide_within, at=call.until)
    steps = [
        Step(order, records=_put(call, decide_by, loaded), messages=_calls(order, call, at, loaded)) for order in orders
    ]
    with actions.together():
        actions.move(steps, "consult", by=by, at=at)
        Consultation.objects.filter(order__in=list(orders), ended_at=None).update(ended_at=at, outcome="again")
        made = Consultation.objects.bulk_create([_row(order, call, decide_by, by, at) for order in orders])
        ids = [loaded.unit_ids[code] for code in call.units]
        View.objects.bulk_create([View(consultation=row, unit_id=pk) for row in made for pk in ids])
    return made


def say(
    view: View,
    text: str,
    *,
    by: Actor,
    at: datetime,
    part: str = "",
    arrived_at: datetime | None = None,
    found: str = "",
) -> None:
    """What the unit thinks, what it would take on, and on the spot when it came and what it found. May be said anew.

    NotAllowed: another unit was asked. Conflict: it has been decided meanwhile. BadInput: nothing said, or a time of
    arrival before the call or still to come.
    """
    talk = view.consultation
    _may_say(view, by)
    if talk.ended_at is not None:
        raise Conflict("这次会商已经有了决定，意见交不上了。决定可以在工单里看。")
    if len(text.strip()) < 2:
        raise BadInput("请写一句意见：该由谁办，依据是什么。")
    _check_arrival(talk, arrived_at, at)
    view.view, view.part, view.found = text.strip(), part.strip(), found.strip()
    view.arrived_at, view.given_at, view.given_by_id = arrived_at, at, by.person_id
    with actions.together():
        actions.move([Step(talk.order, records=_said(view))], "view", by=by, at=at)
        view.save()


def told(talk: Consultation) -> dict[str, Any]:
    """A consultation with its views, as the entry of the dispatch that decides it records it."""
    return {
        "way": talk.way,
        "ground": talk.ground,
        "question": talk.question,
        "called_at": talk.called_at,
        "until": talk.until,
        "views": [_said(view) for view in talk.views.all()],
    }


def _check(call: Call, at: datetime, loaded: Loaded) -> None:
    if call.way not in WAYS or call.ground not in GROUNDS:
        raise BadInput("请选会商还是到现场，以及为什么。")
    if not call.units:
        raise BadInput("请至少请一个单位。")
    if len(set(call.units)) < len(call.units):
        raise BadInput("同一个单位请了两次，请去掉一个。")
    strange = [code for code in call.units if code not in loaded.unit_ids]
    if strange:
        raise BadInput(f"单位 {strange[0]} 不在现行单位表里，请重新选择。")
    if len(call.question.strip()) < 4:
        raise BadInput("请写明要商量什么。")
    if call.until <= at:
        raise BadInput("这个时间已经过了，请选以后的时间。")
    if call.way == ON_SITE and not call.spot.strip():
        raise BadInput("请写明在哪里碰头。")


def _put(call: Call, decide_by: datetime, loaded: Loaded) -> dict[str, Any]:
    units = [{"unit": code, "name": loaded.pack.units[code].name} for code in call.units]
    spot = {"spot": call.spot.strip()} if call.spot.strip() else {}
    return {
        "way": call.way, "ground": call.ground, "participants": units, "question": call.question.strip(),
        "until": call.until, "decide_by": decide_by, **spot,
    }  # fmt: skip


def _calls(order: Order, call: Call, at: datetime, loaded: Loaded) -> list[Message]:
    said = {"number": order.number, "way": call.way, "until": call.until.isoformat()}
    return [outbox.to_unit(loaded.unit_ids[code], "consulted", at=at, **said) for code in call.units]


def _row(order: Order, call: Call, decide_by: datetime, by: Actor, at: datetime) -> Consultation:
    brief = call.brief.strip() or ("" if order.confidential else order.content)
    return Consultation(
        order=order, way=call.way, ground=call.ground, question=call.question.strip(), brief=brief,
        spot=call.spot.strip(), called_at=at, called_by_id=by.person_id, until=call.until, decide_by=decide_by,
    )  # fmt: skip


def _may_say(view: View, by: Actor) -> None:
    inside = by.sight == Sight.TREE and view.unit.path.startswith(by.unit_path)
    if not (by.sight == Sight.ALL or inside or view.unit_id == by.unit_id):
        raise NotAllowed(f"这条意见要由{view.unit.name}来写。")


def _check_arrival(talk: Consultation, arrived_at: datetime | None, at: datetime) -> None:
    if talk.way == ON_SITE and arrived_at is None:
        raise BadInput("请写几点到的现场。")
    called = talk.called_at.replace(second=0, microsecond=0)  # people write minutes
    if arrived_at is not None and not called <= arrived_at <= at:
        raise BadInput("到场时间要在通知以后、现在以前。")


def _said(view: View) -> dict[str, Any]:
    said = {"unit": view.unit.code, "name": view.unit.name, "view": view.view}
    more = {"part": view.part, "found": view.found, "arrived_at": view.arrived_at, "given_at": view.given_at}
    late = {"late": True} if view.given_at is None or view.given_at > view.consultation.until else {}
    return said | {key: value for key, value in more.items() if value} | late
