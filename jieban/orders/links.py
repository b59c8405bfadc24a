"""One-time links: an unguessable token that only its holder knows, of which the record keeps a fingerprint.

What a link is good for lies in the table that inherits `OneTimeLink`; here it is made, found again and used up.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import models

from jieban.core import crypto

Row = TypeVar("Row", bound="OneTimeLink")


class OneTimeLink(models.Model):
    """A link that is good until a moment and until it is used."""

    fingerprint = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def fresh(path: str) -> tuple[str, str]:
    """The fingerprint of a new token, and the whole address with the token in place of `{token}`."""
    token = crypto.token()
    return crypto.fingerprint(token), settings.JIEBAN_PUBLIC_URL.rstrip("/") + path.format(token=token)


def find(table: type[Row], token: str, *along: str) -> Row | None:
    """The row of a token with the rows `along` it, open or not; None for a token that was never given out."""
    found = table._default_manager.filter(fingerprint=crypto.fingerprint(token))
    return found.select_related(*along).first() if along else found.first()


def use(row: OneTimeLink, *, at: datetime) -> bool:
    """Use the link up; False where somebody else has done so meanwhile."""
    return bool(type(row)._default_manager.filter(pk=row.pk, used_at=None).update(used_at=at))
