"""Keeps the forecasts up to date beside the lake: after a sync, what the lake has outgrown is made anew."""

from __future__ import annotations

import logging
from datetime import datetime

from jieban.analytics import lake as lakes
from jieban.analytics.forecasts import making, store
from jieban.city import queries as city
from jieban.core import clock
from jieban.core.errors import JiebanError

logger = logging.getLogger(__name__)


def once(*, at: datetime) -> bool:
    """Make months anew after a new whole month and hours after a new day. Whether any was made."""
    calendar = city.current(at=at).pack.calendar
    return making.renew(lakes.home(), store.home(), at=at, calendar=calendar)


def safely(told: str) -> str:
    """The same now, where there is a lake; why it failed is logged once for the same reason, and returned."""
    try:
        if lakes.home().exists():
            once(at=clock.now())
    except Exception as error:
        if str(error) != told:
            trace = None if isinstance(error, JiebanError) else error
            logger.error("The forecasts could not be made and are tried again: %s", error, exc_info=trace)
        return str(error)
    return ""
