"""What appraisal keeps: requests that an assignment be left out of scoring (剔除), and every step of each.

Whether an assignment counts is in the record itself (`Assignment.ground`), moved by `appraisal.exclusions` alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from jieban.appraisal.exclusion_rules import OPEN


class Exclusion(models.Model):
    """One request: ground, statement and evidence; who decided; the appeal and who decided that.

    `stage` is of `exclusion_rules.STAGES`. `ground` is of the pack's group "exclusion". `evidence` are the files as
    they hang on the order, [{name, sha256}]. `until` is the last moment at which it could be asked, None
    where there was no limit. `granted` is what stands now, None before the first decision. `asked_by`, `decided_by`
    and `second_by` are different people.
    """

    order = models.ForeignKey("jieban.Order", models.PROTECT, related_name="exclusions")
    assignment = models.ForeignKey("jieban.Assignment", models.PROTECT, related_name="exclusions")
    unit = models.ForeignKey("jieban.Unit", models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12)
    ground = models.CharField(max_length=32)
    statement = models.TextField()
    evidence = models.JSONField(default=list)
    until = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("jieban.Person", models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    appealed_at = models.DateTimeField(null=True, blank=True)
    appealed_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    second_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment"], name="exclusion_open_once", condition=models.Q(stage__in=sorted(OPEN))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stage", "asked_at"]),
            models.Index(fields=["unit", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"exclusion {self.pk}"


class ExclusionStep(models.Model):
    """One step of a request: who, from which post, when, what, in which words. Never changed, never deleted."""

    exclusion = models.ForeignKey(Exclusion, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    person = models.ForeignKey("jieban.Person", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=64)
    role = models.CharField(max_length=16)
    unit = models.CharField(max_length=64, default="", blank=True)
    what = models.CharField(max_length=12)
    words = models.TextField(default="", blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["exclusion", "at"])]

    def __str__(self) -> str:
        return f"{self.exclusion_id} {self.what}"
