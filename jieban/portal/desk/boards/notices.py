"""提醒: what a unit was told lately, newest first; and how often each unit was told things in the quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role, Sight
from jieban.core import clock as city_clock
from jieban.orders import burden
from jieban.orders.models import Message
from jieban.portal import words
from jieban.portal.desk.boards.board import Asked, Board
from jieban.portal.desk.unit import UNITS

_DAYS = 7
_MOST = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a unit was told, in words; `late` where a limit has passed; `link` where it is about a page."""

    row: Message
    words: str
    more: str
    late: bool
    link: str = ""


def shown(asked: Asked) -> QuerySet[Message]:
    """What the actor's unit (a district: its whole area) was told in the last days and may see by now."""
    mine = Message.objects.filter(way="desk", after__lte=asked.at, made_at__gte=asked.at - timedelta(days=_DAYS))
    if asked.by.sight == Sight.TREE:
        return mine.filter(unit__path__startswith=asked.by.unit_path)
    return mine.filter(unit=asked.by.unit_id)


def _values(asked: Asked) -> Mapping[str, Any]:
    found = shown(asked).select_related("order", "unit").order_by("-after", "-pk")[:_MOST]
    return {"notices": [_notice(row, asked.at) for row in found], "days": _DAYS}


def _notice(row: Message, now: datetime) -> Notice:
    said = row.body
    more = str(said.get("cause") or said.get("cycle") or "")
    if row.topic == "cycle_stage":
        return Notice(row, _stage_words().get(said["stage"], _("有新情况")), more, False)
    if row.topic in ("due_soon", "overdue"):
        return Notice(row, _limit_words(said), _due_words(said, now), row.topic == "overdue")
    return Notice(row, _topics().get(row.topic, _("有新情况")), more, False, _link(row))


def _link(row: Message) -> str:
    """The page that a notice about no order is about; "" for none."""
    route = {"cycle_published": "letters", "cycle_copied": "shared_results"}.get(row.topic, "")
    return reverse(route, args=[row.body["result"]]) if route and "result" in row.body else ""


def _limit_words(said: Mapping[str, Any]) -> str:
    if said["clock"] == "step":
        return _("到节点了")
    if said["clock"] == "inner":
        return _("单位自己的时限到了")
    near, late = {
        "sign": (_("签收快到时限"), _("签收超时")), "respond": (_("联系市民快到时限"), _("联系市民超时")),
        "handle": (_("办理快到时限"), _("办理超期")),
    }[said["clock"]]  # fmt: skip
    return late if said["late"] else near


def _due_words(said: Mapping[str, Any], now: datetime) -> str:
    zone = city_clock.zone()
    due = datetime.fromisoformat(said["due"]).astimezone(zone)
    return _("时限 %s") % words.moment(due, now.astimezone(zone))


def _topics() -> dict[str, str]:
    return {
        "assigned": _("新派来一件"), "rework": _("转回重办"), "handed_down": _("交给你们办"),
        "remark": _("市民或中心补充了"),
        "extended": _("同意延期"), "extension_refused": _("不同意延期"), "suspended": _("计时停了"),
        "suspension_declined": _("不同意暂停"), "resumed": _("计时接着走了"),
        "reclassified": _("分类或紧急程度改了，时限重算"),
        "handed_over": _("新单位已签收，交接完成"), "consulted": _("请你们参加会商"), "hang_declined": _("不同意挂账"),
        "taken_down": _("摘账了，接着办"), "whistled": _("有单位吹哨"), "supervised": _("收到督办"),
        "cycle_frozen": _("考评结果冻结了，等另一位公布"), "cycle_published": _("考评结果公布了"),
        "cycle_copied": _("抄送：和街道一起办的工单的结果"),
        "dispute_filed": _("有单位对考评结果提异议"), "dispute_decided": _("考评异议有答复了"),
        "exclusion": _("剔除申请有了结果"),
    }  # fmt: skip


def _stage_words() -> dict[str, str]:
    return {
        "open": _("新的考核期开始了"), "late": _("考核期结束，进入补访"), "window": _("进入剔除申请和审核"),
        "over": _("剔除期结束，可以冻结了"),
    }  # fmt: skip


def _burden(asked: Asked) -> Mapping[str, Any]:
    rows = burden.by_unit(asked.by, at=asked.at)
    return {
        "rows": rows,
        "days": burden.DAYS,
        "total": sum(row.pushes for row in rows),
        "night": sum(row.night for row in rows),
    }


BOARDS = (
    Board("notices", "joint", lazy("提醒"), frozenset(UNITS), "desk/notices.html", _values),
    Board(
        "burden", "watch", lazy("夜间打扰"),
        frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.LEADER, Role.AUDITOR}), "desk/burden.html", _burden,
    ),
)  # fmt: skip
