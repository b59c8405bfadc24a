"""What callback keeps beside the record: attempts to reach the citizen, and one-time links."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from jieban.orders.links import OneTimeLink


class Attempt(models.Model):
    """One try to reach the citizen, with its outcome."""

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="callback_attempts")
    round = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True)
    way = models.CharField(max_length=8)
    outcome = models.CharField(max_length=16)
    again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "round", "no"], name="attempt_no")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.no} {self.outcome}"


class Invite(OneTimeLink):
    """A one-time link for answering in the browser; only the fingerprint of its token is kept."""

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="invites")
    round = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.order_id} r{self.round}"
