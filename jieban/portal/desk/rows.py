"""What a list shows of an order or an assignment: everything already in words, nothing that asks the database again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from jieban.city.pack import Pack
from jieban.city.queries import Loaded
from jieban.core import clock, crypto
from jieban.handling import rules as handling
from jieban.intake.rules import mask_id, mask_name
from jieban.orders.models import Assignment, Contact, Order
from jieban.portal import clocks, words


@dataclass(frozen=True, slots=True)
class Caller:
    """The citizen as the staff may see them without a purpose: surname at most, number masked.

    Of a firm its name (empty where it wishes not to be named) and the end of its credit code; `name` is then the
    person who speaks for it.
    """

    name: str
    phone: str
    is_firm: bool = False
    firm: str = ""
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a unit's desk."""

    part: Assignment
    order: Order
    category: str
    place: str
    caller: Caller
    bar: clocks.Bar
    group: str
    trail: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One row of a list of orders."""

    order: Order
    category: str
    place: str
    bar: clocks.Bar | None
    units: str
    done: int
    total: int


def caller(contact: Contact) -> Caller:
    """The citizen in masked words; anonymous and hidden names are said to be so."""
    phone = words.masked(crypto.unseal(contact.phone))
    if contact.appellant == "firm":
        return _firm(contact, phone)
    if contact.anonymous:
        return Caller(_("匿名"), phone or _("没有留电话"))
    name = mask_name(crypto.unseal(contact.name))
    hidden = contact.hide_name or not name
    return Caller(_("不公开姓名") if hidden else name, phone or _("没有留电话"))


def _firm(contact: Contact, phone: str) -> Caller:
    named = "" if contact.hide_name else crypto.unseal(contact.firm)
    person = mask_name(crypto.unseal(contact.name))
    code = mask_id(crypto.unseal(contact.credit_code))
    name = person if person and not contact.hide_name else ""
    return Caller(name or _("联系人没有公开"), phone or _("没有留电话"), True, named, code)


def category(code: str, pack: Pack, *, deepest: int = 3) -> str:
    """The path of a category in words: 供暖 › 集中供热."""
    if code not in pack.categories:
        return code or _("还没有分类")
    return " › ".join(node.name for node in pack.category_path(code)[:deepest])


def place(order: Order, loaded: Loaded) -> str:
    """Where it is, as typed, else the place of the pack, else its street."""
    if order.address:
        return order.address
    code = order.place or loaded.unit_codes.get(order.street_id or order.district_id or 0, "")
    return loaded.gazetteer.label(code) if code else _("没有写地点")


def lines(parts: Iterable[Assignment], loaded: Loaded, now: datetime) -> Iterator[Line]:
    """Rows of a desk; orders, contacts and units must have been fetched along."""
    zone = clock.zone()
    local = now.astimezone(zone)
    for part in parts:
        yield Line(
            part, part.order, category(part.order.category, loaded.pack, deepest=2), place(part.order, loaded),
            caller(part.order.contact), clocks.of(handling.clocks(part)[2], now),
            handling.group(part.handle_due.astimezone(zone), local), trail(part, loaded), asked(part),
        )  # fmt: skip


def trail(part: Assignment, loaded: Loaded) -> str:
    """Where below its unit the work lies, level by level: 桥东社区 › 第一网格; empty where it was not handed down."""
    if part.section is None:
        return ""
    below = part.section.path.removeprefix(part.unit.path).strip("/").split("/")
    units = loaded.pack.units
    return " › ".join(units[code].short if code in units else code for code in below if code)


def asked(part: Assignment) -> str:
    """Whether the citizen is asked for something (questions fetched along): waiting, or answered meanwhile."""
    questions = sorted(part.questions.all(), key=lambda row: row.asked_at)
    if not questions or part.completed_at is not None:
        return ""
    return _("市民已补充") if questions[-1].answered_at else _("等市民补充")


def order_lines(orders: Iterable[Order], loaded: Loaded, now: datetime) -> Iterator[OrderLine]:
    """Rows of a list of orders; their assignments and units must have been prefetched."""
    for order in orders:
        parts = [part for part in order.assignments.all() if part.role != "notice" and part.state not in ENDED]
        done = sum(1 for part in parts if part.completed_at and part.state == handling.COMPLETED)
        yield OrderLine(
            order, category(order.category, loaded.pack, deepest=2), place(order, loaded), citizen_bar(order, now),
            "、".join(part.unit.short for part in parts), done, len(parts),
        )  # fmt: skip


ENDED = ("redirected", "terminated")


def citizen_bar(order: Order, now: datetime) -> clocks.Bar | None:
    """The citizen's clock: from the call to the unit's reply; none where nothing is due."""
    if order.due_at is None:
        return None
    return clocks.bar(_("答复市民"), start=order.received_at, due=order.due_at, now=now, done=order.replied_at)
