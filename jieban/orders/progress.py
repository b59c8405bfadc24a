"""What the citizen sees of an order: four stages, the steps with their times, who has it, and until when.

Nothing personal and nothing that people wrote inside is in it: it is worked out from states, times and unit names only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from jieban.orders.lifecycle import A, S
from jieban.orders.models import Assignment, Entry, Order

DONE, NOW, AHEAD = "done", "now", "todo"
# The stage each step belongs to.
_STAGE_OF = {
    "submitted": 0, "received": 0, "dispatched": 1, "signed": 2, "contacted": 2, "handling": 2, "completed": 2,
    "confirmed": 3,
}  # fmt: skip
STEPS = tuple(_STAGE_OF)
_SHORT = {"answer": "answered", "guide": "guided", "transfer": "transferred"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the progress: `state` is done, now or todo; `at` is when it was done, `detail` a second line."""

    key: str
    words: str
    state: str
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the four stages and how far it is."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole view. `holder` is the unit that has it now (empty before dispatch and at the end), `until` its time."""

    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    headline: str
    holder: str = ""
    section: str = ""
    until: datetime | None = None
    round: int = 1
    over: bool = False


def progress(order: Order, parts: Sequence[Assignment], entries: Sequence[Entry]) -> Progress:
    """The citizen's view of an order with its assignments (units and sections fetched) and entries, oldest first."""
    short = next((_SHORT[entry.move] for entry in entries if entry.move in _SHORT), "")
    if short and order.dispatched_at is None:
        return _short_life(order, short, entries)
    doing = [part for part in parts if part.role != "notice" and part.state not in (A.REDIRECTED, A.TERMINATED)]
    doing.sort(key=lambda part: part.role != "lead")
    steps = _steps(order, doing, entries)
    lead = doing[0] if doing else None
    over = order.state in (S.CLOSED, S.TERMINATED, S.ARCHIVED)
    working = lead is not None and order.state in (S.DISPATCHED, S.HANDLING, S.REWORK)
    return Progress(
        stages=_stages(steps),
        steps=steps,
        headline=_headline(order, steps, doing),
        holder=lead.unit.name if working and lead else "",
        section=lead.section.name if working and lead and lead.section else "",
        until=order.due_at if working and not _parked(doing) else None,
        round=order.round,
        over=over,
    )


def _steps(order: Order, doing: Sequence[Assignment], entries: Sequence[Entry]) -> tuple[Step, ...]:
    """The eight steps; the first that is not done is the one going on now."""
    times = _times(order, doing, entries)
    reached = max((i for i, key in enumerate(STEPS) if times[key] is not None), default=-1)
    out = []
    for i, key in enumerate(STEPS):
        state = DONE if i <= reached else NOW if i == reached + 1 else AHEAD
        out.append(Step(key, _words(key, order, doing, state), state, times[key], _detail(key, order, doing, entries)))
    return tuple(out)


def _times(order: Order, doing: Sequence[Assignment], entries: Sequence[Entry]) -> dict[str, datetime | None]:
    signed = [part.signed_at for part in doing if part.signed_at]
    responded = [part.responded_at for part in doing if part.responded_at and part.came_by != "whistle"]
    return {
        "submitted": order.received_at,
        "received": entries[0].at if entries else order.received_at,
        "dispatched": order.dispatched_at,
        "signed": min(signed, default=None),
        "contacted": min(responded, default=None),
        "handling": _began(doing, entries),
        "completed": order.replied_at,
        "confirmed": order.closed_at or (order.callback_at if order.state == S.ASKED else None),
    }


def _began(doing: Sequence[Assignment], entries: Sequence[Entry]) -> datetime | None:
    """When somebody inside took it up in this round."""
    since = min((part.sent_at for part in doing), default=None)
    for entry in entries:
        if entry.move in ("start", "hand_down") and since is not None and entry.at >= since:
            return entry.at
    return None


def _words(key: str, order: Order, doing: Sequence[Assignment], state: str) -> str:
    lead = doing[0].unit.name if doing else ""
    said = {
        "submitted": _("您已提交"),
        "received": _("热线中心已受理"),
        "dispatched": _("已派给%(unit)s") % {"unit": lead} if lead else _("正在确定由谁来办"),
        "signed": _("%(unit)s已签收") % {"unit": lead} if state == DONE else _("等单位签收"),
        "contacted": _("联系过您") if state == DONE else _("单位会先联系您"),
        "handling": _handling(order, state),
        "completed": _("单位说办完了") if state == DONE else _("单位办结"),
        "confirmed": _outcome(order) if state == DONE else _("您确认是否解决"),
    }
    return said[key]


def _handling(order: Order, state: str) -> str:
    if order.round > 1:
        return _again(order) if order.state in (S.REWORK, S.HANDLING) else _("单位重新办理")
    return _("正在办理") if order.state == S.HANDLING and state != AHEAD else _("单位办理")


def _again(order: Order) -> str:
    return _("您说没解决，正在重办") if order.solved == "no" else _("您不满意，正在重办")


def _outcome(order: Order) -> str:
    if order.reached is False:
        return _("没联系上您")
    said = {
        "yes": _("您确认已解决"), "part": _("您说部分解决"), "no": _("您说没解决"),
        "explained": _("您说没解决，但说明了原因"),
    }  # fmt: skip
    return said.get(order.solved, _("已结束"))


def _detail(key: str, order: Order, doing: Sequence[Assignment], entries: Sequence[Entry]) -> str:
    if key == "dispatched" and len(doing) > 1:
        names = "、".join(part.unit.name for part in doing[1:])
        return _("同时还有%(units)s") % {"units": names}
    if key == "contacted" and not any(part.responded_at and part.came_by != "whistle" for part in doing):
        tries = sum(entry.move == "note" and "outcome" in entry.records for entry in entries)
        return _("打过 %(n)d 次，没联系上您，会再打") % {"n": tries} if tries else ""
    if key == "handling" and order.replied_at is None:
        return _time_words(doing, entries)
    if key == "completed" and order.replied_at is None and len(doing) > 1:
        done = sum(part.state == A.COMPLETED for part in doing)
        return _("%(n)d 个单位里 %(done)d 个已办结") % {"n": len(doing), "done": done} if done else ""
    return ""


def _time_words(doing: Sequence[Assignment], entries: Sequence[Entry]) -> str:
    """That the clock of the lead rests and until when, else that the answer was put off."""
    if doing and doing[0].state == A.SUSPENDED and doing[0].rest_until:
        return _("现在办不下去，计时先停到 %s，到时接着办") % _moment(doing[0].rest_until)
    since = min((part.sent_at for part in doing), default=None)
    longer = [entry for entry in entries if entry.move == "extend" and since is not None and entry.at >= since]
    until = longer[-1].records.get("until") if longer else None
    return _("办理需要多一些时间，热线中心同意了，改到 %s 前办") % _moment(until) if until else ""


def _moment(at: datetime | str) -> str:
    local = timezone.localtime(datetime.fromisoformat(at) if isinstance(at, str) else at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _stages(steps: Sequence[Step]) -> tuple[Stage, ...]:
    out = []
    names = (_("受理"), _("派单"), _("办理"), _("确认"))
    for i, name in enumerate(names):
        states = [step.state for step in steps if _STAGE_OF.get(step.key) == i]
        state = DONE if set(states) == {DONE} else AHEAD if set(states) <= {AHEAD} else NOW
        out.append(Stage(name, state))
    return tuple(out)


def _parked(parts: Sequence[Assignment]) -> bool:
    """Whether all that is not done yet is on the ledger: then no time is promised until it comes down."""
    open_ones = [part for part in parts if part.state != A.COMPLETED]
    return bool(open_ones) and all(part.state == A.HUNG for part in open_ones)


def _headline(order: Order, steps: Sequence[Step], parts: Sequence[Assignment]) -> str:
    if order.state == S.TERMINATED:
        return _("这件事依法终结办理，原因已经告诉您")
    if order.state in (S.REPLIED, S.CALLBACK):
        return _("单位说办完了，等您确认")
    if order.state == S.REWORK:
        return _again(order)
    if order.state in (S.PENDING, S.CONSULTING):
        return _("正在确定由谁来办")
    if _parked(parts):
        return _("暂时办不了，订了计划，每月看一次进展")
    now = next((step for step in steps if step.state == NOW), steps[-1])
    done = [step for step in steps if step.state == DONE]
    return done[-1].words if done and now.key in ("signed", "contacted", "handling") else now.words


def _short_life(order: Order, how: str, entries: Sequence[Entry]) -> Progress:
    """A matter that no unit had to act on: answered, guided or put through at once."""
    words = {
        "answered": _("已经答复您"),
        "guided": _("已经告诉您该找谁"),
        "transferred": _("已经转接紧急线路"),
    }
    at = next(entry.at for entry in entries if entry.move in _SHORT)
    steps = (
        Step("submitted", _("您已提交"), DONE, order.received_at),
        Step("received", _("热线中心已受理"), DONE, entries[0].at),
        Step(how, words[how], DONE, at),
    )
    stages = (Stage(_("受理"), DONE), Stage(_("答复"), DONE))
    return Progress(stages, steps, words[how], over=True)
