"""Consultations before dispatch (派单会商) and divisions of duty on the spot (现场划责): who is asked, who said what.

The timeline has all of it; these rows are there so that the units asked find what waits for them, and the worker what
was never decided. A unit that is asked reads what the caller wrote here for it (`brief`), never the citizen's record.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models


class Consultation(models.Model):
    """One question about who must act, put to several units. `way` is meeting or on_site, `ground` why it was called.

    `until` is when views are due (on the spot: the set time), `decide_by` when the fallback gets the order. `ended_at`
    and `outcome` (dispatched, fallback, again) close it.
    """

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="consultations")
    way = models.CharField(max_length=8)
    ground = models.CharField(max_length=12)
    question = models.CharField(max_length=500)
    brief = models.TextField()
    spot = models.CharField(max_length=200, default="", blank=True)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    until = models.DateTimeField()
    decide_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ended_at", "decide_by"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.way}"


class View(models.Model):
    """What one unit that was asked has said: empty until it has. `arrived_at` and `found` are of the spot."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="views")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    view = models.TextField(default="", blank=True)
    part = models.CharField(max_length=200, default="", blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    found = models.TextField(default="", blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["consultation", "unit"], name="asked_once")]
        indexes: ClassVar = [models.Index(fields=["unit", "given_at"])]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.unit_id}"

    def late(self, at: datetime) -> bool:
        """Whether the view came, or is still to come, after its time."""
        return (self.given_at or at) > self.consultation.until
