"""When a letter of supervision is due, what it says, and what its effect leads to. Pure: values in, values out.

Sources: 督办 triggers of 怀柔 2019 (leader's note, rank), the street rule of 新村街道 (three in a day; several people,
five in two days), domain.md §2.2 T22 and §2.5.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jieban.city.oversight import Trigger, span
from jieban.core.errors import BadInput

HELPED, FAILED, OVERTAKEN = "helped", "failed", "overtaken"
EFFECTS = {HELPED: "督办有效果", FAILED: "没有效果，升一级再督办", OVERTAKEN: "情况变了，不用再督办"}
REPLY_MIN = 10
# Two nos of the citizen: 没解决 and 不满意. One of them is a single no.
NO = "no"


@dataclass(frozen=True, slots=True)
class Matter:
    """What the rules need to know of an order."""

    category: str = ""
    urgency: str = ""
    channel: str = ""
    words: str = ""
    due_at: datetime | None = None
    replied_at: datetime | None = None
    solved: str = ""
    satisfied: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One order at a point, from one number (empty where there was none)."""

    order: int
    point: str
    caller: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of one point within a window: the first is the oldest."""

    point: str
    orders: tuple[int, ...]
    callers: int


def narrows(trigger: Trigger, category: str, urgency: str) -> bool:
    """Whether a matter lies within what the trigger is about."""
    in_category = not trigger.categories or any(category.startswith(code) for code in trigger.categories)
    return in_category and (not trigger.urgencies or urgency in trigger.urgencies)


def due(trigger: Trigger, matter: Matter, *, at: datetime) -> bool:
    """Whether a trigger about one order (not about counts of several) asks for a letter now."""
    if not narrows(trigger, matter.category, matter.urgency):
        return False
    tests = {
        "overdue": lambda: _overdue(trigger, matter, at),
        "double_no": lambda: matter.solved == NO and matter.satisfied == NO,
        "single_no": lambda: (matter.solved == NO) != (matter.satisfied == NO),
        "words": lambda: bool(found(trigger.words, matter.words)),
        "channel": lambda: matter.channel in trigger.channels,
    }
    test = tests.get(trigger.what)
    return test is not None and test()


def _overdue(trigger: Trigger, matter: Matter, at: datetime) -> bool:
    return matter.due_at is not None and matter.replied_at is None and matter.due_at + span(trigger.over) <= at


def found(words: Collection[str], text: str) -> list[str]:
    """Which of the words the text says, in the order of the list."""
    return [word for word in words if word in text]


def groups(sightings: Sequence[Sighting], trigger: Trigger, *, at: datetime) -> list[Group]:
    """The points at which the trigger's numbers are reached within its window before `at` (half-open: begin counts)."""
    begin = at - span(trigger.within)
    points: dict[str, list[Sighting]] = {}
    for sighting in sorted(sightings, key=lambda s: (s.at, s.order)):
        if sighting.point and begin <= sighting.at <= at:
            points.setdefault(sighting.point, []).append(sighting)
    made = [_group(point, seen) for point, seen in points.items()]
    return [group for group in made if len(group.orders) >= trigger.times and group.callers >= trigger.callers]


def _group(point: str, seen: Sequence[Sighting]) -> Group:
    """Orders without a number count as orders; as callers they count as one together."""
    numbers = {sighting.caller for sighting in seen}
    return Group(point, tuple(sighting.order for sighting in seen), len(numbers))


def text(trigger: Trigger, *, number: str, due: str, count: int = 0, callers: int = 0) -> str:
    """The letter of a trigger with its places filled in."""
    days = max(round(span(trigger.within) / timedelta(days=1)), 1) if trigger.within else 0
    return trigger.text.format(number=number, due=due, count=count, callers=callers, days=days)


def check_reply(reply: str) -> str:
    """The unit's answer, trimmed; BadInput where it says too little."""
    said = reply.strip()
    if len(said) < REPLY_MIN:
        raise BadInput(f"督办回复至少写 {REPLY_MIN} 个字：做了什么，到哪一步，什么时候答复市民。")
    return said


def check_effect(effect: str, opinion: str) -> str:
    """The opinion on a letter, trimmed; BadInput without a known effect or without a word of why."""
    if effect not in EFFECTS:
        raise BadInput("请选这次督办有没有效果。")
    if len(opinion.strip()) < 2:
        raise BadInput("请写一句为什么这样认定。")
    return opinion.strip()
