"""Verbs of supervision: issue a letter, answer it, judge its effect. Every one is a move of the order as well.

A letter goes to the units that hold the order, and to those its level adds. While one is open the order is marked as
supervised. A letter that did not help is followed by one of the next level, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, prefetch_related_objects
from django.utils import timezone

from jieban.accounts.actor import Actor, Role, Sight
from jieban.city import limits
from jieban.city.models import Unit
from jieban.city.oversight import Level, Trigger
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import supervision_queries
from jieban.handling import supervision_rules as rules
from jieban.handling.letters import Addressee, Letter
from jieban.orders import actions, outbox, queries
from jieban.orders.actions import Step
from jieban.orders.book import Book
from jieban.orders.models import Attachment, Message, Order


@dataclass(frozen=True, slots=True)
class Demand:
    """One letter that is to be: about which order, by which trigger, at which level (0: the trigger's own).

    `text` and `limit` are empty for the trigger's own; `basis` is what it rests on, `subject` the point or caller where
    it stands for several orders; `follows` is the letter that did not help.
    """

    order: Order
    trigger: Trigger
    text: str = ""
    limit: str = ""
    level: int = 0
    basis: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    follows: Letter | None = None


def issue(demands: Sequence[Demand], *, by: Actor, at: datetime, loaded: Loaded) -> list[Letter]:
    """Issue one letter a demand; the units find it on their desks at once.

    NotAllowed: an order out of the actor's sight. Conflict: a letter of that trigger is open on an order already.
    """
    orders = [demand.order for demand in demands]
    with actions.together() as book:
        book.lock(orders, ())
        _in_sight(orders, by)
        _none_open(demands)
        letters = _letters(demands, by=by, at=at, loaded=loaded)
        told = _addressees(letters, [d.order for d in demands], loaded)
        steps = [
            _issued(demand, letter, told[letter.number], loaded, at)
            for demand, letter in zip(demands, letters, strict=True)
        ]
        actions.move(steps, "supervise", by=by, at=at)
        Letter.objects.bulk_create(letters)
        Addressee.objects.bulk_create(
            Addressee(letter=letter, unit_id=pk) for letter in letters for pk in told[letter.number]
        )
    return letters


def report(
    addressees: Sequence[Addressee], *, text: str, by: Actor, at: datetime, files: Sequence[Attachment] = ()
) -> None:
    """What the unit answers to its letters, with files (unsaved rows whose bytes are stored).

    NotAllowed: a letter to another unit. Conflict: answered already, or no longer open.
    """
    said = rules.check_reply(text)
    prefetch_related_objects(addressees, "letter__order", "unit")
    with actions.together() as book:
        book.lock([a.letter.order for a in addressees], ())
        _to_be_answered(addressees, by)
        for addressee in addressees:
            addressee.reply, addressee.replied_at, addressee.replied_by_id = said, at, by.person_id
        steps = [
            Step(
                a.letter.order, records={"letter": a.letter.number, "reply": said, "unit": a.unit.name},
                attachments=_copies(files), messages=_answered(a, at),
            )
            for a in addressees
        ]  # fmt: skip
        actions.move(steps, "report_supervised", by=by, at=at)
        Addressee.objects.bulk_update(addressees, ["reply", "replied_at", "replied_by"])


def judge(
    letters: Sequence[Letter], *, effect: str, opinion: str, by: Actor, at: datetime, loaded: Loaded
) -> list[Letter]:
    """Say whether the letters helped, and lift them; those that did not are followed by letters of the next level.

    Returns the letters that follow. NotAllowed: issued by a body that is not the actor's. Conflict: lifted already.
    """
    said = rules.check_effect(effect, opinion)
    prefetch_related_objects(letters, "order", "unit")
    with actions.together() as book:
        book.lock([letter.order for letter in letters], ())
        _to_be_judged(letters, by)
        for letter in letters:
            letter.effect, letter.opinion, letter.lifted_at, letter.lifted_by_id = effect, said, at, by.person_id
        _lift(letters, book, by=by, at=at)
        Letter.objects.bulk_update(letters, ["effect", "opinion", "lifted_at", "lifted_by"])
        again = [_higher(letter, loaded) for letter in letters if effect == rules.FAILED]
        return issue(again, by=by, at=at, loaded=loaded) if again else []


def _lift(letters: Sequence[Letter], book: Book, *, by: Actor, at: datetime) -> None:
    mine = [letter.pk for letter in letters]
    orders = {letter.order_id for letter in letters}
    others = Letter.objects.filter(order__in=orders, lifted_at=None).exclude(pk__in=mine)
    held = set(others.values_list("order", flat=True))
    steps = [
        Step(
            book.order(letter.order), changes={"supervised": letter.order_id in held},
            records={"letter": letter.number, "effect": letter.effect, "opinion": letter.opinion},
        )
        for letter in letters
    ]  # fmt: skip
    actions.move(steps, "lift_supervision", by=by, at=at)


def _higher(letter: Letter, loaded: Loaded) -> Demand:
    trigger = loaded.pack.oversight.find(letter.trigger)
    basis = {**letter.basis, "failed": letter.number, "opinion": letter.opinion}
    text = f"{letter.number} 督办没有效果：{letter.opinion}\n{letter.text}"
    return Demand(
        letter.order, replace(trigger, code=letter.trigger), text=text, level=letter.level + 1, basis=basis,
        subject=letter.subject, follows=letter,
    )  # fmt: skip


def _in_sight(orders: Sequence[Order], by: Actor) -> None:
    if by.role == Role.RULE or by.sight == Sight.ALL:
        return
    wanted = {order.pk for order in orders}
    if queries.visible_to(by).filter(pk__in=wanted).count() != len(wanted):
        raise NotAllowed(f"有的工单不在{by.unit_name or by.name}的范围里，不能督办。请在自己的工单里选。")


def _none_open(demands: Sequence[Demand]) -> None:
    wanted = {(demand.order.pk, demand.trigger.code): demand for demand in demands}
    if len(wanted) != len(demands):
        raise BadInput("同一件工单、同一个原因只能发一份督办单。")
    found = Letter.objects.filter(order__in=[pk for pk, _ in wanted], lifted_at=None)
    for number, order, trigger in found.values_list("number", "order", "trigger"):
        if (order, trigger) in wanted:
            raise Conflict(f"督办单 {number} 还没有销号，不用再发一份。可以先认定那一份的效果。")


def _letters(demands: Sequence[Demand], *, by: Actor, at: datetime, loaded: Loaded) -> list[Letter]:
    orders = {demand.order.pk for demand in demands}
    rows = Letter.objects.filter(order__in=orders).values_list("order").annotate(n=Count("pk"))
    known: dict[int, int] = dict(rows)
    out = []
    for demand in demands:
        known[demand.order.pk] = known.get(demand.order.pk, 0) + 1
        out.append(_letter(demand, known[demand.order.pk], by, at, loaded))
    return out


def _letter(demand: Demand, no: int, by: Actor, at: datetime, loaded: Loaded) -> Letter:
    order, trigger = demand.order, demand.trigger
    level = loaded.pack.oversight.level(demand.level or trigger.level)
    limit = demand.limit or (trigger.limit if not demand.follows else "") or level.limit
    due = limits.run_out(loaded.pack, limit, at=at)
    counted = {name: int(demand.basis.get(name) or 0) for name in ("count", "callers")}
    return Letter(
        number=f"{order.number}-D{no}", order=order, round=order.round, trigger=trigger.code, subject=demand.subject,
        level=level.no, issuers=_issuers(level, by), basis=dict(demand.basis), by_id=by.person_id, by_name=by.name,
        text=demand.text.strip() or rules.text(trigger, number=order.number, due=_moment(due), **counted),
        unit_id=by.unit_id, made_at=at, due_at=due, follows=demand.follows,
    )  # fmt: skip


def _issuers(level: Level, by: Actor) -> list[str]:
    """The bodies named on the letter: those of the level, and a person's own unit where it is not among them."""
    own = [by.unit_name] if by.unit_name and level.no == 1 else []
    return own or list(level.issuers)


def _addressees(letters: Sequence[Letter], orders: Sequence[Order], loaded: Loaded) -> dict[str, list[int]]:
    """For each letter the units that must answer: those that hold the order (else its street, its district)."""
    holding: dict[int, list[int]] = {}
    found = supervision_queries.holding().filter(order__in=orders).order_by("no")
    for order_id, unit_id in found.values_list("order", "unit"):
        holding.setdefault(order_id, []).append(unit_id)
    out = {}
    for letter, order in zip(letters, orders, strict=True):
        units = holding.get(order.pk) or [pk for pk in (order.street_id, order.district_id) if pk][:1]
        units += _resolved(loaded.pack.oversight.level(letter.level).also, order, loaded)
        out[letter.number] = list(dict.fromkeys(units))
        if not units:
            raise BadInput(f"{order.number} 还没有单位在办，也没有地点，督办单不知道发给谁。请先派单。")
    return out


def _resolved(expressions: Sequence[str], order: Order, loaded: Loaded) -> list[int]:
    codes = loaded.unit_codes
    street, district = codes.get(order.street_id or 0, ""), codes.get(order.district_id or 0, "")
    found = [loaded.pack.resolve(one, street=street, district=district) for one in expressions]
    return [loaded.unit_ids[code] for code in found if code is not None and code in loaded.unit_ids]


def _issued(demand: Demand, letter: Letter, units: Sequence[int], loaded: Loaded, at: datetime) -> Step:
    names = [loaded.pack.units[loaded.unit_codes[pk]].name for pk in units if pk in loaded.unit_codes]
    told = [pk for pk in _resolved(demand.trigger.tell, demand.order, loaded) if pk not in units]
    return Step(
        demand.order,
        changes={"supervised": True},
        records={
            "trigger": demand.trigger.code, "name": demand.trigger.name, "letter": letter.number,
            "limit": letter.due_at, "level": letter.level, "issuers": letter.issuers,
            "units": names, "text": letter.text,
        },
        messages=[
            *(_notice(pk, "supervised", letter, demand.order, at) for pk in units),
            *(_notice(pk, "supervision_told", letter, demand.order, at) for pk in told),
        ],
    )  # fmt: skip


def _notice(unit_id: int, topic: str, letter: Letter, order: Order, at: datetime) -> Message:
    due = letter.due_at.isoformat()
    return outbox.to_unit(unit_id, topic, at=at, number=order.number, letter=letter.number, due=due)


def _answered(addressee: Addressee, at: datetime) -> list[Message]:
    letter = addressee.letter
    return [_notice(letter.unit_id, "supervision_answered", letter, letter.order, at)] if letter.unit_id else []


def _to_be_answered(addressees: Sequence[Addressee], by: Actor) -> None:
    fresh = Addressee.objects.filter(pk__in=[a.pk for a in addressees]).values_list(
        "pk", "replied_at", "letter__lifted_at"
    )
    done = {pk for pk, replied, lifted in fresh if replied or lifted}
    for addressee in addressees:
        number = addressee.letter.number
        if not _of(by, addressee.unit):
            raise NotAllowed(f"督办单 {number} 是发给{addressee.unit.name}的，请由它回复。")
        if addressee.pk in done:
            raise Conflict(f"督办单 {number} 已经回复过或已经销号。请刷新页面看看。")


def _to_be_judged(letters: Sequence[Letter], by: Actor) -> None:
    open_ones = set(Letter.objects.filter(pk__in=[x.pk for x in letters], lifted_at=None).values_list("pk", flat=True))
    for letter in letters:
        if by.sight != Sight.ALL and (letter.unit is None or not _of(by, letter.unit)):
            raise NotAllowed(f"督办单 {letter.number} 不是{by.unit_name or by.name}发的，请由发的单位认定效果。")
        if letter.pk not in open_ones:
            raise Conflict(f"督办单 {letter.number} 已经销号。请刷新页面看看谁先办了。")


def _of(by: Actor, unit: Unit) -> bool:
    """Whether the unit is the actor's own, or lies under it where the actor sees a tree."""
    if by.sight == Sight.TREE:
        return unit.path.startswith(by.unit_path)
    return unit.pk == by.unit_id


def _copies(files: Sequence[Attachment]) -> list[Attachment]:
    return [Attachment(name=f.name, mime=f.mime, size=f.size, sha256=f.sha256, stage=f.stage) for f in files]


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
