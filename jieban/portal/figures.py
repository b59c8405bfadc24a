"""How pages read the lake of this installation: as the post sees it, counted once between two syncs.

A page says as of when its figures are; without a lake it says so and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from django.core.cache import cache

from jieban.accounts.actor import Actor
from jieban.analytics import engines, sight, sync
from jieban.analytics import lake as lakes
from jieban.analytics.engines import Source
from jieban.core import crypto

_KEPT = 3600
# A page's counts are small; several pages may count at once.
_MEMORY, _THREADS = "1GB", 2


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figures(Generic[T]):
    """What was counted and the moment as of which it holds."""

    value: T
    at: datetime


def read(actor: Actor, name: str, count: Callable[[Source], T], *asked: object) -> Figures[T] | None:
    """What `count` makes of the lake as the actor sees it; None as long as the lake was never synced to its end.

    `name` and what was `asked` for tell one count from another; the answer is kept until the lake changes.
    """
    where = (actor.sight, actor.unit_path if actor.sight != "all" else "")
    return _kept(name, lambda source: count(sight.through(source, actor)), (*where, *asked))


def once(count: Callable[[Source], T]) -> T | None:
    """What `count` makes of the whole lake, not kept; None as `read`. For what is asked about one thing."""
    lake = lakes.home()
    if sync.until(lake) is None:
        return None
    with engines.duckdb(lake, memory=_MEMORY, threads=_THREADS) as source:
        return count(source)


def whole(name: str, count: Callable[[Source], T], *asked: object) -> Figures[T] | None:
    """As `read`, of the whole city: for what is compared among all. The caller shows each post its own part of it."""
    return _kept(name, count, ("whole", *asked))


def _kept(name: str, count: Callable[[Source], T], asked: tuple[object, ...]) -> Figures[T] | None:
    lake = lakes.home()
    until = sync.until(lake)
    if until is None:
        return None
    key = f"figures:{crypto.fingerprint(repr((name, until, str(lake.folder), *asked)))}"
    found = cache.get(key)
    if found is None:
        with engines.duckdb(lake, memory=_MEMORY, threads=_THREADS) as source:
            found = count(source)
        cache.set(key, found, _KEPT)
    return Figures(cast(T, found), until)
