"""What the pages show of a cycle: its stages, its versions, what it waits for, and what the post may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from jieban.accounts.actor import Actor, Sight
from jieban.appraisal import cycles, disputes, freezing, readiness, recompute, results, schemes, timetable
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.differences import RowChange
from jieban.appraisal.recompute import Table
from jieban.appraisal.result_models import CycleResult, Dispute
from jieban.city import queries as city
from jieban.city.schemes import Scheme
from jieban.portal.words import Word

# A year, and the one under way.
BACK: Final = 12
# What was done with a result, as its record names it.
STEPS: Final[dict[str, Word]] = {
    "freeze": lazy("冻结"),
    "correct": lazy("出更正版本"),
    "publish": lazy("公布"),
    "bundle": lazy("下载审计包"),
    "dispute": lazy("提异议"),
    "uphold": lazy("异议成立"),
    "reject": lazy("异议不成立"),
    "withdraw": lazy("撤回异议"),
    "open": lazy("新的考核期开始了"),
    "late": lazy("考核期结束，进入补访"),
    "window": lazy("进入剔除申请和审核"),
    "over": lazy("剔除期结束，可以冻结了"),
}
DISPUTES: Final[dict[str, Word]] = {
    disputes.FILED: lazy("等市级答复"),
    disputes.UPHELD: lazy("成立"),
    disputes.REJECTED: lazy("不成立"),
    disputes.WITHDRAWN: lazy("已撤回"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage in the bar: what it is, its last day, and whether it is done, under way or to come."""

    word: Word
    last: date | None
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """A cycle as the post may see it."""

    cycle: Cycle
    stages: tuple[Stage, ...]
    versions: tuple[CycleResult, ...]
    may_freeze: bool
    to_publish: CycleResult | None

    @property
    def code(self) -> str:
        """Its code."""
        return self.cycle.code

    @property
    def published(self) -> CycleResult | None:
        """The newest version that is published."""
        return next((one for one in reversed(self.versions) if one.published_at), None)


def known(at: datetime) -> list[Scheme]:
    """The schemes that hold or will."""
    return schemes.known(city.current(at=at).pack)


def lines(actor: Actor, *, at: datetime) -> list[Line]:
    """The cycles of the last year, the newest first."""
    found = timetable.recent(known(at), at=at, back=BACK)
    kept = _versions(actor, [cycle.code for cycle in found])
    return [line(cycle, kept.get(cycle.code, ()), actor, at=at) for cycle in found]


def one(code: str, actor: Actor, *, at: datetime) -> Line:
    """The cycle of that code. BadInput where there is none."""
    cycle = cycles.named(code, known(at))
    return line(cycle, _versions(actor, [cycle.code]).get(cycle.code, ()), actor, at=at)


def line(cycle: Cycle, versions: Sequence[CycleResult], actor: Actor, *, at: datetime) -> Line:
    """A cycle with these versions of it."""
    may = actor.role in freezing.FREEZERS
    newest = versions[-1] if versions else None
    open_ = newest if newest and newest.published_at is None and newest.frozen_by_id != actor.person_id else None
    day = timezone.localdate(at)
    ready = may and newest is None and cycle.stage(day) == cycles.OVER
    return Line(cycle, _stages(cycle, day, newest), tuple(versions), ready, open_ if may else None)


def reads_all(actor: Actor) -> bool:
    """Whether the post reads versions that are not published."""
    return actor.sight == Sight.ALL


def waits(line: Line) -> dict[str, int]:
    """How much a cycle still waits for: late callbacks until it is frozen, undecided requests, disputes."""
    late = 0 if line.versions else readiness.late_callbacks(line.cycle).count()
    asked = readiness.undecided(line.cycle).count()
    filed = Dispute.objects.filter(result__cycle=line.code, stage=disputes.FILED).count()
    return {"late": late, "undecided": asked, "disputes": filed, "unsettled": len(disputes.unsettled(line.code))}


def _versions(actor: Actor, codes: Sequence[str]) -> dict[str, list[CycleResult]]:
    """The versions the post may read, by cycle, without the results themselves; one query."""
    found = CycleResult.objects.filter(cycle__in=codes).defer("result", "scheme_text").order_by("version")
    if not reads_all(actor):
        found = found.exclude(published_at=None)
    out: dict[str, list[CycleResult]] = {}
    for version in found.select_related("frozen_by", "published_by"):
        out.setdefault(version.cycle, []).append(version)
    return out


def _stages(cycle: Cycle, day: date, newest: CycleResult | None) -> tuple[Stage, ...]:
    ends = (
        (cycles.OPEN, lazy("回访计入"), cycle.end), (cycles.LATE, lazy("补访"), cycle.late_end),
        (cycles.WINDOW, lazy("剔除申请和审核"), cycle.window_end),
    )  # fmt: skip
    now, order = cycle.stage(day), cycles.STAGES.index
    looks = {stage: "now" if stage == now else "done" if order(now) > order(stage) else "" for stage in cycles.STAGES}
    out = [Stage(word, end - timedelta(days=1), looks[stage]) for stage, word, end in ends]
    last = "done" if newest and newest.published_at else "now" if now == cycles.OVER else ""
    said = lazy("已公布") if last == "done" else lazy("已冻结，等公布") if newest else lazy("冻结、公布")
    return (*out, Stage(said, None, last))


def version(code: str, number: int, actor: Actor) -> CycleResult | None:
    """One version that the post may read; None for another."""
    found = next((one for one in results.versions(code) if one.version == number), None)
    return found if found and (found.published_at or reads_all(actor)) else None


@dataclass(frozen=True, slots=True)
class Change:
    """The row of a unit on a board: each figure before and after, as the page writes it ("" where there was no row)."""

    board: str
    name: str
    pairs: tuple[tuple[str, str], ...]


def change(found: RowChange) -> Change:
    """Rank, composite and the three rates before and after."""
    was, now = _figures(found.before), _figures(found.after)
    return Change(found.board, found.name, tuple(zip(was, now, strict=True)))


def _figures(row: Table | None) -> tuple[str, ...]:
    if row is None:
        return ("",) * (2 + len(recompute.RATES))
    score = row["composite"]["score"] if row["enough"] else None
    rates = (row["adjusted"][rate]["share"] for rate in recompute.RATES)
    shares = ("" if share is None else f"{100 * Decimal(share):.2f}" for share in rates)
    return (str(row["rank"] or ""), "" if score is None else f"{Decimal(score):.2f}", *shares)
