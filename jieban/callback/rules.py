"""What the citizen is asked, what an answer leads to, and when to try again. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol

from jieban.city.settings import Settings
from jieban.city.terms import Callbacks
from jieban.core.errors import BadInput

# 没解决，但解释清楚了 is a result of its own: it is never counted as solved, and its satisfaction is asked apart.
SOLVED = {"yes": "解决了", "part": "部分解决", "no": "没解决", "explained": "没解决，但解释清楚了"}
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
DOUBLE_NO, SINGLE_NO, PART = "double_no", "single_no", "part"
OWN_TERMS = Callbacks()
# What weighs more where units were judged apart, the heaviest first.
_GRAVER = ("no", "explained", "part", "yes")
_LESS_CONTENT = ("no", "mostly", "yes", "none", "")


@dataclass(frozen=True, slots=True)
class Said:
    """The four answers and the citizen's own words. `contacted` is None and the codes are empty where not answered.

    `each` holds what was said of single units, by the number of the assignment, where they were judged apart.
    """

    contacted: bool | None = None
    solved: str = ""
    satisfied: str = ""
    attitude: str = ""
    words: str = ""
    each: Mapping[int, Said] = field(default_factory=dict)

    def about(self, no: int) -> Said:
        """What was said about the unit of that assignment: its own answers, else those about the whole."""
        return self.each.get(no, self)


def check(said: Said) -> None:
    """Refuse answers that are not among the questions' choices; whether it is solved must be answered."""
    for one in list(said.each.values()) or [said]:
        if one.solved not in SOLVED:
            raise BadInput(f"请先选“现在解决了吗”：{'、'.join(SOLVED.values())}。")
        if one.satisfied not in {*SATISFIED, ""} or one.attitude not in {*ATTITUDE, ""}:
            raise BadInput("满意程度和工作人员态度，请从给出的几项里选。")


def whole(said: Said) -> Said:
    """The answers about the order where units were judged apart: the graver of each; the citizen's words stand."""
    ones = list(said.each.values())
    if not ones:
        return said
    met = [one.contacted for one in ones if one.contacted is not None]
    solved = min((one.solved for one in ones), key=_GRAVER.index)
    satisfied = min((one.satisfied for one in ones), key=_LESS_CONTENT.index)
    return Said(all(met) if met else said.contacted, solved, satisfied, said.attitude, said.words, said.each)


def no_kind(said: Said) -> str:
    """Which no it is: 双否 (neither solved nor content), 单否 (one of the two), a part, or none.

    没解决，但解释清楚了 alone is no no: the citizen took the explanation. With 不满意 it is a double one.
    """
    unhappy = said.satisfied == "no"
    if said.solved in ("no", "explained") and unhappy:
        return DOUBLE_NO
    if said.solved == "no" or unhappy:
        return SINGLE_NO
    return PART if said.solved == "part" else ""


def starts(said: Said, terms: Callbacks = OWN_TERMS) -> bool:
    """Whether this answer about one unit asks for a new round under the city's terms."""
    return no_kind(said) in terms.starts


def cause(said: Said) -> str:
    """Why the matter must be worked on again, in words; empty where nothing is left to be wished for (T21)."""
    parts = [SATISFIED["no"]] if said.satisfied == "no" else []
    if said.solved == "no" or (said.solved == "explained" and parts) or (said.solved == "part" and not parts):
        parts.insert(0, SOLVED[said.solved])
    return f"市民：{'，'.join(parts)}" if parts else ""


def verdict(said: Said, *, round_no: int, terms: Callbacks = OWN_TERMS) -> str:
    """What follows from an answer in this round: rework or close."""
    wanted = any(starts(one, terms) for one in (list(said.each.values()) or [said]))
    return REWORK if wanted and round_no < terms.rounds else CLOSE


def raises(said: Said, *, next_round: int, terms: Callbacks = OWN_TERMS) -> str:
    """Why a matter that begins `next_round` is raised to a higher level, in words; empty where it is not (提级办理)."""
    ones = list(said.each.values()) or [said]
    if terms.raise_double_no and any(no_kind(one) == DOUBLE_NO for one in ones):
        return "双否：市民说没解决，也不满意"
    if terms.raise_round and next_round >= terms.raise_round:
        return f"已经是第 {next_round} 轮办理"
    return ""


def again_after(round_no: int, terms: Callbacks = OWN_TERMS) -> tuple[tuple[str, str], ...]:
    """The pairs of answers (solved, satisfied) after which a new round begins; pages tell it beforehand."""
    pairs = ((solved, satisfied) for solved in SOLVED for satisfied in ("", *SATISFIED))
    said = ((pair, Said(solved=pair[0], satisfied=pair[1])) for pair in pairs)
    return tuple(pair for pair, one in said if verdict(one, round_no=round_no, terms=terms) == REWORK)


def result(said: Said) -> str:
    """How a closed matter ended, in the citizen's words."""
    return f"市民：{SOLVED[said.solved]}"


class Told(Protocol):
    """The part of an answer that a second one is held against."""

    @property
    def solved(self) -> str:
        """A code of SOLVED."""
        ...

    @property
    def satisfied(self) -> str:
        """A code of SATISFIED."""
        ...


def contradicts(first: Told, second: Told) -> bool:
    """Whether the second answer takes back what the first said: solved, or content, and now not."""
    unsolved = first.solved == "yes" and second.solved in ("no", "explained")
    unhappy = first.satisfied in ("yes", "mostly") and second.satisfied == "no"
    return unsolved or unhappy


def exhausted(attempts: int, settings: Settings) -> bool:
    """Whether all tries of the pack have been made."""
    return attempts >= settings.callback_attempts


def next_try(
    at: datetime, gap: timedelta, windows: Sequence[tuple[str, str]], wish: tuple[str, str] | None = None
) -> datetime:
    """When to call again after a try at `at` that reached nobody: at least `gap` later, and in another window.

    Windows are (from, to) as HH:MM in the time zone of `at`; with a single window the same one serves the next day. Of
    a citizen who named a time (`wish`) only the windows' parts within it are used, unless nothing would be left.
    """
    spans = _spans(windows, wish)
    tried = next((span for span in spans if _inside(at, span)), None)
    starts = []
    for days in range(gap.days + 4):
        day = at.date() + timedelta(days=days)
        for begin, end in spans:
            opening = datetime.combine(day, begin, tzinfo=at.tzinfo)
            closing = datetime.combine(day, end, tzinfo=at.tzinfo)
            moment = max(opening, at + gap)
            if moment < closing and ((begin, end) != tried or len(spans) == 1):
                starts.append(moment)
    return min(starts)


def _spans(windows: Sequence[tuple[str, str]], wish: tuple[str, str] | None) -> list[tuple[time, time]]:
    spans = [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in windows]
    if wish is None:
        return spans
    begin, end = time.fromisoformat(wish[0]), time.fromisoformat(wish[1])
    within = [(max(a, begin), min(b, end)) for a, b in spans]
    return [span for span in within if span[0] < span[1]] or spans


def wished(window: str) -> tuple[str, str] | None:
    """The time a citizen named (`09:00-12:00`) as a window; None where none was named or it cannot be read."""
    begin, _, end = window.partition("-")
    try:
        time.fromisoformat(begin), time.fromisoformat(end)
    except ValueError:
        return None
    return (begin, end) if begin < end else None


def callable_now(at: datetime, windows: Sequence[tuple[str, str]]) -> bool:
    """Whether citizens may be called at `at` (in the city's time zone)."""
    return any(_inside(at, (time.fromisoformat(a), time.fromisoformat(b))) for a, b in windows)


def _inside(at: datetime, span: tuple[time, time]) -> bool:
    return span[0] <= at.time() < span[1]
