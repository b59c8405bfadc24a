"""The case of a unit that says an order is not its own: what it said, who let it say so, what was decided and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Objection(models.Model):
    """One objection to one assignment in one round. The evidence lies with the order; here are its hashes.

    `stage` is one of `rules.STAGES`. `court` is the district that decides, None for the city's centre. `sender`,
    `sent_by` and `duty` say whose choice is objected to: a person's, or the line of the catalogue that a rule followed.
    `led` says whether it was the lead's, `category` is the order's when it was objected to, `change` what the verdict
    wants changed in the catalogue.
    """

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="objections")
    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="objections")
    round = models.PositiveSmallIntegerField()
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    stage = models.CharField(max_length=8)
    ground = models.CharField(max_length=32)
    facts = models.TextField()
    evidence = models.JSONField(default=list, blank=True)
    proposed = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    led = models.BooleanField(default=True)
    category = models.CharField(max_length=16, default="", blank=True)
    sender = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    sent_by = models.CharField(max_length=64, default="", blank=True)
    duty = models.CharField(max_length=32, default="", blank=True)
    drafter = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    drafted_at = models.DateTimeField()
    approver = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    court = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    review_due = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    decider = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=200, default="", blank=True)
    reason = models.TextField(default="", blank=True)
    to = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, default="", blank=True)
    change = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment"], name="objection_open_once", condition=models.Q(stage__in=("draft", "review"))
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["stage", "review_due"]),
            models.Index(fields=["unit", "decided_at"]),
            models.Index(fields=["category", "decided_at"]),
            models.Index(fields=["decided_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.assignment_id} {self.stage}"
