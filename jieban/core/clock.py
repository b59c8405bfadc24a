"""The wall clock, read only by portal, commands and tasks; everybody else is told the time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """This instant in the city's time zone (aware, microseconds kept)."""
    return timezone.now().astimezone(zone())


def zone() -> ZoneInfo:
    """The city's time zone (setting TIME_ZONE)."""
    return ZoneInfo(settings.TIME_ZONE)
