"""Every column an export may have: its title, how it is read, and what a reader must know of it.

Which columns hold personal data is said once, in `analytics.exports.rules.PERSONAL`. Orders come from
`analytics.exports.queries.chunks`; no column asks the database again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor
from jieban.analytics.exports import rules
from jieban.city.queries import Loaded
from jieban.core import crypto
from jieban.handling import rules as handling
from jieban.intake import masking
from jieban.intake.queries import words_of
from jieban.orders.models import Assignment, Order
from jieban.portal import words
from jieban.portal.desk import rows
from jieban.portal.desk.unit import UNITS
from jieban.portal.words import Word

TEXT, NUMBER, MOMENT, FLAG = "text", "number", "moment", "flag"
Value = str | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as it is read for a row: by whom, with which rules, and whether personal data of it may go out."""

    order: Order
    loaded: Loaded
    by: Actor
    parts: Sequence[Assignment]
    shut: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `read` gives its value; `says` explains it where the title does not."""

    code: str
    title: Word
    read: Callable[[Seen], Value]
    kind: str = TEXT
    says: Word = ""

    @property
    def personal(self) -> bool:
        """Whether it holds personal data."""
        return self.code in rules.PERSONAL


def seen(order: Order, parts: Sequence[Assignment], loaded: Loaded, by: Actor) -> Seen:
    """An order (with `own`, contact and areas fetched) and its assignments as they are read."""
    parts = [part for part in parts if part.role != "notice" and part.state not in rows.ENDED]
    return Seen(order, loaded, by, parts, _shut(order))


def row(one: Seen, columns: Sequence[Column]) -> tuple[Value, ...]:
    """The values of an order; personal ones say why they are withheld where they are."""
    return tuple(one.shut if column.personal and one.shut else column.read(one) for column in columns)


def chosen(codes: Sequence[str]) -> list[Column]:
    """The columns with these codes in the order of the table; one that is no longer there is left out."""
    return [column for column in COLUMNS if column.code in codes]


def _left_out(one: Seen) -> bool:
    return bool(one.parts) and all(part.ground for part in one.parts)


def _shut(order: Order) -> str:
    if order.confidential:
        return _("保密件，不导出")
    return "" if getattr(order, "own", False) else _("不是本单位承办，不导出")


def _level(level: int) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        pack, code = one.loaded.pack, one.order.category
        path = pack.category_path(code) if code in pack.categories else ()
        return path[level - 1].name if len(path) >= level else ""

    return read


def _channel(one: Seen) -> Value:
    known = one.loaded.pack.channels.get(one.order.channel)
    return known.name if known else one.order.channel


def _urgency(one: Seen) -> Value:
    level = words.URGENCY.get(one.order.urgency)
    return str(level.name) if level else one.order.urgency


def _place(one: Seen) -> Value:
    """The place of the gazetteer; of a confidential order only district and street are told."""
    known = one.loaded.places.get(one.order.place)
    return _("保密件，不导出") if one.order.confidential else known.name if known else ""


def _said(table: dict[str, Word], name: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        code = getattr(one.order, name)
        return str(table.get(code, code))

    return read


def _masked(name: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        return _plain(one, getattr(one.order, name))

    return read


def _plain(one: Seen, text: str) -> str:
    if one.order.confidential:
        return _("保密件，不导出")
    return masking.plain(text, name=crypto.unseal(one.order.contact.name))


def _replies(one: Seen) -> Value:
    return _plain(one, "\n".join(part.reply for part in one.parts if part.reply))


def _first(name: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        found = [getattr(part, name) for part in one.parts if getattr(part, name) is not None]
        return min(found) if found else None

    return read


def _units(role: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        return "、".join(part.unit.name for part in one.parts if not role or part.role == role)

    return read


def _results(one: Seen) -> Value:
    return "、".join(dict.fromkeys(handling.RESULTS.get(part.result, part.result) for part in one.parts if part.result))


def _state(one: Seen) -> Value:
    order = one.order
    return str(words.state_face(order.state, order.solved, order.reached).staff)


def _late(one: Seen) -> Value:
    """Whether a unit reported after its due; empty while nothing is due or done."""
    judged = [part.completed_at > part.handle_due for part in one.parts if part.completed_at is not None]
    return any(judged) if judged else None


def _name(one: Seen) -> Value:
    contact = one.order.contact
    if contact.anonymous:
        return _("匿名")
    if contact.hide_name and one.by.role in UNITS:
        return _("不公开姓名")
    return crypto.unseal(contact.name)


def _firm(name: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        contact = one.order.contact
        hidden = contact.anonymous or (contact.hide_name and one.by.role in UNITS)
        return _("不公开姓名") if hidden and contact.appellant == "firm" else crypto.unseal(getattr(contact, name))

    return read


def _of(name: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        value: Value = getattr(one.order, name)
        return value

    return read


def _area(name: str) -> Callable[[Seen], Value]:
    def read(one: Seen) -> Value:
        unit = getattr(one.order, name)
        return str(unit.name) if unit else ""

    return read


_MASKS = lazy("姓名、电话、证件号、车牌、门牌室号等认得出来的都遮住了")
COLUMNS: Final[tuple[Column, ...]] = (
    Column("number", lazy("工单编号"), _of("number")),
    Column("received", lazy("受理时间"), _of("received_at"), MOMENT),
    Column("channel", lazy("渠道"), _channel),
    Column("kind", lazy("诉求类型"), _said(words.KINDS, "kind")),
    Column("category1", lazy("一级分类"), _level(1)),
    Column("category2", lazy("二级分类"), _level(2)),
    Column("category3", lazy("三级分类"), _level(3)),
    Column("category", lazy("分类代码"), _of("category")),
    Column("urgency", lazy("紧急程度"), _urgency),
    Column("district", lazy("区"), _area("district")),
    Column("street", lazy("街道乡镇"), _area("street")),
    Column("place", lazy("标准地点"), _place, says=lazy("小区、道路一级，不到门牌")),
    Column("lead", lazy("主办单位"), _units("lead")),
    Column("units", lazy("全部承办单位"), _units("")),
    Column("state", lazy("现在的状态"), _state),
    Column("dispatched", lazy("派单时间"), _of("dispatched_at"), MOMENT),
    Column("responded", lazy("首次联系时间"), _first("responded_at"), MOMENT),
    Column("due", lazy("答复时限"), _of("due_at"), MOMENT),
    Column("replied", lazy("单位办结时间"), _of("replied_at"), MOMENT),
    Column("late", lazy("单位办结超期"), _late, FLAG),
    Column("closed", lazy("结案时间"), _of("closed_at"), MOMENT),
    Column("round", lazy("第几轮"), _of("round"), NUMBER),
    Column("results", lazy("单位说的办理结果"), _results),
    Column("reached", lazy("回访联系上"), _of("reached"), FLAG),
    Column("solved", lazy("市民说解决没有"), _said(words.SOLVED, "solved")),
    Column("satisfied", lazy("市民说满意没有"), _said(words.SATISFIED, "satisfied")),
    Column("supervised", lazy("督办"), _of("supervised"), FLAG),
    Column("excluded", lazy("考评剔除"), _left_out, FLAG, lazy("各承办单位都剔除了才算")),
    Column("title", lazy("标题（遮盖）"), _masked("title"), says=_MASKS),
    Column("content", lazy("诉求内容（遮盖）"), _masked("content"), says=_MASKS),
    Column("replies", lazy("给市民的答复（遮盖）"), _replies, says=_MASKS),
    Column("text", lazy("诉求原文"), lambda one: words_of(one.order.contact), says=lazy("没有遮盖")),
    Column("name", lazy("姓名"), _name, says=lazy("匿名和不公开姓名的不给")),
    Column("phone", lazy("电话"), lambda one: crypto.unseal(one.order.contact.phone)),
    Column("address", lazy("详细地址"), _of("address")),
    Column("firm", lazy("企业名称"), _firm("firm")),
    Column("credit_code", lazy("统一社会信用代码"), _firm("credit_code")),
)
USUAL: Final = ("number", "received", "category1", "category2", "district", "street", "units", "state", "solved")


def cell(value: Any) -> Any:
    """A value as a person reads it in a table: moments to the minute, yes and no in words."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else value
