"""What handling keeps beside the record: links for parties outside, questions to the citizen, ready replies, the
choice of checks, the ledger, mediations and diligent efforts. The moves that belong to them stand in the timeline.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jieban.orders.links import OneTimeLink


class Entrusting(OneTimeLink):
    """A party outside that helps with an assignment, by a link without an account. Its phone is sealed."""

    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="entrustings")
    name = models.CharField(max_length=64)
    purpose = models.CharField(max_length=100)
    phone = models.BinaryField(default=b"")
    instruction = models.TextField()
    show_address = models.BooleanField(default=False)
    reports = models.PositiveSmallIntegerField(default=0)
    reported_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.name}"


class Question(models.Model):
    """What a unit asks the citizen; at most one waits for an answer in each assignment."""

    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="questions")
    text = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment"], name="question_open_once", condition=Q(answered_at=None, dropped_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.asked_at:%Y-%m-%d}"


class ReplyTemplate(models.Model):
    """A unit's own ready reply, with placeholders. Changed by retiring it and writing another."""

    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="reply_templates")
    title = models.CharField(max_length=40)
    category = models.CharField(max_length=16, default="", blank=True)
    result = models.CharField(max_length=16, default="", blank=True)
    body = models.TextField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class CheckChoice(models.Model):
    """Whether a unit has its replies checked before they leave; the levels are the city pack's."""

    unit = models.OneToOneField("jieban.Unit", models.PROTECT, related_name="check_choice")
    on = models.BooleanField(default=False)
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.unit_id} {'on' if self.on else 'off'}"


class Hanging(models.Model):
    """A matter on the ledger (挂账): why, the plan with its milestones, the leader, and when it is looked at next."""

    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="hangings")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    ground = models.CharField(max_length=32)
    plan = models.TextField()
    milestones = models.JSONField(default=list)
    leader = models.CharField(max_length=64)
    title = models.CharField(max_length=64)
    told = models.TextField()
    hung_at = models.DateTimeField()
    review_by = models.DateTimeField()
    reviews = models.PositiveSmallIntegerField(default=0)
    late_reviews = models.PositiveSmallIntegerField(default=0)
    warned_for = models.DateTimeField(null=True, blank=True)
    down_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment"], name="hanging_once", condition=Q(down_at=None))
        ]
        indexes: ClassVar = [models.Index(fields=["down_at", "review_by"])]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.ground}"


class Mediation(models.Model):
    """A mediation: parties and agreement are sealed; the outcome, and what a court confirmed, are not."""

    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="mediations")
    kind = models.CharField(max_length=16)
    mediator = models.CharField(max_length=64)
    body = models.CharField(max_length=64)
    parties = models.BinaryField(default=b"")
    sessions = models.JSONField(default=list)
    agreement = models.BinaryField(default=b"")
    signed = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, default="", blank=True)
    reason = models.CharField(max_length=500, default="", blank=True)
    court = models.CharField(max_length=64, default="", blank=True)
    number = models.CharField(max_length=64, default="", blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment"], name="mediation_open_once", condition=Q(outcome=""))
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.outcome or 'open'}"


class Effort(models.Model):
    """What a unit has tried (容错), and whether that was a proper try in the eyes of somebody outside the unit."""

    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="efforts")
    round = models.PositiveSmallIntegerField()
    facts = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=8, default="", blank=True)
    reason = models.CharField(max_length=500, default="", blank=True)
    judge = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.assignment_id} r{self.round} {self.decision or 'open'}"
