"""What a measure against abuse is about, and who may take which step. Pure: values in, values out.

A measure never stops a call, a letter or an order. It is about matters that were answered already, named one by one;
everything else, a first appeal above all, goes the ordinary way (条例: the duty not to repeat maliciously; the right to
be heard).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from jieban.core.errors import BadInput, NotAllowed

PROPOSED, DECIDED, IN_FORCE, APPEALED, DROPPED, ENDED = (
    "proposed", "decided", "in_force", "appealed", "dropped", "ended",
)  # fmt: skip
STATES = {
    PROPOSED: "等陈述、等认定",
    DECIDED: "等第二人复核",
    IN_FORCE: "生效中",
    APPEALED: "申诉待复核",
    DROPPED: "不认定",
    ENDED: "已结束",
}
OPEN = frozenset({PROPOSED, DECIDED, IN_FORCE, APPEALED})
# What was done, as the record of a case names it.
STEPS = {
    "propose": "提出",
    "told": "告知本人",
    "view": "本人陈述",
    "decide": "认定",
    "refuse": "不认定",
    "confirm": "复核同意",
    "disagree": "复核不同意",
    "appeal": "本人申诉",
    "upheld": "申诉成立",
    "rejected": "申诉不成立",
    "end": "提前结束",
    "expire": "期满结束",
}
WORDS_MIN = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """What a contact is about: a category at a place. Without both it is no known matter."""

    category: str
    place: str

    @property
    def known(self) -> bool:
        """Whether it says what and where."""
        return bool(self.category and self.place)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure in force: about which matters, from when, until when, and how long a call about them need last.

    `answers` names for each matter the order whose reply may be given again.
    """

    case: int
    since: datetime
    until: datetime
    minutes: int
    answers: tuple[tuple[Matter, int], ...]

    def answer_to(self, matter: Matter, *, at: datetime) -> int | None:
        """The order whose reply may be given again for this matter now; None where the ordinary way is the only one."""
        if not (matter.known and self.since <= at < self.until):
            return None
        return dict(self.answers).get(matter)


def answer_to(measures: Iterable[Measure], matter: Matter, *, at: datetime) -> int | None:
    """The order whose reply may be given again, by any of the measures."""
    found = (measure.answer_to(matter, at=at) for measure in measures)
    return next((order for order in found if order is not None), None)


def answered(rows: Iterable[tuple[Matter, int, str]]) -> list[tuple[Matter, int]]:
    """The matters that have been answered, with the order of the last answer. Rows: matter, order, reply; oldest first.

    A matter without a reply, without a category or without a place is none: nothing can be repeated about it.
    """
    return list({matter: order for matter, order, reply in rows if matter.known and reply.strip()}.items())


def check_evidence(count: int, least: int, matters: Collection[object]) -> None:
    """Refuse a proposal on too few orders, or on none that was answered."""
    if count < least:
        raise BadInput(f"至少要 {least} 件工单作证据，现在只有 {count} 件。")
    if not matters:
        raise BadInput("这些工单没有一件有过答复。没有答复过的事不能认定为反复，请先把事办好。")


def check_words(words: str) -> str:
    """A statement of somebody, trimmed; BadInput where it says nothing."""
    if len(words.strip()) < WORDS_MIN:
        raise BadInput("请写明理由，至少四个字。")
    return words.strip()


def check_days(days: int, longest: int) -> int:
    """How long a measure lasts: it always ends."""
    if not 1 <= days <= longest:
        raise BadInput(f"措施必须有期限，最长 {longest} 天。请写 1 到 {longest} 的天数。")
    return days


def check_heard(heard: bool, hear_until: datetime, *, at: datetime) -> None:
    """Nobody is judged unheard: either the person has said something, or the time for it is over."""
    if not heard and at < hear_until:
        raise BadInput("本人还没有陈述，陈述期也没有过。请先听本人怎么说，或等陈述期满。")


def check_other(person: int | None, others: Iterable[int | None], what: str) -> None:
    """Two pairs of eyes: who takes this step has taken no other in the case."""
    if person is None or person in set(others):
        raise NotAllowed(f"{what}要由没有经手过这件事的另一个人来做。")


def check_state(state: str, allowed: Collection[str]) -> None:
    """The case must be where the step leads on from."""
    if state not in allowed:
        raise BadInput(f"这件现在是“{STATES.get(state, state)}”，不能做这一步。请刷新页面看看谁先办了。")
