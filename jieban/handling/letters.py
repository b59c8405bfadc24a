"""Letters of supervision (督办单): to which units, until when, what they answered, and whether it helped.

Rows are written by `handling.supervision` beside the moves of the order, whose timeline tells the same.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Letter(models.Model):
    """One letter about one order. Open until `lifted_at`; `effect` says what came of it: helped, failed, overtaken.

    `subject` names the point or caller of a letter that stands for several orders. `unit` is the issuing body's own
    unit, None for a rule. `follows` is the letter that did not help.
    """

    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="letters")
    round = models.PositiveSmallIntegerField(default=1)
    trigger = models.CharField(max_length=32)
    subject = models.CharField(max_length=96, default="", blank=True)
    level = models.PositiveSmallIntegerField(default=1)
    issuers = models.JSONField(default=list)
    text = models.TextField()
    basis = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=64)
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    effect = models.CharField(max_length=12, default="", blank=True)
    opinion = models.CharField(max_length=500, default="", blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "trigger"], name="letter_open_once", condition=models.Q(lifted_at=None)
            ),
            models.UniqueConstraint(
                fields=["trigger", "subject"], name="letter_subject_once",
                condition=models.Q(lifted_at=None) & ~models.Q(subject=""),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="letter_open", condition=models.Q(lifted_at=None)),
            models.Index(fields=["trigger", "subject", "made_at"]),
        ]

    def __str__(self) -> str:
        return self.number


class Addressee(models.Model):
    """One unit that must answer a letter, and what it answered."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="addressees")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    reply = models.TextField(default="", blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    late_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["letter", "unit"], name="addressee_once")]
        indexes: ClassVar = [
            models.Index(fields=["unit", "letter"], name="addressee_waiting", condition=models.Q(replied_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.unit_id}"
