"""When a scheme may be published or withdrawn, and who may do what with one. Plain Python; days and names in.

A scheme never rewrites the past: it begins with a cycle that has not begun, or at the earliest with the first one whose
result is not yet frozen. Who wrote a scheme never publishes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jieban.accounts.actor import Role
from jieban.appraisal import cycles
from jieban.city import schemes
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput

MADE, EDITED, CONSULTED, PUBLISHED, WITHDRAWN = "made", "edited", "consulted", "published", "withdrawn"
# Whoever did one of these wrote at the text.
WRITING: Final = frozenset({MADE, EDITED})
EDITORS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})
WATCHERS: Final = EDITORS | {Role.LEADER, Role.AUDITOR}
# A step in the history needs words; two characters say next to nothing.
ENOUGH: Final = 4


@dataclass(frozen=True, slots=True)
class Past:
    """What is fixed already: the day on which the last frozen cycle ended (None: none is frozen), and today."""

    frozen_end: date | None
    today: date


def hindrances(scheme: Scheme, others: Sequence[Scheme], past: Past, consulted: int) -> list[str]:
    """Why the scheme cannot be published now, a sentence each. `others` are the known schemes without this one."""
    return list(_hindrances(scheme, others, past, consulted))


def _hindrances(scheme: Scheme, others: Sequence[Scheme], past: Past, consulted: int) -> Iterator[str]:
    if not consulted:
        yield "还没有征求意见的记录。请先登记征求了谁的意见、说了什么、怎么处理的。"
    if scheme.model.code in {other.model.code for other in others}:
        yield f"代码“{scheme.model.code}”已经有一份方案在用。请换一个代码。"
    yield from _day(scheme, others, past)


def _day(scheme: Scheme, others: Sequence[Scheme], past: Past) -> Iterator[str]:
    first, start = scheme.model.first, scheme.model.cycle_start_day
    earliest = earliest_day(others, past)
    if first < earliest:
        yield f"生效日 {first} 早于 {earliest}：已经冻结或已经过去的考核期不能再改。请用 {earliest} 或以后的日子。"
    if first.day != start:
        yield f"生效日 {first} 不是考核期的第一天。考核期从每月 {start} 日开始，请把生效日定在 {start} 日。"
    before = schemes.at([other for other in others if other.model.first < first], first)
    if before is not None and before.model.cycle_start_day != start:
        days = f"考核期从每月 {before.model.cycle_start_day} 日开始，这份写的是 {start} 日"
        yield f"之前的方案（{before.model.code}）{days}，两期会重叠。请写 {before.model.cycle_start_day}。"


def earliest_day(others: Sequence[Scheme], past: Past) -> date:
    """The first day on which a new scheme may begin: where nothing is frozen, with the cycle that runs today."""
    if past.frozen_end is not None:
        return past.frozen_end
    try:
        return cycles.containing(past.today, others).first
    except BadInput:
        return past.today


def writers(steps: Collection[tuple[str, int | None]]) -> set[int]:
    """Who wrote at a text, by its steps (what was done, by which person)."""
    return {person for what, person in steps if what in WRITING and person is not None}


def may_withdraw(state: str, first: date | None, today: date) -> bool:
    """Whether it never held: a draft, or a published one whose first day is still to come."""
    return state == "draft" or (state == PUBLISHED and first is not None and first > today)
