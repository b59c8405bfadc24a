"""The timeline in words: what each entry says, who did it, how it is drawn, and whether its chain holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.callback import rules as callback
from jieban.city.pack import Pack
from jieban.core import clock
from jieban.handling import rules as handling
from jieban.orders import chain, lifecycle
from jieban.orders.models import Attachment, Entry, Order, Seal
from jieban.portal import words
from jieban.portal.desk import story_court, story_exclusion, story_handling, story_joint, story_sending

Records = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a line: when, who (and of which unit), what, the rest in smaller type, and its shape."""

    entry: Entry
    at: datetime
    who: str
    unit: str
    what: str
    more: str
    shape: str
    files: tuple[Attachment, ...]
    quiet: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the chain of an order holds, and until which entry it lies under a daily seal."""

    holds: bool
    broken_at: int
    sealed_day: str


def tell(entries: Sequence[Entry], attachments: Sequence[Attachment], pack: Pack) -> list[Told]:
    """The entries in words, in the order given. Attachments hang on the entry that brought them."""
    files: dict[int, list[Attachment]] = {}
    for attachment in attachments:
        files.setdefault(attachment.seq, []).append(attachment)
    return [_tell(entry, tuple(files.get(entry.seq, ())), pack) for entry in entries]


def proof(order: Order, entries: Sequence[Entry]) -> Proof:
    """Check each hash and link of the chain, oldest first; one query for the seal over its last entry."""
    previous = ""
    for entry in entries:
        if entry.previous != previous or chain.hash_of(entry, number=order.number) != entry.hash:
            return Proof(False, entry.seq, "")
        previous = entry.hash
    last = entries[-1].pk if entries else 0
    seal = Seal.objects.filter(last__gte=last).order_by("last").first()
    return Proof(previous == order.head, 0, f"{seal.day.month}月{seal.day.day}日" if seal else "")


_QUIET = frozenset({"sort", "begin", "accept", "await_callback", "conclude", "start", "withdraw", "reclock", "warn"})
_SHAPES = {
    "complete": "square", "conclude": "square", "redo": "loop", "rework": "loop", "ask": "disc", "close": "dash",
    "suspend": "bars", "hang": "bars", "terminate": "dash", "archive": "dash",
}  # fmt: skip


def _tell(entry: Entry, files: tuple[Attachment, ...], pack: Pack) -> Told:
    line = _WORDS.get(entry.move, _plain)
    what, more = line(entry, entry.records, pack)
    unit = entry.unit.short if entry.unit else ""
    return Told(
        entry, entry.at, entry.actor, unit, what, more, _SHAPES.get(entry.move, "ring"), files,
        entry.move in _QUIET and not files,
    )  # fmt: skip


def _plain(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    """A move without words of its own: its title, else the state it led to, and what was recorded."""
    titles = _titles()
    if entry.move in titles:
        return titles[entry.move], _said(records)
    labels = lifecycle.ASSIGNMENT_LABELS if entry.assignment_no else lifecycle.ORDER_LABELS
    label = {str(state): word for state, word in labels.items()}.get(entry.target, entry.move)
    return label, _said(records)


def _said(records: Records) -> str:
    """What was recorded as one line; moments in words."""
    values = [value for value in records.values() if isinstance(value, str) and value]
    return "；".join(_readable(value) for value in values)


def _readable(value: str) -> str:
    at = parse_datetime(value) if value[:4].isdigit() and "T" in value else None
    if at is None or at.tzinfo is None:
        return value
    zone = clock.zone()
    return words.moment(at.astimezone(zone), clock.now().astimezone(zone))


def _titles() -> dict[str, str]:
    return {
        "supervise": _("督办"), "escalate": _("提级"), "exclude": _("不计入考评"), "terminate": _("终结办理"),
        "archive": _("归档"), "merge": _("并入另一件"), "split": _("拆成几件"), "consult": _("派单前会商"),
        "object": _("提出派单异议"), "redirect": _("异议成立，改派"), "keep": _("异议不成立"), "whistle": _("吹哨"),
        "report_in": _("报到"), "ask_extension": _("申请延期"), "extend": _("同意延期"),
        "refuse_extension": _("不同意延期"), "suspend": _("暂停计时"), "resume": _("恢复计时"), "hang": _("挂账"),
        "take_down": _("摘账，接着办"), "join": _("又派给一个单位"), "reclassify": _("改分类或紧急程度"),
        "view": _("会商意见"), "report_supervised": _("回复督办"), "lift_supervision": _("督办销号"),
        "take_up": _("上级领导接办"), "own": _("包案"), "supplement": _("市民补充"), "relate": _("关联到另一件"),
        "uphold": _("异议成立，等新单位签收"), "take_back": _("交接没成，退回原单位"), "entrust": _("请外单位帮办"),
        "outside_report": _("外单位回报"), "question": _("请市民补充"), "muster": _("成立专班"),
        "reclock": _("时限重算"), "warn": _("到期提醒"), "rate": _("互评"), "request": _("向中心申请"),
        "decline": _("申请没有同意"), "review": _("挂账复查"), "mediate": _("调解"), "submit": _("答复送审"),
        "check": _("审核答复"), "effort": _("记录尽职情况"), "judge_effort": _("认定尽职情况"),
    }  # fmt: skip


def _register(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    channel = pack.channels.get(str(records.get("channel", "")))
    return _("登记"), channel.name if channel else str(records.get("channel", ""))


def _sort(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    chosen = records.get("chosen") or {}
    values = chosen.values() if isinstance(chosen, Mapping) else ()
    names = [pack.categories[v].name for v in values if isinstance(v, str) and v in pack.categories]
    return _("核定分类"), "、".join(names)


def _sign(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return (_("已阅知，只告知不用办") if records.get("told") else _("签收")), ""


def _respond(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    way = handling.WAYS.get(str(records.get("way")), "")
    return _("首次联系市民，%s") % way, str(records.get("note", ""))


def _hand_down(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    to = f"{records.get('to', '')} {records.get('handler', '')}".strip()
    return _("交给 %s") % to, str(records.get("instruction", ""))


def _complete(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    result = handling.RESULTS.get(str(records.get("result")), "")
    return _("报单位已办结：%s") % result, f"{records.get('measures', '')}\n{_('答复市民')}：{records.get('reply', '')}"


def _ask(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    answers = records.get("answers") or {}
    said = answers if isinstance(answers, Mapping) else {}
    parts = [
        callback.SOLVED.get(str(said.get("solved")), ""),
        callback.SATISFIED.get(str(said.get("satisfied")), ""),
    ]
    return _("市民答复：%s") % "，".join(part for part in parts if part), str(said.get("words") or "")


def _attempt(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    outcome = callback.OUTCOMES.get(str(records.get("outcome")), str(records.get("outcome", "")))
    return _("第 %s 次回访") % records.get("no", ""), outcome


def _close(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    results = {
        "answered": _("当场答复"), "guided": _("已引导"), "transferred": _("已转接"), "unreached": _("联系不上"),
    }  # fmt: skip
    result = str(records.get("result", ""))
    return _("结案"), results.get(result, "")


def _answer(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    article = records.get("article") or {}
    title = article.get("title", "") if isinstance(article, Mapping) else str(article)
    return _("当场答复：%s") % title, str(records.get("text", ""))


def _guide(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    ground = pack.grounds.get(str(records.get("ground", "")))
    return _("引导到别的渠道：%s") % (ground.name if ground else ""), str(records.get("told", ""))


def _relate(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("并入同一事件 %s") % records.get("to", ""), str(records.get("why", ""))


def _of(title: Callable[[], str], key: str) -> Callable[[Entry, Records, Pack], tuple[str, str]]:
    return lambda entry, records, pack: (title(), str(records.get(key, "")))


def _until(title: Callable[[], str], key: str) -> Callable[[Entry, Records, Pack], tuple[str, str]]:
    """A move that names a moment: it stands in the title, the reason below."""

    def told(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
        until = records.get("until")
        moment = _("到 %s") % _readable(until) if isinstance(until, str) else ""
        return f"{title()} {moment}".strip(), str(records.get(key, ""))

    return told


_LIMITS = {
    "sign": (lazy("签收快到时限"), lazy("签收超时")), "respond": (lazy("联系市民快到时限"), lazy("联系市民超时")),
    "handle": (lazy("办理快到时限"), lazy("办理超期")), "step": (lazy("到节点了"), lazy("到节点了")),
    "inner": (lazy("单位自己的时限到了"), lazy("单位自己的时限到了")),
}  # fmt: skip


def _warn(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    keys = [key.partition("-") for key in str(records.get("clock", "")).split("、")]
    said = [str(_LIMITS[name][stage == "late"]) for name, _dash, stage in keys if name in _LIMITS]
    return _("到期提醒"), "；".join(said)


_WORDS: dict[str, Callable[[Entry, Records, Pack], tuple[str, str]]] = {
    **story_handling.WORDS,
    **story_joint.WORDS,
    **story_sending.WORDS,
    "register": _register,
    "sort": _sort,
    "respond": _respond,
    "hand_down": _hand_down,
    "complete": _complete,
    "ask": _ask,
    "attempt": _attempt,
    "close": _close,
    "answer": _answer,
    "guide": _guide,
    "transfer": _of(lambda: _("转接紧急电话"), "line"),
    "accept": _of(lambda: _("受理，等待派单"), ""),
    "begin": _of(lambda: _("开始办理"), ""),
    "conclude": _of(lambda: _("各单位都已报办结"), ""),
    "await_callback": _of(lambda: _("等待回访"), ""),
    "give_up": _of(lambda: _("多次联系不上市民"), ""),
    "rework": _of(lambda: _("转回重办"), "cause"),
    "redo": _of(lambda: _("要求重办"), "differently"),
    "sign": _sign,
    "start": _of(lambda: _("开始办理"), "route"),
    "remark": _of(lambda: _("备注"), "note"),
    "withdraw": _of(lambda: _("不再由它办"), "reason"),
    "recall": _of(lambda: _("撤回，重新派单"), "reason"),
    "supervise": _of(lambda: _("督办"), "text"),
    "report_supervised": _of(lambda: _("回复督办"), "reply"),
    "lift_supervision": _of(lambda: _("督办销号"), "opinion"),
    "relate": _relate,
    "reopen": _of(lambda: _("重新打开"), "reason"),
    **story_court.WORDS,
    **story_exclusion.WORDS,
    "ask_extension": _until(lambda: _("申请延期"), "reason"),
    "extend": _until(lambda: _("同意延期"), "reason"),
    "suspend": _until(lambda: _("暂停计时"), "cause"),
    "resume": _of(lambda: _("恢复计时"), "cause"),
    "reclock": _of(lambda: _("时限重算"), "cause"),
    "reclassify": _of(lambda: _("改分类或紧急程度"), "cause"),
    "warn": _warn,
}
