"""What dispatch keeps beside the record: changes of the duty catalogue, from the wish to the version that has them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DutyChange(models.Model):
    """One line of the catalogue that somebody wants new, different or ended, why, and what became of the wish.

    `cells` are the columns that are to change (all of them for a new line), `orders` the numbers of the orders that
    gave rise to it. `origin` says whether a clerk, the objection court or a consultation asks. Two people at least: who
    proposes never decides.
    """

    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=32)
    cells = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500)
    evidence = models.CharField(max_length=500, default="", blank=True)
    orders = models.JSONField(default=list, blank=True)
    origin = models.CharField(max_length=12, default="clerk")
    state = models.CharField(max_length=12, default="proposed")
    base = models.ForeignKey("jieban.PackVersion", models.PROTECT, related_name="+")
    proposer = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    proposer_name = models.CharField(max_length=64)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    decider = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=500, default="", blank=True)
    version = models.ForeignKey("jieban.PackVersion", models.PROTECT, null=True, blank=True, related_name="changes")
    published_at = models.DateTimeField(null=True, blank=True)
    publisher = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "proposed_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
