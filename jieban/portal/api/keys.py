"""Who calls: a system with a key, and how often it may. Only the fingerprint of a key is kept."""

from __future__ import annotations

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from jieban.accounts.models import ApiKey
from jieban.core import clock, crypto
from jieban.core.errors import JiebanError

KEPT = 5


class TooManyError(JiebanError):
    """A key has used up its filings of this minute. `wait` is seconds until the next."""

    def __init__(self, wait: int, most: int) -> None:
        super().__init__(f"这一分钟已经提交了 {most} 件，请 {wait} 秒后再试。")
        self.wait = wait


class Bearer(HttpBearer):
    """`Authorization: Bearer SECRET`; the key must be valid today."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key of the secret, or None. A key that was withdrawn is refused at the latest after `KEPT` seconds."""
        fingerprint = crypto.fingerprint(token)
        found: ApiKey | None = cache.get(f"api-key:{fingerprint}")
        if found is None:
            found = _look_up(fingerprint)
            cache.set(f"api-key:{fingerprint}", found, KEPT)
        return found


def _look_up(fingerprint: str) -> ApiKey | None:
    today = timezone.localdate()
    valid = Q(since__lte=today) & (Q(until=None) | Q(until__gt=today))
    return ApiKey.objects.filter(valid, fingerprint=fingerprint).first()


def spend(key: ApiKey) -> None:
    """Count one filing of the key in this minute; TooManyError beyond `per_minute` (0: no limit).

    Counted in the cache: without REDIS_URL each web process counts for itself.
    """
    if not key.per_minute:
        return
    minute, second = divmod(int(clock.now().timestamp()), 60)
    name = f"api-filings:{key.pk}:{minute}"
    cache.add(name, 0, timeout=120)
    if cache.incr(name) > key.per_minute:
        raise TooManyError(60 - second, key.per_minute)
