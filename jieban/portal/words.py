"""What codes are called on the pages: kinds, urgencies, states, roles, answers; lengths and points of time in words.

Staff and citizens hear different words for the same state (`STATES`): no inside word reaches a citizen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Role
from jieban.orders.lifecycle import A, S

Word = str | Promise

KINDS: dict[str, Word] = {
    "consultation": lazy("咨询"),
    "help": lazy("求助"),
    "complaint": lazy("投诉"),
    "report": lazy("举报"),
    "suggestion": lazy("建议"),
    "praise": lazy("表扬"),
}
PARTS: dict[str, Word] = {"lead": lazy("主办"), "assist": lazy("协办"), "notice": lazy("知会")}
SOLVED: dict[str, Word] = {
    "yes": lazy("已解决"),
    "part": lazy("部分解决"),
    "no": lazy("没解决"),
    "explained": lazy("没解决，但解释清楚了"),
}
SATISFIED: dict[str, Word] = {
    "yes": lazy("满意"),
    "mostly": lazy("基本满意"),
    "no": lazy("不满意"),
    "none": lazy("不评价"),
}
ROLES: dict[str, Word] = {
    Role.AGENT: lazy("坐席"),
    Role.DISPATCHER: lazy("派单员"),
    Role.CLERK: lazy("承办员"),
    Role.CHIEF: lazy("承办单位负责人"),
    Role.DISTRICT: lazy("区指挥中心"),
    Role.CALLBACK: lazy("回访员"),
    Role.SUPERVISOR: lazy("班长"),
    Role.LEADER: lazy("领导"),
    Role.AUDITOR: lazy("纪检监察"),
    Role.KNOWLEDGE: lazy("知识维护"),
    Role.ADMIN: lazy("系统管理"),
    Role.CITIZEN: lazy("市民"),
    Role.CHANNEL: lazy("渠道"),
    Role.RULE: lazy("规则"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """How an urgency is drawn: class ending, icon, name, and the time it gives."""

    style: str
    icon: str
    name: Word
    span: Word


URGENCY: dict[str, Level] = {
    "2h": Level("2", "urgent", lazy("突发"), lazy("2 小时")),
    "24h": Level("24", "clock-24", lazy("及时"), lazy("24 小时")),
    "7d": Level("7", "calendar-week", lazy("一般"), lazy("7 天")),
    "15d": Level("15", "calendar-month", lazy("疑难"), lazy("15 天")),
}


@dataclass(frozen=True, slots=True)
class Face:
    """How a state is drawn: its shape, its tone, the staff's word and the citizen's."""

    shape: str
    tone: str
    staff: Word
    citizen: Word


STATES: dict[str, Face] = {
    S.RECEIVED: Face("ring", "wait", lazy("已受理"), lazy("已受理")),
    S.ANSWERED: Face("disc", "cit", lazy("当场答复"), lazy("已答复您")),
    S.TRANSFERRED: Face("ring", "wait", lazy("已转接"), lazy("已为您转接")),
    S.GUIDED: Face("ring", "wait", lazy("已引导"), lazy("已告诉您该找谁")),
    S.PENDING: Face("ring", "wait", lazy("待派单"), lazy("正在确定由谁来办")),
    S.CONSULTING: Face("half", "work", lazy("会商中"), lazy("正在确定由谁来办")),
    S.DISPATCHED: Face("ring", "wait", lazy("已派单"), lazy("已派给单位")),
    S.HANDLING: Face("half", "work", lazy("办理中"), lazy("正在办理")),
    S.REPLIED: Face("square", "unit", lazy("单位已办结"), lazy("单位说办完了，等您确认")),
    S.CALLBACK: Face("ring", "wait", lazy("待回访"), lazy("我们会来问您")),
    S.ASKED: Face("ring", "wait", lazy("已回访"), lazy("您已答复")),
    S.REWORK: Face("loop", "again", lazy("重办中"), lazy("您说没解决，正在重办")),
    S.CLOSED: Face("dash", "arch", lazy("已结案"), lazy("已结束")),
    S.TERMINATED: Face("dash", "arch", lazy("终结办理"), lazy("依法终结办理")),
    S.ARCHIVED: Face("dash", "arch", lazy("已归档"), lazy("已结束")),
}
# A closed order is named by what the citizen said, never by what the unit said.
SAID: dict[str, Face] = {
    "yes": Face("disc", "cit", lazy("市民确认解决"), lazy("您确认已解决")),
    "part": Face("disc", "part", lazy("市民：部分解决"), lazy("您说部分解决")),
    "no": Face("cross", "again", lazy("市民：没解决"), lazy("您说没解决")),
    "explained": Face("lines", "part", lazy("市民：没解决，但解释清楚了"), lazy("您说没解决，但说明了原因")),
    "unreached": Face("ring", "wait", lazy("联系不上"), lazy("没联系上您")),
}
PART_STATES: dict[str, Face] = {
    A.SENT: Face("ring", "wait", lazy("待签收"), lazy("已派给单位")),
    A.SIGNED: Face("half", "work", lazy("已签收"), lazy("已签收")),
    A.RESPONDED: Face("half", "work", lazy("已响应"), lazy("联系过您")),
    A.HANDLING: Face("half", "work", lazy("办理中"), lazy("正在办理")),
    A.OBJECTION: Face("ring", "wait", lazy("异议审核"), lazy("正在办理")),
    A.HANDOVER: Face("half", "wait", lazy("待交接"), lazy("正在办理")),
    A.EXTENSION: Face("ring", "wait", lazy("延期审核"), lazy("正在办理，时限不变，延期会另外告诉您")),
    A.SUSPENDED: Face("bars", "pause", lazy("暂停"), lazy("暂停")),
    A.HUNG: Face("bars", "pause", lazy("挂账"), lazy("暂时办不了")),
    A.COMPLETED: Face("square", "unit", lazy("单位已办结"), lazy("单位说办完了，等您确认")),
    A.REDIRECTED: Face("dash", "arch", lazy("已改派"), lazy("换了单位来办")),
    A.TERMINATED: Face("dash", "arch", lazy("已终止"), lazy("不再由它办")),
}
UNKNOWN = Face("dash", "arch", "", "")
# How far an objection is, and what an upheld one led to.
OBJECTIONS: dict[str, Word] = {
    "draft": lazy("等负责人批"),
    "returned": lazy("负责人没批"),
    "review": lazy("等审核"),
    "kept": lazy("异议不成立"),
    "upheld": lazy("异议成立"),
    "void": lazy("不用再定"),
}
OBJECTION_OUTCOMES: dict[str, Word] = {
    "passed": lazy("交给下一家"),
    "table": lazy("转会商"),
    "fallback": lazy("兜底派单"),
    "released": lazy("不再由它办"),
    "back": lazy("交接没成，退回原单位"),
}


def state_face(state: str, solved: str = "", reached: bool | None = None) -> Face:
    """The face of an order's state; a closed one that was called back wears what the citizen said."""
    if state in (S.CLOSED, S.ARCHIVED):
        if solved in SAID:
            return SAID[solved]
        if reached is False:
            return SAID["unreached"]
    return STATES.get(state, UNKNOWN)


def span(length: timedelta) -> str:
    """A length of time as people say it: under 1 h 54 分, under 24 h 3 小时 12 分, else 8 天 20 小时."""
    minutes = int(abs(length).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _two(ngettext("%d 天", "%d 天", days) % days, ngettext("%d 小时", "%d 小时", hours) % hours, hours)
    if hours:
        return _two(ngettext("%d 小时", "%d 小时", hours) % hours, ngettext("%d 分", "%d 分", rest) % rest, rest)
    return ngettext("%d 分", "%d 分", rest) % rest


def limit_words(limit: str) -> str:
    """A limit string of the pack (`30min`, `2h`, `7d`, `5wd`, `4wh`) in words."""
    count, unit = "".join(c for c in limit if c.isdigit()), "".join(c for c in limit if c.isalpha())
    words = {
        "min": ngettext("%s 分钟", "%s 分钟", int(count or 0)),
        "h": ngettext("%s 小时", "%s 小时", int(count or 0)),
        "d": ngettext("%s 天", "%s 天", int(count or 0)),
        "wd": ngettext("%s 个工作日", "%s 个工作日", int(count or 0)),
        "wh": ngettext("%s 个工作小时", "%s 个工作小时", int(count or 0)),
    }
    return words[unit] % count if unit in words else limit


def day_words(day: date, today: date) -> str:
    """今天, 明天, 昨天, 11月28日, and 2025年11月20日 in another year."""
    near = {0: _("今天"), 1: _("明天"), -1: _("昨天")}.get((day - today).days)
    if near:
        return near
    if (get_language() or "zh").startswith("zh"):
        return f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def moment(at: datetime, now: datetime) -> str:
    """A point of time: 今天 13:54, 昨天 20:10, 11月28日 09:14. Both datetimes in the city's zone."""
    return f"{day_words(at.date(), now.date())} {at:%H:%M}"


def masked(phone: str) -> str:
    """A telephone number with its middle hidden: 138****5678, 010****6120; short service numbers stay."""
    digits = phone.strip()
    if len(digits) < 7:
        return digits
    return f"{digits[:3]}****{digits[-4:]}"


def _two(first: str, second: str, show: int) -> str:
    return f"{first} {second}" if show else first
