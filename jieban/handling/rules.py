"""What a unit may report, which of its clocks runs, and how its desk is grouped. Pure: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from jieban.core.errors import BadInput

# What a unit says of its own work. None of these words is 解决: that is the citizen's to say.
RESULTS = {
    "done": "已按要求办理",
    "partly": "部分办理，其余有计划",
    "explained": "已解释说明",
    "untrue": "经核实情况不符",
    "beyond": "超出职责，已告知其他途径",
}
# Results that say work was done, so that photos can be asked for.
WORKED = ("done", "partly")
# How work that was handed down comes back up.
UP = {"done": "办完了，交回", "cannot": "办不了，退回"}
WAYS = {"phone": "电话", "visit": "上门", "message": "短信或网上"}
OUTCOMES = {"reached": "联系上了", "no_answer": "没人接", "busy": "占线", "off": "关机或停机", "wrong": "号码不对"}
REACHED = "reached"
SENT, SIGNED, COMPLETED, SUSPENDED, HUNG = "sent", "signed", "completed", "suspended", "hung"
# Before the court, and until the next unit has signed, all clocks of the unit stand still.
IN_COURT = ("objection_pending", "handover")
SOON = timedelta(hours=4)
NIGHT = timedelta(hours=12)
REPLY_MIN = 10


class Part(Protocol):
    """What the clocks need to know of an assignment."""

    state: str
    sent_at: datetime
    sign_due: datetime
    respond_due: datetime
    handle_due: datetime
    signed_at: datetime | None
    responded_at: datetime | None
    completed_at: datetime | None
    rest_until: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of an assignment: from when, until when, when it stopped.

    Where it has not stopped it runs, or rests while `paused`, until `rest` where that is known.
    """

    name: str
    start: datetime
    due: datetime
    done: datetime | None
    paused: bool = False
    rest: datetime | None = None

    def late(self, now: datetime) -> bool:
        """Whether the limit has passed, stopped too late or still running."""
        return (self.done or now) > self.due

    def share(self, now: datetime) -> float:
        """How much of the limit is used, 1.0 = all of it; more when late."""
        whole = max(self.due - self.start, timedelta(minutes=1))
        return max((self.done or now) - self.start, timedelta(0)) / whole


def clocks(part: Part) -> tuple[Clock, Clock, Clock]:
    """The three clocks of an assignment: 签收, 响应, 办理. All begin when the order was sent."""
    court = part.state in IN_COURT
    resting = court or part.state in (SUSPENDED, HUNG)
    return (
        Clock("签收", part.sent_at, part.sign_due, part.signed_at, court and part.signed_at is None),
        Clock("响应", part.sent_at, part.respond_due, part.responded_at, court and part.responded_at is None),
        Clock(
            "办理",
            part.sent_at,
            part.handle_due,
            part.completed_at,
            resting and part.completed_at is None,
            part.rest_until,
        ),
    )


def running(part: Part) -> Clock:
    """The clock that matters now: of 签收, 响应 and 办理 the first that has not stopped; 办理 when all have."""
    sign, respond, handle = clocks(part)
    if part.state == SENT:
        return sign
    return respond if part.state == SIGNED else handle


def group(due: datetime, now: datetime) -> str:
    """Where a due moment stands on the desk: late, soon (4 h), today or later; both in the city's own time zone."""
    if due < now:
        return "late"
    if due - now <= SOON:
        return "soon"
    return "today" if due.date() == now.date() else "later"


def urgent(due: datetime, now: datetime) -> bool:
    """Whether news of it may come at night: its limit ends before a night would be over."""
    return due - now <= NIGHT


def pressing(start: datetime, due: datetime, now: datetime, *, late: bool) -> bool:
    """Whether a warning may come at night: the limit ends before a night would be over, or it was a short one."""
    return due - start <= NIGHT if late else urgent(due, now)


def check_contact(way: str, outcome: str) -> None:
    """Refuse a first contact that the tables do not know."""
    if way not in WAYS or outcome not in OUTCOMES:
        raise BadInput(f"联系方式请从{'、'.join(WAYS.values())}里选，结果请从{'、'.join(OUTCOMES.values())}里选。")


def check_result(result: str, measures: str, reply: str) -> None:
    """Refuse a completion that tells the citizen nothing."""
    if result not in RESULTS:
        raise BadInput(f"办理结果请从{'、'.join(RESULTS.values())}里选。")
    if not measures.strip():
        raise BadInput("请写明做了什么，例如“已更换三层楼道灯 2 只”。")
    if len(reply.strip()) < REPLY_MIN:
        raise BadInput(f"给市民的答复至少 {REPLY_MIN} 个字：谁做了什么，结果怎样，还有问题找谁。")


def shows(mime: str) -> bool:
    """Whether a file can be proof: a photo or a video."""
    return mime.startswith(("image/", "video/"))


def lacking(before: bool, after: bool, seen: set[str]) -> str:
    """Which photos of those asked for are not there yet, in words; "" where none is lacking."""
    out = [
        word
        for asked, stage, word in ((before, "before", "办理前"), (after, "after", "办理后"))
        if asked and stage not in seen
    ]
    return "和".join(out)


def check_round(round_no: int, differently: str) -> None:
    """Refuse to complete a round after the first as long as nobody has written what was done differently (T21)."""
    if round_no > 1 and not differently:
        raise BadInput("市民说上次没办好。请先写“这次怎么不一样”，再报单位已办结。")
