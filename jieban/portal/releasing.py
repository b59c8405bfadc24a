"""Open data of this installation: by which rules, where it lies, and the monthly release."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from jieban.analytics import lake as lakes
from jieban.analytics.lake import Lake
from jieban.analytics.opendata import release
from jieban.analytics.opendata.rules import Rules
from jieban.city import queries as city
from jieban.core.errors import BadInput


def rules() -> Rules:
    """The rules of release that the settings name."""
    return Rules(settings.JIEBAN_OPEN_CELL, settings.JIEBAN_OPEN_SAMPLE, settings.JIEBAN_OPEN_LAG)


def home() -> Path:
    """The folder whose release the public page shows."""
    return Path(settings.JIEBAN_HOME) / "open"


def build(lake: Lake, folder: Path, *, at: datetime) -> release.Release:
    """Make the release of a lake; the publisher is the city's hotline where a pack is loaded."""
    return release.build(lake, folder, at=at, by=rules(), publisher=_publisher(at))


def once(*, at: datetime) -> int:
    """Release what has become old enough since the last time: how many months. Only where JIEBAN_OPEN_DATA is on."""
    lake = lakes.home()
    if not settings.JIEBAN_OPEN_DATA or not lake.exists():
        return 0
    last = release.last(home())
    fresh = [month for month in release.due(lake, at=at, by=rules()) if month > last]
    if fresh:
        build(lake, home(), at=at)
    return len(fresh)


def _publisher(at: datetime) -> str:
    """The city and its hotline; empty where no pack is loaded, as beside a made-up lake without a database."""
    try:
        known = city.current(at=at).pack.city
    except (BadInput, DatabaseError):
        return ""
    return f"{known.name} {known.hotline}"
