"""Verbs about people: posts and the log of reads of personal data."""

from __future__ import annotations

from datetime import datetime

from jieban.accounts.actor import Actor
from jieban.accounts.models import Reading
from jieban.core.errors import BadInput


def log_reading(
    *, by: Actor, subject: str, what: str, purpose: str, at: datetime, address: str | None = None
) -> Reading:
    """Write down that `by` is about to read `what` of the order `subject`, and why (at least four characters)."""
    if by.person_id is None or len(purpose.strip()) < 4:
        raise BadInput("请写明为什么要看，至少四个字，例如“约上门时间”。")
    return Reading.objects.create(
        person_id=by.person_id,
        post_id=by.post_id,
        at=at,
        subject=subject,
        what=what,
        purpose=purpose.strip(),
        address=address,
    )
