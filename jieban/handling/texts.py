"""Ready replies: those of the city and those of a unit, offered where they fit and filled from the record.

A unit writes its own; changing one retires it and writes another, so that what was once used can still be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from jieban.accounts.actor import Actor, Role
from jieban.city.models import Unit
from jieban.city.queries import Loaded
from jieban.core import placeholders
from jieban.core.errors import BadInput, Conflict, NotAllowed
from jieban.handling import rules
from jieban.handling.models import ReplyTemplate
from jieban.orders.models import Assignment

TITLE_MAX, BODY_MAX = 40, 2000


@dataclass(frozen=True, slots=True)
class Text:
    """A ready reply as it is offered: `key` tells the city's from a unit's own."""

    key: str
    title: str
    category: str
    result: str
    body: str
    own: bool = False

    def fits(self, category: str) -> bool:
        """Whether it is for that category."""
        return category.startswith(self.category)


def of_unit(unit_path: str) -> QuerySet[ReplyTemplate]:
    """The texts in force that a unit may use: its own and those of the units above it."""
    codes = unit_path.split("/")[:-1]
    return ReplyTemplate.objects.filter(unit__code__in=codes, retired_at=None).order_by("title", "pk")


def offered(part: Assignment, loaded: Loaded) -> list[Text]:
    """What is offered for an assignment (unit and order fetched): the unit's own first; one query."""
    return [one for one in every(part.unit, loaded) if one.fits(part.order.category)]


def every(unit: Unit, loaded: Loaded) -> list[Text]:
    """All texts that a unit may use, its own first."""
    own = [Text(f"u{row.pk}", row.title, row.category, row.result, row.body, True) for row in of_unit(unit.path)]
    city = [Text(one.code, one.title, one.category, one.result, one.body) for one in loaded.pack.replies.texts]
    return [*own, *city]


def write(
    unit: Unit, *, title: str, category: str, result: str, body: str, by: Actor, at: datetime, loaded: Loaded
) -> ReplyTemplate:
    """A unit's chief writes a text. BadInput: no title or words, an unknown placeholder, category or result."""
    _chief(unit, by)
    if not title.strip() or not body.strip():
        raise BadInput("请写模板的名字和正文。")
    placeholders.check(body)
    if category and category not in loaded.pack.categories:
        raise BadInput("没有这个分类，请从列出的里面选。")
    if result and result not in rules.RESULTS:
        raise BadInput(f"办理结果请从{'、'.join(rules.RESULTS.values())}里选。")
    return ReplyTemplate.objects.create(
        unit=unit, title=title.strip()[:TITLE_MAX], category=category, result=result, body=body.strip()[:BODY_MAX],
        by_id=by.person_id, made_at=at,
    )  # fmt: skip


def retire(row: ReplyTemplate, *, by: Actor, at: datetime) -> None:
    """It is offered no longer. Conflict: somebody else retired it first."""
    _chief(row.unit, by)
    if not ReplyTemplate.objects.filter(pk=row.pk, retired_at=None).update(retired_at=at):
        raise Conflict("这个模板已经停用了。")


def values(part: Assignment, *, caller: str, place: str, measures: str, by: Actor, at: datetime) -> dict[str, str]:
    """What the placeholders stand for in this assignment; `caller` and `place` as they may be shown."""
    due, today = timezone.localtime(part.handle_due), timezone.localtime(at)
    received = timezone.localtime(part.order.received_at)
    return {
        "市民称呼": caller or "市民朋友",
        "编号": part.order.number,
        "事项": part.order.title,
        "地点": place,
        "单位": part.unit.name,
        "科室": part.section.name if part.section else "",
        "承办人": part.handler.name if part.handler else by.name,
        "受理日期": f"{received.month}月{received.day}日",
        "时限": f"{due.month}月{due.day}日 {due:%H:%M}",
        "措施": measures,
        "今天": f"{today.month}月{today.day}日",
    }


def _chief(unit: Unit, by: Actor) -> None:
    if by.role not in (Role.CHIEF, Role.DISTRICT) or by.unit_id != unit.pk:
        raise NotAllowed("模板由本单位负责人写和停用。请找他，或请他给您加上负责人岗位。")
