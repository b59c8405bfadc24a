"""How often one visitor may do a thing: counted by the minute in the cache, under a keyed fingerprint, never in clear.

A limit of 0 switches a count off. Where several processes run, REDIS_URL makes them count together.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from jieban.core import crypto

MINUTE, HOUR = 60, 3600


def address(request: HttpRequest) -> str:
    """The visitor's network address; behind a proxy that ends TLS, the one that the proxy itself has seen."""
    seen = request.headers.get("X-Forwarded-For", "") if settings.JIEBAN_TLS else ""
    return seen.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


def count(deed: str, who: str, *, at: datetime, window: int = MINUTE) -> int:
    """Count one more `deed` by `who` and return how many there were in this window of `window` seconds."""
    key = _key(deed, who, at, window)
    cache.add(key, 0, timeout=2 * window)
    try:
        return int(cache.incr(key))
    except ValueError:  # the cache dropped the key between the two calls
        cache.set(key, 1, timeout=2 * window)
        return 1


def counted(deed: str, who: str, *, at: datetime, window: int = MINUTE) -> int:
    """How many there were in this window, without counting one more."""
    return int(cache.get(_key(deed, who, at, window), 0))


def allows(deed: str, who: str, *, limit: int, at: datetime, window: int = MINUTE) -> bool:
    """Whether `who` may do `deed` once more in this window; counts it. Always true where the limit is 0."""
    return limit == 0 or count(deed, who, at=at, window=window) <= limit


def _key(deed: str, who: str, at: datetime, window: int) -> str:
    return f"rate:{deed}:{crypto.index(who)}:{int(at.timestamp()) // window}"
