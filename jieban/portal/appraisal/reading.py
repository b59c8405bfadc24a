"""How the pages of appraisal read: cycles that there are, and the boards of one, counted once between two syncs.

A cycle that is frozen is read from its result; one that is not is counted from the lake by the scheme in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeAlias

import ibis.expr.types as ir

from jieban.analytics.engines import Source
from jieban.appraisal import cases, cycles, freezing, recorded, results, scoring, standings, store
from jieban.appraisal import schemes as appraisal
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.recompute import Case, Table
from jieban.appraisal.result_models import CycleResult
from jieban.appraisal.standings import Basis
from jieban.city import queries as city
from jieban.city import schemes
from jieban.city.schemes import Scheme
from jieban.core.errors import BadInput
from jieban.portal import figures
from jieban.portal.figures import Figures

Ranks: TypeAlias = dict[str, tuple[int | None, str | None]]
FROZEN, PUBLISHED = "frozen", "published"
# So many cycles may be chosen: two years.
MOST: Final = 24


@dataclass(frozen=True, slots=True)
class Opened:
    """A cycle looked at as of `at`, by the scheme that it is counted by; `result` is its newest frozen version."""

    cycle: Cycle
    stage: str
    result: CycleResult | None
    at: datetime

    @property
    def published(self) -> bool:
        """Whether every member of the staff may see all of it."""
        return self.stage == PUBLISHED

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from any other in what is kept."""
        said = self.result.sha256 if self.result else ""
        return (self.cycle.code, str(self.cycle.first), self.cycle.scheme.sha256, said)


def known(at: datetime) -> list[Scheme]:
    """The schemes of the city, by their first day."""
    return appraisal.known(city.current(at=at).pack)


def asked() -> Figures[tuple[date, ...]] | None:
    """The first and the last day on which a citizen was asked, () where none was; None without a lake."""
    return figures.whole("appraisal-days", _days)


def _days(source: Source) -> tuple[date, ...]:
    given = source["answers"]
    [row] = source.rows(given.aggregate(first=given["day"].min(), last=given["day"].max()))
    return (row["first"], row["last"]) if row["first"] else ()


def choices(days: Sequence[date], known: Sequence[Scheme]) -> list[Cycle]:
    """The cycles with answers for which there is a scheme, the newest first; at most MOST."""
    out: list[Cycle] = []
    if not days or schemes.at(known, days[-1]) is None:
        return out
    cycle: Cycle | None = cycles.containing(days[-1], known)
    while cycle is not None and len(out) < MOST and (not out or cycle.end > days[0]):
        out.append(cycle)
        cycle = cycles.before(cycle, known)
    return out


def opened(cycle: Cycle, at: datetime) -> Opened:
    """A cycle as it stands: frozen or published where there is a result, else at its stage of the day."""
    found = results.latest(cycle.code)
    if found is None:
        return Opened(cycle, cycle.stage(at.date()), None, at)
    stage = PUBLISHED if found.published_at else FROZEN
    return Opened(freezing.cycle_of(found), stage, found, at)


def board(one: Opened, code: str) -> Figures[Table] | None:
    """A board as `standings.of` gives it; None without a lake. BadInput where the scheme has no such board."""
    standings.board(one.cycle, code)
    if one.result is None:
        return figures.whole("appraisal-board", lambda source: _counted(source, one, code), *one.key, code)
    found = figures.whole("appraisal-beside", lambda source: _beside(source, one, code), *one.key, code)
    return found and Figures({"rows": results.rows(one.result, code), **found.value}, found.at)


def facts(source: Source, one: Opened) -> ir.Table:
    """The cases of the cycle, as `cases.of` gives them: the frozen ones where it is frozen."""
    return freezing.facts_of(source, _folder(one.result)) if one.result else cases.of(source, one.cycle)


def units(source: Source, one: Opened) -> dict[str, Case]:
    """The units of the cycle by code, as `scoring.units_of`."""
    if one.result is None:
        return scoring.units_of(source, one.cycle)
    return {unit["code"]: unit for unit in store.rows(_folder(one.result), store.UNITS)}


def basis(source: Source, one: Opened) -> Basis:
    """What the cycle is counted from."""
    if one.result is None:
        return standings.basis(source, one.cycle, given=recorded.marks(one.cycle, at=one.at))
    return Basis(facts(source, one), units(source, one), store.rows(_folder(one.result), store.MARKS))


def _folder(result: CycleResult) -> Path:
    """Where the facts of a result lie. BadInput where they are gone."""
    found = store.folder(result.cycle, result.version)
    if not found.is_dir():
        raise BadInput(f"{result} 的事实文件不在了，打不开后面的工单。请系统管理员用 jieban verify 检查。")
    return found


def _counted(source: Source, one: Opened, code: str) -> Table:
    return standings.of(source, one.cycle, code, basis(source, one))


def _beside(source: Source, one: Opened, code: str) -> Table:
    return standings.beside(source, one.cycle, code, basis(source, one))


def before(one: Opened, code: str, known: Sequence[Scheme], at: datetime) -> Ranks:
    """Rank and composite of each unit in the cycle before; empty where there is none or its scheme lacks the board."""
    earlier = cycles.before(one.cycle, known)
    if earlier is None:
        return {}
    last = opened(earlier, at)
    if code not in {board["code"] for board in last.cycle.scheme.values["boards"]}:
        return {}
    if last.result is not None:
        return _ranks(results.rows(last.result, code))
    found = figures.whole("appraisal-ranks", lambda source: _scores(source, last, code), *last.key, code)
    return found.value if found else {}


def _scores(source: Source, one: Opened, code: str) -> Ranks:
    return _ranks(standings.scores(source, one.cycle, code, basis(source, one)))


def _ranks(rows: Sequence[Table]) -> Ranks:
    return {row["unit"]: (row["rank"], row["composite"]["score"]) for row in rows}


def named(code: str, days: Sequence[date], known: Sequence[Scheme]) -> Cycle | None:
    """The cycle of that code, else the newest with answers, else None. BadInput for a word that is no cycle."""
    if code:
        return cycles.named(code, known)
    found = choices(days, known)
    return found[0] if found else None
