"""What the citizen is asked, what an answer leads to, and when to try again. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from jieban.city.pack import Settings
from jieban.core.errors import BadInput

SOLVED = {"yes": "解决了", "part": "部分解决", "no": "没解决"}
SATISFIED = {"yes": "满意", "mostly": "基本满意", "no": "不满意", "none": "不评价"}
ATTITUDE = {"good": "好", "fair": "一般", "bad": "不好"}
OUTCOMES = {
    "no_answer": "没人接",
    "busy": "占线",
    "off": "关机或停机",
    "wrong": "号码不对",
    "refused": "不愿回答",
    "later": "约了别的时间",
}
WAYS = ("phone", "web", "sms")
CLOSE, REWORK = "close", "rework"
# [default] After this many rounds a "no" closes the order with the no on record; a person may still reopen it.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """The four answers and the citizen's own words. `contacted` is None and the codes are empty where not answered."""

    contacted: bool | None = None
    solved: str = ""
    satisfied: str = ""
    attitude: str = ""
    words: str = ""


def check(said: Said) -> None:
    """Refuse answers that are not among the questions' choices; whether it is solved must be answered."""
    if said.solved not in SOLVED:
        raise BadInput("请先选“现在解决了吗”：解决了、部分解决或没解决。")
    if said.satisfied not in {*SATISFIED, ""} or said.attitude not in {*ATTITUDE, ""}:
        raise BadInput("满意程度和工作人员态度，请从给出的几项里选。")


def cause(said: Said) -> str:
    """Why the matter must be worked on again, in words; empty where it need not be (T21).

    A plain no does it, to either question: 没解决 or 不满意. 部分解决 with no complaint does not.
    """
    parts = [SOLVED["no"]] if said.solved == "no" else []
    if said.satisfied == "no":
        parts.append(SATISFIED["no"])
    return f"市民：{'，'.join(parts)}" if parts else ""


def verdict(said: Said, *, round_no: int) -> str:
    """What follows from an answer in this round: rework or close."""
    return REWORK if cause(said) and round_no < ROUNDS else CLOSE


def again_after(round_no: int) -> tuple[tuple[str, str], ...]:
    """The pairs of answers (solved, satisfied) after which a new round begins; pages tell it beforehand."""
    pairs = ((solved, satisfied) for solved in SOLVED for satisfied in ("", *SATISFIED))
    return tuple(p for p in pairs if verdict(Said(solved=p[0], satisfied=p[1]), round_no=round_no) == REWORK)


def result(said: Said) -> str:
    """How a closed matter ended, in the citizen's words."""
    return f"市民：{SOLVED[said.solved]}"


def exhausted(attempts: int, settings: Settings) -> bool:
    """Whether all tries of the pack have been made."""
    return attempts >= settings.callback_attempts


def next_try(at: datetime, gap: timedelta, windows: Sequence[tuple[str, str]]) -> datetime:
    """When to call again after a try at `at` that reached nobody: at least `gap` later, and in another window.

    Windows are (from, to) as HH:MM in the time zone of `at`; with a single window the same one serves the next day.
    """
    spans = [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in windows]
    tried = next((span for span in spans if _inside(at, span)), None)
    starts = []
    for days in range(4):
        day = at.date() + timedelta(days=days)
        for begin, end in spans:
            opening = datetime.combine(day, begin, tzinfo=at.tzinfo)
            closing = datetime.combine(day, end, tzinfo=at.tzinfo)
            moment = max(opening, at + gap)
            if moment < closing and ((begin, end) != tried or len(spans) == 1):
                starts.append(moment)
    return min(starts)


def callable_now(at: datetime, windows: Sequence[tuple[str, str]]) -> bool:
    """Whether citizens may be called at `at` (in the city's time zone)."""
    return any(_inside(at, (time.fromisoformat(a), time.fromisoformat(b))) for a, b in windows)


def _inside(at: datetime, span: tuple[time, time]) -> bool:
    return span[0] <= at.time() < span[1]
