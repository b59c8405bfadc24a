"""Freezing and correcting from the desk: the lake is brought up to date first, so that it tells every decision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from jieban.accounts.actor import Actor
from jieban.analytics import engines, sync
from jieban.analytics import lake as lakes
from jieban.appraisal import disputes, freezing
from jieban.appraisal.cycles import Cycle
from jieban.appraisal.freezing import Lake
from jieban.appraisal.result_models import CycleResult
from jieban.core.errors import BadInput
from jieban.portal import syncing


def freeze(cycle: Cycle, *, by: Actor, at: datetime) -> CycleResult:
    """Freeze a cycle from the record as it is at `at`. Errors as `appraisal.freezing.freeze`."""
    freezing.may_freeze(by)
    with _lake(at) as lake:
        return freezing.freeze(lake, cycle, by=by, at=at)


def correct(cycle: Cycle, *, note: str, by: Actor, at: datetime) -> CycleResult:
    """A new version from the record as it is at `at`; disputes that were upheld are settled by it."""
    freezing.may_freeze(by)
    settled = disputes.unsettled(cycle.code)
    with _lake(at) as lake:
        return freezing.correct(lake, cycle, note=note, disputes=settled, by=by, at=at)


@contextmanager
def _lake(at: datetime) -> Iterator[Lake]:
    syncing.once(at=at)
    home = lakes.home()
    until = sync.until(home)
    if until is None:
        raise BadInput("数据湖还没有建好。第一次同步要几分钟，请稍后再试。")
    with engines.duckdb(home) as source:
        yield Lake(source, until)
