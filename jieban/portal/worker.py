"""The worker: what happens without anybody at a desk, in rounds of a few seconds, until it is told to stop.

One round does every job that is due, one after another (`_JOBS` names them); those of `_SELDOM` once a minute only. A
job that fails is logged and tried again in the next round; the others go on. Everything it does lies in rows, so it may
be killed at any moment.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path

import orjson
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from jieban.appraisal import schemes, timetable
from jieban.callback import daily, tasks
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import JiebanError
from jieban.dispatch import tasks as dispatch
from jieban.dispatch.court import tasks as court
from jieban.handling import hanging, raising
from jieban.handling import supervision_tasks as supervision
from jieban.handling import tasks as clocks
from jieban.intake import abuse
from jieban.orders import sealing
from jieban.portal import releasing, syncing

logger = logging.getLogger(__name__)

PAUSE = 2.0
# Seconds that the step of the lake under way may take at the end: a report, a forecast, a piece of a sync.
PATIENCE = 20.0
SEAL_EVERY = 30  # rounds
# Entries of yesterday may still be committing at midnight; the day is sealed ten minutes later.
SEAL_FROM = time(0, 10)


def heartbeat() -> Path:
    """The file that says when the worker last finished a round, and what it did."""
    return Path(settings.JIEBAN_HOME) / "worker.json"


def run(stop: threading.Event, *, pause: float = PAUSE) -> None:
    """Go round until `stop` is set; a round under way is finished first. The lake is kept beside it."""
    told: dict[str, str] = {}
    lake = syncing.start(stop)
    for turn in count():
        if stop.is_set():
            break
        once(at=clock.now(), sealing_too=turn % SEAL_EVERY == 0, told=told)
        close_old_connections()
        stop.wait(pause)
    if lake is not None:
        # Ended in the middle of its counting, the process would abort instead of leaving.
        lake.join(PATIENCE)


def once(*, at: datetime, sealing_too: bool = True, told: dict[str, str] | None = None) -> dict[str, int]:
    """One round: how much each job did; -1 for a job that failed. Writes the heartbeat.

    The log says why a job failed, once for the same reason while `told` is handed on from round to round.
    """
    told = {} if told is None else told
    jobs = {name: job for name, job in _JOBS.items() if sealing_too or name not in _SELDOM}
    done = {name: _safely(name, job, at, told) for name, job in jobs.items()}
    _beat(done, at)
    return done


def drain(*, at: datetime, rounds: int = 1000) -> dict[str, int]:
    """Rounds without pause until there is nothing left to do at `at`; what they did together."""
    total = dict.fromkeys(_JOBS, 0)
    for _ in range(rounds):
        done = once(at=at)
        total = {name: total[name] + max(n, 0) for name, n in done.items()}
        if not any(n > 0 for n in done.values()):
            break
    return total


def _open(at: datetime) -> int:
    return tasks.open_ripe(at=at, loaded=city.current(at=at))


def _give_up(at: datetime) -> int:
    return tasks.give_up_lost(at=at, loaded=city.current(at=at))


def _raise(at: datetime) -> int:
    loaded = city.current(at=at)
    return raising.raise_reworked(at=at, loaded=loaded) + raising.pass_on(at=at, loaded=loaded)


def _deliver(at: datetime) -> int:
    return tasks.deliver(at=at)


def _take_over(at: datetime) -> int:
    return dispatch.take_over(at=at, loaded=city.current(at=at))


def _undecided(at: datetime) -> int:
    return dispatch.undecided(at=at, loaded=city.current(at=at))


def _go_on(at: datetime) -> int:
    return clocks.go_on(at=at, loaded=city.current(at=at))


def _warn(at: datetime) -> int:
    return clocks.warn(at=at)


def _review(at: datetime) -> int:
    return hanging.warn_late(at=at)


def _second(at: datetime) -> int:
    if timezone.localtime(at).time() < SEAL_FROM:
        return 0
    return daily.close_days(at=at, loaded=city.current(at=at))


def _warn_court(at: datetime) -> int:
    return court.warn_late(at=at)


def _seal(at: datetime) -> int:
    local = timezone.localtime(at)
    if local.time() < SEAL_FROM:
        return 0
    return len(sealing.seal(until=local.date() - timedelta(days=1), at=at))


def _supervise(at: datetime) -> int:
    return supervision.raise_letters(at=at, loaded=city.current(at=at))


def _late_letters(at: datetime) -> int:
    return supervision.tell_late(at=at)


def _measures_over(at: datetime) -> int:
    return abuse.expire(at=at)


def _cycles(at: datetime) -> int:
    return timetable.tell(schemes.known(city.current(at=at).pack), at=at)


def _release(at: datetime) -> int:
    return releasing.once(at=at)


_JOBS: dict[str, Callable[[datetime], int]] = {
    "opened": _open,
    "given_up": _give_up,
    "taken_over": _take_over,
    "undecided": _undecided,
    "went_on": _go_on,
    "warned": _warn,
    "raised": _raise,
    "reviewed": _review,
    "supervised": _supervise,
    "late_letters": _late_letters,
    "court_warned": _warn_court,
    "measures_over": _measures_over,
    "delivered": _deliver,
    "drawn": _second,
    "sealed": _seal,
    "cycles_told": _cycles,
    "released": _release,
}
# Jobs of every thirtieth round, about once a minute.
_SELDOM = frozenset({"drawn", "supervised", "late_letters", "measures_over", "sealed", "cycles_told", "released"})


def _safely(name: str, job: Callable[[datetime], int], at: datetime, told: dict[str, str]) -> int:
    try:
        done = job(at)
    except Exception as error:
        _tell(name, error, told)
        return -1
    told.pop(name, None)
    return done


def _tell(name: str, error: Exception, told: dict[str, str]) -> None:
    """Log why a job failed: one line where the reason is for a person to mend, the whole trace otherwise."""
    if told.get(name) == str(error):
        return
    told[name] = str(error)
    trace = None if isinstance(error, JiebanError) else error
    logger.error("The job %s failed and is tried again every round: %s", name, error, exc_info=trace)


def _beat(done: dict[str, int], at: datetime) -> None:
    """Write the heartbeat whole or not at all."""
    path = heartbeat()
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps({"at": at, "pause": PAUSE, **done}))
    fresh.replace(path)
