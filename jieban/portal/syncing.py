"""Keeps the lake up to date beside the worker, and makes the reports that are due from it.

It is a thread of its own, so that a long first sync or a long report holds up nothing else.

It may be killed at any moment; the next one goes on where it was.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections, connections

from jieban.analytics import lake as lakes
from jieban.analytics import sync
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import JiebanError
from jieban.portal import forecasting, reporting

logger = logging.getLogger(__name__)


def start(stop: threading.Event) -> threading.Thread | None:
    """Sync the lake now and every JIEBAN_LAKE_EVERY seconds until `stop` is set; None where that is switched off."""
    if not settings.JIEBAN_LAKE_EVERY:
        return None
    thread = threading.Thread(target=_run, args=(stop, settings.JIEBAN_LAKE_EVERY), name="lake", daemon=True)
    thread.start()
    return thread


def once(*, at: datetime) -> sync.Report:
    """Bring the lake of this installation up to date."""
    return sync.sync(lakes.home(), at=at, loaded=city.current(at=at))


def _run(stop: threading.Event, every: float) -> None:
    told = forecasts = ""
    while not stop.is_set():
        told = _safely(told, stop)
        if not stop.is_set():
            forecasts = forecasting.safely(forecasts)
        close_old_connections()
        stop.wait(every)
    connections.close_all()


def _safely(told: str, stop: threading.Event) -> str:
    """One sync and the reports due after it; why it failed is logged once for the same reason, and returned."""
    try:
        at = clock.now()
        once(at=at)
        reporting.once(at=at, stopped=stop.is_set)
    except Exception as error:
        if str(error) != told:
            trace = None if isinstance(error, JiebanError) else error
            logger.error("The lake could not be synced and is tried again: %s", error, exc_info=trace)
        return str(error)
    return ""
