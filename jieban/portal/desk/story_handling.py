"""The moves of joint work in words: down and up the tree, outside, asked, checked, hung, mediated, tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from jieban.city.pack import Pack
from jieban.handling import effort, mediation
from jieban.orders.models import Entry

Records = Mapping[str, Any]
Line = Callable[[Entry, Records, Pack], tuple[str, str]]


def _note(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    if records.get("up"):
        how = _("办完，交回") if records["up"] == "done" else _("办不了，退回")
        return f"{how} {records.get('to', '')}", str(records.get("note", ""))
    return _("办理记录"), str(records.get("note", ""))


def _entrust(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("请 %s 帮办") % records.get("to", ""), str(records.get("instruction", ""))


def _outside(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    said = _("外单位说办完了") if records.get("done") else _("外单位报进展")
    return said, str(records.get("report", ""))


def _question(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("请市民补充"), str(records.get("question", ""))


def _supplement(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    said = _("市民电话里补充") if records.get("way") == "phone" else _("市民补充")
    return said, str(records.get("words", ""))


def _submit(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("答复送%s看") % records.get("level", ""), str(records.get("reply", ""))


def _check(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    level = records.get("level", "")
    said = _("%s看过，可以") % level if records.get("verdict") == "passed" else _("%s退回去改") % level
    late = _("（看晚了）") if records.get("late") else ""
    return f"{said}{late}", str(records.get("words", ""))


def _request(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    if records.get("what") != "hang":
        return _("向中心申请"), str(records.get("reason", ""))
    return _("申请挂账：%s") % _ground(records, pack), str(records.get("plan", ""))


def _decline(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    said = _("挂账没有同意") if records.get("what") == "hang" else _("申请没有同意")
    return said, str(records.get("reason", ""))


def _hang(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    who = f"{records.get('leader', '')}，{records.get('title', '')}"
    return _("挂账：%s") % _ground(records, pack), f"{who}\n{records.get('plan', '')}"


def _review(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    late = _("（复查晚了）") if records.get("late") else ""
    return f"{_('挂账复查')}{late}", f"{records.get('progress', '')}\n{_('下一步')}：{records.get('next', '')}"


def _mediate(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    """That it was held, not what was said: everybody who sees the order reads this line."""
    steps = {"begin": _("转入调解"), "session": _("调解会谈"), "confirm": _("司法确认")}
    if records.get("step") == "end":
        return _("调解结果：%s") % mediation.OUTCOMES.get(str(records.get("outcome")), ""), ""
    return steps.get(str(records.get("step")), _("调解")), str(records.get("court", ""))


def _effort(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("记录尽职情况"), str(records.get("facts", ""))


def _judged(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("认定：%s") % effort.DECISIONS.get(str(records.get("decision")), ""), str(records.get("reason", ""))


def _ground(records: Records, pack: Pack) -> str:
    ground = pack.grounds.get(str(records.get("ground", "")))
    return ground.name if ground else ""


WORDS: dict[str, Line] = {
    "note": _note, "entrust": _entrust, "outside_report": _outside, "question": _question, "supplement": _supplement,
    "submit": _submit, "check": _check, "request": _request, "decline": _decline, "hang": _hang, "review": _review,
    "mediate": _mediate, "effort": _effort, "judge_effort": _judged,
}  # fmt: skip
