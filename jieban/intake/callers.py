"""One person behind several numbers, and the procedure against abuse: rows that only people write, each with a reason.

Nothing here ever stops a call from being taken. Verbs are in `intake.abuse`, the arithmetic in `intake.abuse_rules`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class KnownCaller(models.Model):
    """One person whom somebody has recognised behind one or several numbers."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"caller {self.pk}"


class CallerNumber(models.Model):
    """That a number is this person's, who said so and why; ended where it was wrong. The number itself is not here."""

    caller = models.ForeignKey(KnownCaller, models.PROTECT, related_name="numbers")
    phone_index = models.CharField(max_length=64)
    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["phone_index"], name="number_of_one", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.caller_id} {self.phone_index[:8]}"


class AbuseCase(models.Model):
    """One procedure: proposed on evidence, the person heard, decided by two, with an end, open to appeal.

    `stage` is of `abuse_rules.STATES`. `matters` are the matters already answered, [{category, place, order}]; measures
    are about these alone. `decided_by`, `confirmed_by`, `appeal_by` are different people, none of them `proposed_by`.
    """

    caller = models.ForeignKey(KnownCaller, models.PROTECT, related_name="cases")
    stage = models.CharField(max_length=12)
    ground = models.CharField(max_length=32)
    statement = models.TextField()
    matters = models.JSONField(default=list)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    hear_until = models.DateTimeField()
    view = models.TextField(default="", blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    exclude = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller"], name="case_open_once", condition=models.Q(ended_at=None)),
        ]
        indexes: ClassVar = [models.Index(fields=["stage", "hear_until"])]

    def __str__(self) -> str:
        return f"case {self.pk}"


class AbuseEvidence(models.Model):
    """An order the case rests on, and how it had been answered."""

    case = models.ForeignKey(AbuseCase, models.PROTECT, related_name="evidence")
    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="+")
    answered = models.TextField(default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "order"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.order_id}"


class AbuseStep(models.Model):
    """One step of a case: who, when, what, in which words. Never changed, never deleted."""

    case = models.ForeignKey(AbuseCase, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=64)
    what = models.CharField(max_length=16)
    words = models.TextField(default="", blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "at"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"
