"""Makes the reports that come by themselves, from the lake beside the worker: each once, the most read ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile

from jieban.analytics import engines, sync
from jieban.analytics import lake as lakes
from jieban.analytics.engines import Source
from jieban.analytics.periodic import actions, queries, schedule, scopes
from jieban.analytics.periodic.schedule import Plan
from jieban.analytics.periodic.scopes import Scope
from jieban.analytics.periodic.spans import Period
from jieban.city import queries as city
from jieban.city.pack import Pack
from jieban.core import clock

# So many after each sync, so that a first start and a month's 343 streets do not hold up the next sync.
AT_ONCE = 20
_CENTRE = "city_centre"


def once(*, at: datetime, most: int = AT_ONCE, stopped: Callable[[], bool] = lambda: False) -> int:
    """Make what is due and the lake is ready for, at most so many and none once `stopped`; how many were made."""
    lake = lakes.home()
    known = sync.until(lake) if lake.exists() else None
    if known is None:
        return 0
    pack, local = city.current(at=at).pack, at.astimezone(clock.zone())
    found = list(waiting(pack, local, known.astimezone(clock.zone()), most))
    if not found:
        return 0
    with engines.duckdb(lake) as source:
        made = [
            actions.make_scheduled(
                plan.kind, source, _scope(source, plan, code), period, at=at, issuer=issuer(pack), lake=known
            )
            for plan, code, period in takewhile(lambda _: not stopped(), found)
        ]
    return sum(one is not None for one in made)


def issuer(pack: Pack) -> str:
    """Who signs: the city's hotline centre, else the city."""
    return next((unit.name for unit in pack.units.values() if unit.kind == _CENTRE), pack.city.name)


def waiting(pack: Pack, at: datetime, known: datetime, most: int) -> Iterator[tuple[Plan, str, Period]]:
    """What is due at `at` and not made, at most so many: plan, code, period. Both moments in the city's own time."""
    left = most
    for plan in schedule.PLANS:
        done = queries.scheduled(plan.kind, plan.rhythm, plan.scope)
        for period in schedule.due(plan.rhythm, at, cycle_start_day=pack.settings.cycle_start_day):
            for code in _codes(pack, plan.scope) if schedule.ready(period, known) else ():
                if (code, period.until.isoformat()) not in done:
                    yield plan, code, period
                    left -= 1
                if not left:
                    return


def _codes(pack: Pack, scope: str) -> list[str]:
    if scope == scopes.CATEGORY:
        return [category.code for category in pack.children("")]
    if scope in (scopes.DISTRICT, scopes.STREET):
        return sorted(unit.code for unit in pack.units.values() if unit.kind == scope)
    return [""]


def _scope(source: Source, plan: Plan, code: str) -> Scope:
    return scopes.named(source, plan.scope, code)
